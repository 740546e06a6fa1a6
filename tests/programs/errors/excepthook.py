# sys.excepthook replaced, and one that fails.
import sys
def hook(t, v, tb):
    print("hook", t.__name__, v, tb.tb_lineno, tb.tb_frame.f_code.co_name)
    raise RuntimeError("hook failed")
sys.excepthook = hook
def f():
    raise ValueError("original")
f()
