"""Dijkstra, breadth-first search and union-find on a grid graph."""
import heapq
from collections import deque
W = 170
cost = [(i * 7919 ^ i >> 3) % 9 + 1 for i in range(W * W)]
def near(p):
    x, y = p % W, p // W
    if x: yield p - 1
    if x < W - 1: yield p + 1
    if y: yield p - W
    if y < W - 1: yield p + W
def dijkstra(s):
    dist, heap = {s: 0}, [(0, s)]
    while heap:
        d, p = heapq.heappop(heap)
        if d > dist[p]: continue
        for q in near(p):
            n = d + cost[q]
            if n < dist.get(q, 1 << 60): dist[q] = n; heapq.heappush(heap, (n, q))
    return dist
def bfs(s):
    seen, q = {s: 0}, deque([s])
    while q:
        p = q.popleft()
        for n in near(p):
            if n not in seen and cost[n] < 8: seen[n] = seen[p] + 1; q.append(n)
    return seen
parent = list(range(W * W))
def find(a):
    while parent[a] != a: parent[a] = parent[parent[a]]; a = parent[a]
    return a
for _ in range(6):
    d = dijkstra(0); b = bfs(0)
    for p in range(W * W):
        for q in near(p):
            if cost[p] == cost[q]: parent[find(p)] = find(q)
print(d[W * W - 1], sum(d.values()), len(b), max(b.values()), len({find(p) for p in range(W * W)}))
