# Attributes and messages of SyntaxError and the three codec errors, with odd values in them.
def t(f, *a, **k):
    try: r=f(*a,**k); print('  ->', repr(r), '|', str(r) if isinstance(r,BaseException) else '')
    except BaseException as e: print('  !!', type(e).__name__, e)
def dl(o,n): delattr(o,n)
print('syntax')
S=SyntaxError
for a in [(),('m',),('m',('f',1,2,'t')),('m',('f',1,2,'t',3,4)),('m',('f',1,2,'t',3)),('m',('f',1,2)),('m',5),('m',('f',1,2,'t',3,4,5)),('m',('f',1,2,'t',3,4,5,6)),('m',['f',1,2,'t']),('m','abcd'),('m',('a/b/c.py',None,None,None)),('m',('f','x',2,'t')),('m',(None,7,2,'t')),('m',(b'f',7,2,'t')),(None,('f',1,2,'t')),('m',('f',10**40,2,'t')),('m',('f',True,2,'t')),('m',('f',-1,2,'t')),('m','a',3), ('m',()), (1,2,3)]:
    print(a)
    t(S,*a)
    try: e=S(*a)
    except Exception: continue
    print('   ', e.msg,e.filename,e.lineno,e.offset,e.text,e.end_lineno,e.end_offset,e.print_file_and_line,e._metadata,e.args)
t(S,'m',foo=1)
e=S('m',('f',1,2,'t')); e.__init__('k'); print(e, e.filename, e.lineno, e.msg); e.__init__(); print(e.msg); print(S('m',('f',1,2,'t')).__reduce__()); print(type(S.msg), S.msg, S._metadata)
e=S('m',('f',1,2,'t')); del e.lineno; print(e); e.filename=3; print(e); e.lineno='3'; print(e); del e.msg; print(e)
e=S('m',('f',1,2,'t',3,4)); e.__init__('m',('g',1,2,'t')); print(e.end_lineno)
print('unicode')
U=UnicodeEncodeError; D=UnicodeDecodeError; T=UnicodeTranslateError
for c,a in [(U,()),(U,('a',)),(U,(1,'a',1,2,'r')),(U,('e',b'a',1,2,'r')),(U,('e','a','1',2,'r')),(U,('e','a',1,2,3)),(U,('e','abc',0,1,'r')),(U,('e','a\u1234\U00012345',1,2,'r')),(U,('e','a\u1234\U00012345',2,3,'r')),(U,('e','a\xe9',1,2,'r')),(U,('e','abc',0,2,'r')),(U,('e','abc',5,6,'r')),(U,('e','abc',-5,1,'r')),(U,('e','abc',-5,-4,'r')),(U,('e','abc',0,10,'r')),(U,('e','',0,1,'r')),(U,('e','abc',10**20,1,'r')),(U,('e','abc',2,1,'r')),(U,('e','abc',3,2,'r')),(U,('e','abc',1,1,'r')),(U,('e','abc',1.0,1,'r')),
 (D,()),(D,('e','abc',0,1,'r')),(D,('e',b'abc',0,1,'r')),(D,('e',bytearray(b'abc'),0,1,'r')),(D,('e',b'abc',0,2,'r')),(D,('e',b'\xff',0,1,'r')),(D,('e',b'abc',5,6,'r')),(D,('e',b'abc',5,2,'r')),(D,('e',b'',0,1,'r')),(D,('e',5,0,1,'r')),
 (T,()),(T,('abc',0,1,'r')),(T,('abc',0,2,'r')),(T,('\u1234',0,1,'r')),(T,('\xe9',0,1,'r')),(T,('\U00012345',0,1,'r')),(T,(b'abc',0,2,'r')),(T,('abc',7,8,'r')),(T,('e','abc',0,1,'r'))]:
    print(c.__name__,a)
    t(c,*a)
    try: e=c(*a)
    except Exception: continue
    print('   ', getattr(e,'encoding',None), e.object, e.start, e.end, e.reason, e.args)
t(U,'e','abc',0,1,'r',foo=1); t(lambda: U.__new__(U)); e=U.__new__(U); print(repr(str(e)),e.args); 
for n in 'encoding object start end reason'.split(): t(getattr,e,n)
e=D.__new__(D); 
for n in 'encoding object start end reason'.split(): t(getattr,e,n)
e=T.__new__(T); print(repr(str(e)))
for n in 'object start end reason'.split(): t(getattr,e,n)
for mk in (lambda:U('e','abc',0,1,'r'),lambda:D('e',b'abc',0,1,'r'),lambda:T('abc',0,1,'r')):
  for n in 'encoding object start end reason'.split():
    e=mk()
    if not hasattr(e,n): continue
    print(n); t(dl,e,n); t(getattr,e,n); t(str,e)
    for v in (None,5,'x',b'y',1.5,10**30,-3,''):
        e=mk(); t(setattr,e,n,v); t(getattr,e,n); t(str,e)
e=U('e','abc',0,1,'r'); e.start=5; print(e.start,e.end,str(e)); e.end=1; print(e.end,e); e.start=-3; print(e.start); e.object=''; print(e.start,e.end,e)
e=D('e',b'abc',0,1,'r'); e.end=100; print(e.end); e.object=b'abcdefghijkl'; print(e.end); 
print(e.__reduce__(), type(U.start), type(U.encoding))
t(lambda: U(1,2)); t(D.__new__, D, 1,2, 3); t(lambda: U('e','abc',0,1,'r').__init__('e','x',0,1,5))
