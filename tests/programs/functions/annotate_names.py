# Functions that give annotations are named after what they are of.
def f(x:int) -> None:
    def nested(y:int) -> None: pass
    return nested
class Outer:
    x: int
    def method(self, x: int): pass
    class In:
       y: int
for a in (f,f(1),Outer,Outer.method,Outer.In): print(a.__annotate__.__qualname__, a.__annotate__.__code__.co_qualname, a.__annotate__.__code__.co_name)
def g[T: int](x:T): pass
print(g.__annotate__.__qualname__, g.__annotate__.__code__.co_qualname,g.__type_params__[0].evaluate_bound.__qualname__)
class K[T: int = str]:
    x: T
    def m[U](self, x: T, y: U): pass
    type A[V]= T
print(K.__annotate__.__qualname__, K.__annotate__.__code__.co_qualname, K.m.__annotate__.__qualname__, K.A.evaluate_value.__qualname__, K.__type_params__[0].evaluate_default.__qualname__)
type X[Y:int]=Y
print(X.evaluate_value.__qualname__,X.__type_params__[0].evaluate_bound.__qualname__)
l = lambda: 0
async def h(x:int):pass
print(h.__annotate__.__qualname__)
def gg():
    global hh
    def hh(x:int): 
       def ii(y:int): pass
       return ii
    class cc:
       global dd
       def dd(x:int): pass
       z: int
    return cc
c=gg()
print(hh.__annotate__.__qualname__, hh(1).__annotate__.__qualname__, c.__annotate__.__qualname__, dd.__annotate__.__qualname__)
import sys
x: int
print(sys.modules['__main__'].__annotate__.__qualname__)
