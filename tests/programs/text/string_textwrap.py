# string, textwrap, pprint, difflib.
import string, textwrap, pprint
print(string.ascii_letters, string.digits, string.hexdigits, string.punctuation, repr(string.whitespace), string.capwords("hello big  world"), string.octdigits, len(string.printable))
t = string.Template("$who likes ${what} $$5 $missing")
print(t.safe_substitute(who="tim", what="kung pao"), t.get_identifiers(), t.is_valid(), string.Template("$ x").is_valid())
for f in (lambda: t.substitute(who=1), lambda: string.Template("$ bad").substitute(), lambda: string.Template("ok $a").substitute({"a": 1}, a=2)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
f = string.Formatter()
print(f.format("{} {x[0]} {!r:>5}", 1, "a", x=[2]), list(f.parse("a{b!r:c}d{{")), f.vformat("{0}{a}", (1,), {"a": 2}))
class Up(string.Formatter):
    def format_field(self, v, spec): return super().format_field(v, spec).upper()
    def get_value(self, k, a, kw): return kw.get(k, f"<{k}>") if isinstance(k, str) else a[k]
print(Up().format("{0} {name} {none}", "a", name="bob"))
text = "The quick brown fox jumped over the lazy dog. Supercalifragilisticexpialidocious words-with-hyphens are here.\n\nNext paragraph."
for kw in ({}, {"initial_indent": "* ", "subsequent_indent": "  "}, {"break_long_words": False}, {"break_on_hyphens": False}, {"max_lines": 2}, {"max_lines": 1, "placeholder": "..."}, {"drop_whitespace": False}, {"fix_sentence_endings": True}):
    print(kw, textwrap.wrap(text, 25, **kw))
print(textwrap.fill(text, 40), textwrap.shorten(text, 30), textwrap.shorten("a", 5), repr(textwrap.dedent("   a\n     b\n\n   c\n")), repr(textwrap.indent("a\n\nb\n", "> ")), repr(textwrap.indent("a\n\nb", "-", lambda l: True)))
try:
    textwrap.wrap("a", 0)
except ValueError as e:
    print(e)
data = {"name": "x" * 30, "list": list(range(30)), "nested": {"a": [1, {"b": (1, 2, 3)}], "set": {3, 1, 2}}, "bytes": b"q" * 70, "text": "word " * 30, 5: None}
pprint.pprint(data)
pprint.pprint(data, width=40, compact=True, depth=2)
pprint.pprint(list("ab"), indent=4, width=5)
pprint.pprint({"b": 1, "a": 2}, sort_dicts=False)
print(pprint.pformat([1, [2, [3, [4]]]], depth=2), pprint.isreadable([1]), pprint.isrecursive([]), pprint.saferepr({"z": 1, "a": 2}), pprint.pformat(10**9, underscore_numbers=True))
loop = [1]; loop.append(loop)
print(pprint.isrecursive(loop), pprint.pformat(loop)[:20])
import dataclasses, collections, types
@dataclasses.dataclass
class Point:
    x: int
    y: list
pprint.pprint([Point(1, list(range(20))), Point(2, [])], width=40)
pprint.pprint(collections.OrderedDict(zip("abcdefgh", range(8))), width=30)
pprint.pprint(collections.Counter("hello world how are you"), width=30)
pprint.pprint(types.SimpleNamespace(a=1, b="x" * 60, c=list(range(20))), width=50)
pprint.pprint(collections.defaultdict(list, {i: [i] * 3 for i in range(8)}), width=40)
pprint.pprint(collections.deque(range(30), maxlen=40), width=40)
import difflib
print("\n".join(difflib.unified_diff("a b c d".split(), "a x c e".split(), "old", "new", lineterm="")))
print(difflib.get_close_matches("appel", ["ape", "apple", "peach"]), list(difflib.ndiff(["one\n"], ["ore\n"])), difflib.SequenceMatcher(None, "abcd", "bcde").ratio(), difflib.SequenceMatcher(None, "abxcd", "abcd").get_opcodes())
