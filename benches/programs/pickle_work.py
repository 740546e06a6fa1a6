"""pickle.dumps and loads of objects, containers and shared references."""
import pickle
class Node:
    def __init__(self, v, children): self.v, self.children, self.meta = v, children, {"k": v, "t": (v, f"n{v}")}
def build(d): return Node(d, [build(d - 1) for _ in range(3)] if d else [])
tree = build(7)
shared = ["shared"] * 3
data = [tree, {i: (f"i{i}", i * 0.5, [i] * 3) for i in range(5000)}, [shared] * 200, {*range(1000)}, b"bytes" * 1000, 10**50]
total = 0
for p in (2, 4, 5) * 10:
    raw = pickle.dumps(data, p)
    back = pickle.loads(raw)
    total += len(raw) + back[0].children[0].v + (back[2][0] is back[2][1])
print(total)
