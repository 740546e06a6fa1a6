# Which part of an expression the carets mark; each case through the traceback module.
import traceback
cases = """
1 + 2 * (3 / 0) + 4
d["a"]["b"]["c"]
x.y.z.w
f(1)(2)(3)
[i / 0 for i in range(3)]
(lambda: 1 / 0)()
a = b = undefined
"abc" + 1 + "d"
foo(a=1, b=undefined2)
not_callable(1, 2, 3)
l[10]
-"a"
1 if 1 / 0 else 2
x = [1, 2, 3][5] = 4
d["missing"].attr
assert 1 == 2, "message"
assert not (1 < 2 < 3)
del d["q"]
import nothing_like_this
from os import nothing_like_this
raise ValueError("x" * 3)
(1 +
 2 / 0 +
 3)
f(
    1,
    1 / 0,
)
print("é" + 1)
"名前" + (1 / 0)
{**5}
[*5]
f(*5)
a, b = 1
for q in 5: pass
with 5: pass
x: int = 1 / 0
l[1:2:0]
f"{1 / 0}"
t"{1 / 0}"
d["a"] += 1
x.y += 1
await_ = (yield_ := 1 / 0)
{1: 2, 3: 1 / 0}
{[]: 1}
1 < "a"
1 in 5
""".strip("\n").split("\n")
groups, cur = [], []
for line in cases:
    if line.startswith((" ", ")")) or (cur and cur[-1].endswith(("(", "+", ","))):
        cur.append(line)
    else:
        if cur: groups.append("\n".join(cur))
        cur = [line]
groups.append("\n".join(cur))
import linecache
class O: pass
for n, src in enumerate(groups):
    name = f"<case {n}>"
    linecache.cache[name] = (len(src), None, [l + "\n" for l in src.split("\n")], name)
    env = {"d": {"a": {}}, "x": O(), "f": lambda *a, **k: 5, "l": [1], "not_callable": 3}
    try:
        exec(compile(src, name, "exec"), env)
        print("no error", src)
    except BaseException as e:
        print("".join(traceback.format_exception(type(e), e, e.__traceback__.tb_next)), end="")
