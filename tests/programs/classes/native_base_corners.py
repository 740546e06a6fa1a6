# Dicts of instances whose native base has its own, empty slots, one empty bytes object, a bytearray that is busy,
# names that stand for constants, sets and annotations that are no such things.
import ast
import types


class Base: pass
class Meta(Base, type): pass
class Class(metaclass=Meta): pass
class Module(Base, types.ModuleType): pass
class Error(Base, Exception): pass


def attempt(f, *args):
    try:
        print(f(*args))
    except Exception as error:
        print(type(error).__name__, error)


descriptor = Base.__dict__["__dict__"]
for target in (Class, Module("m"), Error(), Base()):
    attempt(descriptor.__set__, target, {"a": 1})
    attempt(descriptor.__delete__, target)
    attempt(setattr, target, "__dict__", 5)


def local():
    class Slotted:
        __slots__ = "a"
    class Derived(Slotted): pass
    return Slotted, Derived


for cls in local():
    attempt(getattr, cls(), "a")
    attempt(getattr, cls(), "b")
    attempt(delattr, cls(), "a")

print(b"" is bytes(), b"abc"[1:1] is b"", bytes(bytearray()) is b"")
array = bytearray(b",")


def parts():
    yield b"A"
    attempt(array.clear)
    yield b"B"


attempt(array.join, parts())
array.clear()
for source in ("Tru\u1d49", "x.Fal\u017fe", "def f(N\u00bane): pass", "f(Tru\u1d49=1)", "x = Tru\u1d49 = (", "(Tru\u1d49"):
    attempt(lambda: ast.dump(ast.parse(source)))
    attempt(compile, source, "s", "eval")
for value in ("0", "{}", "set()", "frozenset()"):
    attempt(exec, f"__conditional_annotations__ = {value}\nx: int")
space = {}
exec("class C:\n  __classdict__: int\n  x: 'C'", space)
print(space["C"].__annotations__)
exec("f1, f2 = lambda: ('a b', 1.5), lambda: ('a b', 1.5)\nf3, f4 = lambda x: x in {1, 2}, lambda x: x in {2, 1}", space)
print(space["f1"].__code__.co_consts is space["f2"].__code__.co_consts, space["f3"](1))
