# abc, virtual subclasses, protocols.
from abc import *
from typing import Protocol, runtime_checkable
import collections.abc as cabc
class Shape(ABC):
    @abstractmethod
    def area(self): "doc"
    @property
    @abstractmethod
    def name(self): ...
    @classmethod
    @abstractmethod
    def make(cls): ...
    @staticmethod
    @abstractmethod
    def st(): ...
    def concrete(self): return f"{self.name} {self.area()}"
for src in ("Shape()", "type('P', (Shape,), {'area': 1})()", "type('Q', (Shape,), {'area': 1, 'name': 2, 'make': 3})()"):
    try:
        eval(src)
    except TypeError as e:
        print(e)
class Sq(Shape):
    def area(self): return 4
    name = "sq"
    @classmethod
    def make(cls): return cls()
    @staticmethod
    def st(): return "st"
print(Sq.make().concrete(), Sq.st(), Shape.__abstractmethods__ == {"area", "name", "make", "st"}, Sq.__abstractmethods__, isinstance(Sq(), Shape), Shape.area.__isabstractmethod__)
@Shape.register
class V: pass
print(isinstance(V(), Shape), issubclass(V, Shape), Shape in V.__mro__)
try:
    V.register
except AttributeError as e:
    print(e)
class Duck(ABC):
    @classmethod
    def __subclasshook__(cls, c): return True if any("quack" in b.__dict__ for b in c.__mro__) else NotImplemented
class Mallard:
    def quack(self): pass
print(isinstance(Mallard(), Duck), issubclass(int, Duck))
try:
    Sq.register(Shape)
except RuntimeError as e:
    print(e)
try:
    Shape.register(5)
except TypeError as e:
    print(e)
class HasLen:
    def __len__(self): return 0
class It:
    def __iter__(self): return iter(())
    def __contains__(self, x): return True
class NoHash: __hash__ = None
print(isinstance(HasLen(), cabc.Sized), isinstance(It(), cabc.Iterable), isinstance(It(), cabc.Container), isinstance(It(), cabc.Collection), isinstance(NoHash(), cabc.Hashable), issubclass(list, cabc.MutableSequence), isinstance((), cabc.Hashable), isinstance(len, cabc.Callable), isinstance((x for x in ()), cabc.Generator), issubclass(dict, cabc.Mapping), isinstance({}.keys(), cabc.KeysView), isinstance(range(1), cabc.Sequence))
@runtime_checkable
class Closer(Protocol):
    def close(self): ...
class Named(Protocol):
    name: str
class File:
    def close(self): pass
print(isinstance(File(), Closer), isinstance(5, Closer), issubclass(File, Closer), Closer.__protocol_attrs__ if hasattr(Closer, "__protocol_attrs__") else "")
for f in (lambda: isinstance(5, Named), lambda: Named(), lambda: Closer(), lambda: issubclass(5, Closer)):
    try:
        print(f())
    except TypeError as e:
        print(e)
@runtime_checkable
class DataP(Protocol):
    x: int
class HasX: x = 1
print(isinstance(HasX(), DataP), isinstance(5, DataP))
try:
    issubclass(HasX, DataP)
except TypeError as e:
    print(e)
class Impl(Closer):
    def close(self): return "closed"
print(Impl().close(), Closer in Impl.__mro__)
class Temp(ABC):
    def run(self): self.a(); return self.b()
    def a(self): print("default a")
    @abstractmethod
    def b(self): raise NotImplementedError
class TI(Temp):
    def b(self):
        try:
            super().b()
        except NotImplementedError as e:
            return f"base raised {e!r}"
print(TI().run())
Temp.c = abstractmethod(lambda self: 0)
update_abstractmethods(Temp)
print(sorted(Temp.__abstractmethods__))
