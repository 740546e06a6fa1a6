"""Classes, instances, properties, slots, super, metaclasses."""


def work():
    class Meta(type):
        def __new__(cls, name, bases, namespace, **words):
            made = super().__new__(cls, name, bases, namespace)
            made.words = words
            return made

    class Base(metaclass=Meta, a=1):
        def __init__(self, x):
            self.x = x

        @property
        def double(self):
            return 2 * self.x

        @classmethod
        def of(cls, *xs):
            return [cls(x) for x in xs]

    class Slots(Base):
        __slots__ = ("y", "z")

        def __init__(self, x):
            super().__init__(x)
            self.y, self.z = x + 1, [x]

        def __eq__(self, other):
            return self.y == other.y

        __hash__ = None

    class Wide(Base):
        def __init__(self, x):
            super().__init__(x)
            for i in range(12):
                setattr(self, f"a{i}", [i])

        def __getattr__(self, name):
            return name

    made = Base.of(1, 2) + Slots.of(3, 4) + Wide.of(5)
    made[4].__dict__["extra"] = 1
    del made[4].a3
    return [m.double for m in made], made[2] == made[3], made[4].a3, len(vars(made[4])), Wide.__mro__[1].words["a"]
