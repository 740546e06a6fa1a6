# bool as an int.
print(True + True, True * 3, -True, True / 2, True // 1, True ** 2, True << 3, [10, 20][True], "ab"[False])
print(True & False, True | False, True ^ True, type(True & True), type(True & 1), type(True + 0), repr(True), str(False), f"{True} {True:d} {True:>6} {False:5}")
print(int(True), float(False), bool("False"), bool(int("0")), isinstance(True, int), bool.__mro__, True == 1, True is 1 == 1, {True: "a", 1: "b", 1.0: "c"})
print(sum([True, True, False]), sorted([True, False]), max(True, 2), True < 2, True.real, True.bit_length(), (True).to_bytes(1), True.__and__(1), True.numerator)
import warnings
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    print(eval("~True"), eval("~False"))
    print([str(x.message) for x in w], [x.category.__name__ for x in w])
for e in ("class B(bool): pass", "bool(1, 2)", "bool(x=1)", "True = 1", "None = 1", "__debug__ = 1", "True.x = 1", "(True := 1)", "def f(None): pass", "f(True=1)", "import a as None", "for True in x: pass", "x.None = 1"):
    try:
        exec(e)
    except Exception as err:
        print(e, "->", type(err).__name__, err)
print(format(True, ""), format(True, "d"), "%d %s %r %x" % (True, True, True, True), "%5.1f" % True)
print(not True, not 0, not "", bool(), bool([]), bool.__doc__ is not None, bool.__new__(bool, 5), type(bool(1)) is bool, True.__class__, bool.from_bytes(b"\0"))
