# zlib, gzip, bz2, lzma, zipfile, tarfile in memory.
import zlib, gzip, bz2, lzma, zipfile, tarfile, io
data = b"hello world " * 200 + bytes(range(256))
for m in (zlib, gzip, bz2, lzma):
    c = m.compress(data); print(m.__name__, m.decompress(c) == data, len(c) < len(data))
    try: m.decompress(b"garbage data")
    except Exception as e: print(type(e).__name__, e)
    try: m.decompress(c[:20])
    except Exception as e: print(type(e).__name__, e)
d = zlib.decompressobj(); c = zlib.compress(data); print(d.decompress(c[:10]) + d.decompress(c[10:]) + d.flush() == data, d.eof, d.unused_data); co = zlib.compressobj(9, zlib.DEFLATED, -15); raw = co.compress(b"abc") + co.flush(); print(zlib.decompress(raw, -15), zlib.crc32(b"x", 5), zlib.decompressobj().decompress(c, 10))
b = io.BytesIO()
with gzip.GzipFile(fileobj=b, mode="wb", mtime=0) as g: g.write(b"line 1\nline 2\n")
print(b.getvalue()[:4], gzip.decompress(b.getvalue()), list(gzip.open(io.BytesIO(b.getvalue()), "rt")), bz2.BZ2Decompressor().decompress(bz2.compress(b"x")), lzma.LZMAFile(io.BytesIO(lzma.compress(b"lz"))).read())
z = io.BytesIO()
with zipfile.ZipFile(z, "w", zipfile.ZIP_DEFLATED) as f: f.writestr("a.txt", "text a"); f.writestr(zipfile.ZipInfo("d/b.bin", (2024, 1, 2, 3, 4, 6)), data); f.comment = b"comment"
with zipfile.ZipFile(z) as f:
    print(f.namelist(), f.read("a.txt"), f.getinfo("d/b.bin").file_size, f.getinfo("d/b.bin").date_time, f.comment, f.testzip(), [i.filename for i in f.infolist()], f.open("a.txt").readline(), zipfile.is_zipfile(z), (zipfile.Path(f) / "d" / "b.bin").exists())
    try: f.read("zz")
    except KeyError as e: print(e)
try: zipfile.ZipFile(io.BytesIO(b"nope"))
except zipfile.BadZipFile as e: print(e)
t = io.BytesIO()
with tarfile.open(fileobj=t, mode="w:gz") as f: i = tarfile.TarInfo("x/y.txt"); i.size = 5; f.addfile(i, io.BytesIO(b"hello")); j = tarfile.TarInfo("dir"); j.type = tarfile.DIRTYPE; f.addfile(j)
t.seek(0)
with tarfile.open(fileobj=t) as f: print(f.getnames(), f.extractfile("x/y.txt").read(), f.getmember("dir").isdir(), [m.size for m in f])
try: tarfile.open(fileobj=io.BytesIO(b"x" * 100))
except tarfile.ReadError as e: print(str(e).splitlines()[0])
import compression.zstd as zs; print(zs.decompress(zs.compress(data)) == data, zs.ZstdDecompressor().decompress(zs.compress(b"q")))
