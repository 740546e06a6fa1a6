"""Permutations by flips in small lists."""
def fannkuch(n):
    count = list(range(1, n + 1))
    perm1 = list(range(n))
    best = checksum = turn = 0
    r = n
    while True:
        while r != 1:
            count[r - 1] = r
            r -= 1
        if perm1[0]:
            perm = perm1[:]
            flips = 0
            while k := perm[0]:
                perm[:k + 1] = perm[k::-1]
                flips += 1
            best = max(best, flips)
            checksum += flips if turn % 2 == 0 else -flips
        while r != n:
            perm1.insert(r, perm1.pop(0))
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1
        else:
            return best, checksum
        turn += 1
print(*fannkuch(9))
