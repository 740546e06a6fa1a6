# Maps that change their size, and what flush, madvise and size refuse.
import mmap
P=mmap.PAGESIZE
def t(f):
    try: return f()
    except BaseException as e: return repr(e)
m=mmap.mmap(-1,2*P)
for args in [(0,2*P),(0,1<<60),(P,1<<62),(P,2**63-1),(P,2**63-P-1),(P,2**63-P)]: print("madv",args[0],t(lambda: m.madvise(mmap.MADV_NORMAL,*args)))
for args in [(1,6),(P,P),(P,P+1),(0,0),(1,0),(-1,5),(0,-1),(P,),(1,)]: print("flush",args,t(lambda: m.flush(*args)))
print(t(lambda: m.resize(P)),len(m), t(lambda: m.resize(2*P)), t(lambda:m.resize(P)), t(lambda: m.resize(0)), t(lambda: m.resize(-1)),t(lambda:m.resize(P//2)),len(m), t(lambda:m.resize(P)), len(m), t(lambda: m.resize(P-1)), t(lambda: m.resize(P+1)))
m=mmap.mmap(-1,100)
print(t(lambda:m.resize(200)),t(lambda:m.resize(50)),len(m))
m=mmap.mmap(-1,P,flags=mmap.MAP_PRIVATE); m[:]=b'x'*P
print(t(lambda:m.resize(2*P)),len(m),m[:P]==b'x'*P,m[P:]==bytes(P),t(lambda:m.resize(10)),m[:])
m=mmap.mmap(-1,P,access=mmap.ACCESS_READ); print(t(lambda:m.resize(2*P)))
m=mmap.mmap(-1,P,access=mmap.ACCESS_COPY); print(t(lambda:m.resize(2*P)))
v=None
m=mmap.mmap(-1,P); v=memoryview(m); print(t(lambda:m.resize(2*P)), t(lambda: m.close())); v.release()
import tempfile
f=tempfile.TemporaryFile(); f.write(b'a'*64); f.flush()
m=mmap.mmap(f.fileno(),64,trackfd=False); print(t(m.size),t(lambda:m.resize(128)),t(lambda:m.resize(32)),m.closed)
class B:
    def __buffer__(self, flags): m.resize(P); return memoryview(bytes(2*P))
m=mmap.mmap(-1,2*P)
def s(): m[0:2*P]=B()
print(t(s))
m=mmap.mmap(-1,2*P)
def s(): m[0:4*P:2]=B()
print(t(s))
