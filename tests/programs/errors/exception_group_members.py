# Construction, split, subgroup and derive of exception groups.
def t(f, *a, **k):
    try: r=f(*a,**k); print('  ->', repr(r), '|', str(r) if isinstance(r,BaseException) else '')
    except BaseException as e: print('  !!', type(e).__name__, e, e.__cause__ and repr(e.__cause__), e.__context__ and repr(e.__context__))
def dl(o,n): delattr(o,n)
E=ExceptionGroup; B=BaseExceptionGroup; V=ValueError
class Seq:
    def __init__(self,*a): self.a=a
    def __len__(self): return len(self.a)
    def __getitem__(self,i): return self.a[i]
class It:
    def __iter__(self): return iter([V(1)])
class MyE(E): pass
class MyB(B): pass
class MyV(B,V): pass
for c,a in [(E,()),(E,('a',)),(E,(1,[V(1)])),(E,('a',[])),(E,('a',())),(E,('a',V(1))),(E,('a',[1])),(E,('a',[V(1),V])),(E,('a',[KeyboardInterrupt()])),(E,('a',[V(1),V(2)])),(B,('a',[V(1)])),(B,('a',[KeyboardInterrupt()])),(B,('a',[E('q',[V(1)])])),(E,('a',(V(1),))),(E,('a',{V(1)})),(E,('a','xyz')),(E,('a',b'xyz')),(E,('a',5)),(E,('a',None)),(E,('a',[V(1)],3)),(MyE,('a',[KeyboardInterrupt()])),(MyB,('a',[KeyboardInterrupt()])),(MyB,('a',[V(1)])),(MyV,('a',[V(1)])),(MyV,('a',[KeyboardInterrupt()]))]:
    print(c.__name__, a); t(c,*a)
    try: e=c(*a)
    except BaseException: continue
    print('    ', type(e), e.message, e.exceptions, e.args, e.__reduce__(), type(e.message))
t(E,'a',exceptions=[V(1)]); t(E,message='a'); t(E,'a',[V(1)],foo=1); t(MyE,'a',[V(1)],foo=1)
class K(E):
    def __new__(cls,m,x,*,code): o=E.__new__(cls,m,x); o.code=code; return o
t(K,'a',[V(1)],code=3)
class K2(E):
    def __init__(self,m,x,*,code): self.code=code
t(K2,'a',[V(1)],code=3)
class Ss(str): pass
e=E(Ss('x'),[V(1)]); print(type(e.message))
e=E('m',[V(1),TypeError('t'),E('n',[V(2),OSError(3)])]); e.foo=1; e.add_note('hi')
def show(e,d=0):
    if e is None: print('  '*d+'None'); return
    print('  '*d, repr(e), getattr(e,'__notes__',None), e.__cause__, e.__context__, e.__traceback__, getattr(e,'foo',None))
    if isinstance(e,B):
        for x in e.exceptions: show(x,d+1)
for m in ('subgroup','split'):
    for c in (V,(V,OSError),lambda x: isinstance(x,V),E,B,Exception,KeyboardInterrupt,int,5,'x',(V,int),(),V(1),[V],None,lambda x:1/0, lambda x:5):
        print(m, c if not callable(c) or isinstance(c,type) else 'fn')
        try: r=getattr(e,m)(c)
        except BaseException as ex: print('  !!', type(ex).__name__, ex); continue
        if m=='split': 
            show(r[0],1); print('  --'); show(r[1],1); print(r[0] is e, r[1] is e, type(r))
        else: show(r,1); print(r is e)
t(e.subgroup); t(e.split,1,2); t(e.derive); t(e.derive,[V(1)]); t(e.derive,5); t(e.derive,[KeyboardInterrupt()]); t(e.derive,()); t(e.derive,[1])
t(MyE('a',[V(1)]).derive,[V(2)]); t(MyB('a',[V(1)]).derive,[V(2)]); print(type(MyB('a',[V(1)]).split(V)[0]))
class D(E):
    def derive(self,x): return D(self.message,x)
d=D('d',[V(1),TypeError(2)])
t(lambda: d.split(V)); 
class D2(E):
    def derive(self,x): return 5
t(lambda: D2('d',[V(1),TypeError(2)]).split(V)); 
class D3(E):
    def derive(self,x): return V(5)
t(lambda: D3('d',[V(1),TypeError(2)]).split(V)); t(lambda: D3('d',[V(1),TypeError(2)]).subgroup(V))
try:
    try: raise KeyError(0)
    except KeyError as k:
        raise e from k
except E as g:
    r=g.split(V); print(r[0].__cause__, r[0].__context__, r[0].__traceback__ is g.__traceback__, r[0].__suppress_context__, r[0].__notes__ is g.__notes__)
g=E('m',[V(1),TypeError(2)]); g.__notes__=5
t(lambda: g.split(V)[0].__notes__)
g=E('m',[V(1),TypeError(2)]); g.__notes__=(1,2)
t(lambda: g.split(V)[0].__notes__)
g=E('m',[V(1)]); g.__init__('z',[V(3)],5); print(g.args,g.message,g); t(lambda:g.__init__(a=1)); g.args=('q',); print(repr(g),str(g)); g.args=(1,2,3); print(repr(g)); g.args=(1,(3,)); print(repr(g)); g.args=(1,[3]); print(repr(g)); g.args=(1,Seq(1)); print(repr(g)); g.args=(1,7); t(repr,g)
print(str(E('m',[V(1)])), str(E('m',[V(1),V(2)])), str(E('m'*10,[E('x',[V(1),V(2)])])))
n=E('x',[V(1)])
t(setattr,E,'foo',1); t(setattr,B,'foo',1)
class Meta(type):
    pass
t(lambda: B.derive(3)); t(lambda: e.subgroup((V,5)));
class MC(type):
    def __instancecheck__(cls,o): return True
class Q(metaclass=MC): pass
t(lambda: e.split(Q));
e2=E('m',[V(1),V(2)]); f=e2.exceptions; print(f is e2.exceptions, e2.exceptions[0] is e2.args[1][0])
