# Finders and loaders in sys.meta_path, path hooks, lazy loading, module specs.
import sys, importlib.abc, importlib.machinery, importlib.util, types
class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    sources = {"virt": "x = 1\nfrom virt.sub import y\n", "virt.sub": "y = __name__", "virt_err": "raise KeyError('boom')"}
    def find_spec(self, name, path, target=None):
        if name in self.sources: print("find", name, path); return importlib.machinery.ModuleSpec(name, self, origin="memory", is_package=name == "virt")
    def create_module(self, spec): print("create", spec.name)
    def exec_module(self, m): print("exec", m.__name__, m.__spec__.origin); exec(self.sources[m.__name__], vars(m))
f = Finder()
sys.meta_path.insert(0, f)
import virt
print(virt.x, virt.y, virt.__loader__ is f, repr(virt), virt.sub)
try: import virt_err
except KeyError as e: print(e, "virt_err" in sys.modules)
class SL(importlib.abc.SourceLoader):
    def get_filename(self, n): return f"<{n}>"
    def get_data(self, p): return b"value = __file__\n"
spec = importlib.util.spec_from_loader("srcmod", SL())
m = importlib.util.module_from_spec(spec)
spec.loader.exec_module(m)
print(m.value, spec.has_location, spec)
class Lazy(importlib.abc.Loader):
    def create_module(self, spec): return None
    def exec_module(self, m): print("now loading"); m.v = 5
lazy_spec = importlib.util.spec_from_loader("lz", importlib.util.LazyLoader(Lazy()))
lz = importlib.util.module_from_spec(lazy_spec)
lazy_spec.loader.exec_module(lz)
print("not loaded yet")
print(lz.v)
sys.meta_path.remove(f)
class BadFinder:
    def find_spec(self, *a): raise ImportError("finder refuses")
sys.meta_path.insert(0, BadFinder())
try: import never_there
except ImportError as e: print(e)
sys.meta_path.pop(0)
sys.meta_path.insert(0, type("NoFind", (), {})())
try: import never_there2
except (ImportError, AttributeError) as e: print(type(e).__name__, e)
sys.meta_path.pop(0)
hooked = []
def hook(path):
    if not path.startswith("scheme:"): raise ImportError
    hooked.append(path)
    class PF:
        def find_spec(self, name, target=None):
            return importlib.util.spec_from_loader(name, type("L", (), {"create_module": lambda s, sp: types.SimpleNamespace(made=1), "exec_module": lambda s, m: None})()) if name == "hm" else None
    return PF()
sys.path_hooks.append(hook); sys.path.append("scheme:x"); sys.path_importer_cache.clear()
import hm
print(hm.made, hooked)
import builtins
real = builtins.__import__
def spy(name, *a, **k):
    if name != "_io": print("import", name, a[2:])  # what opens the files of a library on disk
    return real(name, *a, **k)
builtins.__import__ = spy
import json.decoder; from os import path as p
builtins.__import__ = real
print(importlib.machinery.SOURCE_SUFFIXES, importlib.machinery.BYTECODE_SUFFIXES, [x.__name__ if isinstance(x, type) else type(x).__name__ for x in sys.meta_path], importlib.util.resolve_name(".x", "a.b"), importlib.util.MAGIC_NUMBER[2:], "sys" in sys.builtin_module_names, "json" in sys.stdlib_module_names)
try: importlib.util.resolve_name("...x", "a")
except ImportError as e: print(e)
