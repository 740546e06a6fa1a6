# compile(), eval() and exec(): modes, flags, sources, namespaces.
import ast
print(eval(compile("1 + 2", "", "eval")), exec(compile("print('exec')", "", "exec")), eval(compile("3", "", "single")))
exec(compile("1 + 1; 'text'; None; x = 5; x", "<s>", "single"))
print(eval(b"1 + 1"), eval(bytearray(b"2")), eval(" \t 3"), eval(memoryview(b"4")), eval("# -*- coding: utf-8 -*-\n5".encode()), eval("(\n1\n)"))
print(eval(compile(ast.parse("1 + 41", mode="eval"), "", "eval")), type(compile("x", "", "eval", ast.PyCF_ONLY_AST)).__name__)
for args in (("x", "", "nope"), ("x = 1", "", "eval"), ("1;2", "", "eval"), ("", "", "eval"), ("", "", "exec"), ("a\nb", "", "single"), ("x\0y", "", "exec"), ("x", 5, "exec"), (5, "", "exec"), ("x", "", "exec", 999999), ("x", "", "exec", 0, False, 5), ("if 1:\n  x", "", "single"), ("def f(): pass", "", "single"), (b"\xff", "", "exec"), (b"# coding: nope\n", "", "exec"), (b"# coding: latin-1\nx = '\xe9'", "", "exec"), (b"\xef\xbb\xbfx = 1", "", "exec"), ("x = '\ud800'", "", "exec"), ("from __future__ import annotations", "", "exec"), ("await x", "", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), (ast.Expression(ast.Constant(1)), "", "exec"), (ast.Module([], []), "", "exec"), (ast.Module([ast.Expr(5)], []), "", "exec"), ("\u00a0x", "", "exec"), ("x" * 10, "", ""), ("print(1)\n\n\n", "", "single"), ("   ", "", "exec"), ("\\", "", "exec"), ("x \\\n", "", "exec")):
    try:
        c = compile(*args)
        print(repr(args[0])[:40], type(c).__name__, c.co_flags if hasattr(c, "co_flags") else "")
    except Exception as e:
        print(repr(args[0])[:40] if isinstance(args[0], (str, bytes)) else type(args[0]).__name__, "->", type(e).__name__, e)
g, l = {"a": 1}, {"b": 2}
exec("c = a + b; global d; d = 9", g, l)
print(l, g["d"], sorted(k for k in g if k != "__builtins__"))
class NS(dict):
    def __missing__(self, k): return f"missing {k}"
print(eval("zzz", {}, NS()), eval("len", {"__builtins__": {"len": "mine"}}))
for e in ("eval('len', {'__builtins__': {}})", "eval('1', 5)", "eval('1', {}, 5)", "exec('x', [])", "eval(5)", "exec(None)", "eval('')", "eval('x = 1')", "eval('def f(): pass')", "eval('1', globals={}, locals={})", "exec('q', {}, {}, closure=())", "eval('__import__(\"os\").name', {})", "exec(compile('x', '', 'eval'))"):
    try: print(e, "=", eval(e))
    except Exception as err: print(e, "->", type(err).__name__, err)
def f():
    v = 1
    exec("v = 2")
    loc = locals()
    exec("w = 3", globals(), loc)
    return v, loc["w"], eval("v + 1"), sorted(locals())
print(f())
def outer():
    x = 5
    def inner(): return x
    exec(inner.__code__, globals(), closure=inner.__closure__)
    try: exec(inner.__code__)
    except TypeError as e: return str(e)
print(outer())
code = compile("def g(a, b=2):\n  return a + b\n", "file.py", "exec")
print(code.co_filename, code.co_name, [c.co_name for c in code.co_consts if hasattr(c, "co_name")], code.co_names, code.co_firstlineno, list(code.co_lines())[0][2], [p[:2] for p in code.co_positions()][:2])
