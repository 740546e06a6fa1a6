"""The counterpart of examples/speed.rs: the same operations in Python, in nanoseconds."""

import binascii
import timeit
import unicodedata

ASCII = "The quick brown fox jumps over the lazy dog. " * 2000
MIXED = "Übergrößenträger føle ñandú œuvre 日本語 привет " * 2000
EMOJI = "Hello 😀 world é " * 2000
TEXTS = {"ascii": ASCII, "mixed": MIXED, "emoji": EMOJI}


def time(name, f):
    timer = timeit.Timer(f)
    n = max(1, int(0.02 / max(timer.timeit(1), 1e-7)))
    print(f"{name:24}{min(timer.repeat(7, n)) / n * 1e9:12.0f}")


for name, s in TEXTS.items():
    time("utf-8 decode " + name, lambda b=s.encode(): b.decode())
for name, s in TEXTS.items():
    time("utf-8 encode " + name, lambda: (s + "a").encode())
    time("lower " + name, s.lower)
    time("repr " + name, s.__repr__)
    time("replace " + name, lambda: s.replace("o", "00"))
    time("find missing " + name, lambda: s.find("xyzzy"))
    time("split " + name, s.split)
    time("NFD " + name, lambda: unicodedata.normalize("NFD", s))
time("name", lambda: unicodedata.name("\U0001F600"))
time("lookup", lambda: unicodedata.lookup("GRINNING FACE"))
encoded = binascii.b2a_base64(ASCII.encode())
time("base64 encode", lambda b=ASCII.encode(): binascii.b2a_base64(b))
time("base64 decode", lambda: binascii.a2b_base64(encoded))
