# Did you mean, for names, attributes, imports and keywords.
import traceback
def show(source, **env):
    try:
        exec(source, env)
    except BaseException as e:
        print(traceback.format_exception_only(e)[-1], end="")
class Thing:
    def __init__(self): self.colour = 1; self._private = 2
    def use(self): return colour
    def method_name(self): pass
show("pritn(1)"); show("lenght = 1; print(lenhgt)"); show("t.color", t=Thing()); show("t.method_nam()", t=Thing()); show("t.private", t=Thing())
show("t.zzzz", t=Thing()); show("import sys; sys.exti()"); show("from os import pth"); show("from collections import OrderedDcit"); show("import maths"); show("import jsno")
show("tru"); show("none"); show("flase = 1\nfalse"); show("x = 5\ny = X"); show("abs_ = 1; ab"); show("t.use()", t=Thing()); show("''.jion([])"); show("[].appendd(1)"); show("{}.item()"); show("int.frombytes(b'')")
show("def f(key_word=1): pass\nf(keyword=2)"); show("def f(first, second): pass\nf(1, secnd=2)"); show("print(1, ned='')"); show("sorted([], revers=True)"); show("int(bse=10)"); show("''.split(seperator=1)"); show("dict(a=1).gte(1)")
show("time.time()"); show("os.path"); show("math.pi"); show("import os.pth"); show("import collections.abx"); show("from json import nope"); show("from nope import json"); show("from . import x"); show("from .. import x"); show("datetime.date")
show("t.colour.real_", t=Thing()); show("a.b.c", a=1); show("blech = 1\ndef f():\n  return bleh\nf()"); show("class A:\n  foo = 1\n  def g(self): return foo\nA().g()"); show("print(_)"); show("__nam__")
show("import array\narray.aray"); show("self.x"); show("imprt"); show("t.a", t=Thing()); show("x = lenn('')"); show("[c for c in rnge(3)]"); show("raise ValueErorr"); show("isinstanc(1, int)"); show("(1).foo"); show("None.x"); show("len.x"); show("t.colour()", t=Thing()); show("Thing.nope", Thing=Thing); show("super().x")
