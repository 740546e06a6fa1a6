# doctest, logging, configparser, csv, tomllib, base64, hashlib and friends.
import doctest, logging, io, sys
def add(a, b):
    """
    >>> add(1, 2)
    3
    >>> add("a", "b")
    'ab'
    >>> add(1, "a")
    Traceback (most recent call last):
        ...
    TypeError: unsupported operand type(s) for +: 'int' and 'str'
    >>> print(add([1], [2]))   # doctest: +NORMALIZE_WHITESPACE
    [1,   2]
    >>> {1: add(1, 1)}  # doctest: +ELLIPSIS
    {...}
    >>> add(2, 2)
    5
    """
    return a + b
print(doctest.testmod()); print(doctest.run_docstring_examples(add, {"add": lambda a, b: 3}, name="bad") is None, len(doctest.DocTestFinder().find(add)[0].examples))
s = io.StringIO(); h = logging.StreamHandler(s); h.setFormatter(logging.Formatter("%(levelname)s|%(name)s|%(message)s|%(funcName)s|%(lineno)d")); lg = logging.getLogger("app.mod"); lg.addHandler(h); lg.setLevel("INFO"); lg.propagate = False
lg.debug("no"); lg.info("info %s %d", "a", 5); lg.warning("warn", extra={"x": 1}); lg.error("pct %(k)s", {"k": 1}); lg.log(25, "custom level")
try: 1 / 0
except ZeroDivisionError: lg.exception("with traceback")
print(s.getvalue(), lg.isEnabledFor(10), lg.getEffectiveLevel(), logging.getLevelName(30), logging.getLogger("app") is lg.parent, lg, logging.getLevelNamesMapping()["WARN"])
logging.warning("root default"); logging.basicConfig(level=logging.DEBUG, format="{levelname}-{message}", style="{", force=True, stream=sys.stdout); logging.debug("formatted")
class F(logging.Filter):
    def filter(self, r): r.msg = r.msg.upper(); return "drop" not in r.msg.lower()
lg.addFilter(F()); s.truncate(0); s.seek(0); lg.info("drop me"); lg.info("keep"); print(s.getvalue())
ad = logging.LoggerAdapter(lg, {"k": 1}); ad.info("adapter"); logging.disable(logging.CRITICAL); lg.critical("disabled"); logging.disable(logging.NOTSET); from logging import handlers, config; mh = handlers.MemoryHandler(10, target=h); mh.emit(logging.makeLogRecord({"msg": "mem", "levelname": "L", "levelno": 10, "name": "n", "funcName": "f", "lineno": 1})); mh.flush(); print(s.getvalue().splitlines()[-1])
import csv; rows = list(csv.reader(['a,"b,c",d', '1,"x ""q""",', '', "'s',2"])); print(rows, list(csv.DictReader(["h1,h2", "1,2", "3"])), list(csv.reader(["a;b|c"], delimiter=";", quotechar="|"))); o = io.StringIO(); w = csv.writer(o, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n"); w.writerow(["a", 1, None, 'q"', "x\ny", 1.5]); dw = csv.DictWriter(o, ["a", "b"], extrasaction="ignore"); dw.writeheader(); dw.writerow({"a": 1, "c": 2}); print(repr(o.getvalue()), csv.Sniffer().sniff("a;b\n1;2\n").delimiter)
for f in (lambda: list(csv.reader(['"a'], strict=True)), lambda: csv.writer(o).writerow(5), lambda: csv.reader([], delimiter="ab"), lambda: dw.writerow(5), lambda: list(csv.reader([5]))):
    try: f()
    except Exception as e: print(type(e).__name__, e)
import configparser; c = configparser.ConfigParser(); c.read_string("[DEFAULT]\nbase = /x\n[s]\npath = %(base)s/y\nn = 5\nb: yes\nmulti = a\n  b\n; comment\nempty =\n"); print(c.sections(), c["s"]["path"], c.getint("s", "n"), c["s"].getboolean("b"), c.get("s", "multi"), c.has_option("s", "zz"), c.get("s", "zz", fallback="fb"), dict(c["s"])); o = io.StringIO(); c.write(o); print(o.getvalue())
for t in ("novalue\n", "[a]\n[a]\n", "[a]\nx=1\nx=2\n", "[a]\nx = %(y)s\n"):
    try: q = configparser.ConfigParser(); q.read_string(t); q.get("a", "x")
    except configparser.Error as e: print(type(e).__name__, str(e).replace("\n", " "))
import tomllib; print(tomllib.loads('a = 1\nb = "x\\n"\nc = [1, 2.5, true]\nd = 2024-01-02T03:04:05Z\n[t.u]\nk = {x = 1}\n[[arr]]\nn = 1\n[[arr]]\nn = 2\nhex = 0xff\nm = """\na\nb"""'))
for t in ("a = ", "a = 1\na = 2", "[a", "x", "a = 01"):
    try: tomllib.loads(t)
    except tomllib.TOMLDecodeError as e: print(e)
import base64, binascii, hashlib, hmac, zlib, uuid, html, shlex, fnmatch, colorsys, urllib.parse as up, secrets, statistics as st, ipaddress, bisect, sched, time, string
print(base64.b64encode(b"hello\xff"), base64.b64decode("aGk="), base64.b32encode(b"a"), base64.b16encode(b"a"), base64.b85encode(b"hello"), base64.a85encode(b"hello"), base64.urlsafe_b64encode(b"\xff\xfe"), binascii.hexlify(b"ab"), binascii.crc32(b"abc"), zlib.crc32(b"abc"), zlib.adler32(b"abc"), zlib.decompress(zlib.compress(b"x" * 100)) == b"x" * 100)
print(hashlib.md5(b"a").hexdigest(), hashlib.sha256(b"a").hexdigest(), hashlib.sha3_256(b"").hexdigest()[:16], hashlib.blake2b(b"a", digest_size=8).hexdigest(), hashlib.new("sha1", b"x").hexdigest(), hmac.new(b"k", b"m", "sha256").hexdigest()[:16], uuid.uuid5(uuid.NAMESPACE_DNS, "a"), uuid.UUID(int=5), html.escape("<a & 'b'>"), html.unescape("&lt;&eacute;&#65;"), shlex.split("a 'b c' \"d\\\"e\" f\\ g"), shlex.quote("it's"), shlex.join(["a b", "c"]), fnmatch.filter(["a.py", "b.txt"], "*.py"), colorsys.rgb_to_hsv(1, 0.5, 0))
print(up.urlparse("http://u:p@h:80/p;x?q=1&r=a%20b#f"), up.quote("a b/é"), up.unquote("%C3%A9"), up.urlencode({"a": 1, "b": "x y"}), up.parse_qs("a=1&a=2&b="), up.urljoin("http://a/b/c", "../d"), up.urlsplit("//h/p").netloc, st.mean([1, 2, 3, 4]), st.median([3, 1, 2]), st.stdev([1, 2, 3, 4]), st.mode("aab"), st.quantiles([1, 2, 3, 4, 5]), st.linear_regression([1, 2, 3], [2, 4, 6]), ipaddress.ip_network("10.0.0.0/30").num_addresses, list(ipaddress.ip_network("10.0.0.0/30").hosts()), ipaddress.ip_address("::1").is_loopback)
