"""zlib and gzip: text and records compressed and expanded whole, in pieces and by file; checksums."""
import gzip, io, random, zlib
rng = random.Random(3)
words = [bytes(rng.choices(b"abcdefghijklmnop", k=rng.randrange(2, 10))) for _ in range(900)]
text = b" ".join(rng.choices(words, k=60000))
noise = rng.randbytes(120000)
records = b"".join(b"%06d;%d;user%d\n" % (i, i * 37 % 1009, i % 53) for i in range(24000))
total = 0
for level in (1, 6, 9):
    for data in (text, noise, records):
        packed = zlib.compress(data, level)
        total += zlib.decompress(packed) == data
packed = zlib.compress(text)
for _ in range(25): total += len(zlib.decompress(packed))
for _ in range(3):
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    pieces = [packer.compress(records[i:i + 500]) for i in range(0, len(records), 500)] + [packer.flush()]
    unpacker, back = zlib.decompressobj(-15), bytearray()
    for piece in pieces: back += unpacker.decompress(piece)
    total += back == records
    with gzip.open(held := io.BytesIO(), "wb") as file:
        for line in records.splitlines(True)[:12000]: file.write(line)
    held.seek(0)
    with gzip.open(held) as file: total += sum(len(line) for line in file)
for _ in range(150): total += zlib.crc32(text) + zlib.adler32(noise)
print(total)
