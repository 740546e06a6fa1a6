"""What has a short way of its own: orders told without asking, text that grows in place, names at remembered places."""
import copy
nan = float("nan")
rows = [(2, "b"), (1, "z"), (1, "a"), (2,), (1, "a", nan), (), (2, "b")]
print(sorted(rows), sorted(rows, reverse=True))
print(sorted([3, 1.5, True, -0.0, 0.0, 2**70, -5]), sorted(["é", "e", "", "zz", "z", "\0", "z\0", "日本"]))
print([f[1] for f in sorted([(0.0, "a"), (-0.0, "b"), (0.0, "c")], key=lambda f: f[0])])
class Odd(int):
    def __lt__(self, other): return int(self) > int(other)
print(sorted([Odd(1), Odd(3), Odd(2)]), sorted([(Odd(1),), (Odd(3),)]))
try: sorted([(1, "a"), (1, 2)])
except TypeError as e: print(e)
text = "ab"
kept = text
for i in range(3): text += str(i)
print(text, kept)
def grow():
    global shared
    shared = "x"
    other = shared
    for i in range(3): shared += "y"
    return shared, other
print(grow())
names = {}
exec("a = 1\nfor i in range(3): a += i\nb = a", names)
print(names["a"], names["b"], len)
len = 5
print(len); del len; print(len("four"))
class Many:
    def __init__(self): self.a = self.b = self.c = self.d = self.e = self.f = self.g = self.h = 1
class More(Many):
    def __init__(self): super().__init__(); self.i, self.j = 2, 3
first = More()
print(first.__dict__, vars(copy.copy(first)), first.__getstate__() is first.__dict__)
first.k = 4
print(list(copy.deepcopy(first).__dict__), first.__reduce_ex__(2)[2])
class Falls:
    def __getattr__(self, name): return name * 2
print(Falls().ab, getattr(Falls(), "cd", None), hasattr(object(), "x"), getattr(5, "nothing", "default"))
def calls(f, *more): return [f(i) for i in range(3)] + [g(1) for g in more]
print(calls(lambda x: x, lambda x, y=2: x + y, int, str, Odd, (lambda *a: a)))
for x in (0.5, 1.5, 2.5, 0.125, 2.675, 1e15 + 0.5, 123456789.987654321, 5e-324): print(f"{x:.0f} {x:.2f} {x:.6f}", round(x, 2), round(x))
print("Hello wORLD 42".title(), "aB1".swapcase(), "abc".translate({97: "x", 98: None, 99: "long"}), "ab ".isalpha(), "\x1f".isspace())
