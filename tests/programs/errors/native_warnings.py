# The module _warnings on its own: filters, registries, the lock.
import sys
import _warnings
def t(f, *a, **k):
    try: r=f(*a,**k); print('  ->', repr(r))
    except BaseException as e: print('  !!', type(e).__name__, e)
W=_warnings.warn; X=_warnings.warn_explicit
def f(): _warnings.warn('hello', stacklevel=2)
f(); f()
t(W); t(W,'a',5); t(W,'a',int); t(W,'a',stacklevel='x'); t(W,5); t(W,UserWarning('q')); t(W,UserWarning('q'),DeprecationWarning); t(W,'a',None); t(W,'a',UserWarning,1,None,5); t(W,'a',skip_file_prefixes='x'); t(W,'a',skip_file_prefixes=(1,)); t(W,'a',skip_file_prefixes=('/',)); t(W,'x',UserWarning,-5); t(W,'x',UserWarning,100); t(W,'a',stacklevel=2**40)
t(X); t(X,'a',UserWarning,'f',1); t(X,'a',UserWarning,'f',1,'mod',{}); t(X,'a',UserWarning,'f','x'); t(X,'a',UserWarning,5,1); t(X,'a',UserWarning,'f',1,None,5); t(X,'a',int,'f',1); t(X,'a','b','f',1); t(X,'a2',UserWarning,'f',1,None,None,5); t(X,'a',UserWarning,'f',1,5); t(X,'a',UserWarning,'f.py',1); t(X,UserWarning('zz'),int,'g',4)
r={}; t(X,'a',UserWarning,'f',1,'m',r); print(r); t(X,'a',UserWarning,'f',1,'m',r)
print(_warnings.filters, _warnings._onceregistry, _warnings._defaultaction)
F=_warnings.filters
def mut():
    _warnings._acquire_lock(); _warnings._filters_mutated_lock_held(); _warnings._release_lock()
for act in 'module','once','default','all','always','ignore','error','bogus':
    F[:]=[(act,None,Warning,None,0)]; mut(); r={}
    for i in range(2): t(X,'a',UserWarning,'f',i,'m',r); t(X,'a',UserWarning,'f',i,'m',r)
    print(act,r,_warnings._onceregistry)
    t(X,'a',UserWarning,'f',9); t(X,'a',UserWarning,'f',9); print(_warnings._onceregistry)
F[:]=[(1,2)]; t(W,'c'); F[:]=[5]; t(W,'c'); F[:]=[(1,None,Warning,None,0)]; t(W,'c'); F[:]=[('error','c',Warning,None,0)]; t(W,'c'); t(W,'d'); F[:]=[('error',None,Warning,None,5)]; t(W,'e'); F[:]=[('error',None,Warning,'__main__',0)]; t(W,'e2')
F[:]=[]; mut(); t(W,'q'); t(W,'q')
t(_warnings._filters_mutated_lock_held); t(_warnings._acquire_lock); t(_warnings._acquire_lock); t(_warnings._filters_mutated_lock_held); t(_warnings._release_lock); t(_warnings._release_lock); t(_warnings._release_lock)
class R(UserWarning):
    def __str__(self): return 'STR'
t(X,R('x'),UserWarning,'f',2,'m',{}); t(X,b'x',UserWarning,'f',2,'m',{}); t(X,5,UserWarning,'f',2,'m',{})
class I:
    def __int__(self): return True
t(int, I()); t(lambda: ~True)
