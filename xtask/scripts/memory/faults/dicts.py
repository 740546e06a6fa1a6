"""Dicts, sets, lists, tuples, their views and comprehensions."""

from collections import Counter, OrderedDict, defaultdict, deque


def work():
    table = {str(i): [i] * (i % 3) for i in range(60)}
    table |= {i: (i, -i) for i in range(40)}
    for i in range(0, 40, 3):
        del table[i]
    groups = defaultdict(list)
    for key, value in table.items():
        groups[len(value)].append(key)
    ordered = OrderedDict(sorted((str(k), len(v)) for k, v in table.items()))
    ordered.move_to_end("1")
    counted = Counter("a text in which letters come again")
    seen = {frozenset(range(i % 7)) for i in range(20)} | {frozenset([9])}
    queue = deque(range(100), maxlen=70)
    queue.rotate(5)
    items = list(table)[::-1] + list(queue)[3:9]
    items.sort(key=str)
    items[2:4] = [None] * 10
    flat = [x for group in groups.values() for x in group]
    keys = table.keys() & set(flat)
    copy = dict(table, extra=1)
    copy.update(zip("abc", range(3)))
    return len(items), len(keys), counted.most_common(2), len(seen), queue[0], next(reversed(ordered)), len(copy)
