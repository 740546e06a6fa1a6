# SyntaxError messages and ranges of expressions.
cases = r"""
f(a=1, 2)
f(**k, *a)
f(**k, 1)
f(a=1, a=2)
f(x for x in y, 1)
f(1, x for x in y)
f(a=1, x for x in y)
f(a=1, x for x in y if z for v in w if u)
f(*a, b=1, **c, x for x in y if z
class A(b=1, x for x in y): pass
f(a.b=1)
f(5=1)
f(True=1)
f(a, b c)
f(a b)
f(a for)
f(**)
f(*)
f(a=)
f(,)
f(a,,b)
[1, 2 3]
[x for x in y if]
[x for in y]
[x, y for x in z]
[*x for x in y]
{**x for x in y}
{x: y for x, y in z, 1}
{1: 2, 3}
{1, 2: 3}
{1: *x}
{**x: 1}
{1:}
{1: 2 3: 4}
(x, y z)
lambda x, x: 1
lambda *: 1
lambda x=1, y: 1
lambda (x): 1
lambda x
a if b
a if b else
a if else b
a and
or b
not
1 +
1 + * 2
a ** 
a not b
a is
a <> b
a === b
a ! b
a ? b
a $ b
`a`
x.5
x.
x..y
x[
x[]
x[1:2:3:4]
x[1 2]
x[*]
5x
0x
0xg
0b12
0o8
012
1__0
1_
1e
1.5j5
0_x1
1if 2else 3
0777
'abc
"abc
'''abc
f'{'
f'{}'
f'{a'
f'{a!}'
f'{a!x}'
f'{a:{b}'
f'}'
f'{a b}'
f'{lambda x: 1}'
f'{a = !r:^20}'
f'{*a}'
f'{**a}'
f'{yield}'
f'{#}'
f"{a["b"]}"
f'{a:{b:{c:{d}}}}'
f'{!r}'
f'{:5}'
f'{a $ b}'
f'{1 + }'
t'{'
b'é'
b'a' 'b'
'a' b'b'
print("end"t'{x}')
print('a' t'' f''
print(t'' 'a'
(b'' '')
(b'' 'a'
f(b'' t''
f(t'' b''
f('' b''
[t'' '' ]
(t'' '' x
(t'' '' x)
f('a' t'{'
('a' t''
('a' 'b' t''
('a' 'b' 'c' t''
(f'a' t''
(f'a' 'b' t''
('a' f'b' t''
(f'a' f'b' t''
('a' 'b' t'' t''
('a' t'' t''
('a' 'b' t'' 'c'
('a' t'' 'c'
(t'' t'' 'c'
(t'' 'c' 'd'
(t'' 'c' t''
f('a' 'b' t'', 1
f('a' 'b' t'' x
f('a' t'' x
f('a' t'', 1
[b'a' b'b' t''
('a' 'b' t'' )
('a' 'b' t'' ) (
('a' t'' ) (
f.g('a' t'' x
f()('a' t'' x
1('a' t'' x
f['a' t'' x
(f)('a' t'' x
y=f('a' t'' x
f(1,'a' t'' x
f(k='a' t'' x
f(*'a' t'' x
['a' t'' x
{'a' t'' x
('a' t'' x
('a' t'' x y
f(('a' t'' x
f(['a' t'' x
f('a' t'' t'' x
f(t'' 'a' x
f(t'' t'' 'a' x
f(t'' 'a' 'b' x
if f('a' t'' x: pass
f(-'a' t'' x
f(g('a' t'' x
f('a'+'a' t'' x
f(x 'a' t'' x
f(x, 'a' 'b' t'' x
f(u'a' t'' x
f(f'a' t'' x
f(f'{a}' t'' x
f('' t'{a}' x
u'a' b'b'
rb'a' f'b'
'\N{nope}'
'\x1'
'\u12'
'\U12345678'
b'\x1'
"\N{}"
ur'x'
fb'x'
x := 5
(x := )
(x.y := 5)
(5 := 6)
(yield := 5)
[y := 1, z := 2]
f(x := 1, y=(z := 2), w = q := 3)
{x := 1: 2}
a; b; ; c
(
)
((((((((((1))))))))))
((((((((((1)))))))))
\
a \ b
é = 1 é
€ = 1
a = 1 ​
“quoted”
a‐b
nonlocal_ = global
class_ = class
x = def
None.x = 1
__debug__ = 1
f(__debug__=1)
def f(__debug__): pass
import __debug__
del __debug__
from __future__ import nope
from __future__ import braces
x = 1; from __future__ import division
""".strip("\n").split("\n")
for c in cases:
    try:
        compile(c, "case.py", "exec")
        print(f"{c!r}: fine")
    except SyntaxError as e:
        print(f"{c!r}: {type(e).__name__}: {e.msg} | {e.lineno}:{e.offset}-{e.end_lineno}:{e.end_offset} {e.text!r}")
    except ValueError as e:
        print(f"{c!r}: ValueError {e}")
