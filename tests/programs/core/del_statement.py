# del of every kind of target.
a = 1
del a
try:
    a
except NameError as e:
    print(e)
l = list(range(6))
del l[0], l[-1], (l[0])
print(l)
d = dict(a=1, b=2, c=3)
del d["a"], (d["b"], )
print(d)
try:
    del d["zz"]
except KeyError as e:
    print(repr(e))
class O: pass
o = O()
o.x = o.y = 1
del o.x
print(vars(o))
try:
    del o.x
except AttributeError as e:
    print(e)
try:
    del O.nothing
except AttributeError as e:
    print(e)
try:
    del "abc"[0]
except TypeError as e:
    print(e)
try:
    del (1, 2)[0]
except TypeError as e:
    print(e)
def f(x):
    del x
    try:
        print(x)
    except UnboundLocalError as e:
        print(e)
    x = 2
    def g(): return x
    del x
    try:
        g()
    except NameError as e:
        print(e)
f(1)
def g():
    global gone
    gone = 1
    del gone
    try:
        del gone
    except NameError as e:
        print(e)
g()
class D:
    t = 1
    del t
    def __delattr__(self, name): print("delattr", name)
del D().anything
print(hasattr(D, "t"))
for source in ("del 1", "del f()", "del a + b", "del (yield)", "del None", "del *a", "del (a, 1)", "del [x for x in y]", "del __debug__", "del a := 1"):
    try:
        compile(source, "x", "exec")
    except SyntaxError as e:
        print(source, "->", e.msg)
