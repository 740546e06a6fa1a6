"""Classes that die together with what derives from them, and frames with the functions that they ran, of which nothing else
keeps the code."""

import gc
import weakref

gc.disable()
gone = []


def classes():
    class Base:
        pass

    derived = [type(f"Derived{i}", (Base,), {"i": i}) for i in range(20)]
    last = [type(f"Last{i}", (derived[i], derived[i + 1]), {}) for i in range(0, 18, 2)]

    class Meta(type):
        pass

    class Made(Base, metaclass=Meta):
        pass

    derived[3].__bases__ = (Made,)
    return [weakref.ref(c, gone.append) for c in [Base, Meta, Made, *derived, *last]]


refs = classes()
gc.collect()
print(len(refs), len(gone), [ref() for ref in refs].count(None))

# A base that is younger than what derives from it.
class Root:
    pass


class Old(Root):
    pass


class Young(Root):
    pass


Old.__bases__ = (Young,)
others = [type("Other", (Young,), {}) for _ in range(10)]
refs = [weakref.ref(c) for c in (Old, Young, Root, *others)]
del Old, Young, Root, others
gc.collect()
print([ref() for ref in refs].count(None))

SOURCE = """
def deep(n, *rest):
    a = b = c = d = [n]
    if n == 0:
        raise ValueError(n)
    deep(n - 1, a, b, c, d)

def keep(**names):
    def inner():
        x = y = z = names
        raise KeyError(len(x))
    try:
        inner()
    except KeyError as e:
        return e

def steps(n):
    held = [n]
    for i in range(n):
        yield i, held

try:
    deep(10)
except ValueError as e:
    kept = e
kept_too = keep(a=1, b=2)
running = steps(5)
next(running)
frame = running.gi_frame
"""

for _ in range(50):
    namespace = {"watched": set()}
    exec(SOURCE, namespace)
    exec("def more(a, b=1, *c, d=2, **e):\n" + "".join(f"    v{i} = {i}\n" for i in range(60)) + "    raise TypeError\n"
         "try: more(1)\nexcept TypeError as e: third = e", namespace)
    ref = weakref.ref(namespace["deep"])
    found = gc.get_count()[0] > 0
    del namespace
    gc.collect()
    if ref() is not None or not found:
        print("kept")
print("done")
