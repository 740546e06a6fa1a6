# enum: members, aliases, flags, auto, lookup, methods, errors.
from enum import *
class Color(Enum):
    RED = 1
    GREEN = 2
    CRIMSON = 1
    def describe(self): return f"{self.name}={self.value}"
    @classmethod
    def default(cls): return cls.RED
print(Color.RED, repr(Color.RED), Color(2), Color["GREEN"], Color.CRIMSON is Color.RED, list(Color), len(Color), Color.__members__, Color.RED.describe(), Color.default(), Color.RED == 1, Color.RED in Color, 1 in Color, 9 in Color, isinstance(Color.RED, Color), hash(Color.RED) == hash("RED"), f"{Color.RED}", type(Color).__name__, Color)
class Auto(Enum): A = auto(); B = auto(); C = 10; D = auto()
class I(IntEnum): X = 1; Y = 2
class S(StrEnum): Foo = auto(); BAR = "bar-value"
print([m.value for m in Auto], I.X + 1, I.X < I.Y, I.X == 1, sorted([I.Y, I.X]), [10, 20, 30][I.Y], repr(I.X), str(I.X), f"{I.X:03}", S.Foo, S.BAR.upper(), S.Foo == "foo", repr(S.BAR), I(2), int(I.Y))
class Perm(Flag): R = 4; W = 2; X = 1; RW = 6
print(Perm.R | Perm.W, Perm.R & Perm.RW, ~Perm.R, Perm(7), Perm(0), Perm.R in Perm.RW, list(Perm.RW), bool(Perm(0)), Perm.R ^ Perm.RW, Perm(5).name, Perm.RW.value, len(Perm.RW), repr(Perm.R | Perm.X), Perm["R"])
class IF(IntFlag): A = auto(); B = auto(); C = auto()
print(IF.A | IF.C, IF.A | 8, int(IF.A | IF.B), IF(7), ~IF.A, IF.A + 1)
for e in ("Color(9)", "Color['X']", "Color.X", "Color.RED = 5", "del Color.RED", "Color()", "Perm(99)", "Color.RED < Color.GREEN", "Color.RED.value.zz", "Color.RED.GREEN", "Color('RED')", "Color.RED.name = 'x'", "class Sub(Color): pass", "class D(Enum):\n A = 1\n A = 2", "@unique\nclass D(Enum):\n A = 1\n B = 1", "I('x')", "S(5)", "Perm('a')", "class N(IntEnum): A = 'x'", "Color(None)", "Color.RED()", "class M(Enum): _bad_ = 1", "class M(Enum): mro = 1"):
    try:
        r = None; exec(e); print(e, "ok")
    except Exception as err:
        print(e.replace("\n", "; "), "->", type(err).__name__, err)
class Planet(Enum):
    EARTH = (5.97e24, 6.37e6)
    MARS = (6.4e23, 3.4e6)
    def __init__(self, mass, radius): self.mass, self.radius = mass, radius
    @property
    def g(self): return round(6.67e-11 * self.mass / self.radius ** 2, 2)
print(Planet.EARTH.g, Planet.MARS.value, Planet((6.4e23, 3.4e6)))
class Miss(Enum):
    A = "a"
    @classmethod
    def _missing_(cls, v): return cls.A if str(v).lower() == "a" else None
print(Miss("A"))
try:
    Miss("zz")
except ValueError as err:
    print(err)
class Gen(Enum):
    @staticmethod
    def _generate_next_value_(name, start, count, last): return name.lower() * (count + 1)
    ONE = auto(); TWO = auto()
print([m.value for m in Gen])
F = Enum("F", "A B C"); G = Enum("G", {"x": 10, "y": 20}); H = IntFlag("H", ["P", "Q"])
print(list(F), G.y, G(10), H.P | H.Q, F.A.value, F.__module__)
class New(bytes, Enum):
    def __new__(cls, v, label): o = bytes.__new__(cls, [v]); o._value_ = v; o.label = label; return o
    A = (65, "letter a")
print(New.A, New(65), New.A.label, bytes(New.A))
import pickle, copy
print(pickle.loads(pickle.dumps(Color.RED)) is Color.RED, copy.deepcopy(Color.GREEN) is Color.GREEN, {Color.RED: 1}[Color(1)])
class NM(Enum):
    X = member(5); f = nonmember(6); _ignore_ = ["tmp"]; tmp = 3
    @property
    def prop(self): return "p"
print(NM.X, NM.f, NM.X.prop, hasattr(NM, "tmp"), [*reversed(Color)], Color.RED.__class__, Color.__iter__().__next__(), dir(Color)[-3:])
@verify(CONTINUOUS)
class V(IntEnum): A = 1; B = 2
try:
    @verify(CONTINUOUS)
    class V2(IntEnum): A = 1; B = 5
except ValueError as err:
    print(err)
class Bound(Flag, boundary=CONFORM): A = 1; B = 2
class Keep(Flag, boundary=KEEP): A = 1
print(Bound(13), Keep(9), Bound.A | Bound.B == Bound(3))
match Color(1):
    case Color.GREEN: print("green")
    case Color.RED: print("red matched")
