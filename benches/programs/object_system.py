"""Properties, slots, super, descriptors, __getattr__, operators on classes."""
class Positive:
    def __set_name__(self, o, n): self.n = "_" + n
    def __get__(self, o, t=None): return self if o is None else getattr(o, self.n)
    def __set__(self, o, v):
        if v < 0: raise ValueError
        setattr(o, self.n, v)
class Base:
    size = Positive()
    def __init__(self, s): self.size = s
    @property
    def area(self): return self.size * self.size
    @area.setter
    def area(self, v): self.size = v
    def describe(self): return 1
class Mid(Base):
    def describe(self): return super().describe() + 1
class Leaf(Mid):
    __slots__ = ("extra",)
    def __init__(self, s): super().__init__(s); self.extra = s
    def describe(self): return super().describe() + self.extra
    def __getattr__(self, n): return 7
    def __len__(self): return 3
    def __getitem__(self, i): return i
    def __eq__(self, o): return self.extra == o.extra
    def __hash__(self): return self.extra
    def __call__(self, x): return x + 1
    def __contains__(self, x): return x == 1
    def __bool__(self): return True
total = 0
leaf = Leaf(2)
for i in range(300000):
    leaf.area = i & 3
    total += leaf.area + leaf.size + leaf.describe() + leaf.missing + len(leaf) + leaf[i] + leaf(i) + (1 in leaf) + (leaf == leaf)
    if leaf: total += isinstance(leaf, Base) + issubclass(Leaf, Mid)
for i in range(25000): total += Leaf(i).extra
print(total, type(leaf).__name__)
