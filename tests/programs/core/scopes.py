# Local, enclosing, global, builtin and class scopes.
x = "global"
def read(): return x
def shadow():
    x = "local"
    return x
def set_global():
    global x
    x = "changed"
def unbound():
    print(x)
    x = 1
print(read(), shadow(), read())
set_global()
print(x)
try:
    unbound()
except UnboundLocalError as e:
    print(e, e.name)
try:
    missing
except NameError as e:
    print(e, e.name)
def outer():
    v = 1
    def inner():
        nonlocal v
        v += 1
        return v
    def reader(): return v
    inner()
    return inner, reader
i, r = outer()
print(i(), i(), r(), i.__closure__[0].cell_contents, i.__code__.co_freevars, outer.__code__.co_cellvars)
def free():
    def g(): return later
    try:
        g()
    except NameError as e:
        print(e)
    later = 3
    return g()
print(free())
class C:
    x = "class"
    y = x
    def m(self): return x
    z = [x for _ in range(1)]
    w = [y for y in [x]]
print(C.y, C().m(), C.z, C.w)
def del_local():
    q = 1
    del q
    try:
        return q
    except UnboundLocalError as e:
        return str(e)
print(del_local())
funcs = [lambda: i for i in range(3)]
print([f() for f in funcs], [f() for f in [lambda i=i: i for i in range(3)]])
print([len, "len" in globals(), "x" in globals()][1:])
len = lambda s: 42
print(len(""))
del len
print(len(""))
def loc(a, b=2):
    c = 3
    return sorted(locals().items())
print(loc(1))
exec("y = 5; z = y + 1", ns := {})
print(ns["y"], ns["z"], "__builtins__" in ns)
print(eval("a + b", {"a": 1}, {"b": 2}))
def comp():
    a = 1
    return [(a, b) for b in [a + k for k in range(2)]], [a for a in "xy"], a
print(comp())
