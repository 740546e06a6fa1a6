"""bisect: places looked up and kept in order, by value and by key."""
import bisect
from bisect import bisect_left, bisect_right, insort
numbers = [x * 7 % 100003 for x in range(150000)]
table = []
for x in numbers[:50000]: insort(table, x)
total = 0
for x in numbers: total += bisect_left(table, x) - bisect_right(table, x, 5, len(table) - 5)
texts = sorted(f"key {x}" for x in numbers)
for x in numbers: total += bisect_right(texts, f"key {x}")
spots = sorted((x / 4, x) for x in numbers[:20000])
for x in numbers[:40000]: total += bisect_left(spots, (x / 4, 0))
floats = [x * 0.5 for x in range(50000)]
for x in numbers: total += bisect_right(floats, x * 0.25)
class Job:
    def __init__(self, rank, name): self.rank, self.name = rank, name
    def __lt__(self, other): return self.rank < other.rank
jobs = []
for x in numbers[:7000]: insort(jobs, Job(x, "job"))
for x in numbers[:10000]: total += bisect_left(jobs, x, key=lambda job: job.rank)
grades = "FDCBA"
marks = [0] * 5
for i in range(150000): marks[bisect.bisect((60, 70, 80, 90), i % 101)] += 1
print(total, marks, jobs[3].rank, "".join(grades[bisect.bisect((60, 70, 80, 90), m)] for m in (33, 99, 77, 70, 89, 90, 100)))
