# Chained comparison evaluates once and stops early.
def show(x):
    print("eval", x)
    return x
print(show(1) < show(2) < show(3))
print(show(3) < show(2) < show(1))
print(1 < 2 > 1, 1 < 3 < 2, 1 == 1 != 2, 3 in [3] == True, (3 in [3]) == True)
print(1 in [1, 2] in [[1, 2]], None is None is None, not 1 == 2)
class C:
    def __init__(self, v): self.v = v
    def __lt__(self, other): print("lt", self.v, other.v); return [] if self.v == 2 else "yes"
    def __repr__(self): return f"C{self.v}"
print(C(1) < C(2) < C(3))
print(C(2) < C(1) < C(3))
for a in (1, 1.0, True, 2, "1"):
    print([a == b for b in (1, 1.0, True, 2, "1")])
for op in ("<", "<=", ">", ">="):
    for left, right in (("1", 1), ([], ()), (None, None), ({}, {}), (1j, 2j), (set(), [])):
        try:
            print(eval(f"{left!r} {op} {right!r}"))
        except TypeError as e:
            print(e)
nan = float("nan")
print(nan == nan, nan != nan, nan < 1, nan in [nan], [nan] == [nan], nan is nan)
print({1, 2} < {1, 2, 3} <= {1, 2, 3}, {1, 2} < {2, 3}, [1, 2] < [1, 2, 0], (2,) > (1, 9), "Z" < "a" < "aa")
