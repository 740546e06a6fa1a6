"""A ray tracer of spheres: float methods, operators on small objects."""
import math
class V:
    __slots__ = ("x", "y", "z")
    def __init__(self, x, y, z): self.x, self.y, self.z = x, y, z
    def __add__(self, o): return V(self.x + o.x, self.y + o.y, self.z + o.z)
    def __sub__(self, o): return V(self.x - o.x, self.y - o.y, self.z - o.z)
    def __mul__(self, k): return V(self.x * k, self.y * k, self.z * k)
    def dot(self, o): return self.x * o.x + self.y * o.y + self.z * o.z
    def norm(self): return self * (1.0 / math.sqrt(self.dot(self)))
class Sphere:
    def __init__(self, c, r, colour, mirror): self.c, self.r, self.colour, self.mirror = c, r, colour, mirror
    def hit(self, o, d):
        oc = o - self.c
        b = oc.dot(d)
        disc = b * b - oc.dot(oc) + self.r * self.r
        if disc < 0: return None
        t = -b - math.sqrt(disc)
        return t if t > 1e-4 else None
scene = [Sphere(V(0, 0, 5), 1, 0.9, 0.3), Sphere(V(1.5, 0.5, 4), 0.7, 0.6, 0.5), Sphere(V(-1.5, -0.3, 4), 0.8, 0.7, 0.2), Sphere(V(0, -101, 5), 100, 0.4, 0.1)]
light = V(-5, 5, -5)
def trace(o, d, depth):
    best, obj = 1e9, None
    for s in scene:
        t = s.hit(o, d)
        if t is not None and t < best: best, obj = t, s
    if obj is None: return 0.2 + 0.1 * d.y
    p = o + d * best
    n = (p - obj.c).norm()
    to = (light - p).norm()
    lit = max(0.0, n.dot(to)) if all(s.hit(p, to) is None for s in scene) else 0.0
    c = obj.colour * (0.1 + 0.9 * lit)
    if depth and obj.mirror: c += obj.mirror * trace(p, d - n * (2 * d.dot(n)), depth - 1)
    return c
total = 0.0
size = 160
for j in range(size):
    for i in range(size):
        total += trace(V(0, 0, -1), V((i - size / 2) / size, (size / 2 - j) / size, 1).norm(), 3)
print(f"{total:.6f}")
