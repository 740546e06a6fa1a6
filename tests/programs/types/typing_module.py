# typing: constructs, introspection, casts, TypedDict, Literal, overloads.
from typing import *
import typing, collections.abc as cabc, types
print(Union[int, str], Optional[int], int | None, Union[int, int], Union[int], int | str | int, Optional[None], Union[int, Union[str, bytes]], Literal[1, "a", True, None], Literal[1, Literal[2]], List[int], Dict[str, List[int]], Tuple[int, ...], Tuple[()], Type[int], Callable[[int, str], bool], Callable[..., Any], Callable[[], None], ClassVar[int], Final[int], Annotated[int, 1, "x"], Any, NoReturn, Never, Self, LiteralString, Concatenate[int, ...], Required, TypeGuard[int], TypeIs[str], Unpack[tuple[int]], Iterable[int], DefaultDict[str, int], Counter[str], Generator[int, None, str], AsyncIterator[int], Pattern[str], IO[str], SupportsInt)
print(list[int], dict[str, int], tuple[int, ...], type[int], cabc.Callable[[int], str], list[int] == list[int], list[int] is list[int], hash(list[int]) == hash(list[int]), list[int] | None, type(int | str), type(Union[int, str]) is types.UnionType, isinstance(1, int | str), issubclass(bool, int | str), list[list[int]].__args__, (int | str).__args__, tuple[()].__args__, list[int]([1]), list[int].append, list["fwd"], tuple[int, *tuple[str, ...]])
print(get_origin(List[int]), get_origin(list[int]), get_args(Dict[str, int]), get_args(Callable[[int], str]), get_origin(Annotated[int, 1]), get_args(Annotated[int, 1]), get_origin(int), get_args(int | str), get_origin(int | str), get_origin(Literal[1]), get_origin(Generic[TypeVar("T")]), is_typeddict(int), get_origin(ClassVar[int]), get_args(Literal["a", 1]), get_origin(Callable))
T = TypeVar("T"); K = TypeVar("K"); P = ParamSpec("P"); Ts = TypeVarTuple("Ts")
class G(Generic[T, K]):
    def __init__(self, x: T): self.x = x
print(G[int, str], G[int, str](5).x, G[T, int].__parameters__, G[T, int][str], G[int, str].__origin__, G.__parameters__, G[int, str].__orig_class__ if hasattr(G[int, str], "__orig_class__") else "no", G[int, str](1).__orig_class__, Dict[K, T][int, str], List[T][int], Callable[P, T][[int], str], tuple[T, *Ts], Callable[[T], K][int, str])
class TD(TypedDict, total=False):
    a: Required[int]
    b: NotRequired[str]
    c: ReadOnly[float]
class TD2(TD): d: list
print(TD(a=1), TD.__required_keys__, sorted(TD.__optional_keys__), TD2.__total__, TD2.__annotations__.keys(), is_typeddict(TD), TypedDict("X", {"k": int})(k=1), TD.__readonly_keys__, TD.__mutable_keys__ == frozenset("ab"))
UserId = NewType("UserId", int)
print(UserId(5), UserId, UserId.__supertype__, cast(int, "x"), assert_type(1, int), reveal_type.__name__, TYPE_CHECKING, get_type_hints(G.__init__), no_type_check(lambda: 0).__no_type_check__)
@overload
def ov(x: int) -> int: ...
@overload
def ov(x: str) -> str: ...
def ov(x): return x
print(len(get_overloads(ov)), ov(1)); clear_overloads(); print(len(get_overloads(ov)))
@final
class Fin:
    @override
    def m(self): pass
print(Fin.__final__, Fin.m.__override__, dataclass_transform()(Fin).__dataclass_transform__["eq_default"])
for e in ("List[int]()", "Union[5]", "Optional[int, str]", "Literal[[]] == Literal[[]]", "ClassVar[int][str]", "isinstance(1, List[int])", "isinstance(1, list[int])", "issubclass(list, list[int])", "Generic[int]", "G[int]", "G[int, str, bytes]", "Callable[int, str]", "Callable[[int]]", "Any()", "Union()", "class X(Any): pass", "class X(Union[int, str]): pass", "class X(Generic[T], Generic[K]): pass", "TD(1)", "isinstance({}, TD)", "NewType('N', int)('x')", "class X(UserId): pass", "Final[int, str]", "Tuple[int, 5]", "list[int][str]", "Annotated[int]", "assert_never(5)", "cast(int)", "TypedDict('X', a=int)", "int | 5", "5 | int", "int | 'fwd'", "NoReturn[int]", "Self[int]", "get_type_hints(5)", "Protocol()", "Concatenate[int]", "Type[int, str]", "NamedTuple('N', [('a', int)])(1)", "NamedTuple('N', a=int)", "Unpack[int, str]", "TypeVar('T')[int]", "G.__class_getitem__()", "typing.nope", "isinstance(int, Type)", "isinstance([], List)", "issubclass(dict, Dict)", "isinstance(5, Union[int, str])", "isinstance(None, int | None)", "isinstance(5, Optional[list[int]])", "Text is str", "evaluate_forward_ref(ForwardRef('int'))"):
    try: print(e, "=", exec(e) if e.startswith("class") else eval(e))
    except Exception as err: print(e, "->", type(err).__name__, err)
@runtime_checkable
class SupportsQuack(Protocol[T]):
    def quack(self) -> T: ...
class Duck:
    def quack(self): return "q"
print(isinstance(Duck(), SupportsQuack), isinstance(5, SupportsInt), isinstance("", SupportsIndex), get_protocol_members(SupportsQuack), is_protocol(SupportsQuack), is_protocol(Duck), SupportsQuack[int])
