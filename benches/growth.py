"""What work on data structures costs at sizes from 10 to 10 million.

Run by `cargo xtask bench --growth` under each interpreter, once for each structure. Without arguments: the structures'
names, a line each. With a name: a line of JSON for each size, with the nanoseconds that an element costs there. A size is
left out if it would take the structure beyond the seconds that it is given, and so are those behind it.
"""
import collections, heapq, json, sys, time

sys.set_int_max_str_digits(0)


def ints(n):
    """Numbers in no order, without the cost of a random generator."""
    return [i * 2654435761 % 4294967291 for i in range(n)]


def texts(n):
    return [f"key{i * 2654435761 % 4294967291}" for i in range(n)]


def append(n):
    out = []
    for i in range(n): out.append(i)


def pop(items):
    items = items[:]
    while items: items.pop()


def read(items):
    for i in range(len(items)): items[i]


def store(items):
    d = {}
    for x in items: d[x] = None


def find(table, items):
    for x in items: table[x]


def contains(table, items):
    for x in items: x in table


def delete(items):
    d = dict.fromkeys(items)
    for x in items: del d[x]


def add(items):
    s = set()
    for x in items: s.add(x)


def concatenate(n):
    s = ""
    for i in range(n): s += "x"


def extend(n):
    b = bytearray()
    for i in range(n): b += b"x"


def queue(n):
    d = collections.deque(range(n))
    for i in range(n): d.append(d.popleft())


def heap(items):
    h = []
    for x in items: heapq.heappush(h, x)
    while h: heapq.heappop(h)


def table(items): return dict.fromkeys(items), items


# Name, what is done, what it is done to (not measured), and the greatest size.
WORK = [
    ("list append", append, lambda n: (n,), 10**7),
    ("list pop", pop, lambda n: (list(range(n)),), 10**7),
    ("list index", read, lambda n: (list(range(n)),), 10**7),
    ("list sort", sorted, lambda n: (ints(n),), 10**7),
    ("list sort of strings", sorted, lambda n: (texts(n),), 10**6),
    ("dict store, ints", store, lambda n: (ints(n),), 10**7),
    ("dict store, strings", store, lambda n: (texts(n),), 10**6),
    ("dict find, ints", find, lambda n: table(ints(n)), 10**7),
    ("dict find, strings", find, lambda n: table(texts(n)), 10**6),
    ("dict delete", delete, lambda n: (ints(n),), 10**6),
    ("set add", add, lambda n: (ints(n),), 10**7),
    ("set contains", contains, lambda n: (set(ints(n)), ints(n)), 10**7),
    ("str +=", concatenate, lambda n: (n,), 10**7),
    ("str join", "".join, lambda n: (["ab"] * n,), 10**7),
    ("str find", str.find, lambda n: ("ab" * (n // 2) + "c", "bac"), 10**7),
    ("str split", str.split, lambda n: ("a " * (n // 2),), 10**7),
    ("str replace", str.replace, lambda n: ("ab" * (n // 2), "ba", "c"), 10**7),
    ("bytearray +=", extend, lambda n: (n,), 10**7),
    ("deque", queue, lambda n: (n,), 10**7),
    ("heap", heap, lambda n: (ints(n),), 10**6),
    ("int to text", str, lambda n: (10**n - 1,), 10**5),
    ("int from text", int, lambda n: ("7" * n,), 10**5),
    ("int multiply", int.__mul__, lambda n: (10**n - 1, 10**n - 3), 10**6),
    ("int divide", int.__floordiv__, lambda n: (10 ** (2 * n), 10**n - 3), 10**5),
]


# Seconds for one structure, preparations included.
LIMIT = 20.0


def measure(work, arguments, n):
    """Nanoseconds an element, the least of several runs; what takes long is run once."""
    times, costs, spent = 1, [], 0.0
    while len(costs) < 3 and spent < 0.3:
        rounds = [None] * times
        start = time.process_time()
        for _ in rounds: work(*arguments)
        took = time.process_time() - start
        spent += took
        if took < 0.002:
            times *= 4
        else:
            costs.append(took / times / n * 1e9)
    return min(costs)


def main(wanted):
    for name, work, prepare, most in WORK:
        if name != wanted: continue
        begun, last, n = time.process_time(), 0.0, 10
        while n <= most:
            start = time.process_time()
            # Ten times as many elements take at least ten times as long, repetitions aside.
            if n > 10**5 and start - begun + 10 * last > LIMIT: break
            arguments = prepare(n)
            prepared = time.process_time() - start
            cost = measure(work, arguments, n)
            print(json.dumps({"size": n, "cost": cost}), flush=True)
            last = prepared + cost * n / 1e9
            n *= 10


if len(sys.argv) > 1:
    main(sys.argv[1])
else:
    for name, *_ in WORK: print(name)
