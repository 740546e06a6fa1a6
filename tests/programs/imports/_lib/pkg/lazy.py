def __getattr__(name):
    if name == "computed": return "computed by module __getattr__"
    raise AttributeError(f"lazy has no {name}")
def __dir__(): return ["a", "zz"]
