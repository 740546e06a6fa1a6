# Expressions nested a million deep, and wide ones.
def kind(src):
    try:
        compile(src, "deep", "exec")
        return "fine"
    except (SyntaxError, MemoryError, RecursionError) as e:
        return type(e).__name__
n = 10**6
for name, src in (("not", "not " * n + "1"), ("minus", "-" * n + "1"), ("unary mix", "~-+" * n + "1"), ("lambda", "lambda: " * n + "1"), ("power", "2 ** " * n + "1"), ("call", "f" + "()" * n), ("attribute", "a" + ".b" * n), ("subscript", "a" + "[0]" * n), ("add", "1" + " + 1" * n), ("if else", "1 if 1 else " * n + "1"), ("await", "async def f(): " + "await " * n + "x")):
    print(name, kind(src) in ("MemoryError", "RecursionError", "SyntaxError", "fine"))
print(kind("x = [" + "1, " * 100000 + "]"), kind("f(" + "1, " * 50000 + ")"), kind("'" + "a" * 10**6 + "'"), kind("a = " * 1000 + "1"), kind("x = 1\n" * 100000), kind("(" * 150 + "1" + ")" * 150), kind("1" + " + 1" * 2000), kind("a" + ".b" * 1000), kind("1 < " * 500 + "1"), kind("a and " * 3000 + "b"))
