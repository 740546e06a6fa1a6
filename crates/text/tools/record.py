"""Records what Python 3.14 does, for tests/recorded.rs and tests/code_points.rs to compare with.

    python3.14 tools/record.py tests/data [SEED [SCALE]]

cases.txt: one case a line, fields separated by tabs: operation, arguments, result. `s:` is text and `b:` bytes, with
everything but visible ASCII as \\{hex}; `i:` an int; `-` None; `!` an error; a list is joined by spaces.
code_points.txt: for each property the CRC-32 of its values over each 0x4000 code points.
"""

import _codecs
import _string
import binascii
import codecs
import encodings.cp1252
import os
import random
import struct
import subprocess
import sys
import unicodedata
import warnings
import zlib

warnings.simplefilter("ignore")
OUT = sys.argv[1]
random.seed(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
SCALE = float(sys.argv[3]) if len(sys.argv) > 3 else 1
OLD = unicodedata.ucd_3_2_0


def visible(codes):
    return "".join(chr(c) if 0x21 <= c <= 0x7E and c != 0x5C else f"\\{{{c:x}}}" for c in codes)


def show(x):
    if x is None:
        return "-"
    if isinstance(x, str):
        return "s:" + visible(map(ord, x))
    if isinstance(x, (bytes, bytearray)):
        return "b:" + visible(x)
    if isinstance(x, int):
        return f"i:{int(x)}"
    return " ".join(map(show, x))


def error(e):
    if isinstance(e, UnicodeError) and hasattr(e, "reason"):
        return f"!{e.encoding}:{e.start}:{e.end}:{e.reason}"
    return f"!{e}"


cases = open(os.path.join(OUT, "cases.txt"), "w", encoding="ascii")


def case(op, function, *args):
    try:
        result = show(function(*args))
    except MemoryError:
        return
    except Exception as e:
        result = error(e)
    result = result.encode("ascii", "backslashreplace").decode()
    print(op, *map(show, args), result, sep="\t", file=cases)


def times(n):
    return range(max(1, int(n * SCALE)))


def word(alphabet, low, high):
    return "".join(random.choice(alphabet) for _ in range(random.randint(low, high)))


LETTERS = ["ab", "ab ", "aé", "aéሴ", "a\U0001F600", "abሴ\U0001F600", "é\xa0 \t", "ሴ\u2028\u3000 \r\n", "\x1c\x85a\n\r "]


def texts(n, low=0, high=20):
    for _ in times(n):
        yield word(random.choice(LETTERS), low, high)


def index():
    return random.choice([0, 0, 0, 1, 2, 5, -1, -3, 100, -100])


def end():
    return random.choice([sys.maxsize, sys.maxsize, sys.maxsize, 3, 7, -1, -4, 0])


def limit():
    return random.choice([-1, -1, 0, 1, 2, 3])


def as_bytes(s):
    return bytes(ord(c) & 255 for c in s)


def pairs(n):
    for t in texts(n):
        needle = word(random.choice(LETTERS), 0, 3)
        if random.random() < 0.5 and t:
            i = random.randrange(len(t))
            needle = t[i:i + random.randint(0, 4)]
        yield t, needle
    for _ in times(n // 10):
        big = random.choice(["a", "ሴ", "\U0001F600"])
        t = word([big, big, big, "b"], 50, 400)
        i = random.randrange(len(t) - 30)
        yield t, random.choice([t[i:i + 25], big * 12 + "b", "b" + big * 12, (big * 3 + "b") * 4])


for t, n in pairs(300):
    for m in ("find", "rfind", "count", "startswith", "endswith"):
        a, z = index(), end()
        case(m, lambda t, n, a, z: getattr(t, m)(n, a, z), t, n, a, z)
        case(m, lambda t, n, a, z: getattr(t, m)(n, a, z), as_bytes(t), as_bytes(n), a, z)
    k = limit()
    new = word(random.choice(LETTERS), 0, 3)
    case("replace", lambda t, n, r, k: t.replace(n, r, k), t, n, new, k)
    case("replace", lambda t, n, r, k: t.replace(n, r, k), as_bytes(t), as_bytes(n), as_bytes(new), k)
    if n:
        for m in ("split", "rsplit"):
            case(m, lambda t, n, k: getattr(t, m)(n, k), t, n, k)
            case(m, lambda t, n, k: getattr(t, m)(n, k), as_bytes(t), as_bytes(n), k)
        for m in ("partition", "rpartition"):
            case(m, lambda t, n: getattr(t, m)(n), t, n)
            case(m, lambda t, n: getattr(t, m)(n), as_bytes(t), as_bytes(n))
    for m in ("strip", "lstrip", "rstrip"):
        case(m, lambda t, n: getattr(t, m)(n), t, n)
        case(m, lambda t, n: getattr(t, m)(n), as_bytes(t), as_bytes(n))
    case("compare", lambda a, b: (a > b) - (a < b), t, n)
    case("concat", lambda a, b: a + b, t, n)
    case("join", lambda a, b, c, d: a.join([b, c, d]), n, t, n, new)
for t in texts(200):
    for m in ("split", "rsplit"):
        k = limit()
        case(m + "_space", lambda t, k: getattr(t, m)(None, k), t, k)
        case(m + "_space", lambda t, k: getattr(t, m)(None, k), as_bytes(t), k)
    for m in ("strip", "lstrip", "rstrip"):
        case(m + "_space", lambda t: getattr(t, m)(), t)
        case(m + "_space", lambda t: getattr(t, m)(), as_bytes(t))
    for keep in (0, 1):
        case("splitlines", lambda t, k: t.splitlines(bool(k)), t, keep)
        case("splitlines", lambda t, k: t.splitlines(bool(k)), as_bytes(t), keep)
    case("repeat", lambda t, n: t * n, t, random.randint(0, 5))
    a, z, s = random.randint(-25, 25), random.randint(-25, 25), random.choice([1, 2, 3, -1, -2])
    case("slice", lambda t, a, z, s: t[a:z:s], t, a, z, s)
    case("expandtabs", lambda t, n: t.expandtabs(n), t, random.choice([-1, 0, 1, 4, 8]))
    case("expandtabs", lambda t, n: t.expandtabs(n), as_bytes(t), random.choice([-1, 0, 1, 4, 8]))
    for m in ("center", "ljust", "rjust"):
        case(m, lambda t, w, f: getattr(t, m)(w, f), t, random.randint(0, 30), random.choice(" *éሴ\U0001F600"))
        case(m, lambda t, w, f: getattr(t, m)(w, f), as_bytes(t), random.randint(0, 30), b"*")
    for u in (t, "+" + t, "-1"):
        case("zfill", lambda t, n: t.zfill(n), u, random.randint(0, 25))
        case("zfill", lambda t, n: t.zfill(n), as_bytes(u), random.randint(0, 25))
    case("translate", lambda t: t.translate({97: None, 98: "xyz", 32: 0x1F600, 0x1F600: "q"}), t)
    case("translate", lambda t, d: t.translate(bytes(range(255, -1, -1)), d), as_bytes(t), b"a ")
    case("repr", repr, t + word("'\"\\\n\t\x00\x7f\xad\xe9\ud800\u200b\U0001F600\U000E0001", 0, 5))
    case("ascii", ascii, t + word("'\"\\\n\t\x00\x7f\xad\xe9\ud800\u200b\U0001F600\U000E0001", 0, 5))
    case("repr", repr, as_bytes(t) + random.choice([b"", b"'", b"\"", b"'\"\\", b"\x00\x7f\xff\n\t\r"]))
CASED = "aZßŉǅΣσςİıàÀ\u0345\u0301.' 1ᾳΐﬁდᲓⓐ\u00ad\U00010400\U00010428:"
PREDICATES = ("isalpha isdecimal isdigit isnumeric isalnum isspace isprintable isidentifier islower isupper "
              "istitle").split()
for _ in times(400):
    t = word(CASED, 0, 7)
    for m in ("lower", "upper", "title", "capitalize", "swapcase", "casefold"):
        case(m, lambda t: getattr(t, m)(), t)
for _ in times(300):
    t = word(random.choice(["aAbB1 ", "²½Ⅷ٣一", "aA_1é\u0301ሴ", "ǅaA 1", " \t\xa0\u3000", "aA\x00\x7fé\xff"]), 0, 4)
    case("predicates", lambda t: [getattr(t, m)() for m in PREDICATES], t)
    b = as_bytes(t)
    for m in ("lower", "upper", "title", "capitalize", "swapcase"):
        case(m, lambda t: getattr(t, m)(), b)
    case("predicates", lambda t: [getattr(t, m)() for m in PREDICATES if hasattr(t, m)], b)
for seed in (0, 1, 42, 4294967295):
    values = ["", "a", "abcdefgh", "abcdefghi", "é", "aéb", "ሴ", "abcሴ", "\U0001F600", "a\U0001F600bc", "\ud800" * 9,
              b"", b"x", b"hello world"]
    script = f"import sys\nfor x in {values!r}: print(hash(x))".encode("utf-8", "backslashreplace").decode()
    out = subprocess.run([sys.executable, "-c", script], env={"PYTHONHASHSEED": str(seed)}, capture_output=True,
                         text=True, check=True).stdout.split()
    for v, h in zip(values, out):
        case("hash", lambda s, v: int(h), seed, v)
MARKS = "aA\u0301\u0323\u0308\u0345e\u1100\u1161\u11a8\uac00\uac01\u212b\u2126\ufb01\u0344\u0958\u1e9b\u0f71\u0f72" \
        "\U0001D15E\U0001D165\u0b47\u0b3e\u09c7\u09be\u1ea5\u02c6\U0002F868"
for i in times(500):
    t = word(MARKS, 0, 8) if i % 20 else "a" + word("\u0301\u0323\u0345\u0f71\u0f72\u0327", 17, 40)
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        case("normalize", unicodedata.normalize, form, t)
        case("is_normalized", unicodedata.is_normalized, form, t)
        case("old_normalize", OLD.normalize, form, t)

# Codecs.
def other(e):
    if isinstance(e, UnicodeDecodeError):
        return "<é>", e.end
    return "<x>", e.end - len(e.object)


codecs.register_error("other", lambda e: ("<é>" if isinstance(e, UnicodeDecodeError) else "<x>", e.end))
codecs.register_error("other-bytes", lambda e: ("\U0001F600", e.end - len(e.object))
                      if isinstance(e, UnicodeDecodeError) and e.end < len(e.object) else (
                          ("", e.end) if isinstance(e, UnicodeDecodeError) else (b"\xff\xfe", e.end)))
codecs.register_error("other-text", lambda e: ("é", e.end))
ERRORS = ["strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "namereplace", "surrogateescape",
          "surrogatepass", "other", "other-bytes", "other-text"]
TABLE = encodings.cp1252.decoding_table
MAP = codecs.charmap_build(TABLE)
DECODERS = {
    "utf-8": _codecs.utf_8_decode, "utf-7": _codecs.utf_7_decode, "utf-16": _codecs.utf_16_decode,
    "utf-16-le": _codecs.utf_16_le_decode, "utf-16-be": _codecs.utf_16_be_decode, "utf-32": _codecs.utf_32_decode,
    "utf-32-le": _codecs.utf_32_le_decode, "utf-32-be": _codecs.utf_32_be_decode,
    "unicode_escape": _codecs.unicode_escape_decode, "raw_unicode_escape": _codecs.raw_unicode_escape_decode,
    "ascii": lambda b, e, last: _codecs.ascii_decode(b, e), "latin-1": lambda b, e, last: _codecs.latin_1_decode(b, e),
    "charmap": lambda b, e, last: _codecs.charmap_decode(b, e, TABLE),
}
ENCODERS = {
    "utf-8": _codecs.utf_8_encode, "utf-7": _codecs.utf_7_encode, "utf-16": _codecs.utf_16_encode,
    "utf-16-le": _codecs.utf_16_le_encode, "utf-16-be": _codecs.utf_16_be_encode, "utf-32": _codecs.utf_32_encode,
    "utf-32-le": _codecs.utf_32_le_encode, "utf-32-be": _codecs.utf_32_be_encode, "ascii": _codecs.ascii_encode,
    "latin-1": _codecs.latin_1_encode, "unicode_escape": _codecs.unicode_escape_encode,
    "raw_unicode_escape": _codecs.raw_unicode_escape_encode,
    "charmap": lambda s, e: _codecs.charmap_encode(s, e, MAP),
}
ALPHABETS = {
    "utf-8": [b"a", b"\x80", b"\xbf", b"\xc0", b"\xc2", b"\xdf", b"\xe0", b"\xed", b"\xef", b"\xf0", b"\xf4", b"\xf5",
              b"\xa0", b"\x9f", b"\x90", b"\xed\xa0\x80", "é€\U0001F600".encode()],
    "utf-7": [b"a", b"+", b"-", b"A", b"/", b"2AA", b"3AA", b"AGE", b"AG", b"?", b"\xff", b"~", b" ", b"AAA"],
    "utf-16": [b"a", b"\0", b"\xd8", b"\xdc", b"\xff\xfe", b"\xfe\xff", b"\x00\xd8", b"\x00\xdc", b"a\0", b"\0a"],
    "utf-32": [b"a", b"\0", b"\0\0", b"\0\0\0", b"\x10", b"\x11", b"\xd8", b"\xff\xfe\0\0", b"\0\0\xfe\xff",
               b"a\0\0\0", b"\0\0\0a", b"\0\xd8\0\0", b"\0\0\xd8\0"],
    "unicode_escape": [b"a", b"\\", b"x", b"u", b"U", b"N", b"{", b"}", b"0", b"7", b"4", b"00", b"0000", b"\n", b"g",
                       b"\xe9", b"{SPACE}", b"\\N{LF}", b"\\N{}", b"110000", b"n", b"'"],
    "other": [b"a", b"\x80", b"\xff", b"\x81", b"b", b"\x00", b"\xe9"],
}
ALPHABETS["raw_unicode_escape"] = ALPHABETS["unicode_escape"]
for name, decode in DECODERS.items():
    alphabet = ALPHABETS.get(name, ALPHABETS.get(name[:6], ALPHABETS["other"]))
    for errors in ERRORS:
        for _ in times(30):
            data = b"".join(random.choice(alphabet) for _ in range(random.randint(0, 6)))
            for last in (0, 1):
                case("decode", lambda n, b, e, last: decode(b, e, bool(last)), name, data, errors, last)
for name, encode in ENCODERS.items():
    for errors in ERRORS:
        for _ in times(12):
            data = word("a+-\\/\n~\xe9\xff\u20ac\u1234\ud800\udc80\udcff\udfff\U0001F600?\x00", 0, 6)
            case("encode", lambda n, s, e: encode(s, e), name, data, errors)
for _ in times(200):
    data = b"".join(random.choice(ALPHABETS["unicode_escape"]) for _ in range(random.randint(0, 6)))
    for errors in ("strict", "ignore", "replace"):
        case("escape_decode", lambda b, e: _codecs.escape_decode(b, e)[0], data, errors)
    case("escape_encode", lambda b: _codecs.escape_encode(b)[0], data + random.choice([b"", b"'", b"\"", b"\x7f"]))

# Templates.
def name_split(s):
    first, rest = _string.formatter_field_name_split(s)
    return [first] + [x for pair in rest for x in pair]


for _ in times(600):
    t = word(["{", "}", "!", ":", "[", "]", ".", "a", "0", "r", "{}", "{{", "ሴ", "\ud800"], 0, 9)
    case("template", lambda s: [x for piece in _string.formatter_parser(s) for x in piece], t)
    t = word(["[", "]", ".", "a", "0", "12", "\u0661", "99999999999999999999", "[0]", ".b"], 0, 6)
    case("field_name", name_split, t)

# Binary.
for _ in times(200):
    data = random.randbytes(random.randint(0, 20))
    case("hex", lambda b, s, n: b.hex(s, n), data, ":", random.randint(-6, 6))
    case("hexlify", lambda b: b.hex(), data)
    t = word("0aF \ng١é", 0, 2) + word("09aF ", 0, 6)
    case("fromhex", bytes.fromhex, t)
    case("unhexlify", binascii.unhexlify, as_bytes(t))
    case("b2a_base64", lambda b, n: binascii.b2a_base64(b, newline=bool(n)), data, random.randint(0, 1))
    case("b2a_uu", lambda b, t: binascii.b2a_uu(b, backtick=bool(t)), data + random.choice([b"", bytes(30)]),
         random.randint(0, 1))
    case("a2b_uu", binascii.a2b_uu, binascii.b2a_uu(data)[:random.randint(0, 30)] + random.choice([b"", b"x", b" `\n"]))
    case("crc32", binascii.crc32, data, random.choice([0, 1, 0xFFFFFFFF]))
    case("crc_hqx", binascii.crc_hqx, data, random.choice([0, 1, 0xFFFF]))
for _ in times(800):
    t = b"".join(random.choice([b"Y", b"W", b"J", b"=", b"==", b"YWJj", b"!", b"\n"]) for _ in range(random.randint(0, 7)))
    case("a2b_base64", lambda b, s: binascii.a2b_base64(b, strict_mode=bool(s)), t, 0)
    case("a2b_base64", lambda b, s: binascii.a2b_base64(b, strict_mode=bool(s)), t, 1)
for _ in times(300):
    t = b"".join(random.choice([b"a", b"=", b"4", b"1", b"\n", b"\r", b" ", b"\t", b"_", b".", b"\xe9", b"=\n", b"=41",
                                b"a" * 36, b"\x00"]) for _ in range(random.randint(0, 8)))
    case("a2b_qp", lambda b, h: binascii.a2b_qp(b, header=bool(h)), t, random.randint(0, 1))
    case("b2a_qp", lambda b, q, i, h: binascii.b2a_qp(b, bool(q), bool(i), bool(h)), t, *random.choices([0, 1], k=3))
NAMES = ["LATIN SMALL LETTER A", "latin Small letter A", "NULL", "LF", "VS17", "KEYCAP DIGIT ONE", "", " ", "SPACE ",
         "HANGUL SYLLABLE GGWEOLG", "HANGUL SYLLABLE A", "HANGUL SYLLABLE", "HANGUL SYLLABLE GAX", "hangul syllable ga",
         "CJK UNIFIED IDEOGRAPH-4E00", "CJK UNIFIED IDEOGRAPH-4e00", "CJK UNIFIED IDEOGRAPH-04E00",
         "CJK UNIFIED IDEOGRAPH-A000", "CJK COMPATIBILITY IDEOGRAPH-F900", "TANGUT IDEOGRAPH-17000", "é", "BELL",
         "LATIN CAPITAL LETTER GHA", "TIBETAN MARK BKA- SHOG YIG MGO", "EGYPTIAN HIEROGLYPH-13460", "ALERT",
         "NUSHU CHARACTER-1B170", "TAMIL SYLLABLE KSSAU", "LATIN SMALL LETTER A WITH MACRON AND GRAVE"]
for n in NAMES:
    case("lookup", unicodedata.lookup, n)
    case("lookup_char", lambda n: f"\\N{{{n}}}".encode().decode("unicode_escape") if n.isascii() else None, n)
cases.close()

# Every code point.
BASES = {"": unicodedata, "old_": OLD}
PROPERTIES = {
    "lower": str.lower, "upper": str.upper, "title": str.title, "casefold": str.casefold, "swapcase": str.swapcase,
    "capitalize": lambda s: (s + "A").capitalize(),
    "sigma": lambda s: ("A" + s + "\u03a3").lower() + (s + "\u03a3").lower() + ("A\u03a3" + s).lower(),
    "predicates": lambda s: "".join(str(int(getattr(s, m)())) for m in PREDICATES),
    "space": lambda s: str(len(("a" + s + "b").split())) + str(len(("a" + s + "b").splitlines())),
    "identifier": lambda s: str(("a" + s).isidentifier()),
    "repr": repr, "ascii": ascii,
    "utf-7": lambda s: s.encode("utf-7").decode("latin-1"),
    "utf-16": lambda s: s.encode("utf-16-be", "surrogatepass").hex(),
    "unicode_escape": lambda s: s.encode("unicode_escape").decode("latin-1"),
    "raw_unicode_escape": lambda s: s.encode("raw_unicode_escape").decode("latin-1"),
    "namereplace": lambda s: s.encode("ascii", "namereplace").decode("latin-1"),
}
for prefix, base in BASES.items():
    for f in ("category", "bidirectional", "combining", "east_asian_width", "mirrored", "decomposition"):
        PROPERTIES[prefix + f] = lambda s, f=getattr(base, f): str(f(s))
    for f in ("decimal", "digit", "name"):
        PROPERTIES[prefix + f] = lambda s, f=getattr(base, f): str(f(s, None))
    PROPERTIES[prefix + "numeric"] = lambda s, f=base.numeric: struct.pack(">d", f(s, -1)).hex()
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        PROPERTIES[prefix + form] = lambda s, f=base.normalize, form=form: f(form, s) + "/" + f(form, "a\u0301" + s + "\u0323")
        PROPERTIES[prefix + "is_" + form] = lambda s, f=base.is_normalized, form=form: str(f(form, s))
with open(os.path.join(OUT, "code_points.txt"), "w", encoding="ascii") as f:
    for name, value in PROPERTIES.items():
        sums = []
        for start in range(0, 0x110000, 0x4000):
            text = "\n".join(value(chr(c)) for c in range(start, start + 0x4000))
            sums.append(f"{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}")
        print(name, *sums, file=f)
