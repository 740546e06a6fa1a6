# Which items a sort compares, in what order, and what comes of it where `<` is no total order.
import random

rng = random.Random(20)
log = []


class Item:
    def __init__(self, number):
        self.number = number

    def __lt__(self, other):
        log.append((self.number, other.number))
        return less[self.number][other.number]


def by_rank(n, ranks):
    """Items in order of some rank each; those of rank 0 are neither less nor greater than anything."""
    rank = [rng.randrange(ranks) for _ in range(n)]
    return [[bool(a and b and a < b) for b in rank] for a in rank]


def runs(n):
    rank, at = [], 0
    while len(rank) < n:
        at, step = rng.randrange(n), rng.choice([-1, 0, 1])
        for _ in range(rng.choice([1, 3, 20, 90])):
            rank.append(at)
            at += step
    return [[a < b for b in rank[:n]] for a in rank[:n]]


for n in [*range(9), *range(2, 9), 17, 63, 64, 65, 100, 130, 300, 777]:
    for less in (by_rank(n, n + 1), by_rank(n, 3), runs(n), [[rng.random() < 0.5 for _ in range(n)] for _ in range(n)]):
        for reverse in (False, True):
            log.clear()
            items = [Item(i) for i in range(n)]
            items.sort(reverse=reverse)
            found = [item.number for item in items]
            print(n, reverse, found if n < 20 else hash(tuple(found)), len(log), hash(tuple(log)))

nan = float("nan")
for pool in ([nan, False, 0.1, 2, -1], [nan, 0.1, 1.5, -2.0], [nan, 1, 2, 0, 3**50], [{1}, {2}, {1, 2}, set()]):
    for n in range(2, 12):
        values = [rng.choice(pool) for _ in range(n)]
        print(sorted(values), sorted(values, reverse=True), sorted(values, key=lambda value: value))


# An exception in the middle loses nothing.
class Angry(Item):
    left = 0

    def __lt__(self, other):
        Angry.left -= 1
        if Angry.left < 0:
            raise ValueError("enough")
        return self.number < other.number


for n in (5, 70, 200):
    for Angry.left in (0, 1, n // 2, n, 2 * n, 4 * n):
        items = [Angry((i * 37) % n if i < n // 2 else i) for i in range(n)]
        before = sorted(item.number for item in items)
        try:
            items.sort()
            print(n, "sorted")
        except ValueError as error:
            print(n, error)
        print(before == sorted(item.number for item in items), hash(tuple(item.number for item in items)))
