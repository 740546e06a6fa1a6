# Attribute access, containers, calls, context, comparison, hashing dunders.
class All:
    def __getattr__(self, n): print("getattr", n); raise AttributeError(n)
    def __setattr__(self, n, v): print("setattr", n); object.__setattr__(self, n, v)
    def __delattr__(self, n): print("delattr", n); object.__delattr__(self, n)
    def __dir__(self): return ["b", "a"]
    def __call__(self, *a, **k): return a, k
    def __len__(self): return 3
    def __getitem__(self, k): return ("item", k)
    def __setitem__(self, k, v): print("setitem", k, v)
    def __delitem__(self, k): print("delitem", k)
    def __contains__(self, x): print("contains", x); return "truthy"
    def __iter__(self): return iter([1, 2])
    def __reversed__(self): return "reversed!"
    def __enter__(self): return "entered"
    def __exit__(self, *a): print("exit", a[:2]); return True
    def __hash__(self): return 99
    def __eq__(self, o): return "eq?"
    def __lt__(self, o): return NotImplemented
    def __int__(self): return 11
    def __float__(self): return 1.5
    def __index__(self): return 2
    def __bool__(self): return False
    def __format__(self, s): return f"fmt:{s}"
    def __bytes__(self): return b"bytes"
    def __round__(self, n=None): return ("rounded", n)
    def __missing__(self, k): return k
    def __sizeof__(self): return 1000
a = All()
a.x = 1; a.x; del a.x
print(dir(a), a(1, k=2), len(a), a[1:2], 5 in a, 5 not in a, list(a), reversed(a), hash(a), a == 1, a != 1, int(a), float(a), "abc"[a], bool(a), f"{a:z}", bytes(a), round(a), round(a, 1), [0, 1, 2, 3][a:], bin(a), hasattr(a, "nope"))
a["k"] = 1; del a["k"]
with a as v: print(v); raise ValueError("suppressed")
for e in ("a < 1", "a <= 1", "a > 1", "a + 1", "a @ a", "-a", "abs(a)", "a.q"):
    try:
        print(e, eval(e))
    except (TypeError, AttributeError) as err:
        print(e, "->", err)
class Partial:
    __iter__ = None; __contains__ = None; __hash__ = None; __len__ = 5
for e in ("iter(Partial())", "1 in Partial()", "hash(Partial())", "len(Partial())", "[*Partial()]"):
    try:
        print(e, eval(e))
    except TypeError as err:
        print(e, "->", err)
class Bad:
    def __len__(self): return "x"
    def __hash__(self): return 1.5
    def __iter__(self): return 1
    def __index__(self): return "i"
    def __int__(self): return 1.5
    def __float__(self): return 1
    def __dir__(self): return 5
    def __contains__(self, x): raise KeyError("c")
    def __eq__(self, o): raise OSError("eq")
    def __length_hint__(self): return -1
    def __complex__(self): return 1
    def __init__(self): return None
    def __bytes__(self): return "s"
    def __instancecheck__(self, o): raise OSError
for f in "len hash iter int float dir complex bytes list range bin".split():
    try:
        print(f, eval(f"{f}(Bad())"))
    except Exception as err:
        print(f, "->", type(err).__name__, err)
class InitRet:
    def __init__(self): return 5
class NewOther:
    def __new__(cls): return "not an instance"
    def __init__(self): print("never called")
class NewArgs:
    def __new__(cls, *a, **k): print("new", a, k); return super().__new__(cls)
    def __init__(self, *a, **k): print("init", a, k)
try:
    InitRet()
except TypeError as err:
    print(err)
print(NewOther()); NewArgs(1, k=2)
a.__len__ = lambda: 100
print(len(a), a.__len__())
class EqOnly:
    def __eq__(self, o): return True
class Sub(EqOnly): __hash__ = object.__hash__
print(EqOnly.__hash__, EqOnly() == 5, EqOnly() != 5, Sub.__hash__ is object.__hash__, EqOnly() in [1], [1, 2].index(EqOnly()), {1: 2}.get(1, EqOnly()))
class Rich:
    def __init__(s, v): s.v = v
    def __lt__(s, o): return s.v < o.v
    def __le__(s, o): return s.v <= o.v
print(Rich(1) > Rich(2), Rich(1) >= Rich(1), sorted([Rich(2), Rich(1)])[0].v, max(Rich(1), Rich(5)).v, Rich(1) == Rich(1))
class CG:
    def __class_getitem__(cls, k): return f"{cls.__name__}<{k}>"
print(CG[int], CG[1, 2], type(list[int]).__name__, list[int], dict[str, int].__args__)
try:
    int[3]
except TypeError as err:
    print(err)
