"""hashlib, hmac, binascii: digests of large and of many small pieces, keys derived, bytes as text."""
import base64, binascii, hashlib, hmac
block = bytes(range(256)) * 1024
seen = []
for name, times in [("md5", 60), ("sha1", 60), ("sha256", 40), ("sha512", 60), ("sha3_256", 20), ("blake2b", 60), ("blake2s", 40)]:
    digest = hashlib.new(name)
    for _ in range(times): digest.update(block)
    seen.append(digest.hexdigest()[:8])
tree = [b"%d" % i for i in range(60000)]
while len(tree) > 1: tree = [hashlib.sha256(b"".join(tree[i:i + 2])).digest() for i in range(0, len(tree), 2)]
for i in range(70000): tree[0] = hashlib.md5(tree[0] + b"%d" % i).digest()
for i in range(6000): tree[0] = hmac.digest(b"key%d" % i, tree[0], "sha256")
seen.append(hashlib.pbkdf2_hmac("sha256", b"secret", b"salt", 60000).hex()[:8])
total = 0
for i in range(60):
    text = base64.b64encode(block)
    total += len(base64.b64decode(text)) + len(binascii.unhexlify(binascii.hexlify(block))) + binascii.crc32(text)
for i in range(100000): total += len(base64.b64decode(base64.b64encode(b"%d" % i)))
print(tree[0].hex(), *seen, total)
