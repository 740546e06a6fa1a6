"""io: text and bytes written to files and read by line, by piece and whole; StringIO and BytesIO."""
import io, os, tempfile
total = 0
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "file")
    for encoding in ("utf-8", "latin-1", "utf-16"):
        with open(path, "w", encoding=encoding) as file:
            for i in range(90000): file.write(f"line {i} é and so on\n")
        with open(path, encoding=encoding) as file: total += sum(len(line) for line in file)
        with open(path, encoding=encoding) as file:
            while line := file.readline(): total += line.count("n")
        with open(path, encoding=encoding) as file: total += len(file.read())
        with open(path, encoding=encoding) as file:
            while piece := file.read(1000): total += len(piece)
    with open(path, "wb") as file:
        for i in range(200000): file.write(b"%d\n" % i)
    with open(path, "rb") as file:
        for line in file: total += len(line)
    with open(path, "r+b") as file:
        for i in range(0, 400000, 40):
            file.seek(i); total += len(file.read(8))
    for i in range(5000):
        with open(path, "rb") as file: total += len(file.read(10))
        total += os.stat(path).st_size & 7
out = io.StringIO()
for i in range(250000): out.write(f"{i},")
out.seek(0); total += len(out.read())
held = io.BytesIO()
for i in range(250000): held.write(b"%d," % i)
held.seek(0)
while piece := held.read(64): total += len(piece)
for line in io.TextIOWrapper(io.BytesIO(b"some text of a line\r\n" * 60000), encoding="ascii"): total += len(line)
print(total)
