# __main__, runpy and importlib.resources and metadata.
import runpy, sys
sys.path.insert(0, "imports/_lib")
ns = runpy.run_path("imports/_support/show_path.py", init_globals={"g": 1}, run_name="custom")
print(ns["__name__"], ns["g"], sorted(k for k in ns if not k.startswith("__")))
ns = runpy.run_module("pkg.sub.sibling", run_name="as_main", alter_sys=True)
print(ns["__name__"], ns["name"])
for f in (lambda: runpy.run_module("no_mod"), lambda: runpy.run_module("pkg"), lambda: runpy.run_path("imports/_lib")):
    try: f()
    except ImportError as e: print(type(e).__name__, str(e).replace("imports/_lib", "L"))
import importlib.resources as r
print(r.files("pkg").joinpath("mod.py").read_text().splitlines()[0], sorted(p.name for p in r.files("pkg").iterdir() if p.name.endswith(".py"))[:3], r.is_resource("pkg", "mod.py"))
import importlib.metadata as md
try: md.version("surely-not-installed")
except md.PackageNotFoundError as e: print(e, e.name)
import pkgutil
print([(m.name, m.ispkg) for m in pkgutil.iter_modules(["imports/_lib/pkg"])], [m.name for m in pkgutil.walk_packages(["imports/_lib/pkg"], "pkg.")][:3], pkgutil.resolve_name("pkg.mod:counter"))
import inspect, linecache
print(inspect.getsource(__import__("pkg.sub.deep").sub.deep.up), inspect.getsourcelines(__import__("json").dumps)[0][0], linecache.getline(__file__, 1), inspect.getmodule(sys.modules["pkg"].mod) is sys.modules["pkg"].mod, inspect.getdoc(len)[:10])
