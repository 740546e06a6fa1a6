# JSON: dumping, loading, options, errors, hooks.
import json, decimal, collections, enum, io, math
def show(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
def too_deep(l):
    try: json.dumps(l, check_circular=False)
    except RecursionError: return "RecursionError"
class IE(enum.IntEnum): A = 1
class SE(str, enum.Enum): B = "b"
class I(int):
    def __repr__(self): return "I!"
for v in [None, True, 1, -0.0, 1e400, 1e16, 1.5, "é\u2028\x00\"\\/", [], {}, [1, [2]], {"a": {"b": []}}, (1, 2), {1: 2, None: 3, True: 4, 1.5: 5}, IE.A, SE.B, I(5), float("nan"), "\ud800", "😀", 10**30, collections.OrderedDict(z=1, a=2)]: show(lambda: json.dumps(v))
show(lambda: json.dumps({"b": 1, "a": [1, 2, {"c": None}]}, indent=2, sort_keys=True)); show(lambda: json.dumps([1, {"a": 2}], indent="\t")); show(lambda: json.dumps([1, 2], indent=0)); show(lambda: json.dumps({"a": 1}, separators=(",", ":"))); show(lambda: json.dumps("é", ensure_ascii=False)); show(lambda: json.dumps({(1, 2): 3})); show(lambda: json.dumps({(1, 2): 3, "a": 1}, skipkeys=True)); show(lambda: json.dumps({1, 2})); show(lambda: json.dumps({1, 2}, default=sorted)); show(lambda: json.dumps(float("inf"), allow_nan=False)); show(lambda: json.dumps({"b": 1, 2: 3}, sort_keys=True)); show(lambda: json.dumps([object()], default=lambda o: o)); show(lambda: json.dumps({"x": object()}))
l = []; l.append(l); show(lambda: json.dumps(l)); d = {}; d["d"] = d; show(lambda: json.dumps(d)); show(lambda: too_deep(l))
for s in ["1", "-0", "1.0", "1e5", "1E-2", "\"a\\u00e9\\n\\ud83d\\ude00\"", "[1, 2, ]", "[1 2]", "{\"a\": 1,}", "{a: 1}", "{\"a\" 1}", "[", "", "  ", "nul", "NaN", "-Infinity", "01", "1.", ".5", "+1", "\"\t\"", "\"\\x\"", "\"abc", "\"\\u12\"", "[1] x", "{\"a\": 1, \"a\": 2}", "\ufeff1", "1 1", "{\"a\": }", "[,]", "{1: 2}", "\"\\ud800\"", "tru", "[1,\n2,\n\n x]", "1"*5000, "9" * 30 + ".5", "1e999"]: show(lambda: repr(json.loads(s))[:80])
show(lambda: json.loads("[1.5, 2]", parse_float=decimal.Decimal, parse_int=str)); show(lambda: json.loads("NaN", parse_constant=lambda c: c)); show(lambda: json.loads('{"a": {"b": 1}}', object_hook=lambda d: sorted(d))); show(lambda: json.loads('{"a": 1, "b": 2}', object_pairs_hook=list)); show(lambda: json.loads(b'"\xc3\xa9"')); show(lambda: json.loads('"é"'.encode("utf-16"))); show(lambda: json.loads(5)); show(lambda: json.loads('["\t"]', strict=False)); show(lambda: json.loads(bytearray(b"[1]")))
try: json.loads("[1,\n2,\n x]")
except json.JSONDecodeError as e: print(e.msg, e.doc, e.pos, e.lineno, e.colno, e)
f = io.StringIO(); json.dump({"a": [1, 2]}, f, indent=1); print(f.getvalue(), json.load(io.StringIO("[1]")))
class E(json.JSONEncoder):
    def default(self, o): return repr(o) if isinstance(o, complex) else super().default(o)
print(E().encode([1j]), "".join(E(indent=1).iterencode([1, {"a": 2}]))); show(lambda: E().encode([object()]))
print(json.JSONDecoder().raw_decode("[1] rest"), json.JSONDecoder().decode(" [1] ")); show(lambda: json.JSONDecoder().raw_decode(" 1")); show(lambda: json.dumps(1, cls=5)); show(lambda: json.dumps({"k": E}))
