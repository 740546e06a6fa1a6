# Errors of the symbol table have their place in attributes only.
import sys
for src in ("await z","async def f():\n  [await x for x in y]\n  return 1\nawait z","return","yield 1","x = yield","def f():\n  await x","class A:\n  return 1","nonlocal x","break","async with a: pass","def f():\n async for x in y: pass","[await x for x in y]","def f(): [x async for x in y]", "[x async for x in y]", "class A: await x","class A: yield x","from x import *", "def f(): from x import *", "from __future__ import y","lambda: await x","continue","return 1","async def f():\n yield from x","async def f():\n yield 1\n return 2","x: (yield)","def f[T](x: (await 3)): 4","(a:=1 for a in x)","[(yield) for x in y]","class A:\n  [(a:=1) for x in y]","del __debug__","def f(a,a):pass","def f(): global x; nonlocal x","def f():\n x=1\n global x","async def f():\n  def g(): await x\n","x: int = await y","*a","a,*b,*c = 3","type X = (yield)","type X = await x","with a as (yield): pass", "f'{await x}'","try: pass\nexcept* A: return","try: pass\nexcept: pass\nexcept A: pass","def f(x: await y): pass", "@(await x)\ndef f(): pass","async def f(x: await y): pass", "async def f(x=await y): pass", "async def f(): \n @(await x)\n class A: pass","def f():\n return\nawait x"):
    try:
        compile(src, "shown.py", "exec")
        print("fine", repr(src))
    except SyntaxError as e:
        print(repr(src),e.args, e.lineno,e.offset,e.end_lineno,e.end_offset,e.text, e.filename)
