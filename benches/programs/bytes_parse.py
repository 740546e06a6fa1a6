"""A binary protocol built and parsed with bytes and bytearray."""
def encode(records):
    out = bytearray()
    for k, v in records:
        out.append(len(k)); out += k
        out += len(v).to_bytes(2, "big"); out += v
    return bytes(out)
def decode(raw):
    i, out = 0, []
    while i < len(raw):
        n = raw[i]; k = raw[i + 1:i + 1 + n]; i += 1 + n
        m = int.from_bytes(raw[i:i + 2], "big"); v = raw[i + 2:i + 2 + m]; i += 2 + m
        out.append((k, v))
    return out
records = [(b"key%d" % i, b"value-" * (i % 12)) for i in range(22000)]
total = 0
for _ in range(12):
    raw = encode(records); back = decode(raw)
    total += len(raw) + (back == records)
    c = 0
    for b in raw[:160000]: c = (c << 1 ^ b) & 0xFFFF
    total += c + raw.count(b"value") + raw.find(b"key999") + len(raw.split(b"-")) + len(raw.hex())
print(total)
