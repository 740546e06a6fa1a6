"""Reading and writing attributes of instances, classes and modules."""
import math
class Config: limit = 10; scale = 3
class Node:
    kind = "node"
    def __init__(self, v): self.value, self.left, self.right, self.parent, self.count = v, None, None, None, 0
def run(n):
    root = Node(1); root.left = Node(2); root.left.parent = root; root.left.left = Node(3)
    total = 0
    for i in range(n):
        root.value = i
        root.left.count += 1
        root.left.left.value = root.value + root.left.parent.value
        total += root.left.left.value % Config.limit + Config.scale + len(root.kind)
        if math.pi > 3: Config.last = total
        if root.right is None: root.right = root.left
        total += getattr(root, "value") - hasattr(root, "missing")
        root.right = None
    return total, root.left.count
print(*run(800000))
