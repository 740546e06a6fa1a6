"""Pickles, marshalled code, SQLite files, certificates, serialised values."""

import collections
import copyreg
import datetime
import decimal
import fractions
import importlib._bootstrap_external as external
import importlib.util
import io
import json
import marshal
import os
import pickle
import plistlib
import sqlite3
import ssl
import struct
import tempfile
import types

from targets import TARGETS, seeds_of, target, text_of


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __repr__(self):
        return f"Point{sorted(map(str, self.__dict__.items()))}"


class Slotted:
    __slots__ = ("left", "right")

    def __repr__(self):
        return "Slotted"


class State:
    def __setstate__(self, state):
        self.state = state

    def __getstate__(self):
        return {"a": 1}

    def __repr__(self):
        return "State"


NAMES = {
    ("builtins", name): value
    for name, value in (("list", list), ("set", set), ("frozenset", frozenset), ("dict", dict), ("bytearray", bytearray),
                        ("complex", complex), ("slice", slice), ("object", object), ("range", range), ("int", int),
                        ("bytes", bytes), ("str", str))
}
for held in (Point, Slotted, State, collections.OrderedDict, collections.deque, collections.Counter, datetime.datetime,
             datetime.date, datetime.time, datetime.timedelta, datetime.timezone, decimal.Decimal, fractions.Fraction,
             copyreg._reconstructor, copyreg.__newobj__):
    NAMES[held.__module__, held.__name__] = held
NAMES["targets_data", "Point"] = Point
NAMES["copy_reg", "_reconstructor"] = copyreg._reconstructor
NAMES["__builtin__", "object"] = object


class Reader(pickle.Unpickler):
    """Finds only harmless names, so that a damaged pickle calls nothing else."""

    def find_class(self, module, name):
        try:
            return NAMES[module, name]
        except KeyError:
            raise pickle.UnpicklingError("no such name") from None

    def persistent_load(self, word):
        return ("persistent", type(word).__name__)


PICKLE_ERRORS = (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, KeyError, TypeError, ValueError,
                 OverflowError, ArithmeticError)


@target("pickle", PICKLE_ERRORS, [bytes([code]) for code in b"(.012FIJKLMNSTUVXabcdeghjlopqrstu}]\x80\x81\x82\x83\x84"
                                  b"\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96\x97\x98"])
def feed_pickle(data):
    value = Reader(io.BytesIO(data), buffers=[b"one", bytearray(b"two")]).load()
    return type(value).__name__


@seeds_of("pickle")
def pickle_seeds():
    point = Point(1, 2.5)
    point.other = point
    slotted = Slotted()
    slotted.left, slotted.right = 1, [slotted]
    shared = ["shared"]
    deep = []
    for _ in range(50):
        deep = [deep]
    values = [
        None, True, 12, -3, 70000, 10**30, -(10**600), 1.5, "text", "é日😀", b"bytes" * 60, "x" * 300, bytearray(b"array"),
        [1, 2, [3, shared, shared]], (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), {"a": 1, (1, 2): {3}}, {1, 2}, frozenset("ab"),
        point, slotted, State(), collections.OrderedDict(a=1), collections.deque([1, 2], 3), collections.Counter("hello"),
        datetime.datetime(2024, 2, 29, 1, 2, 3, 4, datetime.timezone.utc), datetime.timedelta(3, 4, 5), datetime.time(1, 2),
        decimal.Decimal("1.50"), fractions.Fraction(1, 3), complex(1, 2), range(3, 9, 2), slice(1, 2), deep,
        list(range(1500)), {i: str(i) for i in range(1100)}, set(range(300)),
    ]
    seeds = []
    for value in values:
        for protocol in range(6):
            try:
                seeds.append(pickle.dumps(value, protocol))
            except TypeError:
                # Slots need protocol 2.
                pass
    seeds.append(pickle.dumps([pickle.PickleBuffer(b"data"), pickle.PickleBuffer(bytearray(b"x"))], 5, buffer_callback=lambda b: False))
    held = io.BytesIO()

    class Writer(pickle.Pickler):
        def persistent_id(self, value):
            return "id" if value is shared else None

    Writer(held, 4).dump([shared, 1])
    return seeds + [held.getvalue()]


@target("json", (ValueError,), [b"{", b"}", b"[", b"]", b'"', b"\\u", b"\\", b"NaN", b"-", b"e+", b"1e999", b"null", b"\xed\xa0\x80"])
def feed_json(data):
    first = json.loads(text_of(data), parse_float=str)
    json.loads(data)
    return first


@seeds_of("json")
def json_seeds():
    value = {"a": [1, -2.5e10, True, None, "é\n\t\u2028😀"], "b": {"c": {}, "d": []}, "": 10**25, "long": "x" * 100}
    return [json.dumps(value).encode(), json.dumps(value, indent=2, ensure_ascii=False).encode(), b'"\\ud83d\\ude00 \\/ \\b"',
            json.dumps(value).encode("utf-16"), json.dumps(value).encode("utf-32-le"), b"[" * 40 + b"]" * 40, b"[1.5E+3, -0, 0.1]"]


# Code objects that cannot be are a SystemError, in CPython as well.
MARSHAL_ERRORS = (EOFError, ValueError, TypeError, OverflowError, SystemError)


@target("marshal", MARSHAL_ERRORS, [bytes([kind | flag]) for kind in b"0NFTSilfgxyRsutaAzZ()[{c<>r:" for flag in (0, 0x80)])
def feed_marshal(data):
    return type(marshal.loads(data)).__name__


SOURCES = [
    "x = 1\n",
    "def f(a, b=2, *c, d, **e):\n    'doc'\n    return [a for a in c if a] + [lambda: a]\n",
    "class A(B, m=1):\n    x: int = 3\n    def m(self):\n        try:\n            yield super().m()\n        except* ValueError as e:\n            raise e from None\n",
    "async def g():\n    async with a as b:\n        async for c in d:\n            match c:\n                case {'k': [1, *r]} | P(q=r):\n                    print(f'{c!r:>{b}}', t'{c}')\n",
]


@target("pyc", (ImportError, *MARSHAL_ERRORS))
def feed_pyc(data):
    flags = external._classify_pyc(data, "name", {})
    code = external._compile_bytecode(memoryview(data)[16:], "name", "path.pyc")
    pending, seen = [code], 0
    while pending and seen < 50:
        code = pending.pop()
        seen += 1
        # Tables of a damaged code object are read, too; it is not run: bytecode is trusted, in CPython as here.
        try:
            sum(1 for _ in code.co_lines()), sum(1 for _ in code.co_positions()), code.replace(co_name="other"), hash(code)
            repr(code), code == code.replace(), marshal.dumps(code), list(code.co_branches()), code._varname_from_oparg(0)
        except (IndexError, *MARSHAL_ERRORS):
            pass
        pending.extend(held for held in code.co_consts if isinstance(held, types.CodeType))
    return flags


@seeds_of("marshal", "pyc")
def pyc_seeds():
    seeds = [external._code_to_timestamp_pyc(compile(text, "name.py", "exec"), 1700000000, 100) for text in SOURCES]
    seeds.append(bytes(external._code_to_hash_pyc(compile(SOURCES[0], "name.py", "exec"), b"12345678", True)))
    value = [1, -(10**40), 2.5, 1j, "é", b"b", (1, 2), {1: 2}, {3}, frozenset({4}), None, True, ..., StopIteration, "a" * 300, slice(1, 2, 3)]
    values = [marshal.dumps(value), marshal.dumps(value[:9], 1), marshal.dumps(value[:9], 0)] + [marshal.dumps(compile(text, "n", "exec")) for text in SOURCES]
    return [bytes(seed) for seed in seeds] + values


@target("sqlite", (OverflowError,))
def feed_sqlite(data):
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(data)
        connection.execute("pragma integrity_check(5)").fetchall()
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type in ('table', 'view')")]
        for name in tables[:10]:
            connection.execute("select * from \"" + str(name).replace('"', '""') + "\"").fetchmany(200)
        connection.execute("insert into person(name) values ('one')")
    except (sqlite3.Error, UnicodeDecodeError):
        # What exactly is wrong is SQLite's to say; its versions differ.
        pass
    finally:
        connection.close()


@seeds_of("sqlite")
def sqlite_seeds():
    seeds = []
    for size, encoding in ((512, "UTF-8"), (1024, "UTF-16le")):
        connection = sqlite3.connect(":memory:")
        connection.executescript(
            f"pragma page_size={size}; pragma encoding='{encoding}';"
            "create table person(id integer primary key, name text, data blob, score real);"
            "create index names on person(name); create view v as select name from person;"
            "create table pair(a, b, primary key(a, b)) without rowid;")
        connection.executemany("insert into person(name, data, score) values (?, ?, ?)",
                               ((f"name {i}", b"x" * (i * 9), i / 4) for i in range(60)))
        connection.executemany("insert into pair values (?, ?)", ((i, "é" * i) for i in range(30)))
        connection.commit()
        seeds.append(connection.serialize())
        connection.close()
    return seeds


CERTIFICATES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "served")
FOLDER = tempfile.TemporaryDirectory()
HELD = os.path.join(FOLDER.name, "held")


@target("certificate", (OSError,), [b"\x30\x82", b"\x02\x01", b"\x06\x03\x55\x04\x03", b"-----BEGIN ", b"-----END ", b"\x30\x80", b"\xff"])
def feed_certificate(data):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if data.lstrip().startswith(b"-----"):
            context.load_verify_locations(cadata=data.decode("ascii", "ignore"))
            with open(HELD, "wb") as file:
                file.write(data)
            try:
                ssl._ssl._test_decode_cert(HELD)
            except (ssl.SSLError, ValueError):
                pass
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(HELD)
        else:
            context.load_verify_locations(cadata=data)
        context.get_ca_certs()
    except (ssl.SSLError, ValueError):
        # Libraries differ in how much of a certificate they look at.
        pass
    context.cert_store_stats()


@seeds_of("certificate")
def certificate_seeds():
    with open(os.path.join(CERTIFICATES, "cert.pem"), "rb") as file:
        certificate = file.read()
    with open(os.path.join(CERTIFICATES, "key.pem"), "rb") as file:
        key = file.read()
    start = certificate[certificate.index(b"-----BEGIN CERTIFICATE-----") :]
    binary = ssl.PEM_cert_to_DER_cert(start.decode())
    return [certificate, start, binary, binary + binary, certificate + key, key + certificate, binary, binary]


@target("plist", (plistlib.InvalidFileException, ValueError, OverflowError, TypeError, KeyError, IndexError, AttributeError,
                  __import__("xml.parsers.expat").parsers.expat.ExpatError, LookupError))
def feed_plist(data):
    return type(plistlib.loads(data)).__name__


@seeds_of("plist")
def plist_seeds():
    value = {"a": [1, 2.5, True, b"data", "text é"], "when": datetime.datetime(2024, 1, 2), "uid": {"x": "y" * 40}}
    return [plistlib.dumps(value, fmt=plistlib.FMT_XML), plistlib.dumps(value, fmt=plistlib.FMT_BINARY)]


FORMATS = ["<IHHd8s", ">qQ?", "@iP", "=3h2x", "!e5p", "<bB10sf"]


@target("struct", (struct.error, OverflowError, UnicodeEncodeError), [c.encode() for c in "xcbB?hHiIlLqQnNefdspP@=<>!0123456789 "])
def feed_struct(data):
    cut = data.find(b"|")
    layout, held = data[: max(cut, 0)].decode("latin-1"), data[cut + 1 :]
    size = struct.calcsize(layout)
    values = list(struct.iter_unpack(layout, held)) if size else struct.unpack(layout, b"")
    struct.unpack_from(layout, held, len(held) - size if size < len(held) else 0)
    return size, repr(values)


@seeds_of("struct")
def struct_seeds():
    return [layout.encode() + b"|" + bytes(range(struct.calcsize(layout))) * 2 for layout in FORMATS]
