"""bz2, lzma, zstd, tar and zip: data compressed and expanded, archives written and read in memory."""
import bz2, io, lzma, random, tarfile, zipfile
from compression import zstd
rng = random.Random(9)
words = [bytes(rng.choices(b"abcdefghijklmnop", k=rng.randrange(2, 10))) for _ in range(700)]
text = b" ".join(rng.choices(words, k=40000))
total = 0
for module in (bz2, lzma, zstd):
    packed = module.compress(text)
    for _ in range(4): total += module.decompress(packed) == text
for _ in range(60):
    total += len(zstd.decompress(zstd.compress(text)))
files = {f"folder{i % 20}/file{i}.txt": text[i * 50:i * 50 + 300] for i in range(900)}
held = io.BytesIO()
with tarfile.open(fileobj=held, mode="w") as tar:
    for name, data in files.items():
        info = tarfile.TarInfo(name)
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
held.seek(0)
with tarfile.open(fileobj=held) as tar:
    for member in tar: total += tar.extractfile(member).read() == files[member.name]
held = io.BytesIO()
with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
    for name, data in files.items(): archive.writestr(zipfile.ZipInfo(name, (2024, 1, 2, 3, 4, 6)), data)
with zipfile.ZipFile(held) as archive:
    total += len(archive.namelist())
    for name in archive.namelist(): total += archive.read(name) == files[name]
print(total, len(held.getvalue()) > 1000)
