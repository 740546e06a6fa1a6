# Every str method with edge cases.
s = "Hello, World"
print(s.lower(), s.upper(), s.swapcase(), s.title(), s.capitalize(), "ß".upper(), "ŉ".upper(), "ΑΣ".lower(), "ǆ".title(), "Straße".casefold(), "İ".lower() == "i̇")
print(s.center(20, "*"), s.ljust(15, "."), s.rjust(15), "7".zfill(3), "-7".zfill(4), "+".zfill(3), "abc".center(4), "abc".center(5), "".center(3, "x"), "a\tb\tc".expandtabs(4), "\t".expandtabs(0))
print(s.find("o"), s.rfind("o"), s.find("o", 5, 8), s.find(""), s.rfind(""), s.find("zz"), s.index("W"), s.count("l"), s.count(""), "aaaa".count("aa"), s.count("o", -5), "abc".find("", 5), "abc".find("", 3))
print(s.startswith("He"), s.endswith(("x", "ld")), s.startswith(""), s.startswith("W", 7), s.endswith("lo", 0, 5), s.startswith(()), "abc".endswith("", 4))
print(s.replace("l", "L"), s.replace("l", "L", 1), "aaa".replace("", "-"), "aaa".replace("a", "", 2), "abc".replace("b", "bb", -1), "x".replace("x", "", count=1))
print("  a b  ".strip(), "xxaxx".strip("x"), "abcba".lstrip("ab"), "abcba".rstrip("ab"), "\u3000a\x1f".strip(), "prefix-a".removeprefix("prefix-"), "a.py".removesuffix(".py"), "a".removesuffix(""))
print("a,b,,c".split(","), " a  b ".split(), " a  b ".split(" "), "a,b,c".split(",", 1), "a,b,c".rsplit(",", 1), "".split(), "".split(","), " a b c ".split(None, 1), " a b c ".rsplit(None, 1), "a\x1cb\u2028c".split())
print("a\nb\r\nc\rd\x0be\x1cf\u2028g".splitlines(), "a\n\nb\n".splitlines(True), "".splitlines(), "\n".splitlines(), "a-b-c".partition("-"), "a-b-c".rpartition("-"), "abc".partition("-"), "abc".rpartition("-"))
print("-".join("abc"), "".join([]), ",".join(x for x in "ab"), "ab".join(["x"]), "é".join(["a", "b", "c"]))
for m in "isalpha isdigit isdecimal isnumeric isalnum isspace islower isupper istitle isidentifier isprintable isascii".split():
    print(m, [int(getattr(t, m)()) for t in ("", "a", "A", "1", "²", "½", "٣", " ", "\n", "Aa", "a1", "A B", "_x", "é", "名", "\u0300", "a b", "class", "\x7f", "Ǆ", "😀")])
t = str.maketrans({"a": "1", "b": None, 99: "xyz", "d": 0x44})
print("abcde".translate(t), str.maketrans("ab", "cd", "e"), "hello".translate(str.maketrans("el", "ip", "o")), "abc".translate({97: "é"}))
print("{} {}".format(1, 2), "abc".encode(), "é".encode("latin-1"), "a" in "abc", "" in "", "abc"[::-1], "ab" * 3, "ab" * -1, 3 * "ab", "a" "b", "a" < "b", "abc" > "abd", "a" == b"a")
for e in ("'a'.index('b')", "''.join([1])", "''.join(5)", "'a'.split('')", "'a' + 1", "'a' * 'b'", "'a'.startswith(1)", "'a'.find(1)", "'a'.center('x')", "'a'.center(3, 'xy')", "'a'.replace('a')", "str.maketrans('a', 'bc')", "str.maketrans({'ab': 1})", "'a'.translate({97: 1.5})", "'a'.partition('')", "'a'.encode('nope')", "'é'.encode('ascii')", "1 in 'a'", "'a'.zfill()", "'abc'.count()", "'a'.strip(1)", "'%s'.join", "'a' < 1", "str(1, 2)", "'a'.nope", "'a' * 10**20", "'ab'.removeprefix(1)", "'a'.rindex('b', 0)", "str.upper(1)", "str.join('a')", "'a'.expandtabs('b')", "'a'.split(1)", "'a'.splitlines(1, 2)"):
    try:
        r = eval(e)
        print(e, "=", r if not callable(r) else "callable")
    except Exception as err:
        print(e, "->", type(err).__name__ + ":", err)
