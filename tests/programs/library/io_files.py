# Files: modes, buffering, seeking, text and binary, errors.
import io, os, sys, tempfile
os.chdir(tempfile.mkdtemp())
with open("t", "w") as f: print(f.write("one\ntwo\nthree"), f.tell(), f.name, f.mode, f.encoding, f.closed, f.writable(), f.readable(), f.seekable(), f.fileno() > 2, type(f).__name__, type(f.buffer).__name__, type(f.buffer.raw).__name__)
print(f.closed, open("t").read(), open("t").readlines(), list(open("t")), open("t").read(5), open("t").readline(2), [l.rstrip() for l in open("t")])
with open("t", "a") as f: f.write("\nfour"); f.writelines(["\n5", "\n6"])
with open("t", "r+") as f: f.seek(4); f.write("TWO"); f.seek(0); print(f.read()); print(f.truncate(7), f.seek(0, 2), f.seek(0), f.read())
with open("b", "wb+") as f: f.write(bytes(range(10))); f.seek(-3, 2); print(f.read(), f.tell(), f.seek(2), f.read1(2), f.peek(1)[:1], f.readinto(b := bytearray(4)), b, type(f).__name__)
with open("b", "rb", buffering=0) as f: print(type(f).__name__, f.read(3), f.readall(), f.read(), repr(f.mode))
with open("x", "x") as f: f.write("a\r\nb\rc\n")
print([open("x", newline=n).read() for n in (None, "", "\n", "\r", "\r\n")], open("x", "rb").read())
for args in (("x", "x"), ("zz",), ("t", "q"), ("t", "rw"), ("t", "rb", -1, "utf8"), ("t", "r", 0), ("t", "rb", 1), (".",), ("", ), ("t", "w", -1, "nope"), ("t", "r", -1, None, "nope"), ("t", "r", -1, None, None, "x"), (-1,), (9999,), (None,), ("t", "U"), ("t", "wb+r"), ("a\0",), ("/no/dir/f", "w"), ("t", 5)):
    try:
        with open(*args) as f: print(args, "ok", f.mode)
    except Exception as e: print(args, type(e).__name__, e)
f = open("t"); f.close()
for m in ("read()", "write('a')", "readline()", "__next__()", "seek(0)", "fileno()", "__enter__()", "flush()", "tell()", "close()"):
    try: print(m, eval("f." + m))
    except ValueError as e: print(m, e)
with open("t") as f:
    for m in ("write('a')", "seek(-1, 2)", "seek(1, 1)", "seek(-5)", "truncate()", "read('a')", "buffer.write(b'')"):
        try: print(m, eval("f." + m))
        except Exception as e: print(m, type(e).__name__, e)
with open("t", "w") as f:
    for m in ("read()", "write(5)", "write(b'a')", "writelines([1])", "readline()"):
        try: print(m, eval("f." + m))
        except Exception as e: print(m, type(e).__name__, e)
with open("t", "rb") as f:
    it = iter(f)
    for m in ("write(b'x')",):
        try: eval("f." + m)
        except io.UnsupportedOperation as e: print(e, isinstance(e, OSError), isinstance(e, ValueError))
with open("e", "w", encoding="ascii", errors="backslashreplace") as f: f.write("é€")
print(open("e").read())
try: open("b", encoding="ascii").read() ; open("e2", "wb").write(b"\xff"); open("e2", encoding="utf-8").read()
except UnicodeDecodeError as e: print(e)
with open("tell", "w", encoding="utf-16") as f: f.write("aé\nb")
with open("tell", encoding="utf-16") as f: f.readline(); c = f.tell(); print(f.read(), f.seek(c) > 0, f.read(), len(open("tell", "rb").read()))
with open("next") if os.path.exists("next") else open("t", "w+") as f:
    f.write("a\nb\n"); f.seek(0); next(f)
    try: f.tell()
    except OSError as e: print(e)
r = io.BufferedReader(io.BytesIO(b"x" * 20), 4); print(r.peek()[:2], r.read(6), r.read1(), r.raw.tell()); w = io.BufferedWriter(raw := io.BytesIO(), 4); w.write(b"ab"); print(raw.getvalue(), w.flush(), raw.getvalue(), w.detach() is raw)
class Raw(io.RawIOBase):
    def readable(self): return True
    def readinto(self, b): n = min(3, len(b)); b[:n] = b"abc"[:n]; self.n = getattr(self, "n", 0) + 1; return n if self.n < 3 else 0
print(io.BufferedReader(Raw()).read(), Raw().read(2), Raw().readall())
import builtins; print(open is io.open, builtins.open is open, io.DEFAULT_BUFFER_SIZE, isinstance(sys.stdout, io.TextIOBase), issubclass(io.FileIO, io.RawIOBase), io.text_encoding(None), io.IOBase.__mro__[-1])
with open("p", "w") as f: print("to file", 1, sep="|", end="$", file=f, flush=True); print(open("p").read())
fd = os.open("fd", os.O_RDWR | os.O_CREAT); f = os.fdopen(fd, "w+"); f.write("via fd"); f.close(); print(open("fd").read(), open("op", "w", opener=lambda p, fl: os.open(p, fl, 0o600)).name)
del r; f = open("t"); import warnings; warnings.simplefilter("always"); del f
