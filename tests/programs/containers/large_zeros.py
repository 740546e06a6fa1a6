# Many zeros and repetitions cost no more than their memory, and zeros not even that.
for n in (0, 1, 2, 100, 65535, 65536, 65537, 200_000):
    zeros = bytes(n)
    print(n, len(zeros), zeros == bytearray(n) == b"\0" * n, zeros.count(0), hash(zeros) == hash(b"\0" * n))

huge = [bytes(2**31) for _ in range(4)]
print([len(zeros) for zeros in huge], [zeros[-1] for zeros in huge])
del huge


class Sub(bytes):
    pass


print(type(Sub(70_000)), len(Sub(70_000)), Sub(70_000) == bytes(70_000))
for text in ("a", "é", "€", "😀", "ab", "aé", "€a", "😀a"):
    many = text * 1_000
    print(len(many), many.count(text), ascii(many[-3:]), many == "".join([text] * 1_000), many.isascii(), text * 0 == "")
