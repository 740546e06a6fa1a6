"""repr and ascii of bytes and of texts that are long enough to be measured before they are written."""

print(repr(bytes(range(256))))
print(repr(bytearray(range(256))))
print(b"it's", b'"', b"'\"", bytearray(b"'"), bytearray(b'"'), bytearray(b"'\""))
for piece in (b"a", b"\0", b"'", b'"', b"'\"", b"\n\t\r\\", b"\x7f\x80\xff", bytes(range(256))):
    shown = repr(piece * (300_000 // len(piece)))
    print(piece, len(shown), hash(shown) == hash("b" + shown[1:]), shown[-12:])
for piece in ("a", "\0", "'", '"', "'\"", "\n\t\r\\", "\x7f\x80\xa0\xad\xff", "\u0378\u20ac\ud800\uffff", "\U0001f600\U000e0001", "a\u20ac\U0010ffff"):
    text = piece * (1_200_000 // len(piece))
    for shown in (repr(text), ascii(text)):
        print(ascii(piece), len(shown), ascii(shown[:12]), ascii(shown[-12:]))
