# memoryview: formats, slicing, casts, release.
m = memoryview(b"abcdef")
print(m[0], m[1:3].tobytes(), m[::-2].tolist(), len(m), m.nbytes, m.itemsize, m.format, m.readonly, m.ndim, m.shape, m.strides, m.contiguous, m.c_contiguous, m.obj)
a = bytearray(b"012345")
v = memoryview(a)
v[0] = 65; v[1:3] = b"xy"; v[::-1][0] = 90
print(a, v.tolist(), v == a, v[1:3] == b"xy", bytes(v), v.hex(), 65 in v, list(v), v.index(ord("x")), v.count(ord("x")))
try:
    a.append(1)
except BufferError as e:
    print(e)
v.release()
a.append(1)
print(a)
try:
    v[0]
except ValueError as e:
    print(e)
import array, struct
w = memoryview(array.array("i", [1, -2, 3]))
print(w.format, w.itemsize, w.tolist(), w[1], w.nbytes, w.cast("B")[0], w.cast("B").cast("i").tolist())
c = memoryview(bytes(range(12))).cast("B", shape=[3, 4])
print(c.shape, c.tolist(), c[1, 2], c.strides, c.ndim)
c2 = memoryview(struct.pack("4d", 1, 2, 3, 4)).cast("d", [2, 2])
print(c2.tolist(), c2[1, 0], c2 == c2, c2.tobytes() == struct.pack("4d", 1, 2, 3, 4))
with memoryview(b"ctx") as x:
    print(x.tobytes(), hash(x) == hash(b"ctx"))
for e in ("memoryview(1)", "memoryview('a')", "m[10]", "m['a']", "m.cast('q')", "m.cast('zz')", "memoryview(b'a')[0:1].__setitem__(0, 1)", "c[0]", "c[5, 5]", "c[0, 0, 0]", "m[0:1][0] + 'a'", "hash(memoryview(bytearray()))", "memoryview(bytearray(4)).__setitem__(0, 256)", "memoryview(bytearray(4)).__setitem__(0, 'a')", "memoryview(bytearray(4)).__setitem__(slice(0, 2), b'abc')", "m < m", "w.cast('d')", "m.cast('B', [4, 4])", "memoryview(bytearray(2)).__delitem__(0)"):
    try:
        print(e, "=", eval(e))
    except Exception as err:
        print(e, "->", type(err).__name__ + ":", err)
class Buf:
    def __buffer__(self, flags): return memoryview(b"from python")
    def __release_buffer__(self, view): print("released")
with memoryview(Buf()) as y: print(bytes(y))
print(memoryview(b"abc") == memoryview(b"abc"), memoryview(b"") == b"", memoryview(bytearray(b"q")).toreadonly().readonly, isinstance(m, memoryview))
print([*memoryview(b"xy")], *reversed(memoryview(b"xy")), memoryview(b"\x01\x00").cast("H")[0], memoryview(b"\x01").cast("?")[0], memoryview(b"a").cast("c")[0])
