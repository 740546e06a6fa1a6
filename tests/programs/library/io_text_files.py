# Text and bytes in files: positions, line ends, codecs, buffers.
import io
import os, tempfile
p=os.path.join(tempfile.mkdtemp(),'t.txt')
with open(p,'w') as f:
    for i in range(30000): f.write('line %d é\n' % i)
n=0
with open(p) as f:
    for l in f: n+=len(l)
with open(p) as f, open(p,'rb') as g: print(n, f.read()[:20], len(g.read()))
with open(p) as f:
    f.readline(); a=f.tell(); b=f.readline(); f.seek(a); print(a, b==f.readline(), f.tell())
    print(f.read(10), f.tell()); 
with open(p,'r+b') as f:
    f.write(b'HELLO'); print(f.read(4), f.tell()); f.seek(0); print(f.readline()); f.seek(-4,2); print(f.read())
with open(p,'a+') as f: f.write('x'); f.seek(0); print(repr(f.readline()))
f=open(p,'rb'); print(f.peek()[:5], f.read1(3), f.readinto(bytearray(5)), f.tell()); f.close()
try: f.read()
except ValueError as e: print(e)
with open(p,'wb') as f: f.write(b'a\r\nb\rc\nd')
for nl in (None,'','\n','\r','\r\n'):
    with open(p,newline=nl) as f: print(nl, list(f), f.newlines)
s=io.StringIO(); print('a',1,file=s); s.write('é€😀'); print(repr(s.getvalue())); s.seek(0); print(list(s))
b=io.BytesIO(b'abc\ndef'); v=b.getbuffer(); v[0]=65; 
try: b.write(b'zzzzzzzzzzz')
except BufferError as e: print(e)
v.release(); print(b.getvalue(), b.readline(), b.read())
class MyT(io.TextIOWrapper):
    def readline(self): return 'sub'
m=MyT(io.BytesIO(b'x\ny')); print(next(m))
t=io.TextIOWrapper(io.BytesIO(), 'utf-16'); t.write('ab'); t.flush(); print(t.buffer.getvalue())
t=io.TextIOWrapper(io.BytesIO('ab\ncd'.encode('utf-16')), 'utf-16'); print(t.readline(), t.tell(), t.read())
t=io.TextIOWrapper(io.BytesIO('é€'.encode()*5000), 'utf-8'); print(len(t.read(5001))); c=t.tell(); r=t.read(7); t.seek(c); print(r==t.read(7), c)
t=io.TextIOWrapper(io.BytesIO(b'\xff\xfea'), 'utf-8', 'surrogateescape'); print(ascii(t.read()))
try: io.TextIOWrapper(io.BytesIO(b'\xff\xfea'), 'utf-8').read()
except UnicodeDecodeError as e: print(e)
w=io.BufferedWriter(io.BytesIO(), 4); w.write(b'abcdefg'); print(w.raw.getvalue()); w.flush(); print(w.raw.getvalue())
p2=io.BufferedRWPair(io.BytesIO(b'in'), io.BytesIO()); print(p2.read(), p2.write(b'q'))
d=io.IncrementalNewlineDecoder(None, True); print([d.decode(x) for x in ('a\r','\nb\r','c\n')], d.newlines)
with open(p) as f: print(vars(f))
os.unlink(p); os.rmdir(os.path.dirname(p))

