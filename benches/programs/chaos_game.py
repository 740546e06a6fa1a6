"""Points, vectors and random choice in classes."""
import random
class Vec:
    __slots__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y
    def __add__(self, o): return Vec(self.x + o.x, self.y + o.y)
    def __sub__(self, o): return Vec(self.x - o.x, self.y - o.y)
    def __mul__(self, k): return Vec(self.x * k, self.y * k)
class Map:
    def __init__(self, centre, ratio): self.centre, self.ratio = centre, ratio
    def __call__(self, p): return p + (self.centre - p) * self.ratio
rng = random.Random(1234)
maps = [Map(Vec(*c), 0.5) for c in ((0.0, 0.0), (1.0, 0.0), (0.5, 0.866))]
p = Vec(0.1, 0.1)
grid = {}
for i in range(420000):
    p = maps[int(rng.random() * 3)](p)
    cell = (int(p.x * 50), int(p.y * 50))
    grid[cell] = grid.get(cell, 0) + 1
print(len(grid), max(grid.values()), f"{p.x:.6f}")
