# A bound native method is named after the class of its receiver, a descriptor after its own.
class L(list): pass
def t(f):
    try: f()
    except TypeError as e: print(e)
import collections
class D(collections.deque): pass
t(lambda: L().append()); f=L().append; t(f); t(lambda: list.append(L())); t(lambda: L.append(L()))
t(lambda: D().append()); f=D().append; t(f)
f=ValueError().add_note; t(f); t(lambda:ValueError().add_note())
f=L().append; t(lambda: f(*()));t(lambda: f(**{'a':1}));t(lambda: L().append(a=1));t(lambda: L().append(*()))
f=L().insert; t(lambda: f(*()));t(lambda: f(**{'a':1}))
f=L().clear; t(lambda: f(1));t(lambda: f(**{'a':1}));t(lambda: L().clear(1))
f=L().__reversed__; t(lambda: f(1)); t(lambda: f(a=1));t(lambda: L().__reversed__(1))
import functools
t(lambda: functools.partial(L().append)()); 
t(lambda: list(map(L().append,[1],[2])))
f=dict.fromkeys; t(f); t(lambda: f(a=1))
class DD(dict): pass
f=DD.fromkeys; t(f); t(lambda: f(a=1))
f=DD().fromkeys; t(f); t(lambda: f(a=1))
f=L.__class_getitem__; t(f); t(lambda: f(a=1))
f=len; t(f);t(lambda: f(a=1))
import math
f=math.sin; t(f);t(lambda: f(a=1))
f=math.hypot; t(f);t(lambda: f(a=1))
f=L.append; t(f); t(lambda: f(a=1)); t(lambda: f(3)); 
f=L.append.__get__(L()); t(f)
class A:
  class B(list): pass
t(A.B().append)
t(lambda: A.B().append())
t(A.B().sort.__call__)
t(lambda: A.B().sort(3))
f=A.B().sort; t(lambda: f(3))
t(lambda: f(foo=3))
f=A.B().index; t(f)
f=A.B().pop; t(lambda:f(1,2))
f=A.B().copy; t(lambda:f(1,2))
f=A.B().__sizeof__; t(lambda:f(1,2))
f=A.B().__add__; t(lambda:f(1,2))
f=object().__reduce_ex__; t(lambda:f(1,2))
f=A.B().__reduce_ex__; t(lambda:f(1,2))
f=A.B().__dir__; t(lambda:f(1,2))
