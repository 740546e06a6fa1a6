# The types module and generic aliases, namespaces, dynamic classes.
import types, sys
def gen(): yield
async def co(): pass
async def ag(): yield
class C:
    def m(self): pass
    @property
    def p(self): pass
c = co(); c.close()
for name, o in (("FunctionType", gen), ("LambdaType", lambda: 0), ("GeneratorType", gen()), ("CoroutineType", c), ("AsyncGeneratorType", ag()), ("CodeType", gen.__code__), ("MethodType", C().m), ("BuiltinFunctionType", len), ("BuiltinMethodType", [].append), ("WrapperDescriptorType", object.__init__), ("MethodWrapperType", object().__str__), ("MethodDescriptorType", str.join), ("ClassMethodDescriptorType", dict.__dict__["fromkeys"]), ("ModuleType", sys), ("GetSetDescriptorType", type.__dict__["__dict__"]), ("MemberDescriptorType", type.__dict__["__basicsize__"]), ("MappingProxyType", C.__dict__), ("NoneType", None), ("EllipsisType", ...), ("NotImplementedType", NotImplemented), ("GenericAlias", list[int]), ("UnionType", int | str), ("FrameType", sys._getframe()), ("SimpleNamespace", types.SimpleNamespace()), ("CapsuleType", None)):
    print(name, isinstance(o, getattr(types, name)), getattr(types, name))
n = types.SimpleNamespace(a=1, b=[2])
n.c = 3; del n.a
print(n, n == types.SimpleNamespace(b=[2], c=3), vars(n), types.SimpleNamespace({"x": 1}, y=2), repr(types.SimpleNamespace(**{"a b": 1})))
m = types.MappingProxyType({"a": 1, "b": 2})
print(m, m["a"], list(m), m.get("z"), m | {"c": 3}, dict(m), len(m), "a" in m, m.copy(), m == {"a": 1, "b": 2}, {**m}, list(reversed(m)))
for e in ("m['a'] = 5", "del m['a']", "m.nope", "types.MappingProxyType(5)", "m |= {}", "types.SimpleNamespace(1)", "types.NoneType(5)", "types.ModuleType()", "types.ModuleType(5)", "type(gen())()", "types.CodeType()", "types.FunctionType()", "types.new_class('X', (int, str))", "types.GenericAlias(int)", "types.resolve_bases(5)", "type(...)(1)", "types.DynamicClassAttribute()"):
    try: exec(e); print(e, "ok")
    except Exception as err: print(e, "->", type(err).__name__, err)
X = types.new_class("X", (C,), {"metaclass": type}, lambda ns: ns.update(v=5))
print(X, X.v, X.__mro__[1], types.prepare_class("Y", (C,)), types.get_original_bases(type("Z", (C,), {})))
mod = types.ModuleType("mod", "its doc"); mod.x = 1
print(mod, mod.__doc__, mod.__name__, sorted(vars(mod)), mod.__spec__, mod.__loader__)
try: mod.nope
except AttributeError as e: print(e)
mod.__getattr__ = lambda name: f"module getattr {name}"
print(mod.nope, hasattr(mod, "anything"))
class ListLike:
    def __mro_entries__(self, bases): return (list,)
class FromEntries(ListLike()): pass
print(FromEntries.__mro__, FromEntries.__orig_bases__[0].__class__.__name__, types.resolve_bases((ListLike(), int)))
ga = types.GenericAlias(dict, (str, int))
print(ga, ga.__origin__, ga.__args__, ga.__parameters__, ga == dict[str, int], ga(a=1), isinstance({}, ga.__origin__), ga.fromkeys("a"), dir(ga) == sorted(dir(ga)), list[int].__class__, list[*tuple[int, ...]])
d = type("D", (), {"_v": 0, "x": types.DynamicClassAttribute(lambda self: "dyn")})
print(d().x)
@types.coroutine
def tc(): yield 1
print(tc.__code__.co_flags & 0x100 != 0, next(iter(tc())), types.coroutine(co) is co)
f = sys._getframe()
print(f.f_code.co_name, f.f_lineno, f.f_back, f.f_globals is globals(), f.f_locals is not None, f.f_trace, f.f_lasti >= 0)
def fl():
    a = 1
    fr = sys._getframe()
    fr.f_locals["a"] = 99; fr.f_locals["new"] = 5
    return a, fr.f_locals["new"], type(fr.f_locals).__name__, fr.f_back.f_code.co_name, fr.f_code.co_varnames
print(fl())
