# Codecs, incremental coders and text streams over bytes.
import io, codecs
raw = io.BytesIO("héllo\nwörld\r\nlast".encode("utf-8"))
t = io.TextIOWrapper(raw, encoding="utf-8")
print(t.readline(), t.read(3), t.tell() > 0, t.readlines(), t.read(), t.newlines)
for nl in (None, "", "\n", "\r", "\r\n"):
    print(repr(nl), list(io.TextIOWrapper(io.BytesIO(b"a\nb\r\nc\rd"), newline=nl, encoding="ascii")))
out = io.BytesIO()
w = io.TextIOWrapper(out, encoding="utf-16", newline="\r\n", write_through=True)
print(w.write("a\né"), w.flush(), out.getvalue(), w.encoding, w.errors, w.line_buffering, w.newlines)
d = codecs.getincrementaldecoder("utf-8")()
print([d.decode(bytes([b])) for b in "é€😀".encode()], d.decode(b"", True))
try:
    d.decode(b"\xe2", True)
except UnicodeDecodeError as e:
    print(e)
e = codecs.getincrementalencoder("utf-16")()
print(e.encode("a"), e.encode("b", True))
print(codecs.lookup("UTF8").name, codecs.lookup("latin_1").name, codecs.encode("abc", "rot13"), codecs.decode(b"616263", "hex"), codecs.encode(b"a", "base64"), codecs.decode("nop", "rot13"), codecs.BOM_UTF8)
print(list(codecs.iterencode(["a", "é"], "utf-8")), list(codecs.iterdecode([b"\xc3", b"\xa9"], "utf-8")), codecs.escape_decode(b"\\x41\\n"), codecs.charmap_encode("ab", "strict", {97: 65, 98: b"x"}))
def handler(err): return ("<?>", err.end)
codecs.register_error("mine", handler)
print("aéb".encode("ascii", "mine"), b"a\xffb".decode("utf-8", "mine"), codecs.lookup_error("mine") is handler, codecs.lookup_error("strict").__name__)
codecs.register(lambda name: codecs.CodecInfo(lambda s, e="strict": (s.upper().encode(), len(s)), lambda b, e="strict": (bytes(b).decode().lower(), len(b)), name="shout") if name == "shout" else None)
print("abc".encode("shout"), b"ABC".decode("shout"))
for x in ("'a'.encode('hex')", "b'a'.decode('hex')", "'a'.encode('nope')", "codecs.lookup('no-such')", "codecs.lookup_error('zz')", "'é'.encode('cp437') + 'x'.encode('cp037')", "'a'.encode('idna') + 'bücher'.encode('idna')", "b'\\x81'.decode('cp1252')", "'€'.encode('latin-1')", "b'+AOk-'.decode('utf-7')", "b'\\\\u00e9'.decode('unicode_escape')", "'é€'.encode('unicode_escape')", "b'a'.decode('utf-16')", "b'\\xff\\xfea\\0'.decode('utf-16')", "'ab'.encode('mbcs')", "b'\\x80'.decode('ascii', 'surrogateescape').encode('ascii', 'surrogateescape')", "'日本'.encode('shift_jis')", "'日本'.encode('gb18030')"):
    try:
        print(x, "=", eval(x))
    except Exception as err:
        print(x, "->", type(err).__name__ + ":", err)
s = io.StringIO("a\nb\n")
print(s.readline(), s.tell(), s.seek(0, 2), s.write("c"), s.getvalue(), s.seek(0), [*s], s.truncate(2), s.getvalue(), s.closed)
s.close()
try:
    s.read()
except ValueError as err:
    print(err)
b = io.BytesIO(b"abc\ndef")
print(b.read(2), b.readline(), b.getbuffer()[0], b.readinto(bytearray(2)), b.seek(-2, 1), b.read1(), b.tell(), b.write(b"!!"), b.getvalue(), b.readable(), b.seekable())
