# struct: every format, alignment, errors.
import struct
print(struct.pack("bBhHiIlLqQ", -1, 255, -2, 65535, -3, 2**32 - 1, -4, 5, -6, 2**64 - 1).hex())
for order in "@=<>!":
    print(order, struct.pack(order + "hid", 1, 2, 3.5).hex(), struct.calcsize(order + "bhilqfd?c5sP" if order == "@" else order + "bhilqfd?c5s"))
print(struct.pack("3sx5p2?c", b"abcd", b"pascal", True, 0, b"z"), struct.unpack("<hI", b"\x01\x00\xff\xff\xff\xff"), struct.unpack("e", struct.pack("e", 1.5)), struct.pack(">e", 65504), struct.pack("<f", 0.1).hex(), struct.pack(">d", -0.0).hex())
print(struct.unpack(">f", b"\x7f\x80\x00\x00"), struct.unpack("<d", struct.pack("<d", float("inf"))), struct.unpack("4s", b"ab\0\0"), struct.unpack("5p", b"\x02abcd"), struct.unpack("0s", b""), struct.unpack("2c", b"ab"))
buf = bytearray(10)
struct.pack_into("<hh", buf, 2, 1, -1)
print(buf, struct.unpack_from("<h", buf, 4), list(struct.iter_unpack("<h", bytes(range(6)))))
s = struct.Struct("<I2s")
print(s.size, s.format, s.pack(7, b"ok"), s.unpack(b"\x07\0\0\0ok"), s.unpack_from(b"xx\x07\0\0\0ok", 2))
class Idx:
    def __index__(self): return 9
print(struct.pack("b", Idx()), struct.pack("2i", *[1, 2]), struct.pack("< i ", 1), struct.pack("n", -1).hex(), struct.pack(b"h", 1))
for e in ("pack('b', 128)", "pack('B', -1)", "pack('h', 40000)", "pack('i', 'a')", "pack('i', 1.5)", "pack('i')", "pack('i', 1, 2)", "pack('z', 1)", "pack('s', 'a')", "pack('c', b'ab')", "pack('f', 1e40)", "pack('e', 1e6)", "unpack('i', b'abc')", "unpack('<n', b'')", "pack('5', 1)", "calcsize('i<')", "pack_into('i', bytearray(2), 0, 1)", "pack_into('i', b'abcd', 0, 1)", "unpack_from('i', b'abcd', 2)", "unpack_from('i', b'abcdefgh', -2)", "iter_unpack('i', b'abc')", "iter_unpack('', b'')", "pack('q', 2**63)", "pack('?', [])", "pack('d', 'x')", "calcsize('999999999999999999999i')", "pack('P', -1)", "unpack('h', 'ab')", "pack('<i', 2**31)"):
    try:
        print(e, "=", eval("struct." + e))
    except Exception as err:
        print(e, "->", type(err).__name__ + ":", err)
