# Messages of common mistakes.
cases = """1 + "a" | "a" + 1 | [] + () | {} + {} | None + 1 | 1 - None | "a" * "b" | "a" % 5 | -"a" | ~1.5 | not_defined | len(5) | 5[0] | 5[0] = 1 | del 5[0] | (1)(2) | "a"() | None.x | [1]["a"] | (1,)[1.5]
{}[[]] | {[]} | "abc"[1, 2] | int("12x") | int(None) | float("") | [].x | "".nope() | list(None) | dict(5) | set(5) | tuple(5) | iter(None) | next(5) | range("a") | sum("ab") | sum([[], 1]) | max() | max(5) | min([1, "a"])
sorted([1, "a"]) | sorted(5) | abs("a") | round("a") | divmod(1, "a") | pow("a", 2) | ord("ab") | chr("a") | hex("a") | bin(1.5) | isinstance(1, "a") | issubclass(1, 2) | open(None) | open(1.5) | open("/no/such") | open("f", "q") | open("f", "rb", encoding="x")
" ".join([1]) | "a".split(1) | "a".replace(1, 2) | b"a" + "a" | b"a".decode(5) | "a" in 5 | 5 in "a" | 1 in None | [] < {} | None < None | 1j < 2 | object() < object() | lambda: 0 < 1 | type < int | "a" < 1 | [1] < ["a"] | (1, 2) < (1, "a")
import_ | raise_ | f"{1:s}" | f"{'a':d}" | "{}".format() | "%d" % "a" | "%s %s" % 1 | "%z" % 1 | "a".format_map(5) | str(b"", 5) | bytes("a") | bytes([300]) | bytearray(5)[9] | [1, 2, 3].index(9) | [].pop() | {}.popitem() | set().pop() | {}.pop(1) | [1].remove(2) | {1}.remove(2)
hash([]) | hash({}) | {{}} | {1: 2}[3] | {"a": 1}["b"] | {(1, 2): 3}[1, 3] | a.b.c | 1 .real.x | True.x | print.x | print(1)(2) | print(1).x | zip(1) | map(1, 2) | filter(1) | enumerate(5) | reversed({1}) | reversed(5) | slice() | [][::0] | "a"["b":] | memoryview("a") | getattr(1, "x") | getattr(1) | setattr(1, "a", 2) | delattr("", "x") | vars(5) | eval("1+") | exec(5) | compile("1") | compile("a b", "f", "eval") | __import__(5) | __import__("") | type(1, 2) | super() | object(1) | int.x | int() .y""".replace("\n", " | ").split(" | ")
for c in cases:
    try:
        exec(c)
    except Exception as e:
        print(f"{c:40} {type(e).__name__}: {e}")
    else:
        print(c, "fine")
