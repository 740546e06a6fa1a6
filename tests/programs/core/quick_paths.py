"""What takes a short way: single-digit quotients of long ints, fields of CSV that lie in the line, generators let go of where
nothing waits, subscripts by a class's own method, copies of dicts, texts searched and split by words."""
import csv, io, struct, sys, weakref, zlib

# Ints whose quotient has one digit, near its corners; sums and products of few and many digits.
seed = 7
def number(bits):
    global seed
    value = 0
    while value >> bits == 0:
        seed = seed * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
        value = value << 33 | seed >> 31
    return value
check = 0
for bits in (100, 120, 149, 150, 151, 300, 900, 3000):
    for small in (1, 2, 3, 2**15, 2**30 - 1, 2**30, 2**31 + 5):
        b = number(bits)
        for rest in (0, 1, b >> 1, b - 1):
            for sa, sb in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
                a = sa * (b * small + rest)
                q, r = divmod(a, sb * b)
                assert q * sb * b + r == a and (r == 0 or (r < 0) == (sb < 0)) and abs(r) < b, (a, b)
                assert (a // (sb * b), a % (sb * b)) == (q, r)
                check = (check * 31 + q + r) % (2**61 - 1)
    for other in (3, 29, 30, 31, 59, 60, 61, 500, 4000):
        x, y = number(bits), number(other)
        assert (x + y) - y == x and (x - y) + y == x and (y - x) + x == y and x * y // y == x
        check = (check * 31 + x * y + (x - y)) % (2**61 - 1)
for n in range(1, 200):
    ones = (1 << 30 * n) - 1
    assert ones + 1 == 1 << 30 * n and (1 << 30 * n) - 1 == ones and ones * ones == (1 << 60 * n) - (2 << 30 * n) + 1
    assert ones * (2**30 - 1) == (ones << 30) - ones
print(check)

# CSV: fields that are copied as they are, and all that is not.
texts = ['a,b,c\r\n', '"a","b ""x"" y",c\n', ',,\n', '"",x,""\n', ' a, "b",c\n', 'a"b,c"d"\n', '"a\nb",c\n',
         '"a"b,c\n', 'é,"ü,ö",x\n', '"open\n', 'end",z\n', '"x",\n', "'q','r s'\n", 'a|b,c||\n', '"a|"b",c\n', 'last']
for options in ({}, {"delimiter": ";"}, {"quotechar": "'"}, {"escapechar": "|"}, {"skipinitialspace": True}, {"doublequote": False, "escapechar": "|"},
                {"quoting": csv.QUOTE_NONE, "escapechar": "|"}, {"quoting": csv.QUOTE_STRINGS}, {"quoting": csv.QUOTE_NOTNULL}, {"strict": True}):
    for lines in [[t] for t in texts] + [texts]:
        try: print(list(csv.reader(lines, **options)))
        except (csv.Error, ValueError) as e: print(e)
csv.field_size_limit(5)
for line in ("12345,1\n", "123456,1\n", '"12345",1\n', '"123456",1\n', '"12""345",1\n'):
    try: print(next(csv.reader([line])))
    except csv.Error as e: print(e)
csv.field_size_limit(131072)
rows = [["a", "b c", "d,e", 'f"g', "h\ni", "", None, 1, 2.5, True, "ö", "x;y", "|", " "], [""], [None], []]
for options in ({}, {"delimiter": ";"}, {"quoting": csv.QUOTE_ALL}, {"quoting": csv.QUOTE_NONNUMERIC}, {"quoting": csv.QUOTE_NONE, "escapechar": "|"},
                {"quoting": csv.QUOTE_STRINGS}, {"quoting": csv.QUOTE_NOTNULL}, {"doublequote": False, "escapechar": "|"}, {"lineterminator": "xy"}):
    out = io.StringIO()
    for row in rows:
        try: csv.writer(out, **options).writerow(row)
        except (csv.Error, ValueError) as e: print(e)
    print(ascii(out.getvalue()))

# Generators that are let go of: those with something to do still do it.
def plain():
    for i in range(3): yield i
def careful(log):
    try:
        yield 1
        yield 2
    finally: log.append("closed")
def delegating(log): yield from careful(log)
class Loud:
    def __init__(self, log): self.log = log
    def __del__(self): self.log.append("gone")
def holding(thing):
    yield 1
    yield thing
log = []
g = plain(); next(g); del g
g = careful(log); next(g); del g
g = careful(log); del g
g = delegating(log); next(g); del g
g = holding(Loud(log)); next(g); r = weakref.ref(g); del g
print(log, r())
print(any(x == 1 for x in careful(log)), all(x for x in plain()), next(x for x in careful(log)), log)
g = plain(); next(g); frame = g.gi_frame; del g
print(frame.f_locals["i"])
events = []
sys.setprofile(lambda frame, event, arg: events.append((event, frame.f_code.co_name)) if frame.f_code.co_name == "plain" else None)
g = plain(); next(g); del g
sys.setprofile(None)
print(events)

# Subscripts by a class's own method.
class Grid:
    def __getitem__(self, key): return ("grid", key)
class Deep(Grid):
    def __getitem__(self, key): return ("deep", super().__getitem__(key))
class Missing(dict):
    def __missing__(self, key): return ("missing", key)
class Mine(dict):
    def __getitem__(self, key): return ("mine", dict.get(self, key))
class Lazy:
    def __getitem__(self, key): yield key
class Wide:
    def __getitem__(self, key, more=5): return (key, more)
class Failing:
    def __getitem__(self, key): raise KeyError(key)
def at(thing, key): return thing[key]
for thing in (Grid(), Deep(), Missing(a=1), Mine(a=1), Wide()):
    for _ in range(30): got = at(thing, "a")
    print(got)
for _ in range(30): got = list(at(Lazy(), 4))
print(got)
for _ in range(30):
    try: at(Failing(), 3)
    except KeyError as e: got = (e.args, e.__traceback__.tb_next.tb_next.tb_frame.f_code.co_name)
print(got)
for i in range(30):
    if i == 20: Grid.__getitem__ = lambda self, key: ("changed", key)
    got = at(Grid(), i)
print(got)
instance = Grid(); instance.__getitem__ = lambda key: "own"
print(at(instance, 1))
kinds = {int: "int", str: "str", type: "type"}
for _ in range(30): got = [at(kinds, type(x)) for x in (1, "a", int)] + [bool in kinds, int in {int, str}]
print(got)

# Copies of dicts, also of those from which something was taken.
d = {str(i): i for i in range(20)}
e = dict(d); e["new"] = 1
f = d.copy(); del f["3"]; g = f.copy(); g["3"] = 33
h = dict(f, x=1); i = {}; i.update(g); j = {1: 2, "a": 3}; k = dict(j); k[None] = 1
p = dict(d); p.popitem(); p.popitem(); q = p.copy(); q["z"] = 26; q["y"] = 25
print(len(d), list(e)[-1], list(g)[-2:], len(h), i == g, k, j, list(q)[-3:], q["17"], "18" in q)
print(dict(zip("ab", [1, 2])), dict([("a", 1), ["b", 2]]), dict(["xy", (3, 4)]))

# Texts: places found, replaced, split, translated.
t = "the cat sat on the mat; the hat" * 3
print(t.find("the hat"), t.find("xyz"), "hat" in t, t.replace("the", "THE"), t.replace("at", ""), t.replace("t", "tt", 3), "aaaa".replace("aa", "b"))
print("a" * 100 + "b" in "a" * 1000 + "b", ("ab" * 50 + "c").find("bc"), ("a" * 20 + "ab").find("ab"), "abc".find("c", 1), "é".find("e"), "aé".find("é"))
print("a\tb  c\x1cd\x1fe\x0bf g\x00h \x85i".split(), " lead and trail ".split(), "one two three four".split(None, 2), "".split(), "         x".split())
print("a\nb\r\nc\rd\x0be\x0cf\x1cg\x1dh\x1ei\x1fj\tk\x00l\x85m\u2028n".splitlines(), "no end".splitlines(), "a\n\nb\n".splitlines(True), "longer than eight bytes\nand more\r\n".splitlines(True))
print("abcab".translate({97: "x", 98: None}), "abc".translate({97: "xyz", 99: 0x20AC}), "aéa".translate({97: None}), "abc".translate({98: 233}))
print({*"hello world".split(), *["a", "b", "a", 1, 1.0, True, (1, 2), (1, 2)]} == {"hello", "world", "a", "b", 1, (1, 2)})

# Runs of short ints, sums of them, streams one after the other.
print(struct.unpack("<3B3b2H2h", bytes(range(250, 256)) + b"\xff\xff\x01\x80\xff\xff\x01\x80"), struct.unpack(">2H2h", b"\x01\x02\xff\xfe\x01\x02\xff\xfe"))
print(sum([1, 2.5, True, 3]), sum((1,) * 100), sum([10**20, 1, 2]), max([3, 9, 2]), min((4.5, 2, 7)), sum(iter([1, 2, 3])))
it = iter([1, 2, "x", 3])
try: sum(it)
except TypeError as e: print(e, list(it))
packed = [zlib.compress(b"some text " * n, level) for n in (1, 100, 5000) for level in (1, 6, 9)]
print([len(zlib.decompress(p)) for p in packed])
one, two = zlib.compressobj(), zlib.compressobj(9, zlib.DEFLATED, -15)
print(zlib.decompress(one.compress(b"a" * 500) + one.flush()) == b"a" * 500, zlib.decompress(two.compress(b"b" * 99) + two.flush(), -15))

# Objects that are given more than their class tells of.
class Bare:
    def __init__(self): self.a = 1
for n in range(12):
    b = Bare(); b.b, b.c, b.d = 2, 3, n
    b.e = 5
print(vars(b), list(vars(b)))
class Text(str):
    def __init__(self, *args): self.a = 1
for n in range(12): s = Text("text"); s.b = n
print(s, vars(s), len(s))

# Moments of the same month, and over its ends; order; struct sequences with and without hidden fields; lines of frames.
from datetime import date, datetime, timedelta, timezone
import time
zone, marks = timezone(timedelta(hours=-5, minutes=-30)), []
for start in (datetime(2024, 2, 28, 23, 59, 59, 999999), datetime(2023, 2, 28, 1, tzinfo=zone), datetime(1, 1, 1), datetime(9999, 12, 31, 23), datetime(2000, 4, 30, 12, fold=1)):
    for step in (timedelta(microseconds=1), timedelta(hours=23, minutes=59), timedelta(1), timedelta(30), timedelta(31), timedelta(40000), timedelta(-1), timedelta(microseconds=-1), timedelta.max):
        for sign in (1, -1):
            try: marks.append(start + sign * step)
            except OverflowError as e: marks.append(str(e))
print([str(m) for m in marks])
plain = [m for m in marks if not isinstance(m, str) and m.tzinfo is None]
print(sorted(plain) == sorted(plain, key=lambda m: (m.toordinal(), m.time())), max(plain), datetime(2024, 1, 1, 0, 0, 1) < datetime(2024, 1, 1, 0, 1) < datetime(2024, 2, 1))
moment = datetime(2024, 3, 10, 1, 2, 3).timetuple()
print(moment, moment.tm_zone, moment.tm_gmtoff, time.gmtime(0).tm_zone, time.struct_time((1,) * 9).tm_gmtoff, time.struct_time((1,) * 9, {"tm_zone": "here"}).tm_zone, time.struct_time(range(11)).tm_gmtoff)
for wrong in ((1,) * 8, (1,) * 12):
    try: time.struct_time(wrong)
    except TypeError as e: print(e)
def lines():
    found = [sys._getframe().f_lineno]
    found += [
        sys._getframe().f_lineno,

        sys._getframe().f_lineno]
    for _ in range(2): found.append(sys._getframe().f_lineno); found.append(
        sys._getframe().f_lineno)
    return [n - lines.__code__.co_firstlineno for n in found]
print(lines())
print("aXbXc".replace("X", ""), "X".replace("X", ""), "X".replace("X", "y"), "aaa".replace("a", "b", 2), "abc".replace("", "-"), "a" * 40 == ("b" * 40).replace("b", "a", 40), "x,y".replace(",", ", "))
print("%(a)s %(b)r %(a)5s" % {"a": 1, "b": "two", 3: 4}, "%(é)s" % {"é": 5})
try: "%(c)s" % {"a": 1}
except KeyError as e: print(repr(e))

# Calls with what was collected: of functions, methods, native code; with and without keywords, defaults, stars.
def none(): return "none"
def two(a, b): return (a, b)
def some(a, b=2, *rest, c=3, **more): return (a, b, rest, c, more)
def later(*args): yield args
class Host:
    def plain(self, a): return ("plain", a)
    def starred(self, *args, **kwargs): return (args, kwargs)
    @classmethod
    def made(cls, *args): return (cls.__name__, args)
    @staticmethod
    def free(a, b=1): return (a, b)
    def __call__(self, *args): return ("called", args)
def passed(f, *args, **kwargs): return f(*args, **kwargs)
host = Host()
def tried(f, *args, **kwargs):
    try: return passed(f, *args, **kwargs)
    except TypeError as e: return str(e)
for _ in range(20):
    got = [tried(none), tried(none, 1), tried(two, 1, 2), tried(two, 1), tried(two, 1, b=2), tried(some, 1), tried(some, 1, 5, 6, c=7, d=8), list(tried(later, 1, 2)),
           tried(host.plain, 1), tried(host.plain), tried(host.starred), tried(host.starred, 1, k=2), tried(Host.made, 1), tried(host.free, 1), tried(host, 1, 2),
           tried(len, "abc"), tried("a-b".split, "-"), tried(str.upper, "x"), tried(int, "7", base=8), tried(Host.plain, host, 3), tried(dict, a=1), tried(Host) is not host]
print(got)
class Parent:
    def __init__(self, *args, **kwargs): self.got = (args, kwargs)
class Child(Parent):
    def __init__(self, *args, **kwargs): super().__init__(*args, **kwargs)
print(Child(1, 2).got, Child(x=1).got, list(map(lambda a, b=5, *c: (a, b, c), [1, 2])), sorted("ba", key=lambda c, *more: (c, more)), list(map(some, [1], [2], [3])))
def deep(n, *args, **kwargs): return n if n == 0 else deep(n - 1, *args, **kwargs)
print(deep(300, 1, 2))
class Key: pass
class Same:
    def __init__(self, n): self.n = n
    def __eq__(self, other): return self.n == other.n
    def __hash__(self): return 7
weak = weakref.WeakKeyDictionary()
keys = [Key(), Same(1), Same(2), int, Key]
for n, key in enumerate(keys): weak[key] = n
print([weak[k] for k in keys], weak[Same(2)], Key() in weak, str in weak, weakref.ref(int) == weakref.ref(int, print), weakref.ref(keys[0]) == weakref.ref(keys[0], print), len({weakref.ref(int), weakref.ref(int, print)}))
nan = float("nan")
class Never:
    def __eq__(self, other): return False
    __hash__ = object.__hash__
never = Never()
print(weakref.ref(never) == weakref.ref(never, print), weakref.ref(never) in {weakref.ref(never, print): 1})

# Texts that are the same for long, or longer only by zeros, in the order of their lengths and places.
alike = ["", "a", "a\0", "a\0\0", "a" * 8, "a" * 9, "a" * 16 + "b", "a" * 16 + "a", "a" * 7 + "\0", "a" * 8 + "\0" * 9, "a" * 300 + "x", "a" * 300 + "b", "a" * 300, "a" * 8 + "\0", "b"] * 3
seed = 5
for i in range(len(alike) - 1, 0, -1):
    seed = seed * 1103515245 + 12345 & 0x7FFFFFFF
    j = seed % (i + 1)
    alike[i], alike[j] = alike[j], alike[i]
print(sorted(alike) == sorted(alike, key=lambda s: [ord(c) for c in s]), [i for i, s in sorted(enumerate(alike), key=lambda p: p[1]) if s == "a"] == [i for i, s in enumerate(alike) if s == "a"])
many = [f"key{i * 2654435761 % 4294967291}" for i in range(3000)]
print(sorted(many) == sorted(many, key=list), sorted(many, reverse=True)[:2], "abababab".replace("ba", "c"), "xxabxabab".replace("ab", "", 2), "ababab".count("ab"), "aaaa".split("aa"))
