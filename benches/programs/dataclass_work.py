"""Dataclasses: construction, equality, ordering, replace, hashing."""
from dataclasses import dataclass, field, replace, asdict
@dataclass
class Item: name: str; price: float; qty: int = 1; tags: list = field(default_factory=list)
@dataclass(frozen=True, order=True)
class Key: a: int; b: int
@dataclass(slots=True)
class Cell: x: int; y: int; v: float = 0.0
items = [Item(f"n{i % 50}", i * 0.5, i % 9) for i in range(110000)]
total = sum(i.price * i.qty for i in items)
keys = [Key(i % 100, i % 77) for i in range(40000)]
counts = {}
for k in keys: counts[k] = counts.get(k, 0) + 1
keys.sort()
cells = [Cell(i, i + 1) for i in range(60000)]
for c in cells: c.v = c.x * 0.5 + c.y
same = sum(a == b for a, b in zip(items, items[50:]))
reps = [replace(i, qty=5) for i in items[:9000]]
print(f"{total:.1f}", len(counts), keys[100], sum(c.v for c in cells), same, len([asdict(i) for i in items[:4000]]), len(reps), len(repr(items[:2000])))
