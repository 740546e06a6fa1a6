"""Digits of pi with growing integers."""
def digits(n):
    k, a, b, a1, b1 = 2, 4, 1, 12, 4
    out = 0
    text = []
    while out < n:
        p, q, k = k * k, 2 * k + 1, k + 1
        a, b, a1, b1 = a1, b1, p * a + q * a1, p * b + q * b1
        d, d1 = a // b, a1 // b1
        while d == d1 and out < n:
            text.append(d); out += 1
            a, a1 = 10 * (a % b), 10 * (a1 % b1)
            d, d1 = a // b, a1 // b1
    return text
d = digits(6500)
print("".join(map(str, d[-20:])), sum(d))
