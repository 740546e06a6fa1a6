# Identity that programs may rely on.
import sys
a = "hello"
b = "hello"
print(a is b, sys.intern("x" * 3) is sys.intern("xxx"))
print("" is "".join([]), (1, 2)[:] == (1, 2), () is tuple([]))
t = (1, 2)
print(t[:] is t, tuple(t) is t, "ab"[:] is "ab", frozenset(f := frozenset([1])) is f)
s = "abc"
print(str(s) is s, s.strip() is s, s[0] is "abcdef"[0], b"a"[:] == b"a")
def f(): return (1, 2, 3)
print(f() is f())
print(256 is 256, True is (1 == 1), None is f.__doc__)
class S(str): pass
print(str(S("x")) is S, type(str(S("x"))), type(S("x") + "y"), type(S("x")[:]), type(S("x").upper()))
class I(int): pass
print(type(I(3)), type(I(3) + 0), type(+I(3)), type(int(I(3))), repr(I(3)))
class T(tuple): pass
print(type(T([1])[:]), type(T() + T()), T([1]) == (1,))
n = 10**20
m = n
print(n is m, n == 10**20)
print(type(...) is type(Ellipsis), type(None)() is None, type(NotImplemented)() is NotImplemented, bool(1) is True)
try:
    sys.intern(S("a"))
except TypeError as e:
    print(e)
