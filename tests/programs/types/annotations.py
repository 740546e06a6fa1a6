# Annotations at run time: deferred evaluation, annotationlib, get_type_hints.
import annotationlib, typing, inspect
def f(a: int, b: "str" = "x", *c: undefined1, d: undefined2.attr[int] = 1) -> list[undefined3]: pass
try: f.__annotations__
except NameError as e: print(e)
print(annotationlib.get_annotations(f, format=annotationlib.Format.STRING))
fr = annotationlib.get_annotations(f, format=annotationlib.Format.FORWARDREF)
print({k: type(v).__name__ for k, v in fr.items()}, fr["c"].__forward_arg__)
undefined1 = undefined3 = float
class undefined2: attr = dict
print(f.__annotations__, f.__annotations__ is f.__annotations__)
class C:
    x: int
    y: "C" = None
    z: list[C]
    def m(self) -> C: pass
    if False: never: int
print(C.__annotations__, C.m.__annotations__, C.__annotate__(annotationlib.Format.VALUE) == C.__annotations__, typing.get_type_hints(C), typing.get_type_hints(f))
g: int = 5
h: "undefined"
import sys
print(sys.modules["__main__"].__annotations__, __annotate__(1))
class D(C): w: bytes
print(D.__annotations__, typing.get_type_hints(D).keys(), annotationlib.get_annotations(D))
def k(x: typing.Annotated[int, "meta"], y: typing.Optional[str] = None): pass
print(typing.get_type_hints(k), typing.get_type_hints(k, include_extras=True), k.__annotations__)
def local():
    v: int = 1
    (w): str = "q"
    u: print("not evaluated")
    return v, w
print(local(), local.__annotations__)
try: exec("def q():\n  zz: int\n  return zz\nq()")
except UnboundLocalError as e: print(e)
f.__annotations__ = {"replaced": 1}; print(f.__annotations__, f.__annotate__)
f.__annotate__ = lambda fmt: {"from": "annotate", "fmt": fmt}; print(f.__annotations__); del f.__annotations__; print(f.__annotations__)
for bad in ("f.__annotate__ = 5", "f.__annotations__ = 5", "f.__annotate__ = lambda: 1; f.__annotations__", "f.__annotate__ = lambda x: 5; f.__annotations__", "C.__annotate__(99)", "C.__annotations__ = 5", "annotationlib.get_annotations(5)"):
    try: exec(bad); print(bad, "ok")
    except Exception as e: print(bad, "->", type(e).__name__, e)
exec("from __future__ import annotations\ndef fut(a: int, b: 'q' = 1) -> x.y[0]: pass\nprint(fut.__annotations__)\nclass FC:\n  v: a + b\nprint(FC.__annotations__)")
class Meta(type): 
    mx: int
class WithMeta(metaclass=Meta): pass
print(WithMeta.__annotations__, Meta.__annotations__)
print(inspect.signature(local), inspect.signature(k), str(inspect.signature(lambda a, /, b: 0)), annotationlib.type_repr(int), annotationlib.type_repr(list[int]), annotationlib.type_repr("s"), annotationlib.annotations_to_string({"a": int, "b": "x"}))
ref = annotationlib.ForwardRef("1 + 2")
print(ref, ref.evaluate(), annotationlib.ForwardRef("nope").evaluate(format=annotationlib.Format.FORWARDREF), list(annotationlib.Format))
class Cond:
    if g: a: int
    else: b: str
    for _ in range(2): c: float
print(Cond.__annotations__)
lam = lambda x: x
print(lam.__annotations__, lam.__annotate__, typing.get_type_hints(lam))
class Gen[T]:
    v: T
    def m[U](self, a: T, b: U) -> "Gen[U]": pass
print(Gen.__annotations__, Gen.m.__annotations__, annotationlib.get_annotations(Gen.m, format=annotationlib.Format.STRING))
async def co(a: int) -> str: pass
print(co.__annotations__, annotationlib.call_annotate_function(co.__annotate__, annotationlib.Format.STRING))
