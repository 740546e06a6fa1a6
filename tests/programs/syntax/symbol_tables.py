"""Module `symtable`: blocks, symbols and what they are."""

import symtable

SOURCE = '''
import sys as system
glob = 1
annotated: int = 2
class C(Base, metaclass=M):
    __private = 3
    x: str
    def method(self, /, a, *rest, key=glob, **extra):
        nonlocal_target = a
        def inner():
            nonlocal nonlocal_target
            global declared
            nonlocal_target = declared = __class__
            return self.__private
        return [b for b in rest if (hit := b)]
    values = [glob for glob in x]
def generic[T: int, *Ts, **P](a: T, b=3) -> T:
    yield lambda c: (a, c)
type Alias[K = int] = dict[K, K]
async def co():
    async for i in agen():
        await i
g = (y for y in annotated)
d = {k: (lambda: k) for k in glob}
'''


def show(table, depth=0):
    pad = "  " * depth
    print(f"{pad}{table.get_type()} {table.get_name()} line {table.get_lineno()} nested {table.is_nested()} optimized {table.is_optimized()} children {table.has_children()}")
    for symbol in table.get_symbols():
        asked = [name for name in sorted(dir(symbol)) if name.startswith("is_") and getattr(symbol, name)()]
        print(f"{pad} {symbol!r} {' '.join(asked)}")
    if table.get_type() == "function":
        print(pad, table.get_parameters(), table.get_locals(), table.get_globals(), table.get_nonlocals(), table.get_frees())
    for child in table.get_children():
        show(child, depth + 1)


show(symtable.symtable(SOURCE, "source", "exec"))
show(symtable.symtable("[a for a in b]", "source", "eval"))
for arguments in [("a b", "f", "exec"), ("x = 1", "f", "eval"), ("x", "f", "other"), ("def f(a, a): pass", "f", "exec"), (3, "f", "exec")]:
    try:
        symtable.symtable(*arguments)
    except Exception as error:
        print(type(error).__name__, error)
