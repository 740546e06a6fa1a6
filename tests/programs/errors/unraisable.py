# Errors that cannot be raised: __del__, callbacks.
import gc, sys, weakref
class D:
    def __init__(self, n): self.n = n
    def __repr__(self): return f"D{self.n}"
    def __del__(self): raise ValueError(f"in del {self.n}")
def hook(u): print("hook", type(u.exc_value).__name__, u.exc_value, u.err_msg, u.object.__qualname__)
sys.unraisablehook = hook
d = D(1); del d
l = D(2); l.me = l; del l; gc.collect()
class T: pass
t = T()
def callback(ref): raise KeyError("weakref callback")
r = weakref.ref(t, callback); del t
def g():
    try: yield
    finally: raise OSError("in generator")
i = g(); next(i)
sys.unraisablehook = lambda u: print("gen", repr(u.exc_value))
del i
sys.unraisablehook = hook
class N:
    def __del__(self): print("del runs", sys.is_finalizing())
n = N()
n.x = 1
print("end")
