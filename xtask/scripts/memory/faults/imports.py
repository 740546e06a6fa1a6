"""Imports, compilation, execution of code, modules."""

import ast
import importlib
import sys
import types

SOURCE = """
import math
from collections import namedtuple
P = namedtuple("P", "x y")
def area(p, /, *, scale=1):
    '''doc'''
    return [math.prod((p.x, p.y)) * scale for _ in range(2)]
class C:
    a: int = 1
    match = lambda self: {**vars(type(self))}
with open("/dev/null") as f:
    text = f.read()
match P(3, 4):
    case P(x=3, y=n) if n:
        result = area(P(3, n), scale=2)
"""


def work():
    module = types.ModuleType("made", "doc")
    exec(compile(SOURCE, "<source>", "exec"), module.__dict__)
    tree = ast.parse("a = [b + 1 for b in c if d] or (lambda x: x)(2)")
    dumped = ast.dump(tree)
    code = compile(tree, "<tree>", "exec")
    for name in ("colorsys", "this_module_does_not_exist"):
        sys.modules.pop(name, None)
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as e:
            missing = e.name
    return module.result, len(dumped), code.co_names, missing, module.C().match()["a"]
