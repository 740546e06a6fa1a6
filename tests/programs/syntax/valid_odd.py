# Odd but valid programs.
x = 1;y = 2;
if x:pass
else:pass
class A:x=1;y=2
def f(a,b=1,*c,d=2,**e):return(a,b,c,d,e)
print(f(*[1],**{'b':2}),A.x,A . y)
print(1if x else 2,[i for i in(1,2)if i],not(x),-x**2,2**-1,(-1)**2,--1,+-+1,~~5,not not x)
print(0xFF,0o17,0b11,1_000,1e3,1E-3,1.,.5,1j,1_0.0_1e1_0,0xdead_beef,00,0_0)
z = x if y else \
    3
print(z, (1
,2), [
# comment
1,
], """a
b""", 'a' "b" '''c''', r'\n' 'ok')
def g(): ...
class B: ...
class C(B,): pass
class D(*[B], **{}): pass
print(g(), D.__bases__ == (B,), *(), **{})
for i in 1,: print(i)
for i, in [(1,)]: print(i)
[a] = [1]; (b) = 2; (c, d), = [(3, 4)]; e, = 5,
print(a, b, c, d, e)
lambda: (yield)
print((lambda *a, k=1, **q: (a, k, q))(1, k=2, z=3), (lambda: ...)())
print(x<y<3, x<y>1, 1 .real, 1..real, 1.0.real, "a".upper()[0].lower(), [1,2,3][1:][0], {1:2}[1], {**{}, }, {*()} == set())
async def co(): return [await x async for x in y if await x]
print(type(co).__name__, co.__code__.co_flags & 0x80)
type = 5; match = 1; case = 2; _ = 3; soft = type + match + case + _; print(soft); del type
type X = int
print(X, type(X).__name__)
if (n := 5) > 3 and (m := n * 2): print(n, m)
print(f"{x!r:>{y}}{'a' if x else 'b'}{{}}", f'{x:{"5"}}', F"{x}", fR"\{x}", Rb"\n", u"u")
try: pass
except (): pass
else: pass
finally: pass
with (open("/dev/null")) as q, (open("/dev/null")) as r: pass
print(q.closed, r.closed)
def p(a, /, b, *, c): return a, b, c
print(p(1, 2, c=3), p(1, b=2, c=3))
@(lambda f: f)
@[lambda f: f][0]
def deco(): return "deco"
print(deco())
a = b = c = []; a.append(1); print(b, c is a)
a, b = b, a = [1], [2]; print(a, b)
x = y = 0
x, y = y, x = 1, 2
print(x, y)
print(*range(3), sep="", end="\n" if True else ""); print(not 1 == 2, 1 in [1] == True, (1, *[2], 3), [*"ab", *[]])
global_var = 1
def h():
    global global_var; global_var = 2
    def k(): nonlocal_ = 3; return nonlocal_
    return k()
print(h(), global_var); del h,
while 0: pass
else: print("else")
é = "unicode name"; print(é); ℌ = 1; print(H)
assert True; assert (True), "message"; pass; ...; None; 5; "string statement"
print(__name__ == "__main__", (yield_ := 1), 5 if 1 else (), [] or {}, {} or [] and 1)
	
if 1:
	print("tab")
	if 2:
	        print("mixed tab")
print("end") # no newline at the end