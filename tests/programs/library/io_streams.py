# Buffered streams over raw ones written in Python, text layers, and what they raise.
import io
class MockRaw(io.RawIOBase):
    def __init__(self, stack=()): self._read_stack=list(stack); self._write_stack=[]; self._reads=0; self._extraneous=0
    def write(self,b): self._write_stack.append(bytes(b)); return len(b)
    def writable(self): return True
    def fileno(self): return 42
    def readable(self): return True
    def seekable(self): return True
    def seek(self,pos,whence=0): return 0
    def tell(self): return 0
    def readinto(self,buf):
        self._reads+=1
        n=len(buf)
        try: data=self._read_stack[0]
        except IndexError: self._extraneous+=1; return 0
        if data is None: del self._read_stack[0]; return None
        if len(data)<=n: del self._read_stack[0]; buf[:len(data)]=data; return len(data)
        buf[:]=data[:n]; self._read_stack[0]=data[n:]; return n
    def truncate(self,pos=None): return pos
def t(f):
    try: r=repr(f()); print(r.split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, e, getattr(e,'characters_written','-') if isinstance(e,BlockingIOError) else '', repr(e.__context__), repr(e.__cause__))
def rd(stack, size=8): return io.BufferedReader(MockRaw(stack), size)
b=rd((b"abc",b"d",b"efg")); t(lambda:b.read(6)); t(lambda:b.read(9)); t(b.read)
b=rd((b"abc",b"d",b"efg"))
for n in (1,1,1,0,100,100,100): t(lambda:b.read1(n))
print(b.raw._reads)
b=rd((b"abc",b"d",b"efg")); ba=bytearray(2)
for i in range(6): t(lambda:b.readinto(ba)); print(ba)
b=rd((b"abc",None)); ba=bytearray(2)
for i in range(3): t(lambda:b.readinto(ba)); print(ba)
b=rd((b"abc",b"def",b"ghi",b"j",b"","")); ba=bytearray(5); 
for i in range(4): t(lambda:b.readinto1(ba)); print(ba)
b=rd((b"abc\n",b"d\nef",b"\ng")); t(b.readlines)
b=rd((b"abc",b"d\n",b"ef",b"\ng")); t(lambda:b.readline(2)); t(lambda:b.readline()); t(lambda:b.readline(1)); t(lambda: list(b))
b=rd((b"abc",None,b"d",None,None)); t(lambda:b.read(6)); t(lambda:b.read(6)); t(lambda:b.read()); t(lambda:b.read())
b=rd((b"abcdefghijkl",)); t(lambda:b.peek(2)); t(lambda: b.read(3)); t(b.peek); t(b.tell)
class BadRaw(MockRaw):
    def readinto(self,buf): return -1
t(lambda: io.BufferedReader(BadRaw()).read(10))
class BadRaw2(MockRaw):
    def readinto(self,buf): return 'x'
t(lambda: io.BufferedReader(BadRaw2()).read(10))
class BadRaw3(MockRaw):
    def write(self,buf): return 99
w=io.BufferedWriter(MockRaw(),8); t(lambda:w.write(b'abc')); t(lambda:w.write(b'defghijklmnopqrstuv')); print(w.raw._write_stack); w.flush(); print(w.raw._write_stack); t(lambda:w.truncate()); t(lambda:w.truncate(5))
class NB(MockRaw):
    def __init__(self): super().__init__(); self.block=None
    def write(self,b):
        b=bytes(b); n=-1
        if self.block:
            n=b.find(self.block)
            if n>0: self._write_stack.append(b[:n]); return n
            elif n==0: self.block=None; return None
        self._write_stack.append(b); return len(b)
raw=NB(); w=io.BufferedWriter(raw,8); t(lambda:w.write(b'abcd')); t(lambda:w.write(b'efghi')); raw.block=b'k'; t(lambda:w.write(b'jklm')); raw.block=b'0'; t(lambda:w.write(b'opqrwxyz0123456789')); print(raw._write_stack); t(lambda:w.write(b'ABCDEFGHI')); print(raw._write_stack)
t(w.close); print(raw._write_stack)
class Err(MockRaw):
    def flush(self): raise OSError('flush')
    def close(self): raise OSError('close')
b=io.BufferedReader(MockRaw());  t(b.read); t(b.detach); t(lambda:repr(b)); t(lambda:b.closed); t(lambda:b.raw)
class Re(MockRaw):
    def readinto(self,buf): return self.b.read(3)
rnd=io.BufferedRandom(io.BytesIO(b'asdfghjkl')); t(lambda:rnd.read(2)); t(rnd.tell); t(lambda:rnd.seek(0)); t(lambda:rnd.read(4)); t(lambda:rnd.write(b'123')); t(rnd.tell); t(lambda:rnd.seek(0)); t(lambda:rnd.read(9)); t(lambda:rnd.seek(-4,2)); t(lambda:rnd.read(2)); t(lambda:rnd.seek(2,1)); t(lambda:rnd.seek(0.0))
raw=io.BytesIO(b'A'*10); f=io.BufferedRandom(raw,4); t(lambda:f.read(1)); t(f.tell); t(lambda:f.write(b'B')); t(f.flush); t(lambda:f.read(2)); t(lambda:f.write(b'CC'));t(f.tell); f.flush(); print(raw.getvalue()); f.seek(1); t(lambda:f.write(b'xx')); t(lambda:f.readline()); print(raw.getvalue())
raw=io.BytesIO(b'abcdefghi'); f=io.BufferedRandom(raw); f.read(3); f.write(b'12'); f.seek(2); t(lambda:f.read(3)); f.truncate(); f.flush(); print(raw.getvalue())
# text
class Raw(io.RawIOBase):
    def __init__(s,d): s.d=d
    def readable(s): return True
    def readinto(s,b): n=min(len(b),3,len(s.d)); b[:n]=s.d[:n]; s.d=s.d[n:]; return n
for enc in ('utf-8','latin-1','ascii','utf-16','utf-8-sig'):
    for nl in (None,'','\n','\r\n','\r'):
        data='AAA\nBB\x00B\nCCC\rDDD\rEEE\r\nFFF\r\nGGG'.encode(enc)
        x=io.TextIOWrapper(io.BufferedReader(Raw(data),4),encoding=enc,newline=nl); x._CHUNK_SIZE=2
        print(enc, repr(nl), x.readlines(), x.newlines)
        x=io.TextIOWrapper(io.BytesIO(data),encoding=enc,newline=nl); x._CHUNK_SIZE=3; r=[]
        while 1:
            c=x.tell(); l=x.readline(4)
            r.append((c,l)); x.seek(c); assert x.readline(4)==l,(c,l)
            if not l: break
        print(r)
        o=io.BytesIO(); x=io.TextIOWrapper(o,encoding=enc,newline=nl); x.write('a\nb\r\nc\rd'); x.flush(); print(o.getvalue())
x=io.TextIOWrapper(io.BytesIO(b'abc\ndef'),'ascii'); t(x.readline); t(x.tell); t(lambda: next(x)); t(x.tell); t(lambda: next(x,None)); t(x.tell); t(lambda:x.reconfigure(encoding='utf-8')); t(lambda:x.reconfigure(line_buffering=True)); print(x.line_buffering); t(lambda:x.reconfigure(line_buffering='a')); t(lambda: x.detach()); t(x.read); t(lambda: repr(x)); t(lambda:x.buffer)
x=io.TextIOWrapper(io.BytesIO(),'ascii'); t(lambda:x.write('é')); t(lambda:x.write(3)); x.reconfigure(errors='replace'); t(lambda:x.write('é')); x.flush(); print(x.buffer.getvalue(), x.errors); x.reconfigure(encoding='utf-8',newline='\r\n'); x.write('é\n'); x.flush(); print(x.buffer.getvalue(), x.encoding,x.errors)
t(lambda: x.reconfigure(newline='q')); t(lambda: x.reconfigure(encoding=3)); t(lambda:x.reconfigure(1)); t(lambda: setattr(x,'_CHUNK_SIZE',0)); t(lambda: setattr(x,'_CHUNK_SIZE','a')); t(lambda: delattr(x,'_CHUNK_SIZE'))
x=io.TextIOWrapper(io.BytesIO('€'.encode()+b'\xe2\x82'),'utf-8'); t(lambda:x.read(1)); t(lambda:x.read(1))
class D(io.TextIOWrapper):
    def close(self): print('close'); super().close()
    def flush(self): print('flush'); super().flush()
    def __del__(self): print('del'); super().__del__()
d=D(io.BytesIO()); del d
class F(io.FileIO):
    def __del__(self): print('del'); super().__del__()
    def close(self): print('close'); super().close()
    def flush(self): print('flush'); super().flush()
with io.StringIO('x') as s: pass
t(s.read); t(lambda:s.closed); t(s.__enter__)
t(lambda: io.BytesIO(b'abc').readinto(memoryview(bytearray(6))[::2]))
for c in (io.BytesIO,io.StringIO):
    x=c(); t(lambda: x.__setstate__(x.__getstate__())); x.foo=1; t(x.__getstate__)
class Abs(io.RawIOBase):
    pass
t(lambda: Abs().read(5)); t(lambda: Abs().readall()); t(lambda: isinstance(Abs(), io.IOBase));
class RI(io.RawIOBase):
    def readinto(self,b): return 9
t(lambda: RI().read(5))
class BR(io.BufferedIOBase):
    def read(self,n=-1): return b'x'*20
t(lambda: BR().readinto(bytearray(4))); t(lambda: BR().readinto1(bytearray(4)))
t(lambda: io.open(1.5)); t(lambda: open('/etc/passwd', opener=lambda p,f: -1)); t(lambda: open('/etc/passwd', opener=lambda p,f: 'a'))
