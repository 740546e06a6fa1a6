"""What finalisers and callbacks see of the garbage that they belong to."""

import gc
import weakref

gc.disable()
log = []


def show(title):
    print(f"{title}:", *log, sep="\n  ")
    log.clear()


def called(ref):
    log.append(f"callback, {ref()}")


class Node:
    def __init__(self, name):
        self.name, self.me = name, None


class Finalised(Node):
    def __del__(self):
        known = gc.get_objects()
        log.append(
            f"{self.name}: tracked {gc.is_tracked(self)}, known {any(o is self for o in known)}, "
            f"other alive {self.other.name}, weak {getattr(self.weak(), 'name', None)}"
        )


# A ring of two, each with a finaliser, weak references into it from outside and from inside.
def ring():
    a, b = Finalised("a"), Finalised("b")
    a.other, b.other = b, a
    a.weak, b.weak = weakref.ref(b, called), weakref.ref(a)
    return [weakref.ref(a, called), weakref.ref(b), weakref.ref(b, called)]


refs = ring()
print(gc.collect() > 0)
show("ring")
print([r() for r in refs])


# Some come back to life, and only some: what the others alone refer to goes.
class Returning(Node):
    def __del__(self):
        global returned
        returned = self
        log.append(f"{self.name} returns")


returned = None
x, y = Returning("x"), Finalised("y")
y.other, y.weak = x, weakref.ref(x)
x.me, y.me = x, y
x.part = [y]
del x, y
print(gc.collect() > 0)
show("returning")
print(returned.name, returned.part[0].name, gc.is_tracked(returned), gc.is_finalized(returned))
print(any(o is returned for o in gc.get_objects(generation=2)))
returned.part = None
print(gc.collect() > 0)
returned = None
print(gc.collect() > 0)
show("gone for good")


# A finaliser makes a weak reference to what dies now: it is dead before anything is taken apart.
class Watching(Node):
    def __del__(self):
        global watch
        watch = weakref.ref(self, called)
        log.append(f"{self.name} watches itself: {watch() is self}")


w = Watching("w")
w.me = w
del w
print(gc.collect() > 0, watch())
show("watching")


# A finaliser takes a piece out of the garbage.
class Parting(Node):
    def __del__(self):
        saved.append(self.box.pop())


saved = []
p = Parting("p")
p.me, p.box = p, [["kept", p]]
del p
print(gc.collect() > 0)
print(saved[0][0], saved[0][1].name, saved[0][1].box)
saved.clear()
print(gc.collect() > 0)


# A class, its metaclass, its instances and a function of it die together.
def classes():
    class Meta(type):
        pass

    class Class(metaclass=Meta):
        def method(self):
            return __class__

    instance = Class()
    instance.me = [instance, Class.method]
    return [weakref.ref(o, called) for o in (Meta, Class, instance)]


refs = classes()
print(gc.collect() > 5)
print([r() for r in refs])
show("classes")


# What dies while a finaliser runs waits for its turn; a chain of them goes in order, from the outside in.
class Chain(Node):
    def __del__(self):
        log.append(f"begin {self.name}")
        dropped = Finalised(f"dropped by {self.name}")
        dropped.other, dropped.weak = self, weakref.ref(self)
        del dropped
        log.append(f"end {self.name}")


head = None
for i in range(4):
    link = Chain(i)
    link.next = head
    head = link
del link
head = None
show("chain")

# A hundred thousand at once, in a list and in a chain.
count = 0


class Counted:
    __slots__ = ("next", "__weakref__")

    def __del__(self):
        global count
        count += 1


many = [Counted() for _ in range(100_000)]
refs = [weakref.ref(c) for c in many[::100]]
many.clear()
print(count, sum(r() is not None for r in refs))
for _ in range(100_000):
    c = Counted()
    c.next = head
    head = c
del c
head = None
print(count)

# Callbacks all come after all weak references have died, newest first.
one, two = Node("one"), Node("two")
one.two, two.one = two, one
refs = [weakref.ref(o, lambda r, n=n: log.append(f"{n}: {[q() for q in refs]}")) for n, o in enumerate((one, two, one))]
del one, two
print(gc.collect() > 0)
show("callbacks")
single = Node("single")
refs = [weakref.ref(single, lambda r, n=n: log.append(f"{n}: {r()} {r.__callback__} {[q() for q in refs]}")) for n in range(3)]
del single
show("callbacks of one")
