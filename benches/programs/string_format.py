"""Formatting: f-strings, %, format, joining pieces."""
total = 0
for i in range(95000):
    x = i * 1.5
    s = f"{i:5d}|{x:8.2f}|{i:x}|{'name' + str(i % 7):>10}|{i!r}"
    t = "%s-%05d-%.3f" % (s[:5], i, x)
    u = "{0}:{key:<6}:{1:,}".format(t[-4:], i, key="k")
    total += len(s) + len(t) + len(u)
parts = []
for i in range(200000): parts.append(str(i))
total += len(",".join(parts))
out = ""
for i in range(100000): out += "x" if i & 1 else "yz"
print(total, len(out))
