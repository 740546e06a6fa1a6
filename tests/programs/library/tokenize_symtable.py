# tokenize, token, symtable, keyword, codeop, code, linecache.
import tokenize, io, symtable, keyword, token, codeop, code
for t in tokenize.generate_tokens(io.StringIO("if x == 1:  # c\n\ty = f'{a!r:>{w}}' + t'{b}'\n\nz = (1,\n  2) ** 0x1f -> ... := @=\n").readline): print(tokenize.tok_name[t.exact_type], repr(t.string), t.start, t.end)
print(tokenize.untokenize(tokenize.generate_tokens(io.StringIO("a  =  1 +2\n").readline)), tokenize.detect_encoding(io.BytesIO(b"# coding: latin-1\n").readline), tokenize.detect_encoding(io.BytesIO(b"\xef\xbb\xbfx").readline))
for s in ("(", "'abc", "  x\n y", '"""', "if 1:\n  a\n b", "€", "1_", "0777", "a$b", "x = \\"):
    try: print(len(list(tokenize.generate_tokens(io.StringIO(s).readline))))
    except (tokenize.TokenError, SyntaxError) as e: print(repr(s), type(e).__name__, e)
t = symtable.symtable("import os\ng = 1\ndef f(a, *b, c=1):\n  global g\n  x = a\n  def h(): nonlocal x; return x + y\n  return [i for i in b]\nclass C[T]:\n  z: int = 1\n  def m(self): return __class__\n", "f.py", "exec")
def show(t, d=0):
    print(" " * d, t.get_type(), t.get_name(), t.get_lineno(), t.is_optimized(), t.is_nested(), t.has_children())
    for s in sorted(t.get_symbols(), key=lambda s: s.get_name()): print(" " * d, "-", s.get_name(), *[n[3:] for n in ("is_referenced", "is_imported", "is_parameter", "is_global", "is_declared_global", "is_local", "is_free", "is_assigned", "is_annotated", "is_nonlocal", "is_namespace", "is_type_parameter") if getattr(s, n)()])
    for c in t.get_children(): show(c, d + 2)
show(t)
f = [c for c in t.get_children() if c.get_name() == "f"][0]; print(f.get_parameters(), f.get_locals(), f.get_globals(), f.get_frees(), f.get_nonlocals(), f.get_cells() if hasattr(f, "get_cells") else "")
print(keyword.kwlist, keyword.softkwlist, keyword.iskeyword("match"), keyword.issoftkeyword("type"), token.tok_name[token.NAME], token.ISTERMINAL(1))
for s in ("x = 1", "if x:", "if x:\n  y", "x = (", "x y", "def f():\n  pass\n", "'''a", "a b c", "@d", "try:\n x", "for", "\\", "x = 'a"):
    try: c = codeop.compile_command(s); print(repr(s), "incomplete" if c is None else "complete")
    except SyntaxError as e: print(repr(s), "error", e.msg)
i = code.InteractiveInterpreter(); print(i.runsource("print('ran')"), i.runsource("if 1:"), i.runsource("1 +* 2"), i.runsource("1/0")); c = code.InteractiveConsole(); print(c.push("for q in range(2):"), c.push("  print(q)"), c.push(""))
