"""heapq: push, pop, replace, merge and the largest of many, of numbers, tuples and objects."""
import heapq
from heapq import heapify, heappop, heappush, heappushpop, heapreplace
numbers = [x * 7919 % 100003 for x in range(100000)]
total = 0
for _ in range(2):
    heap = []
    for x in numbers: heappush(heap, x)
    for _ in range(50000): total += heappop(heap)
    for x in numbers: total += heapreplace(heap, x) - heappushpop(heap, x)
    heap = [x * 0.5 for x in numbers]
    heapify(heap)
    while heap: total += heappop(heap)
tasks = []
for i, x in enumerate(numbers[:60000]): heappush(tasks, (x % 1000, i, f"task {i}"))
while tasks:
    rank, i, name = heappop(tasks)
    total += rank * (i & 3) + len(name)
class Job:
    def __init__(self, rank): self.rank = rank
    def __lt__(self, other): return self.rank < other.rank
jobs = [Job(x) for x in numbers[:8000]]
heapify(jobs)
while len(jobs) > 100: total += heappop(jobs).rank
graph = {n: [((n * 7 + k * 13) % 5000, (n + k * 31) % 97 + 1) for k in range(6)] for n in range(5000)}
for start in (0, 77):
    seen, queue = {}, [(0, start)]
    while queue:
        far, n = heappop(queue)
        if n in seen: continue
        seen[n] = far
        for m, step in graph[n]: heappush(queue, (far + step, m))
    total += sum(seen.values())
total += sum(heapq.merge(*(sorted(numbers[i::9]) for i in range(9)))) + sum(heapq.nlargest(1000, numbers)) - sum(heapq.nsmallest(500, numbers, key=lambda x: -x))
print(total)
