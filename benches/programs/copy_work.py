"""copy and deepcopy of containers, instances and shared references."""
import copy
class Point:
    def __init__(self, x, y): self.x, self.y = x, y
class Shape:
    def __init__(self, n): self.name, self.points, self.tags = f"shape{n}", [Point(i, i * 2) for i in range(n)], {"n": n, "odd": n % 2}
    def __copy__(self):
        new = Shape(0); new.name, new.points = self.name, self.points[:]; return new
shapes = [Shape(i % 9) for i in range(120)]
tree = {"a": [1, 2, (3, [4, 5])], "b": {"c": {1, 2, 3}, "d": "text"}, "e": [[i, str(i)] for i in range(40)]}
total = 0
for r in range(45):
    deep = copy.deepcopy(shapes)
    total += len(deep) + deep[8].points[3].y + (deep[1].points is not shapes[1].points)
for r in range(400):
    t = copy.deepcopy(tree); t["a"].append(r)
    total += len(t["a"]) + len(tree["a"]) + t["e"][r % 40][0]
for r in range(900):
    total += sum(len(copy.copy(s).points) for s in shapes[:40]) + len(copy.copy(tree))
print(total)
