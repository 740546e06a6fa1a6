"""Regular expressions: search, findall, substitution, alternatives."""
import re
text = "\n".join(f"2024-{i % 12 + 1:02d}-{i % 28 + 1:02d} [{'ERROR' if i % 7 == 0 else 'INFO'}] user{i}@host{i % 50}.example.org GET /path/{i}/item?id={i * 3}&q=abc \"agent {i % 9}\" {i * 17 % 5000}ms" for i in range(3500))
total = 0
for _ in range(8):
    total += len(re.findall(r"\b\d{4}-\d\d-\d\d\b", text)) + len(re.findall(r"[\w.+-]+@[\w-]+\.[\w.]+", text))
    total += sum(int(m["ms"]) for m in re.finditer(r"(?P<ms>\d+)ms$", text, re.M))
    total += len(re.sub(r"/(\w+)/(\d+)", r"/\2/\1", text)) + len(re.split(r"[\s\[\]]+", text))
    total += len(re.findall(r"(?i)error|info|warn", text)) + len(re.findall(r'"(?:[^"\\]|\\.)*"', text)) + len(re.sub("[aeiou]", lambda m: m[0].upper(), text))
    line = re.compile(r"^(\S+) \[(\w+)\] (\S+) (GET|POST) (\S+?)\?(.*?) \"(.*?)\" (\d+)ms$")
    total += sum(len(line.match(l)[5]) for l in text.split("\n"))
print(total)
