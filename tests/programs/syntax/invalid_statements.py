# SyntaxError messages and ranges, statement by statement, through compile().
cases = """
if x = 1: pass
if x: pass else: pass
while True print(1)
for x in : pass
for 1 in x: pass
for x y in z: pass
def f(a, a): pass
def f(a=1, b): pass
def f(*): pass
def f(**k, a): pass
def f(*a, *b): pass
def f(a, /, b, /): pass
def f(/): pass
def f(*, **k): pass
def f(a, *, b, /): pass
def f(1): pass
def f(a.b): pass
def f(): return = 5
def (): pass
def f() pass
def f:
class C(: pass
class : pass
class C(x for x in y): pass
return 5
yield 5
break
continue
await x
x = yield = 5
import
import a.b as c.d
import a as 5
from x import
from x import *, y
from x import (a, b
from . import *
from .x import y as
from x import a,
def f(): from x import *
import a, b c
global x, 
nonlocal x
del
del f()
del 5
del x + 1
assert
assert x, 
pass 5
x = 
= 5
x + 1 = 2
5 = x
f() = 1
f() += 1
"a" = 1
None = 1
True += 1
(x, 5) = 1
[a, b()] = 1
{a: b} = 1
{a} = 1
x = 1 = y
(yield) = 1
lambda: x = 1
x if y else z = 1
a < b = c
not x = 1
-x = 1
*a = 1
*a
a, *b, *c = 1
(*a)
x: int: str = 1
(a, b): int = 1
[a]: int
x.y: int = = 5
raise x from
raise from y
try: pass
try:\n pass\nelse:\n pass
try:\n pass\nexcept:\n pass\nexcept A:\n pass
with open(x) as 1: pass
with x y: pass
elif x: pass
else: pass
except: pass
finally: pass
case 1: pass
async x = 1
async def f(): yield from x
@
@x
@x y\ndef f(): pass
print 5
print "hello"
exec "code"
raise A, B
print f(x)
x = 5 6
x y
1 2
a b c = 1
x++
x--
++x = 1
x =+ 
x = (1, 2
x = [1, 2
x = {1: 2
x = (1, 2]
x = 1)
x = }
type X = 
type X[T = int
type 5 = int
def f[T](: pass
def f[1](): pass
class C[T, T]: pass
type X[T: (yield)] = T
""".strip("\n").split("\n")
for c in cases:
    src = c.replace("\\n", "\n")
    try:
        compile(src, "case.py", "exec")
        print(f"{c!r}: fine")
    except SyntaxError as e:
        print(f"{c!r}: {type(e).__name__}: {e.msg} | {e.lineno}:{e.offset}-{e.end_lineno}:{e.end_offset}")
