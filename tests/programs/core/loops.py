# while, for, else, break, continue, modification during iteration.
for i in range(3):
    if i == 5: break
else:
    print("no break")
for i in range(3):
    if i == 1: break
else:
    print("unreached")
print(i)
n = 5
while n:
    n -= 1
    if n == 3: continue
    if n == 1: break
    print(n)
else:
    print("else")
while False:
    pass
else:
    print("while else")
for i in []:
    pass
print("i still", i)
l = [1, 2, 3, 4]
for x in l:
    if x % 2 == 0: l.remove(x)
print(l)
l = [1, 2]
for x in l:
    if len(l) < 6: l.append(x * 10)
print(l)
for change in ("d[9] = 9", "del d[1]", "d.clear()", "d.update({7: 7, 8: 8})"):
    d = {1: 1, 2: 2}
    try:
        for k in d: exec(change)
        print("no error")
    except RuntimeError as e:
        print(e)
s = {1, 2}
try:
    for k in s: s.add(k + 10)
except RuntimeError as e:
    print(e)
d = {1: 1, 2: 2}
try:
    for k in d:
        del d[k]; d[k + 5] = 1
except RuntimeError as e:
    print(e)
for i, (a, b) in enumerate(zip("xy", [1, 2]), 10):
    print(i, a, b)
class O: pass
o = O()
for o.attr in range(3): pass
print(o.attr)
box = [0]
for box[0] in "ab": pass
print(box)
def search(m):
    for r in m:
        for c in r:
            if c < 0: return c
            if c == 0: break
        else:
            continue
        break
    else:
        return "none"
    return "zero"
print(search([[1], [2]]), search([[1, 0], [-1]]), search([[1, -3]]))
for x in 1, 2, *[3]: print(x, end=" ")
print()
for bad in (5, None, 1.5, object):
    try:
        for _ in bad: pass
    except TypeError as e:
        print(e)
