"""Trees that no parser makes are refused before they are compiled."""

import ast

A = ast
x = A.Name("x", A.Load())
s = A.Name("s", A.Store())
p = A.Pass()


def case(pattern):
    return A.Match(x, [A.match_case(pattern, None, [p])])


def attempt(name, tree, mode="exec"):
    if not isinstance(tree, A.mod):
        tree = A.Module([tree if isinstance(tree, A.stmt) else A.Expr(tree)], [])
    try:
        compile(A.fix_missing_locations(tree), "tree", mode)
        print(name, "compiles")
    except Exception as error:
        print(name, type(error).__name__, error)


def placed(*place):
    node = A.Name("x", A.Load())
    node.lineno, node.col_offset, node.end_lineno, node.end_col_offset = place
    return node


TREES = {
    "named": lambda: A.NamedExpr(A.Attribute(x, "y", A.Store()), x),
    "named2": lambda: A.NamedExpr(A.Constant(1), x),
    "boolop": lambda: A.BoolOp(A.And(), [x]),
    "dictn": lambda: A.Dict([x], []),
    "cmp0": lambda: A.Compare(x, [], []),
    "cmp1": lambda: A.Compare(x, [A.Eq()], [x, x]),
    "cmpN": lambda: A.Compare(x, [None], [x]),
    "const": lambda: A.Constant({}),
    "const2": lambda: A.Constant((1, {})),
    "const3": lambda: A.Constant(frozenset([1, (2, int)])),
    "const4": lambda: A.Constant(object),
    "star": lambda: A.Assign([A.Constant(3)], x),
    "star2": lambda: A.Assign([A.Call(x, [], [])], x),
    "star3": lambda: A.Assign([A.Starred(x, A.Store())], x),
    "delc": lambda: A.Delete([A.Constant(1)]),
    "ann": lambda: A.AnnAssign(A.Attribute(x, "y", A.Store()), x, None, 1),
    "ann2": lambda: A.AnnAssign(A.Constant(3), x, None, 0),
    "ta": lambda: A.TypeAlias(A.Constant(3), [], x),
    "ta2": lambda: A.TypeAlias(A.Attribute(x, "y", A.Store()), [], x),
    "imp": lambda: A.ImportFrom(None, [A.alias("x")], -1),
    "imp2": lambda: A.ImportFrom("a", [], 0),
    "impn": lambda: A.Import([None]),
    "glob2": lambda: A.Global(["True"]),
    "ln": lambda: A.Lambda(A.arguments(args=[None]), x),
    "body": lambda: A.If(x, [None], []),
    "pat": lambda: A.Match(x, []),
    "patn": lambda: A.Match(x, [None]),
    "pat1": lambda: case(A.MatchValue(A.Constant(...))),
    "pat2": lambda: case(A.MatchValue(A.Constant(True))),
    "pat3": lambda: case(A.MatchValue(A.Constant((1, 2)))),
    "pat4": lambda: case(A.MatchValue(x)),
    "pat5": lambda: case(A.MatchSingleton("s")),
    "pat6": lambda: case(A.MatchMapping([x], [])),
    "pat7": lambda: case(A.MatchMapping([x], [A.MatchAs()])),
    "pat8": lambda: case(A.MatchMapping([], [], "_")),
    "pat9": lambda: case(A.MatchClass(A.Constant(1), [], [], [])),
    "pat10": lambda: case(A.MatchClass(x, [], ["a"], [])),
    "pat11": lambda: case(A.MatchStar(None)),
    "pat12": lambda: case(A.MatchOr([])),
    "pat13": lambda: case(A.MatchAs(A.MatchAs(), None)),
    "pat14": lambda: case(A.MatchAs(None, "_")),
    "pat16": lambda: case(A.MatchSequence([A.MatchStar("_")])),
    "pat17": lambda: case(A.MatchOr([A.MatchAs(None, "x"), A.MatchStar("y")])),
    "pat18": lambda: case(A.MatchValue(A.UnaryOp(A.USub(), A.Constant(1)))),
    "pat19": lambda: case(A.MatchValue(A.UnaryOp(A.UAdd(), A.Constant(1)))),
    "pat20": lambda: case(A.MatchValue(A.UnaryOp(A.USub(), A.Constant("s")))),
    "pat21": lambda: case(A.MatchValue(A.BinOp(A.Constant(1), A.Add(), A.Constant(2)))),
    "pat22": lambda: case(A.MatchValue(A.BinOp(A.Constant(1), A.Add(), A.Constant(2j)))),
    "pat23": lambda: case(A.MatchValue(A.BinOp(A.UnaryOp(A.USub(), A.Constant(1)), A.Sub(), A.Constant(2j)))),
    "pat24": lambda: case(A.MatchValue(A.JoinedStr([A.Constant("a")]))),
    "pat25": lambda: case(A.MatchValue(A.TemplateStr([A.Constant("a")]))),
    "pat26": lambda: case(A.MatchValue(A.Attribute(A.Call(x, [], []), "a", A.Load()))),
    "pat27": lambda: case(A.MatchClass(A.Attribute(A.Call(x, [], []), "a", A.Load()), [], [], [])),
    "pat29": lambda: case(A.MatchMapping([A.Constant(1)], [A.MatchStar()])),
    "pat30": lambda: case(A.MatchMapping([A.Constant(...)], [A.MatchAs()])),
    "pat31": lambda: case(A.MatchMapping([A.Constant(True)], [A.MatchAs()])),
    "pat32": lambda: case(A.MatchValue(A.BinOp(A.Constant("a"), A.Add(), A.Constant(2j)))),
    "pat33": lambda: case(A.MatchValue(A.BinOp(A.Constant(1), A.Mult(), A.Constant(2j)))),
    "pat34": lambda: case(A.MatchValue(A.BinOp(A.Constant(1j), A.Add(), A.Constant(2j)))),
    "pat35": lambda: A.Match(x, [A.match_case(A.MatchAs(), None, [])]),
    "pat36": lambda: case(A.MatchClass(s, [], [], [])),
    "pat37": lambda: case(A.MatchClass(A.Name("True", A.Load()), [], [], [])),
    "pat38": lambda: case(A.MatchClass(A.Name("C", A.Load()), [], ["__debug__"], [A.MatchAs()])),
    "pat39": lambda: case(A.MatchAs(None, "None")),
    "raise_": lambda: A.Raise(None, x),
    "ret": lambda: A.Return(s),
    "fv": lambda: A.JoinedStr([A.FormattedValue(x, 7, None)]),
    "fv2": lambda: A.JoinedStr([x]),
    "fv3": lambda: A.JoinedStr([A.Constant(1)]),
    "ts": lambda: A.TemplateStr([x]),
    "ts2": lambda: A.TemplateStr([A.Constant(1)]),
    "ts3": lambda: A.TemplateStr([A.Interpolation(x, 3, -1, None)]),
    "ts4": lambda: A.TemplateStr([A.Interpolation(x, "3", 7, None)]),
    "fv4": lambda: A.FormattedValue(x, -1, A.Constant(1)),
    "fv5": lambda: A.FormattedValue(x, -1, x),
    "sl": lambda: A.Slice(x, None, None),
    "stt": lambda: A.Starred(x, A.Load()),
    "tp1": lambda: A.ClassDef("C", type_params=[A.TypeVar("T", s)], body=[p]),
    "tp2": lambda: A.ClassDef("C", type_params=[A.TypeVar("None", x)], body=[p]),
    "tp3": lambda: A.ClassDef("None", body=[p]),
    "fn": lambda: A.FunctionDef("True", A.arguments(), [p]),
    "arg": lambda: A.FunctionDef("f", A.arguments(args=[A.arg("True")]), [p]),
    "attr": lambda: A.Attribute(x, "None", A.Load()),
    "kw": lambda: A.Call(x, [], [A.keyword("True", x)]),
    "al": lambda: A.Import([A.alias("True", "x")]),
    "al2": lambda: A.Import([A.alias("x", "True")]),
    "ex": lambda: A.Try([p], [A.ExceptHandler(None, "None", [p])], [], []),
    "ex2": lambda: A.Try([p], [A.ExceptHandler(None, "a", [p])], [], []),
    "ex3": lambda: A.TryStar([p], [A.ExceptHandler(None, None, [p])], [], []),
    "ex4": lambda: A.Try([p], [A.ExceptHandler(None, None, [p]), A.ExceptHandler(x, None, [p])], [], []),
    "comp": lambda: A.ListComp(x, [None]),
    "compa": lambda: A.ListComp(x, [A.comprehension(s, x, [], 5)]),
    "wi": lambda: A.With([None], [p]),
    "aw": lambda: A.Await(x),
    "yl": lambda: A.Yield(s),
    "yf": lambda: A.YieldFrom(None),
    "asn": lambda: A.Assert(None),
    "aug": lambda: A.AugAssign(A.Tuple([s], A.Store()), A.Add(), x),
    "aug2": lambda: A.AugAssign(A.Constant(2), A.Add(), x),
    "forr": lambda: A.For(A.Constant(2), x, [p], []),
    "func": lambda: A.Module([A.FunctionDef("f", A.arguments(defaults=[x]), [p])], []),
    "func2": lambda: A.Module([A.FunctionDef("f", A.arguments(kw_defaults=[x]), [p])], []),
    "func3": lambda: A.Module([A.FunctionDef("f", A.arguments(args=[A.arg("a")], defaults=[None]), [p])], []),
    "func4": lambda: A.Module([A.FunctionDef("f", A.arguments(kwonlyargs=[A.arg("a")], kw_defaults=[None]), [p])], []),
    "func5": lambda: A.Module([A.FunctionDef("f", A.arguments(vararg=A.arg("a", s)), [p])], []),
    "list1": lambda: A.List((x, ), A.Load()),
    "ctx": lambda: A.List([x], A.Del()),
    "ctx2": lambda: A.List([x], None),
    "ident": lambda: A.Name(3, A.Load()),
    "op": lambda: A.BinOp(x,None,x),
    "op2": lambda: A.BinOp(x,3,x),
    "op3": lambda: A.UnaryOp(x,x),
    "sub": lambda: A.BinOp(3, A.Add(), x),
    "kind": lambda: A.Constant("x", 3),
    "lvl": lambda: A.ImportFrom("a", [A.alias("b")], "x"),
    "lvl2": lambda: A.ImportFrom("a", [A.alias("b")], None),
    "simple": lambda: A.AnnAssign(s, x, None, None),
    "simple2": lambda: A.AnnAssign(s, x, None, "a"),
    "nobody": lambda: A.If(x),
}
for name, make in TREES.items():
    attempt(name, make())
for place in [(1, 1, 1, 0), (2, 1, 1, 1), (-1, 0, 0, 0), (0, -1, 0, 0), (-2, 0, -2, 0), (1, -2, 2, -1), (1, 5, 2, 1), (-5, -5, -3, -3)]:
    attempt(place, placed(*place))
attempt("eval", A.Expression(s), "eval")
attempt("single", A.Interactive([]), "single")
for flags in (A.PyCF_ONLY_AST, A.PyCF_OPTIMIZED_AST):
    try:
        print(A.dump(compile(A.parse("1 + 2; __debug__"), "tree", "exec", flags, optimize=1)))
        compile(A.Constant(3), "tree", "exec", flags)
    except TypeError as error:
        print(error)
