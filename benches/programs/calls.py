"""Calls with every kind of argument, and of every kind of callable."""
def plain(a, b): return a + b
def defaults(a, b=2, c=3): return a + b + c
def only_keywords(*, x, y=1): return x - y
def positional(a, b, /, c): return a * b + c
def rest(*args): return len(args)
def named(**names): return len(names)
def all_kinds(a, b=2, *args, x, y=4, **names): return a + b + len(args) + x + y + len(names)
class C:
    def __init__(self, a, b=1): self.a = a + b
    def method(self, x, y=0): return self.a + x + y
    @staticmethod
    def static(x): return x
    @classmethod
    def make(cls, x): return cls(x, b=0)
    def __call__(self, x): return self.a - x
args, names = (1, 2), {"x": 3, "y": 5}
total = 0
def run(n):
    total, c = 0, C(1)
    bound = c.method
    for i in range(n):
        total += plain(i, 1) + plain(b=i, a=2) + defaults(i) + defaults(i, c=1) + defaults(1, *args)
        total += only_keywords(x=i) + only_keywords(**names) + positional(i, 2, c=3) + rest() + rest(i, i, i) + rest(*args, i)
        total += named(a=1) + named(**names) + all_kinds(i, x=1) + all_kinds(1, 2, 3, 4, x=i, z=1) + all_kinds(*args, **names)
        total += C(i).a + C(i, b=2).a + c.method(i) + bound(i, y=1) + C.static(i) + c.make(i).a + c(i)
        total += max(i, 3) + min(i, 3, key=abs) + (lambda x, y=1: x + y)(i) + int("12") + len(str(i))
    return total
print(run(85000))
