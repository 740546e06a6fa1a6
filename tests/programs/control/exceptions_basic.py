# try, except, else, finally: order, return, loops.
def f(kind):
    log = []
    try:
        log.append("try")
        if kind == "value": raise ValueError("v")
        if kind == "key": raise KeyError("k")
        if kind == "return": return log
    except ValueError as e: log.append(f"except {e}")
    except (KeyError, IndexError) as e: log.append(f"lookup {e}")
    else: log.append("else")
    finally: log.append("finally")
    log.append("after")
    return log
print([f(k) for k in (None, "value", "key", "return")])
def fin():
    try: return "try"
    finally: print("in finally")
def order():
    for i in range(3):
        try:
            if i == 1: continue
            if i == 2: break
            print("body", i)
        finally: print("fin", i)
print(fin()); order()
import warnings
def override():
    try: 1 / 0
    except ZeroDivisionError: return "except"
    finally: print("f")
print(override())
try:
    try: raise ValueError("a")
    finally: raise KeyError("b")
except KeyError as e: print(repr(e), repr(e.__context__), e.__suppress_context__)
try:
    try: raise ValueError("a")
    except ValueError as v: raise KeyError("b") from v
except KeyError as e: print(repr(e.__cause__), e.__suppress_context__, e.__context__ is e.__cause__)
try:
    try: raise ValueError("a")
    except ValueError: raise KeyError("b") from None
except KeyError as e: print(e.__cause__, e.__suppress_context__, repr(e.__context__))
try: e
except NameError as x: print(x)
class Custom(Exception):
    def __init__(self, code, msg="dflt"): super().__init__(code, msg); self.code = code
    def __str__(self): return f"[{self.code}]"
try: raise Custom(5)
except Custom as c: print(c, repr(c), c.args, c.code)
for s in ("raise 5", "raise None", "raise int", "raise", "raise ValueError from 5", "raise ValueError('x') from KeyError", "raise ValueError", "raise type('E', (BaseException,), {})", "assert 0", "assert False, 'msg'", "assert (), [1]", "raise ValueError(1, 2)", "raise KeyError('a b')", "raise KeyError(1, 2)", "raise Exception", "raise OSError(2, 'No such', 'file')", "raise OSError('just text')", "raise StopIteration(3)", "raise SystemExit(4)", "raise UnicodeDecodeError('a', b'b', 0, 1, 'r')", "raise UnicodeDecodeError(1)", "raise ImportError('m', name='n', path='p')", "raise AttributeError('a', name='n', obj=1)", "raise NameError('n', name='q')", "raise SyntaxError('m', ('f', 1, 2, 't'))", "raise FileNotFoundError(2, 'x')", "raise OSError(13, 'perm')", "raise BlockingIOError(11, 'b', 3)"):
    try: exec(s)
    except BaseException as e: print(s, "->", type(e).__name__, e, e.args, repr(e.__cause__) if e.__cause__ else "")
for bad in ("except_type = 5", "except_type = (ValueError, 5)", "except_type = 'x'", "except_type = [ValueError]"):
    exec(bad)
    try:
        try: raise KeyError("orig")
        except except_type: pass
    except TypeError as e: print(e, repr(e.__context__))
e = ValueError("x"); e.add_note("note 1"); e.add_note("note 2"); print(e.__notes__, e.with_traceback(None) is e, e.__traceback__)
try: e.add_note(5)
except TypeError as t: print(t)
try: e.__cause__ = 5
except TypeError as t: print(t)
try: e.__traceback__ = 5
except TypeError as t: print(t)
print(BaseException.__subclasses__()[:1], issubclass(KeyboardInterrupt, Exception), IOError is OSError, EnvironmentError is OSError, ValueError("a") == ValueError("a"), str(ValueError()), str(ValueError(1, 2)), repr(ValueError("a", 1)), OSError(2, "m").errno, type(OSError(2, "m")).__name__, type(OSError(17, "m")).__name__, str(KeyError("k")), str(KeyError()))
def reraise():
    try: 1 / 0
    except ZeroDivisionError:
        try: raise
        except ZeroDivisionError as z: return repr(z), z.__context__
print(reraise())
import sys
def exc():
    try: raise ValueError(1)
    except ValueError:
        a = sys.exception()
        try: raise KeyError(2)
        except KeyError: b = sys.exception()
        return a, b, sys.exception() is a
print(exc(), sys.exception(), sys.exc_info())
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    exec("def g():\n try: return 1\n finally: return 2\nprint(g())\ndef h():\n while 1:\n  try: 1/0\n  finally: break\n return 'swallowed'\nprint(h())")
