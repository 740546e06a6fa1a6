# Attributes, construction and messages of the exceptions that have their own.
def t(f, *a, **k):
    try: r=f(*a,**k); print('  ->', repr(r), '|', str(r) if isinstance(r,BaseException) else '')
    except BaseException as e: print('  !!', type(e).__name__, e)
print('import'); 
t(ImportError,'a',name='n',path='p',name_from='f'); t(ImportError,'a',foo=1); t(ImportError,'a','b',name='n'); t(ImportError, 3); t(ImportError,name='n')
t(ImportError,'a',name='n',foo=1); t(ImportError,'a',foo=1,bar=2); t(ModuleNotFoundError, 'x', zz=1); t(AttributeError,'x',zz=1); t(NameError,'x',zz=1,name=2)
t(lambda: AttributeError('x',**{'ob':1}))
t(lambda: ImportError('x',**{'nam':1}))
class IE(ImportError): pass
t(IE,'a',foo=1)
for e in [ImportError('m',name='n',path='p',name_from='q'), ImportError('m'), AttributeError('m',name='n',obj=3), AttributeError('m'), NameError('m',name='n'), AttributeError(), StopIteration(3), SystemExit(3), KeyError('a'), KeyError('a','b'), KeyError(), OSError(2,'x'), OSError(2,'x','f'), OSError(2,'x','f',None,'g'), OSError('a'), OSError(), OSError(2,'x',None,None,'g'), OSError(1,2,3,4,5), UnicodeDecodeError('u',b'abc',0,1,'r')]:
    e2=e
    print(repr(e), '|', e, '|', e.__reduce__(), '|', e.args)
    e.foo=1
    print('    ', e.__reduce__())
e=ImportError('m',name='n'); print(e.msg, e.name, e.path, e.name_from); e.__init__('z'); print(e.msg,e.name)
e=AttributeError('m',name='n',obj=1); print(e.__getstate__()); e.__init__('z'); print(e.name,e.obj, e.__getstate__()); 
e=AttributeError('m',name='n',obj=1); e.foo=2; print(e.__getstate__())
e=NameError('m',name='n'); print(e.__reduce__())
print(SystemExit().code, SystemExit(1,2).code, SystemExit((1,2)).code, StopIteration().value, StopIteration(1,2).value)
print('new init')
class X(OSError):
    def __init__(self, *a, **k): print('init', a, k)
t(X, 1,2,3,a=4); print(X(2,3).errno, X(2,'a').args)
class Y(OSError):
    def __new__(cls, *a, **k): print('new',a,k); return OSError.__new__(cls,*a[:2])
t(Y,2,'a',b=3); t(Y,2,'a'); print(Y(2,'x').errno)
class Z(OSError):
    def __new__(cls,*a,**k): return OSError.__new__(cls,*a[:2])
    def __init__(self,*a,**k): OSError.__init__(self,*a[:2])
t(Z,2,'x',5)
t(OSError,2,'x',foo=1); t(FileNotFoundError,1,foo=2); t(X)
class W(OSError): pass
t(W,2,'x'); t(W,a=1); t(OSError,13,'p','f'); t(OSError, True, 'x'); t(OSError,2.0,'x'); t(OSError,10**30,'x'); t(OSError,1,2,3,4,5,6); t(OSError, 2, 'x', None)
for n in range(1,200):
    c=type(OSError(n,'x'))
    if c is not OSError: print(n,c.__name__,end=' ')
print()
b=BlockingIOError(11,'x',5); print(b.characters_written,b.filename,b.args); t(BlockingIOError,11,'x','f'); t(BlockingIOError,11,'x',10**40)
t(lambda:OSError(1,'x').characters_written)
e=OSError(1,'x'); 
def dl(o,n): delattr(o,n)
t(dl,e,'characters_written'); t(setattr,e,'characters_written','x');t(setattr,e,'characters_written',10**40); t(setattr,e,'characters_written',-1); t(lambda:e.characters_written); e.characters_written=7; print(e.characters_written); t(dl,e,'characters_written'); t(lambda:e.characters_written)
e=OSError(2,'x','f'); e.errno=None; print(str(e)); e.strerror=None; print(str(e)); e.filename=None; print(str(e)); del e.filename; print(str(e), e.filename); e=OSError(2,'x','f'); del e.errno; print(e); del e.errno; print(e.errno)
e=OSError(2,'x'); del e.errno; print(e); e=OSError(2,None); print(e); e=OSError(None,'x'); print(e);e=OSError(2,'x','f','w','g'); print(e,e.args); e.filename=None; print(e)
for n in 'args __traceback__ __context__ __cause__ __suppress_context__ __dict__ __notes__'.split():
    e=ValueError(1); t(dl,e,n); t(setattr,e,n,5); t(setattr,e,n,None)
e=ValueError(1); e.args='abc'; print(e.args); e.args=iter([1]); print(e.args)
t(e.__setstate__,None); t(e.__setstate__,5); t(e.__setstate__,{'a':1}); print(e.a); t(e.__setstate__,{1:1}); t(e.with_traceback,5); t(e.with_traceback,None); t(e.add_note,5); t(e.add_note); e.__notes__=3; t(e.add_note,'x'); t(e.__setstate__)
t(ValueError, a=1); t(lambda: ValueError.__new__(ValueError,1,a=2)); t(lambda: ValueError(1).__init__(a=1)); t(lambda: BaseException.__new__(OSError)); t(lambda: Exception.__new__(KeyError,3)); t(lambda: BaseException.__new__(int)); t(lambda:BaseException.__new__())
t(lambda: BaseException.__new__(X)); t(BaseException.__init__, 3); t(BaseException.__str__, 3); t(BaseException.add_note, 3, 'x'); t(BaseException.args.__get__, 3)
e=ValueError.__new__(ValueError,5); print(e.args); e.__init__(); print(e.args)
