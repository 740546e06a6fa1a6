# Mutability, aliasing, identity and equality.
a = [1, 2, 3]
b = a
c = a[:]
b.append(4)
print(a, b, c, a is b, a is c, a == c)
d = {"x": a}
e = dict(d)
e["x"].append(5)
e["y"] = 1
print(d, e)
row = [[0] * 2] * 3
row[0][0] = 1
print(row)
row = [[0] * 2 for _ in range(3)]
row[0][0] = 1
print(row)
t = ([],)
try:
    t[0] += [1]
except TypeError as error:
    print(error, t)
x = y = []
x += [1]
print(y)
x = x + [2]
print(x, y)
s = "abc"
u = s
s += "d"
print(s, u)
print(None is None, () is (), 1 == 1.0 == True, "1" == 1)
print([1] == [1.0], (1, 2) == [1, 2], {1: 2} == {1.0: 2.0}, {1} == frozenset([True]))
def default(x, acc=[]):
    acc.append(x)
    return acc
print(default(1), default(2), default(3, []), default(4))
print(default.__defaults__)
del a[0], b[0]
print(a)
(first, *middle), last = [1, 2, 3], 4
print(first, middle, last)
