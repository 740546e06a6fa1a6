# Programs made of regular expressions.
import re
TOKEN = re.compile(r"""
    (?P<number>\d+(?:\.\d*)?)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<op>\*\*|[-+*/()=<>!]=?)
  | (?P<space>\s+)
  | (?P<bad>.)
""", re.X)
for text in ('x1 = 3.14 * (y + "a\\"b") ** 2', "a <= b != c $"):
    print([(m.lastgroup, m.group()) for m in TOKEN.finditer(text) if m.lastgroup != "space"])
log = """2024-01-02 ERROR [db] connection lost: timeout=30
2024-01-02 INFO [web] GET /index.html 200
2024-01-03 WARN [db] slow query: 12.5s
bad line
2024-01-04 ERROR [web] GET /missing 404"""
line = re.compile(r"^(?P<date>\d{4}-\d\d-\d\d) (?P<level>[A-Z]+) \[(?P<part>\w+)\] (?P<message>.*)$", re.M)
counts = {}
for m in line.finditer(log):
    d = m.groupdict()
    counts[d["level"]] = counts.get(d["level"], 0) + 1
    print(d["date"], d["part"], d["message"])
print(counts)
def camel(s): return re.sub(r"_([a-z])", lambda m: m[1].upper(), s)
def snake(s): return re.sub(r"(?<!^)(?=[A-Z])", "_", s).lower()
print(camel("a_long_name_here"), snake("aLongNameHere"), snake("HTTPServer"))
print(re.sub(r"\s+", " ", "  many   spaces\n\there ").strip(), re.sub(r"(\d)(?=(\d{3})+$)", r"\1,", "1234567"))
email = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
print(email.findall("write to a.b+c@example.org or x@y, or me@sub.domain.co"))
class Scanner:
    def __init__(self, rules): self.regex = re.compile("|".join(f"(?P<{n}>{p})" for n, p in rules))
    def scan(self, s):
        pos = 0
        while pos < len(s):
            m = self.regex.match(s, pos)
            if not m: raise ValueError(f"at {pos}: {s[pos:]!r}")
            yield m.lastgroup, m[0]
            pos = m.end()
try:
    for t in Scanner([("int", r"\d+"), ("ws", " "), ("id", "[a-z]+")]).scan("12 ab !"): print(t)
except ValueError as e:
    print(e)
s = re.Scanner([(r"\d+", lambda sc, t: int(t)), (r"[+*]", lambda sc, t: t), (r"\s+", None)])
print(s.scan("1 + 22 * 3 ?"))
print(len(re.findall(r"(?=(\d{2}))", "12345")), re.findall(r"(?=(\d{2}))", "12345"), re.match(r"^(a+)+$", "a" * 20 + "b"), re.match(r"(.)(.)(.)?(.)\4?", "abca").groups())
text = "".join(f"key{i}=value{i};" for i in range(2000))
print(sum(int(v) for v in re.findall(r"value(\d+)", text)), len(re.sub(r"\d", "", text)), len(re.split(";", text)))
print(re.sub(r"(?m)^", "> ", "a\nb\n"), re.findall(r"(?ms)^(\w+):\s*(.*?)(?=^\w+:|\Z)", "a: 1\n 2\nb: 3\n"))
