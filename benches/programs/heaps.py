"""heapq, bisect, itertools and random: an event queue, a merge, samples."""
import bisect, heapq, itertools, random
rng = random.Random(5)
events, clock, done = [], 0.0, 0
for i in range(3000): heapq.heappush(events, (rng.random() * 10, i, "start"))
while events and done < 140000:
    clock, i, kind = heapq.heappop(events)
    done += 1
    heapq.heappush(events, (clock + rng.expovariate(1.0), i, "stop" if kind == "start" else "start"))
table = []
for _ in range(70000): bisect.insort(table, rng.randrange(1000000))
total = sum(bisect.bisect_left(table, x) for x in range(0, 1000000, 29))
runs = [sorted(rng.sample(range(100000), 4000)) for _ in range(6)]
total += sum(itertools.islice(heapq.merge(*runs), 0, None, 7))
total += sum(heapq.nlargest(50, table)) - sum(heapq.nsmallest(50, table))
total += sum(a * b for a, b in itertools.pairwise(itertools.accumulate(range(90000)))) % 1000007
total += sum(len(list(g)) for k, g in itertools.groupby(table, key=lambda x: x // 1000))
total += sum(1 for c in itertools.combinations(range(28), 4) if sum(c) % 5 == 0)
deck = list(range(2000))
for _ in range(30): rng.shuffle(deck)
print(total, f"{clock:.6f}", deck[:4], f"{sum(rng.gauss(0, 1) for _ in range(70000)):.6f}")
