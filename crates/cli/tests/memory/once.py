"""What is put together is in memory once: each operation makes a large text or large bytes with hardly more address space
than the result takes, or than the result and what it is made from where Python needs both. Prints those that found no room.
"""

import datetime
import decimal
import io
import json
import re
import resource
import string

# Beyond the sizes from which the system's allocator cuts large blocks out of a heap, which would be copied to grow.
N = 64 << 20
# Tables of pages, and what small objects need.
SPARE = 6 << 20
FOREVER = resource.RLIM_INFINITY

NUMBER = decimal.Decimal("1234.5")
HALF = "a" * (N // 2)
ASCII = HALF * 2
DATA = ASCII.encode()
HALF_DATA = HALF.encode()
WIDE_DATA = ("\u65e5" * (N // 2)).encode("utf-16")

# By the number of times that N bytes are there at the most.
OPERATIONS = {
    1: """
format(12, f"{N}"); format(12, f"0{N}"); format(12, f"0{N},"); format(12, f"0{N}_x"); format(12, f"\xe9>{N}"); format(True, f"{N}")
format(10**25, f"^{N}"); format(-3.75, f"{N}"); format(-3.75, f"0{N},"); format(2.5 + 1j, f"{N}"); format("text", f"{N}")
format("t\xe9xt", f"\xe9^{N}"); f"{12:{N}}"; f"{12.5:{N}}"; f"{'text':{N}}"; ("{:%d}" % N).format(12); ("{:%d}" % N).format(1.5)
("{:%d}" % N).format("text"); ("x{:%d}" % N).format(12); ("{0!r:%d}" % N).format("t\xe9xt"); ("%%%dd" % N) % 12; ("%%0%dx" % N) % 12
("%%%ds" % N) % "text"; ("%%%dr" % N) % "t\xe9xt"; ("%%%df" % N) % 12.5; "%*d" % (N, 12); (b"%%%dd" % N) % 12; (b"%%%ds" % N) % b"x"
("%%%dc" % N) % "x"; format(12, f"{N // 2}") + "x"; "x".ljust(N); "\xe9".center(N); "x".zfill(N); "a\\tb".expandtabs(N); b"x".ljust(N)
b"x".zfill(N); b"x".center(N); b"a\\tb".expandtabs(N); repr(ASCII); ascii(ASCII); repr(DATA); ASCII.upper(); ASCII.casefold()
ASCII.title(); ASCII.swapcase(); ASCII.replace("a", "b"); HALF.replace("a", "bb"); ASCII.translate({97: "b"}); DATA.translate(None, b"b")
"".join([HALF, HALF]); "\xe9".join([HALF, HALF]); HALF + HALF; HALF + "\xe9" + HALF[:9]; ASCII.encode(); ASCII.encode("latin-1")
DATA.decode(); DATA.decode("latin-1"); HALF_DATA.hex(); bytes.fromhex(ASCII); json.dumps(ASCII)
string.Template("$a").substitute(a=ASCII); re.sub("^b", "c", ASCII); DATA.upper(); DATA.replace(b"a", b"b"); b"".join([DATA, b"x"])
""",
    2: """
format(-3.75, f".{N}f"); format(-3.75, f"#.{N}g"); format(-3.75, f".{N}e"); format(-3.75, f".{N}%"); format(NUMBER, f"{N}")
format(NUMBER, f".{N}f"); format(NUMBER, f".{N}e"); format(NUMBER, f"0{N}"); f"x{12:{N}}x"; ("%%.%df" % N) % 12.5; ("%%.%dd" % N) % 12
("{0:%d}{0:%d}" % (N, N)).format(12); (b"%%.%dd" % N) % 12; (b"%%.%df" % N) % 12.5; re.sub("^a", "b", ASCII)
io.StringIO(ASCII).getvalue(); WIDE_DATA.decode("utf-16"); DATA.decode("unicode_escape")
""",
}


def space():
    """Bytes of the process's address space."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def main():
    for times, operations in OPERATIONS.items():
        for operation in re.split(r";\s|\n", operations):
            if not operation.strip():
                continue
            code = compile(operation.strip(), "operation", "eval")
            resource.setrlimit(resource.RLIMIT_AS, (space() + times * N + SPARE, FOREVER))
            try:
                made = eval(code)
                outcome = len(made) >= N // 2
            except MemoryError:
                outcome = False
            made = None
            resource.setrlimit(resource.RLIMIT_AS, (FOREVER, FOREVER))
            if not outcome:
                print(operation.strip())


main()
