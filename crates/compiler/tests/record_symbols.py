"""Renews the symbol tables and errors in symbols.txt: the programs stay, what follows `----` is renewed. Run it with
CPython 3.14:

    python3.14 record_symbols.py

A line for each block: type, name, whether nested, line, parameters, then symbols and flags in their order. Names that
only blocks inside use follow `|`, sorted: their order in CPython depends on hashes.
"""

import _symtable
import pathlib
import warnings

PATH = pathlib.Path(__file__).with_name("symbols.txt")
OWN = 0xFFF & ~(_symtable.DEF_FREE_CLASS | _symtable.DEF_COMP_CELL)


def lines(table, depth=0):
    own = [f"{name}={flags:#x}" for name, flags in table.symbols.items() if flags & OWN]
    passed = sorted(f"{name}={flags:#x}" for name, flags in table.symbols.items() if not flags & OWN)
    params = " ".join(table.varnames)
    words = [str(table.type), table.name, str(int(table.nested)), str(table.lineno), f"[{params}]", *own]
    yield " " * depth + " ".join(words + ["|"] * bool(passed) + passed)
    for child in table.children:
        yield from lines(child, depth + 1)


def result(source):
    try:
        return list(lines(_symtable.symtable(source, "a.py", "exec")))
    except SyntaxError as e:
        return [f"{e.msg} @ {e.lineno},{e.offset},{e.end_lineno},{e.end_offset}"]


warnings.simplefilter("ignore")
sources = [block.split("----\n")[0] for block in PATH.read_text().split("====\n")]
PATH.write_text("====\n".join(f"{source}----\n" + "".join(f"{line}\n" for line in result(source)) for source in sources))
