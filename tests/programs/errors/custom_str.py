# How exceptions with odd __str__ and names are shown.
import traceback
class Outer:
    class Inner(Exception): pass
class NoStr(Exception):
    def __str__(self): raise ValueError("str fails")
class Multi(Exception):
    def __str__(self): return "first\nsecond\n"
class Empty(Exception): pass
class Fake(Exception): __module__ = "some.module"
class NoMod(Exception): __module__ = None
class Named(Exception): pass
Named.__qualname__ = "Renamed.Q"
for e in (Outer.Inner("i"), NoStr(), Multi(), Empty(), Fake("m"), NoMod("x"), Named("n"), KeyError("k\nl"), ValueError(""), ValueError("é\x00\ud800".encode("utf-8", "replace")), OSError(2, "No such", "a", None, "b"), UnicodeEncodeError("ascii", "é", 0, 1, "why"), SystemExit(3), StopIteration(), AssertionError(), ImportError("m", name="n"), SyntaxError("bare"), SyntaxError("m", ("file.py", 3, 5, "text here", 3, 8)), SyntaxError("m", ("file.py", 1, 0, None)), IndentationError("i", ("f", 2, 4, "    x\n"))):
    print(*traceback.format_exception_only(e), sep="", end="")
raise Multi
