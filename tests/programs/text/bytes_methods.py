# bytes and bytearray: methods, mutation, errors.
b = b"Hello, World"
print(b.lower(), b.upper(), b.title(), b.swapcase(), b.capitalize(), b[0], b[-1:], b[::2], b"a" + b"b", b"ab" * 2, b"l" in b, 72 in b, b.find(b"o"), b.find(111), b.rfind(b"o"), b.count(b"l"), b.count(108), b.index(b"W"))
print(b.split(b","), b" a  b ".split(), b.replace(b"l", b"L"), b"  x ".strip(), b"xxaxx".strip(b"x"), b.startswith((b"He", b"x")), b.partition(b", "), b"-".join([b"a", bytearray(b"b")]), b"a\nb\r\n".splitlines(), b"a".center(5, b"*"), b"7".zfill(3), b"a\tb".expandtabs())
print(b.hex(), b.hex(" "), b.hex(":", 4), bytes.fromhex("48 65\n6c"), b"abc".translate(bytes(range(256))[::-1])[:1], b"abc".translate(None, b"b"), bytes.maketrans(b"a", b"b")[97], b.decode(), b"\xe9".decode("latin-1"), repr(b"'\"\\\n\x00\xff"))
for m in "isalpha isdigit isalnum isspace islower isupper istitle isascii".split():
    print(m, [int(getattr(t, m)()) for t in (b"", b"a", b"A", b"1", b" ", b"Aa", b"\xff", b"a1", b"A B")])
print(bytes(), bytes(3), bytes([1, 2]), bytes("é", "utf-8"), bytes(b"x"), bytes(range(3)), bytes(memoryview(b"ab")), bytes((i for i in (65, 66))), bytearray(2), bytearray("a", "ascii"))
a = bytearray(b"hello")
a[0] = 72; a[1:3] = b"EYY"; a.append(33); a.extend([63, 64]); a += b"++"; a.insert(0, 32)
print(a, len(a), a.pop(), a.pop(0)); a.remove(33); a.reverse()
print(a, a.copy() == a); del a[::2]
print(a, a * 2, a == bytes(a), a < b"z", bytearray(b"a") in b"abc"); a.clear(); print(a, bool(a))
a = bytearray(b"abc"); a *= 2; a[::2] = b"XYZ"; print(a, a.take_bytes if hasattr(a, "take_bytes") else "no take_bytes")
a.resize(2); print(a)
print(b"%s %d %x %r %a %b %c|%5.1f|%-4d|" % (b"a", 1, 255, "é", "é", b"q", 65, 2.5, 7), b"%(a)s" % {b"a": b"z"}, bytearray(b"%d") % 5)
for e in ("b'a' + 'a'", "b'a'[5]", "bytes('a')", "bytes([256])", "bytes([-1])", "bytes(-1)", "bytes('a', 'ascii', 'x', 1)", "b'a'.join(['a'])", "b'a'.find('a')", "b'a'.index(b'z')", "bytes.fromhex('1')", "bytes.fromhex('zz')", "b'a' < 'a'", "bytearray(b'a').append(256)", "bytearray(b'a').append('a')", "bytearray().pop()", "bytearray(b'a').remove(9)", "b'a'.split(b'')", "b'%d' % 'a'", "b'%s' % 'a'", "b'%s' % 1", "b'\\xff'.decode()", "b'a'.hex(1, 2, 3)", "b'a'.hex('ab')", "bytes(10**20)", "b'a'.replace('a', 'b')", "b'a'.translate(b'x')", "hash(bytearray())", "'a' in b'a'", "300 in b'a'", "b'a' == 'a'", "b''.center(5, 'x')", "bytes(1.5)", "bytes([1.5])", "b'a'.startswith('a')", "bytearray(b'ab').__setitem__(slice(0, 2, 2), b'abc')", "bytes('a', 5)"):
    try:
        print(e, "=", eval(e))
    except Exception as err:
        print(e, "->", type(err).__name__ + ":", err)
try:
    b[0] = 1
except TypeError as e:
    print(e)
class B(bytes):
    def __bytes__(self): return b"custom"
class Y:
    def __bytes__(self): return b"Y"
print(bytes(B(b"q")), bytes(Y()), type(B(b"x")[:]), int.from_bytes(b"\x01\x00"), list(b"ab"), max(b"ab"), sorted(b"ba"), [*reversed(b"ab")], b"a" in {b"a": 1}, hash(b"a") == hash(bytes([97])))
