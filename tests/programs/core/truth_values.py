# Truth of built-in values and of __bool__ and __len__.
values = [None, False, True, 0, 1, -1, 0.0, -0.0, 1e-300, 0j, 1j, "", "0", b"", b"0", [], [0], (), (0,), {}, {0: 0},
          set(), {0}, range(0), range(1), frozenset(), bytearray(), memoryview(b""), ..., float("nan"), lambda: 0, int]
for v in values[:-2]:
    print(repr(v) if not isinstance(v, memoryview) else "memoryview", bool(v), not v)
class Len:
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
class Both(Len):
    def __bool__(self): return True
print(bool(Len(0)), bool(Len(3)), bool(Both(0)))
class Bad:
    def __bool__(self): return 1
class Negative:
    def __len__(self): return -1
class Huge:
    def __len__(self): return 10**30
class Raises:
    def __bool__(self): raise ValueError("no truth")
for cls in (Bad, Negative, Huge, Raises):
    try:
        print(bool(cls()))
    except Exception as e:
        print(type(e).__name__, e)
try:
    print(bool(Len("x")))
except TypeError as e:
    print(e)
print(0 or "a", 1 and "b", 0 and 1/0, 1 or 1/0, not [], [] or {} or None)
print("yes" if [] else "no", all([]), any([]), all([1, 0]), any([0, ""]))
def f(): print("called"); return True
print(f() or f(), f() and not f())
try:
    bool(NotImplemented)
except TypeError as e:
    print(e)
