# attrs: classes with validators, converters, slots, evolve, serialisation.
import attr, attrs
from attrs import define, field, frozen, validators, converters, asdict, astuple, evolve, Factory
@define
class Address:
    street: str = field(validator=validators.instance_of(str))
    zip: int = field(converter=int, validator=validators.and_(validators.gt(0), validators.lt(100000)))
@define(order=True)
class Person:
    name: str = field(validator=validators.matches_re(r"[A-Z]\w+"))
    age: int = field(default=0, validator=validators.ge(0))
    tags: list[str] = Factory(list)
    home: Address | None = None
    _secret: str = field(default="s", repr=False, alias="secret")
    full: str = field(init=False)
    def __attrs_post_init__(self): self.full = f"{self.name} ({self.age})"
    @age.validator
    def _check(self, attribute, value):
        if value > 150: raise ValueError(f"{attribute.name} too large: {value}")
p = Person("Ann", 30, ["x"], Address("Main", "12345"))
print(p, p.full, asdict(p), astuple(p.home), evolve(p, age=31), p == evolve(p), p < Person("Bob"), attrs.has(Person), [a.name for a in attrs.fields(Person)], hasattr(p, "__dict__"))
for bad in (lambda: Person("ann"), lambda: Person("Ann", -1), lambda: Person("Ann", 200), lambda: Address(5, 1), lambda: Address("s", "x"), lambda: Person(), lambda: setattr(p, "nope", 1), lambda: setattr(p, "age", -5), lambda: Person("A1", tags=1, zzz=2)):
    try: bad(); print("fine")
    except Exception as e: print(type(e).__name__, str(e).split("\n")[0][:110])
@frozen
class Point:
    x: float = field(converter=converters.default_if_none(0.0))
    y: float = 1.5
q = Point(None)
print(q, hash(q) == hash(Point(0.0)), {q: 1}[Point(0.0)])
try: q.x = 5
except attrs.exceptions.FrozenInstanceError as e: print(type(e).__name__, e)
@attr.s(auto_attribs=True, kw_only=True, eq=False)
class Old:
    a: int = attr.ib(metadata={"unit": "m"})
print(Old(a=1).a, attr.fields(Old).a.metadata["unit"], attrs.make_class("Made", ["x", "y"])(1, 2), attr.asdict(Old(a=2), filter=lambda a, v: v != 3), attrs.asdict(p, value_serializer=lambda i, a, v: str(v) if isinstance(v, int) else v))
print(attrs.inspect(Person) if hasattr(attrs, "inspect") else attrs.resolve_types(Address) is Address, attr.__version__)
