# PEP 695 and 696: type parameters, aliases, defaults, scopes.
from typing import *
def first[T](xs: list[T]) -> T: return xs[0]
class Box[T, *Ts, **P]:
    def get[U: int](self, u: U) -> T: return u
    attr: T
type Pair[A, B = int] = tuple[A, B]
type Rec = list[Rec] | None
print(first([1]), first.__type_params__, Box.__type_params__, Box.get.__type_params__, Pair, Pair.__type_params__, Pair.__value__, Rec.__value__, Pair[str], Pair[str, bytes])
T, Ts, P = Box.__type_params__
print(type(T).__name__, type(Ts).__name__, type(P).__name__, T.__name__, T.__bound__, T.__constraints__, T.__default__ is NoDefault, T.has_default(), Box[int, str, [int]], Box.__orig_bases__, Box.__parameters__, Box.__mro__)
U, = Box.get.__type_params__
print(U.__bound__, Pair.__type_params__[1].__default__, T.__infer_variance__, T.__covariant__)
def con[S: (int, str), D = list[S], *E = *tuple[int, ...], **Q = [int]](): return S, D, E, Q
a, b, c, d = con()
print(a.__constraints__, b.__default__, c.__default__, d.__default__, d.__name__)
def lazy[T: undefined_name](): return T
try: lazy().__bound__
except NameError as e: print(e)
type Lazy = also_undefined
try: Lazy.__value__
except NameError as e: print(e)
also_undefined = 5
print(Lazy.__value__)
class Scope[T]:
    x = T
    y = T.__name__
    def m(self): return T
    class Inner: z = T
    type Alias = T
print(Scope.x is Scope.__type_params__[0], Scope.y, Scope().m() is Scope.x, Scope.Inner.z is Scope.x, Scope.Alias.__value__ is Scope.x)
try: T2
except NameError as e: print(e)
class Child[K](Box[K, int, [str]]): pass
print(Child.__orig_bases__, Child[int].__origin__)
class Gen[T](list[T]): pass
print(Gen([1]), Gen[int], Gen[int]([2]), Gen[int].__args__)
print(TypeVar("X", bound=int), TypeVar("Y", int, str, covariant=False), ParamSpec("PP").args, TypeVarTuple("TT"), TypeAliasType("TA", list, type_params=()), repr(TypeVar("C", covariant=True)))
for src in ("class C[T, T]: pass", "def f[T = int, U](): pass", "class C[*T: int]: pass", "class C[T: int = str, *Ts = int]: pass", "def f[T](T): pass", "type X = (yield)", "type X[T] = (T := 1)", "class C[T: (x := 1)]: pass", "def f[T]() -> (yield): pass", "class A[T](metaclass=(yield)): pass", "def f[T]():\n nonlocal T", "type X[T: await y] = 1", "class C[__debug__]: pass", "def f[](): pass", "type X[] = 1", "type x.y = 1", "class C[*]: pass", "type X[T=*tuple] = T", "lambda[T]: 1"):
    try: compile(src, "s", "exec"); print("fine", src)
    except SyntaxError as e: print(src.replace("\n", ";"), "->", e.msg)
for e in ("TypeVar('T', int)", "TypeVar('T', covariant=True, contravariant=True)", "TypeVar('T', int, str, bound=int)", "Pair[int, str, bytes]", "Pair()", "isinstance(1, Pair)", "T()", "class X(T): pass", "Box[int]", "Pair.nope", "Pair.__value__ = 5", "TypeAliasType('A', int, type_params=(1, 2))", "TypeVar(5)", "Rec | int", "int | Rec", "T | None", "list[T][int]", "dict[T, U][int, str]", "Pair.__type_params__[0] | str", "issubclass(int, Pair)"):
    try: print(e, "=", eval(e) if not e.startswith(("class", "Pair.__value__ =")) else exec(e))
    except Exception as err: print(e, "->", type(err).__name__, err)
import pickle, copy
print(pickle.loads(pickle.dumps(Pair)) is Pair, Pair.__module__, copy.copy(T) is T, hash(Pair) == hash(Pair), Pair[int, str] == Pair[int, str])
