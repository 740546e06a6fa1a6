# re: matching, groups, flags, substitution, splitting.
import re
m = re.match(r"(\w+)\s(?P<second>\w+)", "hello world again")
print(m, m.group(), m.group(1, 2), m.groups(), m.groupdict(), m.start(2), m.span(), m["second"], m[1], m.lastindex, m.lastgroup, m.pos, m.endpos, m.re.pattern, m.string, m.expand(r"\2-\g<1>"))
print(re.search("b+", "aabbb"), re.match("b", "ab"), re.fullmatch("a|ab", "ab"), re.findall(r"\d+", "a1b22"), re.findall(r"(\w)(\d)", "a1 b2"), re.findall("(a)|b", "ab"), re.findall("", "ab"), [x.span() for x in re.finditer("a*", "baac")])
print(re.sub("a", "b", "aaa"), re.sub("a", "b", "aaa", count=2), re.subn(r"(\w)", r"<\1>", "ab"), re.sub("", "-", "abc"), re.sub("x*", "-", "abxd"), re.sub(r"(?P<n>\d)", lambda m: str(int(m["n"]) * 2), "1a2"), re.sub("a", r"\n\\", "a"))
print(re.split(r"[,;]", "a,b;c"), re.split(r"([,;])", "a,b;c"), re.split("", "abc"), re.split(r"\b", "hi there"), re.split(",", "a,b,c", maxsplit=1), re.split("x", "abc"), re.split(r"(a)|b", "1a2b3"))
for p, s in ((r"a.c", "a\nc"), (r"(?s)a.c", "a\nc"), (r"(?m)^b$", "a\nb\nc"), (r"(?i)ABC", "abc"), (r"(?x) a b # c", "ab"), (r"\Aab\Z", "ab"), (r"\z", "a"), (r"a{2,3}", "aaaa"), (r"a{2,3}?", "aaaa"), (r"a{,2}", "aaa"), (r"a{2", "a{2"), (r"[^a-c]+", "abcde"), (r"[]a]+", "]a"), (r"[a\]-]+", "a-]"), (r"(?:ab)+", "abab"), (r"(?=a)a", "a"), (r"(?!a).", "ab"), (r"(?<=a)b", "ab"), (r"(?<!a)b", "ab b"), (r"(a)?(?(1)b|c)", "ab"), (r"(a)?(?(1)b|c)", "c"), (r"(\w)\1", "hello"), (r"(?P<x>a)(?P=x)", "aa"), (r"a++b", "aaab"), (r"a*+a", "aaa"), (r"(?>a+)b", "aab"), (r"\d\D\s\S\w\W", "1a b_!"), (r"[\d-]+", "1-2"), (r"é", "é"), (r"\u00e9\x41\101\N{BULLET}", "éAA•"), (r"(?a:\w)+", "é"), (r"\bfoo\b", "a foo b"), (r"(a|ab)(c|bcd)(d*)", "abcd"), (r"(?i:a)b", "Ab"), (r"(?i:a)b", "AB"), (r"x*", ""), (r"(a*)*", "aa"), (r"(?i)ß", "ẞ"), (r"(?i)[à-ý]", "É"), (r"[[]", "["), (r"\.", "."), (r"^$", ""), (r"$", "a\n"), (r"(?-i:a)", "a")):
    r = re.search(p, s)
    print(p, repr(s), r and (r.span(), r.groups()))
for p in ("(", ")", "[", "*", "a**", "(?P<1>a)", "(?P<a>x)(?P<a>y)", r"\1", "(?P=x)", "a{3,2}", "(?z)", "[z-a]", r"\q", "(?<=a*)b", "(?(2)a|b)", "(?P<a", "a(?i)b", r"\x1", r"\N{nope}", "(?", "[a", "(?#", "+", "(?P>a)", r"\u12", "(?(a)b)", "(?i-i:a)", "(?au)x", "(?<a>b)", "x{99999999999}"):
    try:
        print(p, re.compile(p))
    except re.PatternError as e:
        print(repr(p), "->", e, e.pos, e.lineno, e.colno)
    except OverflowError as e:
        print(repr(p), "overflow", e)
for f in (lambda: re.sub("a", r"\2", "a"), lambda: re.sub("a", r"\q", "a"), lambda: re.sub("a", r"\g<x>", "a"), lambda: re.match("a", b"a"), lambda: re.match(b"a", "a"), lambda: re.match(1, "a"), lambda: m.group(5), lambda: m.group("no"), lambda: re.compile("a", re.L), lambda: re.compile(re.compile("a"), re.I), lambda: re.sub("a", 1, "a"), lambda: re.match("a", 1)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
c = re.compile("b(c)?", re.I | re.M)
print(c, c.flags, c.groups, c.groupindex, c.pattern, c.match("abc", 1), c.search("abcabc", 3), c.fullmatch("xbc", 1), c == re.compile("b(c)?", re.M | re.I), hash(c) == hash(c), c.findall("bcb"), repr(re.I | re.X), re.escape("a.b*c d-é"), re.ASCII)
print(re.match(rb"\w+", b"abc"), re.findall(rb"[\x80-\xff]", b"a\x80"), re.sub(b"a", b"b", b"aa"), re.purge(), bool(re.match("", "")), m.regs, copy := __import__("copy").copy(m) is m)
