# Functions of the builtins module.
print(abs(-3), abs(-3.5), abs(3 + 4j), divmod(7, -2), divmod(-7.5, 2), pow(2, 10), pow(2, -1), pow(3, 4, 5), pow(3, -1, 7))
print(round(2.5), round(3.5), round(-2.5), round(2.675, 2), round(1234, -2), round(1250, -2), round(1.5, 0), round(7))
print(bin(10), oct(-8), hex(255), chr(8364), ord("€"), ascii("aé€😀"), repr("a'b"), repr('a"b\'c'))
print(min(3, 1, 2), max([1, 5], key=lambda x: -x), min("b", "a"), max([], default="none"), min((1, "a"), (0, "b")))
print(sum([1, 2, 3]), sum([[1], [2]], []), sum([0.1] * 10), sum([1, 2.5], 10), sum((True, True)))
print(sorted([3, 1, 2], reverse=True), sorted("bA", key=str.lower), list(reversed([1, 2])), list(reversed(range(3))))
print(list(enumerate("ab", 1)), list(zip("ab", [1, 2, 3])), list(zip()), list(map(lambda a, b: a + b, [1, 2], [3, 4, 5])))
print(list(filter(None, [0, 1, "", "a"])), list(filter(lambda x: x > 1, [1, 2])), list(map(str, [1, 2], )))
print(isinstance(1, (str, int)), isinstance(True, int), issubclass(bool, int), isinstance(1, int | str), callable(len), callable(1))
print(int("0x1f", 16), int("-0b11", 0), int(" 12 "), int("1_000"), int(3.99), int(-3.99), float("1e3"), complex("1+2j"))
print(str(b"abc", "ascii"), bytes("é", "utf8"), bytes(3), bytes([1, 2]), bytearray(b"x") + b"y", list("ab"), tuple([1]))
print(dict(a=1, **{"b": 2}), dict([(1, 2)]), dict(zip("a", "b")), set("a"), frozenset("a"), type(1), type("C", (), {"x": 1}).x)
print(hasattr("", "upper"), getattr("", "nope", 5), vars(type("V", (), {})()), dir(type("W", (), {"__slots__": ()}))[:2])
print(iter([1]).__next__(), next(iter([]), "default"), list(iter(lambda c=[3]: c.__setitem__(0, c[0] - 1) or c[0], 0)))
print(eval("1 + 2"), eval(compile("x", "", "eval"), {"x": 5}), format(255, "x"), format("a", ">3"), hash(1) == hash(1.0) == hash(True))
calls = ["abs('a')", "divmod(1, 0)", "pow(2, 3, 0)", "pow(2.0, 1, 3)", "round('a')", "chr(-1)", "chr(1114112)", "ord('ab')", "ord(1)",
         "min()", "min([])", "max(1)", "sum(['a'])", "sum('ab', '')", "sorted(1)", "sorted([1, 'a'])", "reversed({1})", "list(zip([1], [1, 2], strict=True))",
         "int('x')", "int('')", "int('1', 1)", "int([])", "int('5', 40)", "float('x')", "float([])", "complex('1 + 2j')", "str(b'a', 'nope')", "bytes('a')", "bytes([256])",
         "bytes(-1)", "dict([1])", "dict(['abc'])", "iter(1)", "next([])", "isinstance(1, 1)", "issubclass(1, int)", "getattr(1, 'x')", "getattr(1, 2)", "len(1)",
         "hash([])", "type(1, 2)", "eval('1 +')", "open('/nonexistent/file')", "int(float('nan'))", "int(float('inf'))", "round(float('inf'))", "pow(2, -1, 4)", "hex(1.5)",
         "len()", "len([], [])", "abs()", "range()", "range(1, 2, 0)", "range('a')", "enumerate()", "map(1)", "list(map(1, [1]))", "setattr(1, 'x', 2)", "zip(1)", "bool(1, 2)", "memoryview(1)", "sum(1)", "any(1)", "print(file=1)"]
for c in calls:
    try:
        print(c, "=", eval(c))
    except Exception as e:
        print(c, "->", type(e).__name__ + ":", e)
