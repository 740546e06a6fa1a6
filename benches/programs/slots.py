"""Classes with __slots__: records, a linked list, a vector."""
class Vec:
    __slots__ = ("x", "y", "z")
    def __init__(self, x, y, z): self.x, self.y, self.z = x, y, z
    def __add__(self, o): return Vec(self.x + o.x, self.y + o.y, self.z + o.z)
    def scale(self, k): return Vec(self.x * k, self.y * k, self.z * k)
    def dot(self, o): return self.x * o.x + self.y * o.y + self.z * o.z
class Node:
    __slots__ = ("item", "next")
    def __init__(self, item, next): self.item, self.next = item, next
class Counter:
    __slots__ = ("n", "log")
    def __init__(self): self.n, self.log = 0, []
    def add(self, k):
        self.n += k
        if self.n % 1000 == 0: self.log.append(self.n)
        return self
def run(n):
    v, d = Vec(0.0, 0.0, 0.0), Vec(0.1, 0.2, 0.3)
    for i in range(n): v = v + d.scale(0.5); v.x = v.x - v.dot(d) * 1e-9
    head = None
    for i in range(n): head = Node(i, head)
    total, c = 0, Counter()
    while head is not None: total += head.item; head = head.next
    for i in range(n): c.add(1).add(2)
    return round(v.x, 6), round(v.y, 6), total, c.n, len(c.log)
print(*run(400000))
