"""Record what CPython's code generator hands to its optimiser, and what comes out.

    python3.14 record_flowgraph.py OUTPUT FILE...

The output is marshal data: a list of units, read by flowgraph.rs. `_testinternalcapi.compiler_codegen` shows the
instructions of every unit but the constants of the module only. Those of functions and classes are found while they are
compiled: `assert (1,)`, appended to each body, makes the compiler warn at the end of it (and, with -O, do nothing else);
the hook that shows the warning looks for the youngest table of constants in memory. Units without statements (lambdas,
generator expressions, annotations) are left out, and so is what they contain.
"""

import ast
import gc
import marshal
import sys
import warnings

import _testinternalcapi

LOAD_CONST, MAKE_FUNCTION, STORE_NAME, ANNOTATIONS_PLACEHOLDER = 82, 23, 116, 256
SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
UNLIT = {"<lambda>", "<genexpr>", "__annotate__"}
found = {}


def record_consts(message):
    tables = [d for d in gc.get_objects() if type(d) is dict and list(d.values()) == list(range(len(d)))]
    found[message.lineno] = [[key[1] if type(key) is tuple else key for key in table] for table in tables[-12:]]


def mark_bodies(tree):
    """Append the assertions. Returns a map from (line, name) of each scope to the line of its assertion."""
    marks = {}
    for number, node in enumerate(node for node in ast.walk(tree) if isinstance(node, SCOPES)):
        mark = ast.Assert(ast.Tuple([ast.Constant(1)], ast.Load()))
        node.body.append(mark)
        ast.fix_missing_locations(node)
        mark.lineno = mark.end_lineno = 1_000_000 + number
        mark.col_offset = mark.end_col_offset = 0
        first = min([node.lineno] + [d.lineno for d in node.decorator_list])
        marks.setdefault((first, node.name), []).append(mark.lineno)
    return marks


def unit(code, sequence, consts):
    cells = set(code.co_cellvars)
    implicit = [n for n in ("__class__", "__classdict__", "__conditional_annotations__") if n in cells]
    if not code.co_flags & 1 and code.co_name != "<module>":
        cells -= set(implicit)
    else:
        implicit = []
    kinds = _testinternalcapi.get_co_localskinds(code)
    return [
        code,
        sorted(cells) + implicit,
        [name for name, kind in kinds.items() if kind & 0x10],
        consts,
        [tuple(0 if field is None else field for field in instr) for instr in sequence.get_instructions()],
    ]


def choose(code, tables, instrs):
    """The table of the unit: the youngest that has the right size, the first constant (which is always kept), and code
    objects where they are used."""
    size = max((i[1] for i in instrs if i[0] == LOAD_CONST), default=-1) + 1
    makes = {a[1] for a, b in zip(instrs, instrs[1:]) if a[0] == LOAD_CONST and b[0] == MAKE_FUNCTION}
    # The table of names is made right after it, and can look the same.
    for table in tables[-2:-1] + tables[::-1]:
        full = table + [None] * 2
        implicit = 1 if code.co_flags & 1 else 2
        if 0 <= size - len(table) <= implicit and code.co_consts[:1] and repr(full[0]) == repr(code.co_consts[0]):
            strings = {value for value in full if type(value) is str}
            if not all(value in strings for value in code.co_consts if type(value) is str):
                continue
            if all((type(value) is type(code)) == (place in makes) for place, value in enumerate(full[:size])):
                return table
    return None


def walk(code, sequence, consts, marks, out):
    instructions = sequence.get_instructions()
    if any(instr[0] == ANNOTATIONS_PLACEHOLDER for instr in instructions) and "__annotate__" in code.co_names:
        placeholder = True
    else:
        placeholder = False
    if not placeholder:
        out.append(unit(code, sequence, consts))
    loads = [consts[i[1]] for i in instructions if i[0] == LOAD_CONST and type(consts[i[1]]) is type(code)]
    nested = sequence.get_nested()
    if placeholder or len(loads) != len(nested):
        return
    for child, sub in zip(loads, nested):
        if child.co_name in UNLIT or child.co_name.startswith("<generic"):
            continue
        mark = marks.get((child.co_firstlineno, child.co_name), ())
        if len(mark) != 1 or mark[0] not in found:
            continue
        instrs = sub.get_instructions()
        known = choose(child, found[mark[0]], instrs)
        if known is None:
            continue
        known += [None] * 2
        for load, store in zip(instrs, instrs[1:]):
            if load[0] == LOAD_CONST and store[0] == STORE_NAME and child.co_names[store[1]] == "__static_attributes__":
                # It comes behind the tuples that code generation made before, and before those the optimiser made.
                tuples = [c for c in child.co_consts if type(c) is tuple]
                if load[1] == len(known) - 2 and tuples:
                    known[load[1]] = tuples[sum(type(c) is tuple and c in tuples for c in known)]
        used = max((i[1] for i in instrs if i[0] == LOAD_CONST), default=-1)
        walk(child, sub, known[: max(used + 1, len(known) - 2)], marks, out)


def main(output, paths):
    warnings._showwarnmsg = record_consts
    warnings.simplefilter("always")
    out = []
    for path in paths:
        try:
            with open(path, "rb") as file:
                tree = ast.parse(file.read(), path)
        except (SyntaxError, ValueError):
            continue
        gc.collect()
        gc.freeze()
        marks = mark_bodies(tree)
        found.clear()
        try:
            sequence, metadata = _testinternalcapi.compiler_codegen(tree, path, 1)
            warnings._showwarnmsg = lambda message: None
            code = compile(tree, path, "exec", dont_inherit=True, optimize=1)
        except (SyntaxError, ValueError):
            continue
        finally:
            warnings._showwarnmsg = record_consts
        # The same units compiled twice are equal but not identical; compare with the first compilation.
        walk(code, sequence, metadata["consts"], marks, out)
    with open(output, "wb") as file:
        marshal.dump(out, file)
    print(len(out), "units")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
