# json: dumps options, loads hooks, errors with positions.
import json, io
data = {"s": "a\"b\\c\n\t\u0001é😀/", "n": [1, -2.5, 1e100, 10**30, 0.1], "t": True, "f": False, "z": None, "e": [], "o": {}, "nest": {"k": [{"x": (1, 2)}]}}
print(json.dumps(data), json.dumps(data, ensure_ascii=False), json.dumps(data, indent=2), json.dumps(data, indent="--", separators=(";", "=")), json.dumps({"b": 1, "a": 2}, sort_keys=True), json.dumps([1, 2], separators=(",", ":")), sep="\n")
print(json.dumps({1: "a", 1.5: "b", True: "c", None: "d"}), json.dumps({(1,): 2, "k": 3}, skipkeys=True), json.dumps(float("inf")), json.dumps([float("nan"), -float("inf")]), json.dumps("\u2028\ud800"), json.dumps([], indent=4), json.dumps({}, indent=4), json.dumps([[]], indent=1))
back = json.loads(json.dumps(data)); print(back["s"] == data["s"], back["n"], back["nest"])
for t in ('{"a": 1}', ' [1 , 2 ] ', '"x"', "1", "-0", "-0.0", "1e5", "1E-2", "true", "null", "NaN", "-Infinity", '"\\u00e9\\ud83d\\ude00\\n\\/"', '"\\ud83d"', "[]", "{}", b'{"b": 2}', '{"a": 1, "a": 2}', '"\x7f"', "123456789012345678901234567890", "1.0000000000000001", '\ufeff[]'):
    try: print(repr(t), ascii(json.loads(t)))
    except json.JSONDecodeError as e: print(e)
for t in ("", "{", "[1,", "[1 2]", '{"a" 1}', '{"a": }', "{1: 2}", '{"a": 1,}', "[1,]", "tru", "'a'", '"abc', '"a\nb"', '"\\x"', '"\\u12"', "01", "1.", ".5", "+1", "--1", "1e", "nul", "[1] x", '{"a": 1 "b": 2}', "\x00", '{"a"', '["a', "[", "{\n\n  x", "Infinit", '"\\u 123"', "{,}", "[,]"):
    try: print(repr(t), json.loads(t))
    except json.JSONDecodeError as e: print(repr(t), "->", e, e.pos, e.lineno, e.colno)
class C:
    def __init__(self): self.x = 1
class Enc(json.JSONEncoder):
    def default(self, o): return {"__set__": sorted(o)} if isinstance(o, set) else super().default(o)
print(json.dumps({1, 2}, cls=Enc), json.dumps(C(), default=vars), json.dumps([C()], default=lambda o: "C"), Enc().encode([{3}]), "".join(json.JSONEncoder(indent=1).iterencode([1, {"a": 2}])))
for o in (C(), {1}, 1j, b"x", {(1,): 1}, [object]):
    try: json.dumps(o)
    except TypeError as e: print(e, getattr(e, "__notes__", None))
loop = []; loop.append({"k": loop})
for f in (lambda: json.dumps(loop), lambda: json.dumps(float("nan"), allow_nan=False), lambda: json.loads(5), lambda: json.loads(b"\xff"), lambda: json.dumps(1, nope=2)):
    try: f()
    except (ValueError, TypeError) as e: print(type(e).__name__, e, getattr(e, "__notes__", ""))
print(json.loads('{"a": {"b": 1}}', object_hook=lambda d: sorted(d.items())), json.loads('{"a": 1, "a": 2}', object_pairs_hook=list), json.loads("[1.5, 2]", parse_float=str, parse_int=lambda s: int(s) * 10), json.loads("[NaN]", parse_constant=lambda c: c.lower()), json.JSONDecoder().raw_decode('[1] rest'))
f = io.StringIO(); json.dump({"a": [1]}, f, indent=1); print(f.getvalue(), json.load(io.StringIO("[5]")))
class I(int):
    def __repr__(self): return "custom"
class F(float): pass
import enum
class E(enum.IntEnum): A = 3
class D(dict): pass
print(json.dumps([I(5), F(1.5), E.A, D(a=1), True]), json.dumps({E.A: 1, I(2): 3}), json.dumps("x" * 5), json.dumps(tuple("ab")), json.loads(json.dumps({"a\u0000": 1})), json.loads('["a", "a"]', strict=False), json.loads('"a\tb"', strict=False))
