# What formats, patterns and readers of dates make of input that is damaged, or asks for very much.
import datetime
import decimal
import pickle
import re
import string
import time

LARGE = 5_000_001


def shown(make, *arguments):
    try:
        made = make(*arguments)
        print(len(made), made[:12] + made[-12:] if len(made) > 100 else ascii(made))
    except Exception as e:
        print(type(e).__name__, ascii(str(e))[:120])


class Shown:
    def __format__(self, spec):
        return "<" + spec + ">"


class Text(str):
    pass


# Wide fields, with all that can stand around a number.
for value in (12, -12, True, 10**25, -3.75, 1.5e300, 2.5 + 1j, "text", decimal.Decimal("-1234567.5"), decimal.Decimal("0E-3")):
    for spec in (f"{LARGE}", f"0{LARGE}", f"0{LARGE},", f"^+{LARGE}", f"\xe9={LARGE}", f"\u65e5<{LARGE}", f".{LARGE}f", f"#.{LARGE}g",
                 f".{LARGE}e", f"{LARGE}.3%", f"0{LARGE}_x", "_b", ",", "020,.3f", "012,", "013,", "014,", "_.3f"):
        shown(format, value, spec)
for number in ("0", "0.00", "1E+5", "123456789.987654321", "9.9999", "-0.0000012345", "1E-10"):
    for spec in ("f", ".0f", ".3f", ".12f", ".2e", ".12e", "e", ".3g", ".30g", "%", ".4%", "015,.2f", "024,.9f", "z.1f", "#.0f", ",", "#,.0e", ".8,f"):
        shown(format, decimal.Decimal(number), spec)

# One field, or fields with something around them.
for layout in ("{:%d}", "x{:%d}", "{:%d}x", "{0:%d}{0:%d}", "{{{:%d}", "{!r:%d}", "{:{}}"):
    for value in (7, "t\xe9xt", Shown()):
        shown((layout.replace("%d", str(LARGE))).format, value, LARGE)
print(type("{}".format(Text("a"))), "{}{}".format("", "b"), "{:c}{:c}".format(0xD800, 65) == "\ud800A")

# Null characters and what is not ASCII.
for spec in ("<\0", "\0<9", "0=\0x", "#\0", "z\0", "_\0", "5\0\0", "<5f\0g", "\0", "x<9f\0"):
    shown(format, decimal.Decimal("1234.5"), spec)
for layout in (b"%\xffd", b"%\x80", b"%5\xe4", b"%(a)\xff"):
    shown(layout.__mod__, {b"a": 1})
    shown(bytearray(layout).__mod__, 1)
moment = datetime.datetime(2024, 2, 29, 1, 2, 3)
for layout in ("%5\udc80%d", "%5\0a%6\0", "%-6\xe9", "a\0%Y\xe9%", "%\u65e5%H%06", "%Q%5Q%_5Q"):
    shown(moment.strftime, layout)
    shown(time.strftime, layout, moment.timetuple())

# What stands between a time and its offset.
for text in ("23:59:+00:00", "12:3Z", "00000024", "20204+05:30", "202000040229Z", "01:02:03.000004f%z+05:30", "01:02:03.0000045+0530", "12:30:45.",
             "12:30:45.+01", "1:2", "12x", "12xZ", "12:30Zx", "12:30:45.5x", "123", "12:3", "12:30:", "12.5", "24:00", "12:30+01:00:00.5x", "12:30+0"):
    shown(lambda: datetime.time.fromisoformat(text).isoformat())
    shown(lambda: datetime.datetime.fromisoformat("2024-02-29T" + text).isoformat())

# Numbers of pickles are UTF-8.
for data in (b"L1\xb0L\n.", b"L1p0L\n.", b"p\xff\n.", b"g1x\n.", b"L" + b"1" * 300 + b"x\n."):
    shown(pickle.loads, data)

# The only part of what is put together is the result.
big = "a" * 1000
print(string.Template("$a").substitute(a=big) is big, re.sub("b", "c", big) is big, (big + "") is big, ("" + big) is big)


def add(a, b):
    return a + b


def grow(a, b):
    a += b
    return a


for _ in range(100):
    add("x", "y"), grow("x", "y")
print(add(big, "") is big, add("", big) is big, grow(big, "") is big, grow("", big) is big, len(grow(big, "b")), big[-1])
print(bytes(range(20)).hex("-", 3), bytearray(b"ab").hex(), memoryview(b"ab").hex(":"))

# More than can be.
for spec in ("%d" % (2**63 - 1), ".%df" % 10**18, "=%d.1" % (2**63 - 1)):
    shown(format, decimal.Decimal("1.5"), spec)
