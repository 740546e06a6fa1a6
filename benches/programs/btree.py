"""A B-tree: insertion, search, ordered walk."""
import bisect
class Node:
    __slots__ = ("keys", "children")
    def __init__(self): self.keys, self.children = [], []
class BTree:
    def __init__(self, t=8): self.root, self.t = Node(), t
    def insert(self, k):
        r = self.root
        if len(r.keys) == 2 * self.t - 1:
            self.root = Node(); self.root.children.append(r); self.split(self.root, 0)
        n = self.root
        while True:
            i = bisect.bisect_left(n.keys, k)
            if i < len(n.keys) and n.keys[i] == k: return False
            if not n.children: n.keys.insert(i, k); return True
            if len(n.children[i].keys) == 2 * self.t - 1:
                self.split(n, i)
                if k > n.keys[i]: i += 1
                elif k == n.keys[i]: return False
            n = n.children[i]
    def split(self, p, i):
        t, c, n = self.t, p.children[i], Node()
        p.keys.insert(i, c.keys[t - 1]); p.children.insert(i + 1, n)
        n.keys, c.keys = c.keys[t:], c.keys[:t - 1]
        if c.children: n.children, c.children = c.children[t:], c.children[:t]
    def find(self, k):
        n = self.root
        while True:
            i = bisect.bisect_left(n.keys, k)
            if i < len(n.keys) and n.keys[i] == k: return True
            if not n.children: return False
            n = n.children[i]
    def walk(self, n=None):
        n = n or self.root
        for i, k in enumerate(n.keys):
            if n.children: yield from self.walk(n.children[i])
            yield k
        if n.children: yield from self.walk(n.children[-1])
t, x, added = BTree(), 1, 0
for _ in range(100000):
    x = x * 1103515245 + 12345 & 0x3FFFF
    added += t.insert(x)
print(added, sum(t.find(k) for k in range(0, 200000, 2)), sum(k * i % 7 for i, k in enumerate(t.walk())))
