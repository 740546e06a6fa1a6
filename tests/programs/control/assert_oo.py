# -OO strips docstrings.
# options: -OO
def f():
    "gone"
class C:
    "gone too"
    def m(self): "doc"; return 1
print(f.__doc__, C.__doc__, C.m.__doc__, C().m(), __doc__, __debug__)
