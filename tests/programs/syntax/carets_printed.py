# The printed form of syntax errors: text, caret line, odd lines.
import traceback
for src in ("x = (1,\n  2", "  x = 5 5", "print 'a'", "if x = 3:\n  pass", "f(a, b for b in c, d)", "\tx = = 1", "x = 'abc", "é = 'ü' ö", "def f():\n\n   return\n  x", "a = {\n 'k': 1\n 'j': 2\n}", "x = 1 +\n", "名前 = 1 +* 2", "foo(\n  a,\n  b=1,\n  b=2\n)", "with a as b.c.d, e as f(): pass", "x = 0777", "x = 5a", "f'{a b}'", "f'''\n{\na b\n}'''", "x = \"\"\"abc\n\n", "raise A, B", "a b\\\nc", "class X:\nx=1", "\x0cx = = 1", "x\ty z", "lambda x: (yield) = 1", "# -*- coding: latin-1 -*-\nx = = 1", "import a.b as c.d", "for x in range(10)\n  pass", "def f()\n  pass", "else:\n  pass", "x = [i for i in range(3) if i else 2]", "del (a, b + 1)", "print(f'{x!z}')", "return", "async def f():\n  [await x for x in y]\n  return 1\nawait z", "x = '''a''' '''b", "nonlocal x", "def f(a, b=1, c): pass", "(a, b) += 1", "try:\n  pass\nx", "a = 1\n  b = 2", "if True:\n    a\n  b", "x = $", "x = ?", "x = 1 if 2", "from a import (b, c", "x = )", "x = (]", "{'a': 1, 'b'}", "{a, b: c}", "f(x=1, y)", "f(**a, *b)", "not = 1", "a.b.c() = 1", "*a, = *b = 1", "import a,", "global", "assert (1, 'x'), 'y' z", "while 1:\n  break x", "x = yield", "1.e5.5", "'a' 'b' c 'd'", "a[1:2, 3 4]", "match x:\n  case a | b: pass", "\n\n\n   \nx y"):
    try:
        compile(src, "shown.py", "exec")
        print("fine", repr(src))
    except SyntaxError as e:
        print("".join(traceback.format_exception_only(e)), end="")
        print("--", e.args[1:] and e.args[1][1:])
