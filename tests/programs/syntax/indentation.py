# Indentation and tab errors; what is allowed.
cases = ["if 1:\npass", "if 1:\n  a\n    b", "if 1:\n  a\n b", " x = 1", "x = 1\n  y = 2", "if 1:\n\ta\n        b", "if 1:\n        a\n\tb", "def f():", "def f():\n", "def f():\n# c", "class C:\n\n", "for x in y:\n", "while 1:\nx", "with a:\nb", "try:\na", "try:\n  a\nexcept:\nb", "try:\n  a\nfinally:\nb", "if 1:\n  a\nelse:\nb", "if 1:\n  a\nelif 2:\nb", "match x:\ncase 1: pass", "match x:\n  case 1:\n  a", "if 1:\n  if 2:\n  a", "lambda:\n  1", "x = (\n  1,\n      2)\n", "x = [\n1,\n\t2]", "if 1: a\n  b", "if 1:\n    x\n\ty", "if 1:\n\n\n   a\n\n   b", "\f\nx = 1", "  \f x", "if 1:\n  a \\\n     b", "if 1:\n  'doc'\n ", "async def f():\nx", "async for x in y:\nz", "@d\n  def f(): pass", "def f():\n  def g():\n  x", "class A:\n def f(): pass\n  def g(): pass", "for x in y: pass\nelse:\nz", "while x: pass\nelse:\nz", "try: a\nexcept* B:\nc", "if 1:\n" + " " * 200 + "x", "\n".join(" " * i + "if 1:" for i in range(101)), "if 1:\n \t x\n \t y", "try: x\nexcept A: y\nelse:\nz", "def f(\n a,\nb): pass"]
for c in cases:
    try:
        compile(c, "i.py", "exec")
        print(repr(c[:60]), "fine")
    except SyntaxError as e:
        print(repr(c[:60]), type(e).__name__, e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset)
