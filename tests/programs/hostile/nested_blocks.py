# Too many nested blocks and functions.
def kind(src):
    try:
        compile(src, "nest", "exec")
        return "fine"
    except (SyntaxError, MemoryError, RecursionError) as e:
        return f"{type(e).__name__}: {e.msg if isinstance(e, SyntaxError) else ''}"
def nest(head, n): return "".join(" " * i + head + "\n" for i in range(n)) + " " * n + "pass\n"
for n in (5, 20, 21, 50, 99, 100, 101):
    print(n, kind(nest("while 1:", n)), "|", kind(nest("if 1:", n)), "|", kind(nest("with a:", n)), "|", kind(nest("for a in b:", n)))
for n in (20, 90): print(kind(nest("def f():", n)), kind(nest("class C:", n)))
