"""Pickles of containers around the size of a batch are the same bytes, whatever the protocol."""
import collections
import hashlib
import pickle


class SubDict(dict):
    pass


class SubList(list):
    pass


MAKERS = [
    ("dict", lambda n: dict.fromkeys(range(n))),
    ("set", lambda n: set(range(n))),
    ("frozenset", lambda n: frozenset(range(n))),
    ("list", lambda n: list(range(n))),
    ("SubDict", lambda n: SubDict.fromkeys(range(n))),
    ("SubList", lambda n: SubList(range(n))),
    ("OrderedDict", lambda n: collections.OrderedDict.fromkeys(range(n))),
    ("deque", lambda n: collections.deque(range(n))),
    ("defaultdict", lambda n: collections.defaultdict(int, dict.fromkeys(range(n)))),
]
for size in (0, 1, 2, 999, 1000, 1001, 2000, 2001):
    for name, make in MAKERS:
        container = make(size)
        texts = [pickle.dumps(container, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
        assert all(pickle.loads(text) == container for text in texts)
        print(size, name, *[f"{len(text)}:{hashlib.md5(text).hexdigest()[:6]}" for text in texts])
