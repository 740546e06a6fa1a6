# Decorators on functions, methods and classes, stacked, with arguments.
import functools
log = []
def deco(f):
    log.append(f"deco {f.__name__}")
    @functools.wraps(f)
    def w(*a, **k):
        return f"<{f(*a, **k)}>"
    return w
def param(tag):
    log.append(f"param {tag}")
    def d(f):
        log.append(f"apply {tag}")
        @functools.wraps(f)
        def w(*a, **k): return f"{tag}({f(*a, **k)})"
        return w
    return d
@deco
@param("A")
@param("B")
def hello(name, punct="!"):
    "docs"
    return f"hi {name}{punct}"
print(hello("x"), hello("y", punct="?"), hello.__name__, hello.__doc__, hello.__wrapped__.__wrapped__.__wrapped__("z"), log)
def classdeco(cls):
    cls.extra = 5
    return cls
@classdeco
class K:
    @deco
    def m(self): return "m"
    @staticmethod
    @deco
    def s(): return "s"
    @classmethod
    @deco
    def c(cls): return cls.__name__
    @property
    @deco
    def p(self): return "p"
print(K.extra, K().m(), K.s(), K().s(), K.c(), K().p)
class Count:
    def __init__(self, f): functools.update_wrapper(self, f); self.f, self.n = f, 0
    def __call__(self, *a): self.n += 1; return self.f(*a)
    def __get__(self, obj, owner=None): return functools.partial(self, obj) if obj else self
class User:
    @Count
    def ping(self, v): return v
u = User()
print(u.ping(1), u.ping(2), User.ping.n, User.ping.__name__)
registry = {}
def register(name):
    return lambda f: registry.setdefault(name, f)
@register("one")
def one(): return 1
print(registry["one"]() , [d for d in [register("l")(lambda: 2)]][0]())
@(lambda f: lambda: f() + 1)
def ten(): return 9
print(ten())
decos = [deco]
@decos[0]
def idx(): return "i"
print(idx())
@type
def t(): pass
print(t)
@(lambda f: print(f.__name__))
def nothing_left(): pass
print(nothing_left)
def retry(times, exceptions=(Exception,)):
    def d(f):
        def w(*a):
            for n in range(times):
                try:
                    return f(*a, n)
                except exceptions as e:
                    print("retry", n, e)
            raise RuntimeError("gave up")
        return w
    return d
@retry(3, (ValueError,))
def flaky(limit, n):
    if n < limit: raise ValueError(f"fail {n}")
    return "ok"
print(flaky(2))
try:
    flaky(5)
except RuntimeError as e:
    print(e, repr(e.__context__))
