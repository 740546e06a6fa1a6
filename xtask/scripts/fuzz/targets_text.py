"""Texts with a syntax of their own: CSV, regular expressions, formats, dates, numbers, encodings."""

import ast
import base64
import binascii
import codecs
import configparser
import csv
import datetime
import decimal
import email
import email.errors
import fractions
import io
import re
import string
import time
import tomllib
import urllib.parse

from targets import seeds_of, target, text_of


@target("csv", (csv.Error, ValueError), [b'"', b",", b"\n", b"\r", b"\r\n", b"\\", b"\x00", b"'", b";", b"\t"])
def feed_csv(data):
    text = text_of(data)
    seen = []
    for dialect in ({}, {"delimiter": ";", "quotechar": "'", "escapechar": "\\"}, {"quoting": csv.QUOTE_NONNUMERIC},
                    {"strict": True, "skipinitialspace": True}, {"quoting": csv.QUOTE_NONE, "escapechar": '"'}):
        try:
            rows = list(csv.reader(text.splitlines(True), **dialect))
            out = io.StringIO()
            csv.writer(out, **dialect).writerows(rows)
            seen.append((rows, out.getvalue()))
        except (csv.Error, ValueError) as error:
            seen.append(type(error).__name__)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    try:
        csv.Sniffer().sniff(text[:300])
    except csv.Error:
        pass
    return seen, len(rows)


@seeds_of("csv")
def csv_seeds():
    rows = [["a", 'b "q"', "c,d", "1.5", ""], ["line\nbreak", "é", "'x'", "2", "y;z"]] * 3
    seeds = []
    for dialect in ({}, {"delimiter": ";", "quotechar": "'", "lineterminator": "\n"}, {"quoting": csv.QUOTE_ALL},
                    {"delimiter": "\t", "quoting": csv.QUOTE_NONE, "escapechar": "\\"}):
        out = io.StringIO()
        csv.writer(out, **dialect).writerows(rows)
        seeds.append(out.getvalue().encode())
    return seeds


PIECES = [p.encode() for p in ("(", ")", "[", "]", "{", "}", "*", "+", "?", "|", "^", "$", ".", "\\", "\\d", "\\b", "\\1", "(?:", "(?P<a>",
                               "(?P=a)", "(?=", "(?<=", "(?<!", "(?>", "(?i:", "(?(1)", "{2,3}", "{,5}", "*+", "*?", "[^a-z]", "\\N{DIGIT ONE}",
                               "\\x41", "\\u00e9", "\\Z", "\\A", "(?#", "(?x)", "{9999999999}", "{65535}")]
SUBJECT = "The 2 quick\nbrown foxes (aab) jumped_over x=1; é日 aaaa bbbb abab 12:30"


@target("regex", (re.error, OverflowError, ValueError, IndexError), PIECES)
def feed_regex(data):
    pattern = text_of(data)[:300]
    seen = []
    try:
        compiled = re.compile(pattern)
        seen.append((compiled.groups, sorted(compiled.groupindex), compiled.flags))
        for way in (compiled.search, compiled.match, compiled.fullmatch):
            match = way(SUBJECT)
            seen.append(match and (match.span(), match.groups()))
        seen.append(compiled.findall(SUBJECT[:40])[:20])
        seen.append(compiled.split(SUBJECT[:40])[:20])
        seen.append(compiled.sub("<\\g<0>>", SUBJECT[:30]))
    finally:
        re.purge()
    try:
        seen.append(re.compile(data[:300]).search(SUBJECT.encode()) is None)
    except re.error:
        seen.append("error")
    try:
        re.sub("(a)(?P<n>b)?", text_of(data)[:40], "aab")
    except (re.error, IndexError):
        pass
    return seen


@seeds_of("regex")
def regex_seeds():
    return [p.encode() for p in (
        r"\b\d{4}-\d\d\b", r"[\w.+-]+@[\w-]+\.[\w.]+", r"(?P<a>a+)(?P=a)|b*?c", r"^(\S+) \[(\w+)\] (GET|POST) (.*?)$",
        r"(?i)error|info|warn", r'"(?:[^"\\]|\\.)*"', r"(?<=x)=(?=\d)(?!9)", r"(a|ab)(c|bcd)(d*)", r"(?>a+)b|a{2,3}+", r"(?x) a # c" + "\n b",
        r"(a)?(?(1)b|c)", r"[^\W\d_]+[à-ü]\u65e5?", r"(?s:.*)(?-i:x)", r"((a*)b?)*", r"\A[]a-]\Z")]


class Held:
    attribute = "value"

    def __repr__(self):
        return "Held"


VALUES = [12, -3.75, "text é", True, 10**25, 2.5 + 1j, Held(), [1], None, b"bytes", decimal.Decimal("1234.5"), fractions.Fraction(7, 3),
          datetime.datetime(2024, 2, 29, 1, 2, 3), datetime.date(2024, 1, 1), datetime.time(3, 4)]
FORMAT_ERRORS = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)


@target("format", FORMAT_ERRORS, [p.encode() for p in ("{", "}", "{{", "{0", "{a", ":", "!r", "!s", ".", "[0]", "[k]", "%", "%s", "%d", "%(k)s", "%5.3f", "%*d",
                                                "#", "0", "=", "<", ">", "^", "+", " ", ",", "_", "z", "b", "c", "e", "f", "g", "n", "o", "x", "%Y", "%j", "é", "99999999", "$", "${a}")])
def feed_format(data):
    text = text_of(data)[:200]
    seen = []

    def attempt(function, *arguments, **named):
        try:
            got = function(*arguments, **named)
            seen.append(got if len(got) < 2000 else len(got))
        except FORMAT_ERRORS as error:
            seen.append(type(error).__name__)
        except MemoryError:
            seen.append("MemoryError")

    for value in VALUES:
        attempt(format, value, text)
    attempt(text.format, *VALUES[:7], a=Held(), k={"k": 1})
    attempt(text.__mod__, (1, "two", 3.5, 4))
    attempt(text.__mod__, {"k": 5, "a": 1.5})
    attempt(data[:200].__mod__, (1, b"two", 3.5))
    attempt(string.Template(text).substitute, a=1, k=2)
    attempt(string.Template(text).safe_substitute, {})
    attempt(VALUES[-3].strftime, text)
    try:
        list(string.Formatter().parse(text))
    except ValueError:
        pass
    return seen


@seeds_of("format")
def format_seeds():
    return [p.encode() for p in (
        "{0:>10.3f}|{a.attribute!r:^8}|{k[k]}", "{} {} {:{}}", "*^+#020,.3e", "0=+12_d", "%(k)-08.3f %(a)s", "%5d %-6s %+.2e %%", "%Y-%m-%d %H:%M:%S %j %%",
        "{2!a:<9}", "z.2f", "x", "#b", ",.2%", "$a ${k} $$", "10.4g", "<20s", "n", "c")]


@target("dates", (ValueError, OverflowError, TypeError, re.error), [p.encode() for p in ("-", ":", "T", "Z", "+00:00", "W", ".", "%Y", "%d", "%z", "|", "24:00", "9999", "0000", "\u0661")])
def feed_dates(data):
    text, _, layout = text_of(data).partition("|")
    seen = []
    for way in (datetime.datetime.fromisoformat, datetime.date.fromisoformat, datetime.time.fromisoformat,
                lambda held: datetime.datetime.strptime(held, layout), lambda held: tuple(time.strptime(held, layout))):
        try:
            seen.append(repr(way(text)))
        except (ValueError, OverflowError, TypeError, re.error) as error:
            seen.append(type(error).__name__)
    return seen


@seeds_of("dates")
def date_seeds():
    return [p.encode() for p in ("2024-02-29T01:02:03.000004+05:30|%Y-%m-%dT%H:%M:%S.%f%z", "2024-W09-4|%G-W%V-%u", "20240229T010203Z|%Y%m%dT%H%M%S%Z",
                                 "23:59:59,123|%H:%M:%S,%f", "29 February 24, 3 PM|%d %B %y, %I %p", "060 2024|%j %Y", "2024-02-29 01:02|%Y-%m-%d %H:%M")]


def fraction(text):
    # The fraction of 1e999999999 is honest work without end.
    return None if re.search(r"\d{5}", text) else fractions.Fraction(text)


@target("numbers", (ValueError, OverflowError, ArithmeticError, SyntaxError, TypeError), [p.encode() for p in ("_", ".", "e", "E+", "-", "inf", "nan", "0x", "0b", "j", "/", "\u0661", " ", "9" * 30, "sNaN12", "1e999999999")])
def feed_numbers(data):
    text = text_of(data)[:200]
    seen = []
    for way in (int, lambda held: int(held, 0), lambda held: int(held, 36), float, complex, decimal.Decimal, fraction, float.fromhex,
                ast.literal_eval, bytes.fromhex):
        try:
            seen.append(repr(way(text)))
        except (ValueError, OverflowError, ArithmeticError, SyntaxError, TypeError) as error:
            seen.append(type(error).__name__)
        except (MemoryError, RecursionError) as error:
            seen.append(type(error).__name__)
    return seen


@seeds_of("numbers")
def number_seeds():
    return [p.encode() for p in ("12345678901234567890123", "-1_000.5e-10", "0x1F.8p+3", "0b1010", "1+2j", "(1.5-3j)", "7/3", "  42\n", "nan", "-Infinity", "NaN123", "3.14159265358979323846",
                                 "[1, (2.5, 'é'), {'k': b'v'}, {3}, None, -1]", "00ff 7a", "1.7976931348623157e308", "4.9e-324")]


ENCODINGS = ("utf-8", "utf-7", "utf-16", "utf-16-be", "utf-32", "unicode_escape", "raw_unicode_escape", "punycode", "idna", "cp1252", "shift_jis",
             "euc_jp", "gb18030", "big5hkscs", "euc_kr", "cp949", "johab", "iso2022_jp", "iso2022_jp_2004", "iso2022_kr", "hz", "cp932", "gbk", "uu", "quopri",
             "base64", "hex", "charmap", "ascii", "utf-8-sig", "big5", "euc_jis_2004", "shift_jisx0213", "rot13")


@target("codecs", (UnicodeError, ValueError, binascii.Error, LookupError, TypeError, OverflowError), [b"+", b"-", b"\xff\xfe", b"\xfe\xff", b"\xed\xa0\x80", b"\\N{DIGIT ONE}", b"\\U0010ffff", b"\x1b$B", b"\x1b(B", b"~{", b"~}", b"\x0e", b"\x0f", b"\x81\x30\x81\x30", b"xn--"])
def feed_codecs(data):
    seen = []
    for name in ENCODINGS:
        for errors in ("strict", "replace", "ignore", "backslashreplace", "surrogateescape"):
            try:
                got = codecs.decode(data[:400], name, errors)
            except (ValueError, binascii.Error, AssertionError, TypeError) as error:
                got = type(error).__name__
            except LookupError:
                got = None
            seen.append((name, errors, got))
        try:
            decoder = codecs.getincrementaldecoder(name)("replace")
            seen.append("".join(map(str, (decoder.decode(data[:50]), decoder.decode(data[50:51]), decoder.getstate(), decoder.decode(data[51:400], True)))))
        except (ValueError, TypeError, AttributeError, binascii.Error, AssertionError) as error:
            seen.append(type(error).__name__)
        except LookupError:
            pass
        try:
            seen.append(codecs.encode(text_of(data[:200]), name, "backslashreplace"))
        except (ValueError, TypeError, AttributeError, AssertionError, LookupError) as error:
            seen.append(type(error).__name__)
    for way in (binascii.a2b_base64, binascii.a2b_uu, binascii.a2b_hex, binascii.a2b_qp, base64.b85decode, base64.a85decode, base64.b32decode, base64.z85decode):
        try:
            seen.append(way(data[:300]))
        except ValueError as error:
            seen.append(type(error).__name__)
    return seen


@seeds_of("codecs")
def codec_seeds():
    text = "Text é日本語 한국어 中文 😀 ｱ ㍿ №"
    seeds = []
    for name in ENCODINGS:
        try:
            got = codecs.encode(text, name, "replace")
            seeds.append(got if isinstance(got, bytes) else got.encode())
        except (ValueError, TypeError, LookupError, AttributeError, AssertionError):
            continue
    return seeds + [base64.b64encode(text.encode()), base64.b85encode(text.encode()), binascii.hexlify(b"some bytes"), base64.b32encode(b"words")]


@target("configs", (configparser.Error, tomllib.TOMLDecodeError, email.errors.MessageError, ValueError, UnicodeError), [b"[", b"]", b"=", b'"""', b"'''", b"#", b"\n", b"{", b"}", b".", b"%(a)s", b"\\u00e9", b"1979-05-27T07:32:00Z"])
def feed_configs(data):
    text = text_of(data)
    seen = []
    for way in (tomllib.loads, lambda held: configparser.ConfigParser().read_string(held), lambda held: email.message_from_string(held).as_string(),
                lambda held: [part.get_content_type() for part in email.message_from_bytes(data).walk()], urllib.parse.urlsplit,
                lambda held: urllib.parse.parse_qs(held)):
        try:
            seen.append(repr(way(text)))
        except (configparser.Error, ValueError, KeyError, LookupError, TypeError) as error:
            seen.append(type(error).__name__)
    return seen


@seeds_of("configs")
def config_seeds():
    toml = b'title = "x"\n[owner]\nname = \'a\'\ndob = 1979-05-27T07:32:00-08:00\n[[list]]\nk = [1, 2.5, {a = true}]\nmulti = """\na\\u00e9"""\n'
    ini = b"[one]\na = 1\nb : %(a)s\n  continued\n[two]\n; comment\nflag\n"
    mail = (b"From: A <a@example.org>\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
            b"Content-Type: text/plain\r\n\r\nhello\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--b--\r\n")
    return [toml, ini, mail, b"http://user:pw@host.example:80/a/b;p?q=1&r=%C3%A9#frag"]
