# Exceptions: hierarchy, attributes, chaining, groups, notes, tracebacks by traceback module.
import traceback, sys, io, builtins, types, contextlib
def show(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
def tree(c, d=0):
    print(" " * d + c.__name__, c.__doc__)
    for s in sorted(c.__subclasses__(), key=lambda c: c.__name__):
        if s.__module__ == "builtins": tree(s, d + 1)
tree(BaseException)
for n in sorted(dir(builtins)):
    c = getattr(builtins, n)
    if isinstance(c, type) and issubclass(c, BaseException):
        for a in ((), (1,), ("a", "b"), (2, "No such", "f"), (1, 2, 3, 4, 5)):
            try: e = c(*a); print(n, a, repr(e), str(e), e.args, {k: getattr(e, k) for k in dir(e) if not k.startswith("_") and k not in ("args", "with_traceback", "add_note") and not callable(getattr(e, k, None)) and hasattr(e, k)})
            except Exception as x: print(n, a, "->", type(x).__name__, x)
def deep(n):
    if n == 0: raise ValueError("bottom\nline two")
    try: deep(n - 1)
    except ValueError as e:
        if n == 2: raise KeyError("mid") from e
        raise
try: deep(4)
except KeyError as e: E = e
print(traceback.format_exc() == "NoneType: None\n", "".join(traceback.format_exception(E)))
te = traceback.TracebackException.from_exception(E, capture_locals=True, limit=2)
print("".join(te.format()), te.exc_type_str, te.stack[0].name, te.stack[0].locals, list(te.format_exception_only()), te == te)
print(traceback.format_exception_only(E), traceback.format_exception_only(KeyError, KeyError("q")), traceback.format_list([("f.py", 3, "fn", "code()")]), traceback.extract_tb(E.__traceback__)[0], traceback.StackSummary.from_list([("a", 1, "b", None)]).format(), len(traceback.extract_stack()) > 0)
eg = ExceptionGroup("eg", [ValueError(1), ExceptionGroup("n", [TypeError("t"), OSError(2, "x")])]); eg.add_note("group note"); eg.exceptions[0].add_note("leaf\nnote")
print("".join(traceback.format_exception(eg)), "".join(traceback.TracebackException.from_exception(eg, max_group_width=1).format()), "".join(traceback.TracebackException.from_exception(eg, max_group_depth=1).format()), list(traceback.TracebackException.from_exception(eg).format_exception_only(show_group=True)))
for f in (lambda: ExceptionGroup("a", []), lambda: ExceptionGroup("a", [1]), lambda: ExceptionGroup(5, [ValueError()]), lambda: ExceptionGroup("a", 5), lambda: ExceptionGroup("a", [KeyboardInterrupt()]), lambda: BaseExceptionGroup("a", [ValueError()]), lambda: BaseExceptionGroup("a", [KeyboardInterrupt()]), lambda: ExceptionGroup("a"), lambda: eg.split(5), lambda: eg.split(int), lambda: eg.subgroup(lambda e: False), lambda: eg.split(lambda e: isinstance(e, OSError)), lambda: eg.derive([ValueError()]), lambda: ExceptionGroup[int], lambda: eg.subgroup(ExceptionGroup) is eg): show(f)
class MyG(ExceptionGroup):
    def derive(self, excs): return MyG(self.message + "!", excs)
m, r = MyG("m", [ValueError(1), TypeError(2)]).split(ValueError); print(repr(m), repr(r), type(m).__name__)
try:
    try: raise eg
    except* ValueError as e: print("V", e.exceptions, e.__notes__, e.__traceback__ is not None); raise KeyError("new")
    except* OSError as e: print("O", e.exceptions)
except BaseException as e: print("".join(traceback.format_exception(e)).count("Traceback"), repr(e), repr(e.__context__)[:40])
def f():
    try: return "try"
    finally: print("cleanup")
def h():
    for i in range(2):
        try: raise IndexError(i)
        except IndexError as e: saved = e; continue
        finally: print("f", i)
    return "done", repr(saved)
print(f(), h()); show(lambda: e)
try:
    try: 1 / 0
    except ZeroDivisionError as z:
        z.__cause__ = ValueError("c"); z.__suppress_context__ = False; raise
except ZeroDivisionError as z: print("".join(traceback.format_exception(z)))
a, b = ValueError("a"), KeyError("b"); a.__context__ = b; b.__context__ = a; print("".join(traceback.format_exception(a)))
class W(Exception):
    def __str__(self): raise RuntimeError("no str")
print(traceback.format_exception_only(W()), traceback.format_exception_only(SyntaxError("m", ("f", 1, 3, "abc def", 1, 5))), traceback.format_exception_only(SyntaxError("m", ("f", 2, 0, None))))
x = ValueError("n"); x.__notes__ = [1, "two"]; print(traceback.format_exception_only(x)); x.__notes__ = 5; print(traceback.format_exception_only(x)); x.__notes__ = "str"; print(traceback.format_exception_only(x))
for s in ("xx.yy", "[].appendd", "import_this", "imprt", "print(prnt)", "None.split", "(1).reall", "{}.itemz()", "__import__('os').pth", "int.frm_bytes", "from os import pth", "from collections import abcd", "import colections", "def f(self): return valu\nclass C:\n  valu = 1\n  def m(self): return valu\nC().m()"):
    try: exec(s, {})
    except Exception as e: print(s.replace("\n", "|"), traceback.format_exception_only(e))
def lines(): 
    with contextlib.redirect_stderr(io.StringIO()) as s: traceback.print_exc(); traceback.print_exception(E, limit=-1); traceback.print_tb(E.__traceback__, limit=1); traceback.print_stack(limit=1)
    return s.getvalue()
print(lines()); t = E.__traceback__
while t.tb_next: t = t.tb_next
print(t.tb_lineno, t.tb_frame.f_code.co_name, t.tb_lasti > 0); show(lambda: setattr(t, "tb_next", t)); show(lambda: setattr(t, "tb_next", 5)); show(lambda: types.TracebackType(None, 5, 0, 0)); show(lambda: types.TracebackType(None, t.tb_frame, 0, 1).tb_lineno); traceback.clear_frames(E.__traceback__); show(lambda: traceback.walk_tb(5)); show(lambda: [l for _, l in traceback.walk_tb(E.__traceback__)]); show(lambda: sys.exc_info()); show(lambda: traceback.format_exception(5)); show(lambda: traceback.format_exception(ValueError, None, None)); show(lambda: E.with_traceback(5)); show(lambda: ValueError().__setstate__(5)); show(lambda: ValueError(x=1)); show(lambda: BaseException.__new__(int)); show(lambda: ValueError("a").__reduce__()); show(lambda: sys.excepthook); show(lambda: sys.unraisablehook)
