# Slicing of sequences, slice objects, assignment and deletion.
s = list(range(10))
for sl in (slice(None), slice(2, 5), slice(-3, None), slice(None, None, -1), slice(8, 2, -2), slice(100, 200),
           slice(-100, 3), slice(5, 5), slice(None, None, 3), slice(-1, -100, -3)):
    print(sl, s[sl], sl.indices(10), "0123456789"[sl], bytes(range(10))[sl], range(10)[sl], tuple(s)[sl])
s[2:4] = "abc"
print(s)
s[::2] = [None] * len(s[::2])
print(s)
del s[1:3], s[-1]
print(s)
s[len(s):] = [1, 2]
s[:0] = [0]
print(s)
for stmt in ("s[::2] = [1]", "s['a']", "s[1.5]", "s[::0]", "s[1:2] = 3", "s[None]", "s[1, 2]", "del s[99]", "s[99] = 1",
             "(1, 2)[5]", "'abc'[10]", "b'a'[3]", "range(3)[3]", "[][0]", "s[10**30]", "(1,)['x']", "'a'['x']", "s['a':]"):
    try:
        exec(stmt)
        print(stmt, "ok", s)
    except Exception as e:
        print(stmt, "->", type(e).__name__, e)
class Show:
    def __getitem__(self, key): return key
    def __setitem__(self, key, value): print("set", key, value)
    def __delitem__(self, key): print("del", key)
o = Show()
print(o[1], o[1:2], o[::], o[1, 2:3, ...], o[()], o[1:2, ], o[*[1, 2]], o[*"ab", 1:])
o[1:2] = 3
del o[:, 1]
class Index:
    def __index__(self): return 2
print([1, 2, 3, 4][Index():], [1, 2, 3][Index()])
x = slice(1, 2, 3)
print(x.start, x.stop, x.step, x == slice(1, 2, 3), slice(1) < slice(2), hash(slice(1, 2)) == hash(slice(1, 2)))
print(slice(10).indices(4), slice(None, None, -1).indices(0), slice(-5, 10**20).indices(7))
try:
    slice(1, 2, 0).indices(3)
except ValueError as e:
    print(e)
try:
    slice(0).indices(-1)
except ValueError as e:
    print(e)
