# warnings: filters, catching, formatting, categories, once and error.
import warnings, sys
warnings.warn("plain")
def helper(): warnings.warn("level 2", DeprecationWarning, stacklevel=2)
helper()
warnings.simplefilter("always")
for i in range(2): warnings.warn(f"msg {i}", UserWarning)
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    warnings.warn("caught", RuntimeWarning); helper()
    print([(str(x.message), x.category.__name__, x.lineno, x.filename.endswith("warnings_module.py")) for x in w])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try: warnings.warn("as error", FutureWarning)
    except FutureWarning as e: print(repr(e))
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="ig.*", category=UserWarning)
    warnings.warn("ignored"); warnings.warn("shown")
with warnings.catch_warnings(record=True) as w:
    warnings.resetwarnings(); warnings.simplefilter("once")
    for i in range(3): warnings.warn("once only")
    print(len(w))
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("default")
    for i in range(3): warnings.warn("per location")
    warnings.warn("per location")
    print(len(w))
for e in ("warnings.warn('x', 5)", "warnings.warn('x', int)", "warnings.simplefilter('nope')", "warnings.filterwarnings('ignore', message=5)", "warnings.warn()", "warnings.warn_explicit('m', UserWarning, 'f', 'x')", "warnings.simplefilter('ignore', lineno=-1)"):
    try: exec(e)
    except Exception as err: print(e, "->", type(err).__name__, err)
print(warnings.formatwarning("m", UserWarning, "file.py", 3, "the line"), end="")
class MyW(UserWarning): pass
warnings.warn(MyW("instance")); warnings.warn_explicit("explicit", MyW, "other.py", 10, module="mod")
warnings.showwarning = lambda m, c, f, l, file=None, line=None: print("custom", m, c.__name__)
warnings.warn("hooked")
@warnings.deprecated("use new()")
def old(): return "old"
print(old(), old.__deprecated__)
@warnings.deprecated("class gone", category=PendingDeprecationWarning)
class Old: pass
Old(); 
class Sub(Old): pass
print(issubclass(ResourceWarning, Warning), [c.__name__ for c in (DeprecationWarning, SyntaxWarning, ImportWarning, UnicodeWarning, BytesWarning, EncodingWarning) if issubclass(c, Warning)])
compile("x = '\\d'", "esc.py", "exec"); compile("1 is 1", "is.py", "exec"); compile("assert (1, 'm')", "as.py", "exec"); compile("()()", "call.py", "exec")
