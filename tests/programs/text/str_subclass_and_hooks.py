# __str__, __repr__, __format__ and subclasses of str.
class R:
    def __repr__(self): return "R()"
class S(R):
    def __str__(self): return "str"
print(R(), str(R()), [R()], S(), [S()], f"{S()} {S()!r}", "%s %r" % (S(), S()), "{} {!r}".format(S(), S()))
class Bad:
    def __str__(self): return 5
    def __repr__(self): return None
    def __format__(self, s): return 5
class NoneRepr: __repr__ = None
for e in ("str(Bad())", "repr(Bad())", "f'{Bad()}'", "format(Bad())", "repr(NoneRepr())", "[Bad()].__repr__()", "'%s' % Bad()", "ascii(Bad())", "print(Bad())"):
    try:
        print(eval(e))
    except TypeError as err:
        print(e, "->", err)
class U(str):
    def upper(self): return "custom"
    def __len__(self): return 99
    def __getitem__(self, i): return "item"
    def __contains__(self, x): return True
    def __iter__(self): return iter("XY")
    def __hash__(self): return hash("other")
    def __eq__(self, o): return str.__eq__(self, o)
    def __add__(self, o): return "added"
u = U("abc")
print(u, len(u), u[0], "q" in u, list(u), u + "x", "x" + u, u == "abc", u.lower(), type(u.lower()), type(u * 1), "".join([u]), "".join(["a", u]), f"{u:>5}", u.upper(), str.upper(u), repr(u), {"abc": 1}.get(u), u % (), u.replace("a", "b"), "abc".startswith(u), "-".join(u))
class V(str):
    def __new__(cls, a, b="!"): return super().__new__(cls, a + b)
    def __init__(self, a, b="!"): self.parts = a, b
v = V("x", b="y")
print(v, v.parts, isinstance(v, str), type(v) is V, v.__class__.__name__, vars(v), str(v), type(str(v)) is str, v.encode(), eval(repr(v)))
class Enc(str):
    def __str__(self): return "from __str__"
e = Enc("raw")
print(e, f"{e}", "%s" % e, "{}".format(e), "{:>15}".format(e), "a" + e, "".join([e]), repr(e), str(e), e[:], format(e), ascii(e))
print(str(object=5), str(b"x", errors="strict"), str(b"\xff", errors="replace"), str(), str(b"a"), str(memoryview(b"ab"), "ascii"))
print("a".__class__, "".__doc__[:20], str.__mro__, "abc".__contains__("b"), "abc".__getitem__(0), "a".__mul__(3), "a".__rmul__(2), "%d".__mod__(5), "a".__lt__("b"), "a".__eq__(1), "abc".__len__(), "a".__format__(">3"), "abc".__iter__().__length_hint__(), "a".__getnewargs__(), "a".__hash__() == hash("a"))
