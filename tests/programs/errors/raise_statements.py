# What can be raised, what a cause can be, and how groups show what they were given.
class BadR(list):
    pass
class Seq:
    def __init__(self,*a): self.a=a
    def __len__(self): return len(self.a)
    def __getitem__(self,i): return self.a[i]
    def __repr__(self): print('repr called'); 1/0
try: ExceptionGroup('x', Seq(5))
except BaseException as e: print(repr(e))
try: ExceptionGroup('x', Seq(ValueError()))
except BaseException as e: print(repr(e))
class S2(Seq):
    def __repr__(self): return 'S2'+str(len(self.a))
s=S2(ValueError()); e=ExceptionGroup('x',s); s.a=(1,2); print(repr(e)); e.args=('x',[1]); print(repr(e))
class T(tuple):
    def __repr__(self): return 'TT'
print(repr(ExceptionGroup('x',T((ValueError(),)))))
class L(list):
    def __repr__(self): return 'LL'
print(repr(ExceptionGroup('x',L((ValueError(),)))))
class D(dict): 
    pass
try: ExceptionGroup('x', D({0:ValueError()}))
except BaseException as e: print(repr(e))
class IV(ValueError):
    def __init__(self, *a, **k): print(a,k)
IV(1,b=2)
class A(Exception):
    def __new__(cls,*a): return 5
try: raise A
except TypeError as e: print(e)
try: raise ValueError from A
except TypeError as e: print(e)
try: raise 5
except TypeError as e: print(e)
try: raise ValueError from 5
except TypeError as e: print(e, e.__context__)
try: raise int
except TypeError as e: print(e)
try: raise
except RuntimeError as e: print(e)
class B(Exception):
    def __init__(self): 1/0
try: raise B
except Exception as e: print(repr(e))
