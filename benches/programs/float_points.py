"""Many small objects with float attributes."""
from math import sin, cos, sqrt
class Point:
    def __init__(self, i):
        self.x = x = sin(i)
        self.y = cos(i) * 3
        self.z = (x * x) / 2
    def normalize(self):
        n = sqrt(self.x * self.x + self.y * self.y + self.z * self.z)
        self.x /= n; self.y /= n; self.z /= n
    def maximize(self, other):
        self.x = self.x if self.x > other.x else other.x
        self.y = self.y if self.y > other.y else other.y
        self.z = self.z if self.z > other.z else other.z
        return self
for _ in range(3):
    points = [Point(i) for i in range(150000)]
    for p in points: p.normalize()
    best = points[0]
    for p in points[1:]: best = best.maximize(p)
print(f"{best.x:.9f} {best.y:.9f} {best.z:.9f}")
