# Regular expressions: syntax, flags, groups, replacement, scanning, errors.
import re, warnings
warnings.simplefilter("ignore", FutureWarning)
def show(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
for p, s in [(r"(?P<y>\d{4})-(?P<m>\d\d)", "on 2024-05 and 1999-12"), (r"(a)?(b)?c", "c bc ac abc"), (r"(?i)STRASSE|straße", "Straße STRASSE"), (r"\b\w+\b", "héllo wörld_1"), (r"(?<=\$)\d+(?!\d|\.)", "$5 $7.5 $88"), (r"(\w)\1", "aa bb cd"), (r"(?:x|y)*?z", "xyxz"), (r"a{2,3}?", "aaaaa"), (r"(?>a+)b", "aaab"), (r"a++b", "aaab"), (r"[^\W\d_]+", "ab1_cd"), (r"^\s*$", "a\n\n  \nb"), (r"(?m)^\w", "ab\ncd"), (r"(?s).+", "a\nb"), (r"(?x) a  # c\n b", "ab"), (r"\d+(?=€)", "10€ 20$ 30€"), (r"[\u4e00-\u9fff]+", "漢字 kana"), (r"(?a)\w+", "né"), (r"(?-i:A)b(?i:C)", "Abc abc"), (r"(?P<q>['\"]).*?(?P=q)", "'a' \"b'c\""), (r"(a)(?(1)b|c)", "ab c")]:
    show(lambda: (p, [m.group() for m in re.finditer(p, s)], [m.span() for m in re.finditer(p, s)], re.findall(p, s)))
m = re.match(r"(?P<first>\w+) (\w+)(x)?", "hello world")
print(m, m.groups(), m.groups("-"), m.groupdict(), m[0], m["first"], m.start(2), m.end("first"), m.lastindex, m.lastgroup, m.regs, m.pos, m.endpos, m.string, m.expand(r"\2 \g<first> \g<0>"))
print(re.sub(r"(\w+)", lambda m: m[1].title(), "one two"), re.sub("a*", "-", "baac"), re.subn("x", "y", "xxx", count=2), re.sub(r"(?P<n>.)", r"<\g<n>>", "ab"), re.sub(".", r"\n", "a"), re.sub("", "-", "abc"))
print(re.split(r"(,)\s*", "a, b,c"), re.split("x*", "axbc"), re.split(r"\W+", "one, two", maxsplit=1), re.split("(a)|b", "xaybz"))
print(re.escape("a.b*c[d]-e f\n\0é#~&"), re.fullmatch("a|ab", "ab"), re.search("b", "abc", re.I).span(), re.compile("a", re.I | re.X), repr(re.compile(b"x")), re.compile("é", re.A).flags)
for bad in ["(", ")", "[a", "a**", "*a", "(?P<1>a)", "(?P<a>x)(?P<a>y)", r"\1", "(?P=zz)", "(?z)", "a{3,1}", "[z-a]", "(?<=a+)b", r"\g", "(?i", "x(?i)y", "(?(2)a)", "\\", "[[:alpha:]]", "(?P<a", "(?#", r"\N{NOPE}", r"\x1", r"\u12", "a{1,99999999999}", "(?L)a", "(?aL)"]:
    show(lambda: (bad, re.compile(bad).pattern))
for a in [lambda: re.sub("a", r"\2", "a"), lambda: re.sub("a", r"\g<x>", "a"), lambda: re.sub("a", r"\q", "a"), lambda: re.match(b"a", "a"), lambda: re.match("a", b"a"), lambda: re.compile(re.compile("a"), re.I), lambda: re.compile(5), lambda: m["zz"], lambda: m[9], lambda: re.sub("a", 5, "a"), lambda: re.compile("a", 256 | 32)]: show(a)
p = re.compile("o")
print(p.findall("foo boo", 2), p.search("foo", 2, 3), p.match("foo", 1), p.fullmatch("o", 0), p.split("foo"), p.groups, p.groupindex, p.scanner("oo").match(), p == re.compile("o"), hash(p) == hash(re.compile("o")))
print([t for t in re.Scanner([(r"\d+", lambda s, t: int(t)), (r"\w+", lambda s, t: t), (r"\s+", None)]).scan("12 ab 3!")])
print(re.I, re.A | re.M, repr(re.RegexFlag(0)), re.NOFLAG, re.RegexFlag.IGNORECASE.value, re.DEBUG.name)
print(re.error is re.PatternError); 
try: re.compile("ab(c")
except re.error as e: print(e, e.msg, e.pattern, e.pos, e.lineno, e.colno)
print(re.findall(r"(?i)[à-ü]", "ÀÉü"), re.findall("ſ", "sS", re.I), re.findall("(?i)k", "K"), re.search(r"[\w-]+@[\w.]+", "me@a.b").group())
import copy, pickle
print(copy.copy(p) is p, pickle.loads(pickle.dumps(p)) == p, copy.deepcopy(m) is m)
