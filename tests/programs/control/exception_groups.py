# Exception groups and except*.
eg = ExceptionGroup("top", [ValueError(1), ExceptionGroup("inner", [KeyError("k"), TypeError("t")]), ValueError(2)])
print(eg, repr(eg), eg.message, len(eg.exceptions), eg.args[0])
m, r = eg.split(ValueError)
print(repr(m), repr(r), eg.subgroup(KeyError), eg.subgroup(lambda e: isinstance(e, TypeError)), eg.subgroup(OSError), eg.split((KeyError, ValueError))[1], eg.derive([OSError()]))
try:
    raise eg
except* ValueError as e: print("values", repr(e))
except* KeyError as e: print("keys", repr(e))
except* TypeError as e: print("types", repr(e))
else: print("never")
finally: print("finally")
try:
    try: raise eg
    except* ValueError: print("partly")
except ExceptionGroup as rest: print("rest", repr(rest))
try: raise ValueError("naked")
except* ValueError as e: print(repr(e), e.exceptions)
try:
    try: raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
    except* ValueError as e: raise OSError("new")
except ExceptionGroup as e: print(repr(e), [repr(x) for x in e.exceptions])
try:
    try: raise ExceptionGroup("g", [ValueError(1)])
    except* ValueError as e: raise KeyError("one") from e
except BaseException as e: print(type(e).__name__, repr(e))
try:
    try: raise ExceptionGroup("g", [ValueError(1), KeyError(2)])
    except* ValueError as e: raise
    except* KeyError as e: raise
except ExceptionGroup as e: print("reraised", repr(e))
try: pass
except* ValueError: print("no")
else: print("else runs")
class MyG(ExceptionGroup):
    def __new__(cls, msg, excs, code=0): o = super().__new__(cls, msg, excs); o.code = code; return o
    def derive(self, excs): return MyG(self.message, excs, self.code)
g = MyG("mine", [ValueError(1), TypeError(2)], 7)
a, b = g.split(ValueError)
print(type(a).__name__, a.code, type(b).__name__, b.exceptions)
print(type(BaseExceptionGroup("b", [ValueError()])).__name__, type(BaseExceptionGroup("b", [KeyboardInterrupt()])).__name__)
for e in ("ExceptionGroup('x', [])", "ExceptionGroup('x', [5])", "ExceptionGroup('x', 5)", "ExceptionGroup(5, [ValueError()])", "ExceptionGroup('x', [KeyboardInterrupt()])", "ExceptionGroup('x')", "eg.split(5)", "eg.derive(5)", "ExceptionGroup('x', [ValueError()], 3)", "ExceptionGroup('t', (ValueError(1),)).exceptions", "eg.split()"):
    try: print(e, "=", eval(e))
    except Exception as err: print(e, "->", type(err).__name__, err)
for src in ("try: pass\nexcept* ExceptionGroup: pass", "try: raise ValueError\nexcept* ExceptionGroup: pass", "try: raise ValueError\nexcept* 5: pass"):
    try: exec(src); print("ok")
    except Exception as err: print(type(err).__name__, err)
for src in ("try: pass\nexcept*: pass", "try: pass\nexcept ValueError: pass\nexcept* KeyError: pass", "def f():\n try: pass\n except* ValueError: return", "for x in y:\n try: pass\n except* ValueError: break", "try: pass\nexcept* A, B: pass", "try: pass\nexcept A, B as c: pass", "try: pass\nexcept A, B: pass", "try: pass", "try: pass\nexcept: pass\nexcept A: pass", "except: pass"):
    try: compile(src, "s", "exec"); print("fine")
    except SyntaxError as err: print(err.msg)
eg.add_note("a note")
print(eg.__notes__, eg.subgroup(ValueError).__notes__)
def leaves(e): return [x for s in e.exceptions for x in (leaves(s) if isinstance(s, BaseExceptionGroup) else [s])]
print(leaves(eg))
e1 = ValueError("shared")
try: raise ExceptionGroup("tb", [e1])
except* ValueError as e: print(e.exceptions[0] is e1, e.__traceback__ is not None)
def nested():
    try: raise ExceptionGroup("n", [ExceptionGroup("m", [ExceptionGroup("l", [ValueError("deep")])])])
    except* ValueError as e: out = repr(leaves(e))
    return out
print(nested())
