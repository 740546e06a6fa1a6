# Packages, relative imports, __all__, submodules, attributes of modules.
import sys
sys.path.insert(0, "imports/_lib")
import pkg
print(pkg.__name__, pkg.__package__, pkg.__spec__.name, pkg.__spec__.parent, pkg.__path__[0].endswith("pkg"), pkg.VALUE)
import pkg.sub.deep
print(pkg.sub.deep.where(), pkg.sub.__package__, sys.modules["pkg.sub.deep"] is pkg.sub.deep)
from pkg.sub import deep as d, sibling
from pkg import *
print(d is pkg.sub.deep, sibling.name, public, "hidden" in globals(), "_private" in globals())
import pkg.sub as ps
print(ps is pkg.sub, ps.deep.up())
try: from pkg import not_there
except ImportError as e: print(e.msg.split(" (")[0], e.name, e.name_from)
try: import pkg.nothing
except ModuleNotFoundError as e: print(e, e.name)
try: import pkg.mod.inner
except ModuleNotFoundError as e: print(e)
try: from pkg.bad_relative import x
except ImportError as e: print(e)
try: import pkg.raises
except ZeroDivisionError as e: print("raised", e, "pkg.raises" in sys.modules)
from pkg import lazy
print(lazy.computed, dir(lazy)[-1])
try: lazy.other
except AttributeError as e: print(e)
import circular_a
print(circular_a.value, circular_a.b.value)
try: import circular_from_a
except ImportError as e: print(e.msg.split(" (/")[0].split(" (<")[0][:90])
import importlib, importlib.util
print(importlib.import_module(".sub.sibling", "pkg").name, importlib.import_module("pkg.mod") is pkg.mod)
pkg.mod.counter = 5
importlib.reload(pkg.mod)
print(pkg.mod.counter, pkg.mod.reloads)
try: importlib.reload(5)
except TypeError as e: print(e)
try: importlib.import_module(".x")
except TypeError as e: print(e)
print(importlib.util.find_spec("pkg.mod").origin.endswith("mod.py"), importlib.util.find_spec("nope"), __import__("pkg.sub.deep").__name__, __import__("pkg.sub", fromlist=["deep"]).__name__)
import namespace_pkg.one, namespace_pkg
print(namespace_pkg.one.x, namespace_pkg.__file__ if hasattr(namespace_pkg, "__file__") else "no file", type(namespace_pkg.__path__).__name__, namespace_pkg.__spec__.origin)
sys.modules["blocked"] = None
try: import blocked
except ModuleNotFoundError as e: print(e)
sys.modules["fake"] = type("F", (), {"attr": 1})()
from fake import attr
print(attr)
del sys.modules["pkg.mod"]
import pkg.mod as again
print(again.counter, again is pkg.mod)
exec("from pkg.sub.sibling import name as n2", ns := {}); print(ns["n2"])
for bad in ("from . import x", "from .. import y", "import a.b.c.d", "__import__('x', level=-1)", "from pkg.mod import *; print(counter)", "import pkg.sub.deep as z; print(z.__name__)", "from pkg.all_bad import *", "__import__('pkg', {}, {}, [], 1)"):
    try: exec(bad, {"__name__": "top"})
    except Exception as e: print(bad, "->", type(e).__name__, e)
