# Brackets nested 100,000 deep.
for n in (50, 199, 200, 201, 100000):
    for a, b in ("()", "[]", "{}"):
        for src in (a * n + b * n, a * n):
            try:
                compile(src, "deep", "eval")
                print(n, a, "fine")
            except (SyntaxError, MemoryError, RecursionError) as e:
                print(n, a, type(e).__name__, str(e)[:60])
