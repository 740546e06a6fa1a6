"""Sets of ints list their items in the order that CPython's tables give, whatever has been done to them."""

import random

random = random.Random(7)


def values(n):
    kinds = lambda: [random.randrange(-5, 40), random.randrange(10000), 2**31 + random.randrange(9)]
    return [random.choice(kinds()) for _ in range(n)]


def made(how, items):
    match how:
        case 0:
            return set(items)
        case 1:
            return frozenset(items)
        case 2:
            result = set()
            for item in items:
                result.add(item)
            return result
        case 3:
            return set(dict.fromkeys(items))
        case 4:
            return {item for item in items}
        case 5:
            return set(set(items))
        case 6:
            result = set(items)
            for item in items[::3]:
                result.discard(item)
                result.add(item + 64)
            return result


def changed(start, method, *others):
    result = set(start)
    getattr(result, method)(*others)
    return result


BOTH = ["union", "intersection", "difference", "symmetric_difference"]
IN_PLACE = ["update", "intersection_update", "difference_update", "symmetric_difference_update"]
for n in range(150):
    how, other_how = random.randrange(7), random.randrange(7)
    a = made(how, values(random.choice([0, 1, 3, 4, 5, 6, 9, 12, 20, 30, 60])))
    items = values(random.choice([0, 1, 2, 3, 5, 8, 11, 25, 50]))
    b, keys = made(other_how, items), dict.fromkeys(items)
    results = [a, b, a | b, a & b, a - b, a ^ b, a.copy(), set(a), a.union(b, items), a.difference(items, b)]
    results += [getattr(a, method)(other) for method in BOTH for other in (items, keys)]
    results += [changed(a, method, other) for method in IN_PLACE for other in (b, items, keys)]
    print(n, how, other_how, [hash(tuple(result)) % 10000 for result in results])
