"""struct and memoryview: records packed and parsed."""
import struct
fmt = struct.Struct("<IHHd8s")
total = 0
for r in range(14):
    raw = bytearray()
    for i in range(40000): raw += fmt.pack(i, i & 0xFFFF, r, i * 0.25, b"name%d" % (i % 100))
    for a, b, c, d, e in fmt.iter_unpack(raw): total += a + b + c + int(d) + e[4]
    view = memoryview(raw)
    for off in range(0, len(raw), 240): total += struct.unpack_from(">I", view, off)[0] & 0xFF
    total += sum(view[::24]) + view.cast("H")[5]
print(total)
