# assert, __debug__, and -O.
# options: -O
print(__debug__)
assert False, "not evaluated"
def f():
    "docstring kept under -O"
    assert 1 / 0
    return __debug__
print(f(), f.__doc__)
if __debug__: print("debug")
else: print("optimised")
import sys
print(sys.flags.optimize)
exec("assert 0\nprint('exec too')")
exec(compile("try:\n assert 0, 'on'\nexcept AssertionError as e: print(repr(e))", "s", "exec", optimize=0))
