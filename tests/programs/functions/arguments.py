# Every kind of parameter and argument.
def f(a, b=2, /, c=3, *args, d, e=5, **kw):
    return a, b, c, args, d, e, kw
print(f(1, d=4), f(1, 9, 8, 7, 6, d=0, e=1, z=2), f(1, d=4, a=10, b=11), f(*[1, 2], *(3,), **{"d": 4}, **{"q": 5}))
def pos(a, b, /): return a, b
def kwonly(*, a, b=2): return a, b
def mixed(a, /, b, *, c): return a, b, c
def varargs(*args): return args
def varkw(**kw): return kw
def defaults(a=1, b=[]): b.append(a); return b
print(pos(1, 2), kwonly(a=1), mixed(1, b=2, c=3), varargs(), varargs(1, *[], *"ab"), varkw(), varkw(a=1, **{"b c": 2}), defaults(), defaults(2), defaults(3, []))
for e in ("f()", "f(1)", "f(d=1)", "pos(1)", "pos(a=1, b=2)", "pos(1, b=2)", "pos(1, 2, 3)", "kwonly()", "kwonly(1)", "kwonly(a=1, c=2)", "mixed(1)", "mixed(1, 2)", "mixed(1, 2, 3)", "mixed(a=1, b=2, c=3)", "varargs(a=1)", "varkw(1)", "f(1, 2, 3, d=1, **{'d': 2})", "f(1, c=1, *[2, 3], d=4)", "f(*5)", "f(**5)", "f(**{1: 2})", "f(1, **{'c': 1}, c=2, d=3)", "defaults(1, a=2)", "(lambda: 0)(1)", "(lambda x: x)()", "(lambda x, y, z: x)()", "(lambda x, y: x)()", "(lambda *, k: k)()", "(lambda *, k, j: k)()", "(lambda a, b=1: 0)(1, 2, 3)", "(lambda a=1: 0)(1, 2)", "(lambda a, *, b: 0)(1, 2, 3)", "varkw(**{'a': 1}, **{'a': 2})", "len(*[1, 2])", "print(*None)", "kwonly(a=1, bb=2)", "defaults(aa=3)", "f(1, *None)", "varargs(*1, *2)", "''.join(*5)", "dict(**[1])", "5()", "None()", "'a'()", "[](1)"):
    try:
        print(e, "=", eval(e))
    except TypeError as err:
        print(e, "->", err)
class C:
    def m(self, x): return x
    @classmethod
    def c(cls, x): return x
    @staticmethod
    def s(x): return x
    def __init__(self, a, b=1): pass
    def __call__(self, *a, **k): return a, k
for e in ("C()", "C(1, 2, 3)", "C(1).m()", "C(1).m(1, 2)", "C.m(1)", "C.c()", "C.s()", "C(1).m(y=1)", "C(1)(2, k=3)", "C(1, c=2)", "C.m()", "object(1)", "object.__new__()", "type('X', (), {})(1)", "int.__new__(str)", "Exception.__new__(int)"):
    try:
        print(e, "=", eval(e))
    except TypeError as err:
        print(e, "->", err)
def order():
    def show(x): print("eval", x); return x
    return varargs(show(1), *show([2]), show(3))
print(order())
print(f.__defaults__, f.__kwdefaults__, f.__code__.co_argcount, f.__code__.co_posonlyargcount, f.__code__.co_kwonlyargcount, f.__code__.co_varnames, bin(f.__code__.co_flags))
f.__defaults__ = (20,); f.__kwdefaults__ = {"d": 40}
print(f(1, 2, e=5), f.__defaults__, f.__kwdefaults__)
try:
    f(1)
except TypeError as err:
    print(err)
