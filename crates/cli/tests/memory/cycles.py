"""Makes a cycle through each kind of object and proves that it is collected.

A function below makes an object that refers to `s`, directly or through others of its kind; `s` refers back to it.
`gc.collect()` must free `s`. Run without arguments it prints the kinds that leak and how many there are in all; with
names it tries those only.
"""

import gc
import sys
import weakref

KINDS = []


class S:
    """What all cycles go through. Its instances can be called, iterated, compared, awaited and entered."""

    def __call__(self, *args, **kwargs):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        return self

    def __await__(self):
        return self

    def __aiter__(self):
        return self

    def __anext__(self):
        return self

    def __lt__(self, other):
        return id(self) < id(other)

    def method(self, *args):
        return self

    def __len__(self):
        return 3

    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return self

    def __index__(self):
        return 1

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass

    def __buffer__(self, flags):
        return memoryview(b"abc")

    def read(self, n=-1):
        return b""

    def readline(self):
        return b""

    def write(self, data):
        return len(data)

    def flush(self):
        pass

    def readable(self):
        return True

    writable = seekable = readable
    closed = False

    def tell(self):
        return 0

    def seek(self, *args):
        return 0

    def readinto(self, b):
        return 0

    def close(self):
        pass


def kind(f):
    KINDS.append((f.__name__, f))
    return f


def kinds(**makers):
    KINDS.extend(makers.items())


# Containers, their views and iterators.
kinds(
    list=lambda s: [s],
    list_iterator=lambda s: iter([s]),
    list_reverse_iterator=lambda s: reversed([s]),
    tuple=lambda s: (s,),
    tuple_iterator=lambda s: iter((s, 1)),
    dict_value=lambda s: {1: s},
    dict_key=lambda s: {s: 1},
    dict_str_key=lambda s: {"a": s},
    dict_keys=lambda s: {s: 1}.keys(),
    dict_values=lambda s: {1: s}.values(),
    dict_items=lambda s: {1: s}.items(),
    dict_keyiterator=lambda s: iter({s: 1}),
    dict_valueiterator=lambda s: iter({1: s}.values()),
    dict_itemiterator=lambda s: iter({1: s}.items()),
    dict_reversekeyiterator=lambda s: reversed({s: 1}),
    dict_reversevalueiterator=lambda s: reversed({1: s}.values()),
    dict_reverseitemiterator=lambda s: reversed({1: s}.items()),
    set=lambda s: {s},
    set_iterator=lambda s: iter({s}),
    frozenset=lambda s: frozenset({s}),
    mappingproxy=lambda s: type(type.__dict__)({1: s}),
    slice=lambda s: slice(s, s, s),
    range_of_index=lambda s: (range(s), s),
    bytearray_subclass=lambda s: _attr(type("B", (bytearray,), {})(), s),
    int_subclass=lambda s: _attr(type("B", (int,), {})(), s),
    str_subclass=lambda s: _attr(type("B", (str,), {})(), s),
    float_subclass=lambda s: _attr(type("B", (float,), {})(), s),
    tuple_subclass=lambda s: _attr(type("B", (tuple,), {})(), s),
    dict_subclass=lambda s: _attr(type("B", (dict,), {})(), s),
    set_subclass=lambda s: _attr(type("B", (set,), {})(), s),
    slots_instance=lambda s: _attr(type("B", (), {"__slots__": ("s",)})(), s),
    memoryview_of_object=lambda s: memoryview(_attr(type("B", (bytearray,), {})(), s)),
    buffer_wrapper=lambda s: memoryview(s),
    iterator_of_sequence=lambda s: iter(_Sequence(s)),
    callable_iterator=lambda s: iter(s, None),
    reversed_of_sequence=lambda s: reversed(_Sequence(s)),
    enumerate=lambda s: enumerate([s]),
    zip=lambda s: zip([s], [s]),
    map=lambda s: map(s, [1]),
    filter=lambda s: filter(s, [1]),
    namespace=lambda s: __import__("types").SimpleNamespace(s=s),
    instance=lambda s: _attr(type("C", (), {})(), s),
    instance_dict=lambda s: _attr(type("C", (), {})(), s).__dict__,
)


def _attr(o, s):
    o.s = s
    return o


class _Sequence:
    def __init__(self, s):
        self.s = s

    def __len__(self):
        return 3

    def __getitem__(self, i):
        return self.s


# Functions, classes, descriptors.
kinds(
    function_default=lambda s: (lambda a=s: a),
    function_kwdefault=lambda s: _kwdefault(s),
    function_dict=lambda s: _attr(lambda: 0, s),
    function_closure=lambda s: lambda: s,
    cell=lambda s: (lambda: s).__closure__[0],
    function_globals=lambda s: __import__("types").FunctionType((lambda: 0).__code__, {"s": s}),
    function_annotations=lambda s: _annotated(s),
    bound_method=lambda s: s.method,
    method_of_function=lambda s: __import__("types").MethodType(lambda self: 0, s),
    builtin_method=lambda s: [s].append,
    method_wrapper=lambda s: s.__repr__,
    method_wrapper_of_list=lambda s: [s].__len__,
    bound_method_descriptor=lambda s: {1: s}.get,
    classmethod=lambda s: classmethod(s),
    staticmethod=lambda s: staticmethod(s),
    property=lambda s: property(s, s, s),
    property_doc=lambda s: property(doc=s),
    super=lambda s: super(S, s),
    type_attribute=lambda s: type("C", (), {"s": s}),
    type_base=lambda s: type("D", (type("C", (), {"s": s}),), {}),
    type_metaclass=lambda s: type("M", (type,), {"s": s})("C", (), {}),
    type_member=lambda s: _attr(type("C", (), {"__slots__": ("s",)}), s).__dict__["s"],
    type_getset=lambda s: _attr(type("C", (), {}), s).__dict__["__dict__"],
    wrapper_descriptor=lambda s: _attr(type("C", (list,), {}), s),
    mro_entry=lambda s: _attr(type("C", (), {}), s).__mro__,
    subclass_list=lambda s: _attr(type("C", (type("B", (), {}),), {}), s),
    generic_alias=lambda s: list[s],
    generic_alias_iterator=lambda s: iter(list[s]),
    union=lambda s: int | type("C", (), {"s": s}),
    module=lambda s: _attr(__import__("types").ModuleType("m"), s),
    module_dict=lambda s: _attr(__import__("types").ModuleType("m"), s).__dict__,
    code_constant=lambda s: (lambda: 0).__code__.replace(co_consts=(None, s)),
    weakref_callback=lambda s: [weakref.ref(_Keep.one, s.method), s],
    weakref_subclass=lambda s: _attr(type("W", (weakref.ref,), {})(_Keep.one), s),
    weakproxy_callback=lambda s: [weakref.proxy(_Keep.one, s.method), s],
)


class _Keep:
    pass


_Keep.one = _Keep()


def _kwdefault(s):
    def f(*, a=s):
        pass

    return f


def _annotated(s):
    def f():
        pass

    f.__annotations__ = {"a": s}
    return f


# Generators, coroutines, frames, exceptions.
@kind
def generator_local(s):
    def g():
        local = s
        yield 1
        yield local

    it = g()
    next(it)
    return it


@kind
def generator_argument(s):
    def g(a):
        yield a

    return g(s)


@kind
def generator_expression(s):
    return (x for x in [s])


@kind
def generator_delegating(s):
    def g():
        yield from s

    it = g()
    next(it)
    return it


@kind
def generator_frame(s):
    return generator_local(s).gi_frame


@kind
def frame_locals_proxy(s):
    return generator_local(s).gi_frame.f_locals


@kind
def coroutine_unstarted(s):
    async def c(a):
        return a

    it = c(s)
    try:
        it.throw(_Quiet)
    except _Quiet:
        pass
    return [it, s]


@kind
def coroutine_suspended(s):
    async def c():
        await s

    it = c()
    it.send(None)
    return it


@kind
def coroutine_wrapper(s):
    return coroutine_suspended(s).__await__()


class _Quiet(Exception):
    pass


@kind
def async_generator(s):
    async def a():
        local = s
        yield local

    return a()


@kind
def async_generator_asend(s):
    async def a():
        await s
        yield 1

    it = a().asend(None)
    it.send(None)
    return it


@kind
def async_generator_athrow(s):
    async def a():
        await s
        yield 1

    it = a().athrow(_Quiet(s))
    try:
        it.send(None)
    except _Quiet:
        pass
    return [it, s]


@kind
def async_generator_aclose(s):
    async def a():
        await s
        yield 1

    it = a().aclose()
    try:
        it.send(None)
    except StopIteration:
        pass
    return [it, s]


@kind
def anext_awaitable(s):
    return anext(s, s)


@kind
def coroutine_of_types(s):
    import types

    @types.coroutine
    def c():
        yield s

    return c()


@kind
def exception_args(s):
    return ValueError(s)


@kind
def exception_attribute(s):
    return _attr(ValueError(), s)


@kind
def exception_context(s):
    e = ValueError()
    e.__context__ = KeyError(s)
    return e


@kind
def exception_cause(s):
    e = ValueError()
    e.__cause__ = KeyError(s)
    return e


@kind
def exception_notes(s):
    e = ValueError()
    e.__notes__ = [s]
    return e


@kind
def exception_group(s):
    return ExceptionGroup("g", [ValueError(s)])


def _raised(s):
    local = s
    try:
        raise ValueError(local)
    except ValueError as e:
        return e


kinds(
    exception_traceback=lambda s: _raised(s),
    traceback=lambda s: _raised(s).__traceback__,
    traceback_frame=lambda s: _raised(s).__traceback__.tb_frame,
    frame_local=lambda s: _frame(s),
    stop_iteration=lambda s: StopIteration(s),
    system_exit=lambda s: SystemExit(s),
    import_error=lambda s: ImportError("x", name=s, path=s),
    os_error=lambda s: OSError(1, "x", s),
    unicode_error=lambda s: _attr(UnicodeDecodeError("x", b"", 0, 1, "y"), s),
    syntax_error=lambda s: SyntaxError("x", ("f", 1, 1, s)),
    attribute_error=lambda s: AttributeError("x", name="n", obj=s),
    name_error=lambda s: NameError("x", name=s),
    key_error=lambda s: KeyError(s),
)


def _frame(s):
    local = s
    return sys._getframe()


# collections, itertools, functools, operator, heapq, array, struct.
kinds(
    deque=lambda s: __import__("collections").deque([s]),
    deque_iterator=lambda s: iter(__import__("collections").deque([s])),
    deque_reverse_iterator=lambda s: reversed(__import__("collections").deque([s])),
    defaultdict_factory=lambda s: __import__("collections").defaultdict(s),
    defaultdict_value=lambda s: __import__("collections").defaultdict(int, a=s),
    ordered_dict=lambda s: __import__("collections").OrderedDict(a=s),
    ordered_dict_iterator=lambda s: iter(__import__("collections").OrderedDict({s: 1})),
    ordered_dict_items=lambda s: __import__("collections").OrderedDict(a=s).items(),
    counter=lambda s: __import__("collections").Counter([s]),
    chain_map=lambda s: __import__("collections").ChainMap({1: s}),
    user_list=lambda s: __import__("collections").UserList([s]),
    namedtuple=lambda s: __import__("collections").namedtuple("N", "s")(s),
    tuplegetter=lambda s: __import__("_collections")._tuplegetter(0, s),
    array_subclass=lambda s: _attr(type("A", (__import__("array").array,), {})("i"), s),
    array_iterator=lambda s: iter(_attr(type("A", (__import__("array").array,), {})("i"), s)),
    partial=lambda s: __import__("functools").partial(s, s, k=s),
    partialmethod=lambda s: __import__("functools").partialmethod(s),
    lru_cache=lambda s: _filled(__import__("functools").lru_cache(s)),
    lru_cache_bounded=lambda s: _filled(__import__("functools").lru_cache(maxsize=2)(s)),
    cached_property=lambda s: __import__("functools").cached_property(s),
    singledispatch=lambda s: __import__("functools").singledispatch(lambda x, s=s: x),
    cmp_to_key=lambda s: __import__("functools").cmp_to_key(s),
    cmp_to_key_object=lambda s: __import__("functools").cmp_to_key(lambda a, b: 0)(s),
    itemgetter=lambda s: __import__("operator").itemgetter(s),
    itemgetter_many=lambda s: __import__("operator").itemgetter(1, s),
    attrgetter=lambda s: [__import__("operator").attrgetter("a"), s],
    methodcaller=lambda s: __import__("operator").methodcaller("m", s, k=s),
    accumulate=lambda s: __import__("itertools").accumulate([1], s, initial=s),
    batched=lambda s: __import__("itertools").batched([s], 2),
    chain=lambda s: __import__("itertools").chain([s], [s]),
    chain_from_iterable=lambda s: __import__("itertools").chain.from_iterable([[s]]),
    combinations=lambda s: _started(__import__("itertools").combinations([s, s, s], 2)),
    combinations_with_replacement=lambda s: _started(__import__("itertools").combinations_with_replacement([s, s], 2)),
    compress=lambda s: __import__("itertools").compress([s], [1]),
    count=lambda s: __import__("itertools").count(_attr(type("I", (int,), {})(1), s)),
    cycle=lambda s: _started(__import__("itertools").cycle([s])),
    dropwhile=lambda s: __import__("itertools").dropwhile(s, [s]),
    filterfalse=lambda s: __import__("itertools").filterfalse(s, [s]),
    groupby=lambda s: __import__("itertools").groupby([s], s),
    grouper=lambda s: next(__import__("itertools").groupby([s, s]))[1],
    islice=lambda s: __import__("itertools").islice([s], 1),
    pairwise=lambda s: _started(__import__("itertools").pairwise([s, s, s])),
    permutations=lambda s: _started(__import__("itertools").permutations([s, s])),
    product=lambda s: _started(__import__("itertools").product([s], [s])),
    repeat=lambda s: __import__("itertools").repeat(s),
    starmap=lambda s: __import__("itertools").starmap(s, [(s,)]),
    takewhile=lambda s: __import__("itertools").takewhile(s, [s]),
    tee=lambda s: _started(__import__("itertools").tee([s, s])[0]),
    zip_longest=lambda s: __import__("itertools").zip_longest([s], [s], fillvalue=s),
    heapq_merge=lambda s: _started(__import__("heapq").merge([s], [s], key=id)),
    struct_iter=lambda s: __import__("struct").iter_unpack("b", _attr(type("B", (bytearray,), {})(b"a"), s)),
    structseq=lambda s: __import__("time").struct_time((s,) * 9),
)


def _filled(cached):
    cached(1)
    return cached


def _started(it):
    next(it)
    return it


# typing, contextvars, dataclasses, enum, abc, ast.
kinds(
    type_var=lambda s: __import__("typing").TypeVar("T", bound=s),
    type_var_default=lambda s: __import__("typing").TypeVar("T", default=s),
    param_spec=lambda s: __import__("typing").ParamSpec("P", default=s),
    param_spec_args=lambda s: __import__("typing").ParamSpec("P", default=s).args,
    type_var_tuple=lambda s: __import__("typing").TypeVarTuple("P", default=s),
    type_alias=lambda s: __import__("typing").TypeAliasType("A", s),
    typing_generic=lambda s: __import__("typing").Annotated[int, s],
    typing_union=lambda s: __import__("typing").Union[int, _attr(type("C", (), {}), s)],
    new_type=lambda s: __import__("typing").NewType("N", s),
    forward_ref=lambda s: _attr(type("F", (), {})(), __import__("annotationlib").ForwardRef("x", owner=s)),
    context_var_default=lambda s: __import__("contextvars").ContextVar("v", default=s),
    context=lambda s: _context(s)[0],
    context_token=lambda s: _context(s)[1],
    context_items=lambda s: list(_context(s)[0].items()),
    interpolation=lambda s: __import__("string.templatelib").templatelib.Interpolation(s),
    template=lambda s: t"{s}",
    template_iterator=lambda s: iter(t"{s}"),
    enum_member=lambda s: __import__("enum").Enum("E", {"A": s}).A,
    abc_registered=lambda s: _registered(s),
    ast_node=lambda s: __import__("ast").Constant(value=s),
    dataclass=lambda s: __import__("dataclasses").make_dataclass("D", ["s"])(s),
    dataclass_field=lambda s: __import__("dataclasses").field(default=s),
    exit_stack=lambda s: _pushed(__import__("contextlib").ExitStack(), s),
    context_manager=lambda s: __import__("contextlib").contextmanager(lambda: iter([s]))(),
    random_generator=lambda s: _attr(type("R", (__import__("random").Random,), {})(), s),
)


def _context(s):
    import contextvars

    var = contextvars.ContextVar("v")
    context = contextvars.copy_context()
    token = context.run(var.set, s)
    return context, token


def _registered(s):
    import abc

    base = abc.ABCMeta("A", (), {"s": s})
    base.register(type("C", (), {"s": s}))
    return base


def _pushed(stack, s):
    stack.push(s)
    return stack


# Streams, threads, queues, modules of the library in native code.
@kind
def thread_local(s):
    import threading

    local = threading.local()
    local.s = s
    return local


@kind
def lock_with_owner(s):
    import threading

    return _attr(type("L", (), {"lock": threading.RLock()})(), s)


@kind
def condition(s):
    import threading

    return _attr(threading.Condition(), s)


@kind
def thread_unstarted(s):
    import threading

    return threading.Thread(target=s)


@kind
def thread_ended(s):
    import threading

    t = threading.Thread(target=s)
    t.start()
    t.join()
    return _attr(t, s)


@kind
def simple_queue(s):
    import queue

    q = queue.SimpleQueue()
    q.put(s)
    return q


@kind
def queue_with_lock(s):
    import queue

    q = queue.Queue()
    q.put(s)
    return q


@kind
def future(s):
    import asyncio

    loop = _loop()
    f = asyncio.Future(loop=loop)
    f.set_result(s)
    return f


@kind
def future_callback(s):
    import asyncio

    f = asyncio.Future(loop=_loop())
    f.add_done_callback(s)
    return f


@kind
def future_iterator(s):
    import asyncio

    f = asyncio.Future(loop=_loop())
    f.add_done_callback(s)
    return iter(f)


@kind
def task(s):
    import asyncio

    async def c():
        return s

    loop = asyncio.new_event_loop()
    t = loop.create_task(c())
    loop.run_until_complete(t)
    loop.close()
    return t


def _loop():
    import asyncio

    loop = asyncio.new_event_loop()
    loop.close()
    return loop


@kind
def event_loop(s):
    return _attr(_loop(), s)


def _io(make):
    def f(s):
        import io

        return make(io, s)

    return f


kinds(
    string_io=_io(lambda io, s: _attr(io.StringIO(), s)),
    bytes_io=_io(lambda io, s: _attr(io.BytesIO(), s)),
    bytes_io_buffer=_io(lambda io, s: _attr(io.BytesIO(b"abc"), s).getbuffer()),
    buffered_reader=_io(lambda io, s: io.BufferedReader(s)),
    buffered_writer=_io(lambda io, s: io.BufferedWriter(s)),
    buffered_pair=_io(lambda io, s: io.BufferedRWPair(s, s)),
    buffered_random=_io(lambda io, s: io.BufferedRandom(s)),
    text_wrapper=_io(lambda io, s: io.TextIOWrapper(s, encoding="utf-8")),
    raw_io_subclass=_io(lambda io, s: _attr(type("R", (io.RawIOBase,), {})(), s)),
    file_io=_io(lambda io, s: _attr(io.FileIO("/dev/null"), s)),
    newline_decoder=_io(lambda io, s: io.IncrementalNewlineDecoder(s, False)),
    csv_reader=lambda s: __import__("csv").reader(s),
    csv_writer=lambda s: __import__("csv").writer(s),
    json_encoder=lambda s: _json(s),
    json_scanner=lambda s: __import__("json").JSONDecoder(object_hook=s),
    pickler=lambda s: __import__("pickle").Pickler(s),
    unpickler=lambda s: __import__("pickle").Unpickler(s),
    unpickler_find=lambda s: _attr(type("U", (__import__("pickle").Unpickler,), {})(s), s),
    re_pattern_subject=lambda s: __import__("re").match("a", _attr(type("T", (str,), {})("a"), s)),
    re_scanner=lambda s: __import__("re").compile("a").scanner(_attr(type("T", (str,), {})("a"), s)),
    re_finditer=lambda s: __import__("re").finditer("a", _attr(type("T", (str,), {})("aa"), s)),
    expat_parser=lambda s: _expat(s),
    element=lambda s: _element(s),
    element_iterator=lambda s: _element(s).iter(),
    tree_builder=lambda s: __import__("xml.etree.ElementTree").etree.ElementTree.TreeBuilder(element_factory=s),
    xml_parser=lambda s: __import__("xml.etree.ElementTree").etree.ElementTree.XMLParser(target=s),
    sqlite_connection=lambda s: _sqlite(s),
    sqlite_cursor=lambda s: _sqlite(s).cursor(),
    datetime_zone=lambda s: __import__("datetime").datetime(2000, 1, 1, tzinfo=_zone(s)),
    time_zone=lambda s: __import__("datetime").time(1, tzinfo=_zone(s)),
    timezone_subclass=lambda s: _zone(s),
    decimal_subclass=lambda s: _attr(type("D", (__import__("decimal").Decimal,), {})(), s),
    decimal_context=lambda s: _attr(type("C", (__import__("decimal").Context,), {})(), s),
    socket_subclass=lambda s: _socket(s),
    select_poll=lambda s: [__import__("select").poll(), s],
    selector=lambda s: _attr(__import__("selectors").DefaultSelector(), s),
    zlib_subclass=lambda s: _attr(__import__("gzip").GzipFile(fileobj=s, mode="wb"), s),
    bz2_file=lambda s: _attr(__import__("bz2").BZ2File(s, "wb"), s),
    lzma_file=lambda s: _attr(__import__("lzma").LZMAFile(s, "wb"), s),
    symtable=lambda s: _attr(type("T", (), {})(), [__import__("symtable").symtable("a", "f", "exec"), s]),
    weak_value_dictionary=lambda s: _attr(weakref.WeakValueDictionary(a=s), s),
    weak_key_dictionary=lambda s: _attr(weakref.WeakKeyDictionary({s: 1}), s),
    weak_set=lambda s: _attr(weakref.WeakSet([s]), s),
    weak_method=lambda s: [weakref.WeakMethod(s.method), s],
    module_spec=lambda s: __import__("importlib.machinery").machinery.ModuleSpec("m", s, origin=s, loader_state=s),
    module_with_loader=lambda s: __import__("importlib.util").util.module_from_spec(
        __import__("importlib.machinery").machinery.ModuleSpec("m", s)),
    source_loader=lambda s: _attr(__import__("importlib.machinery").machinery.SourceFileLoader("m", "p"), s),
    monitoring_callback=lambda s: [sys.monitoring, s],
    logging_handler=lambda s: _attr(__import__("logging").Handler(), s),
    mock=lambda s: __import__("unittest.mock").mock.Mock(side_effect=s),
    profiler=lambda s: __import__("_lsprof").Profiler(s),
    ctypes_pointer=lambda s: _ctypes(s),
)


def _json(s):
    import json.encoder

    make = json.encoder.c_make_encoder
    if make is None:
        raise ImportError("c_make_encoder")
    return make({}, s, str, None, ":", ",", False, False, True)


def _expat(s):
    from xml.parsers import expat

    parser = expat.ParserCreate()
    parser.StartElementHandler = s
    return parser


def _element(s):
    from xml.etree.ElementTree import Element

    e = Element("a", {"k": s})
    e.append(Element("b"))
    e.text = s
    return e


def _sqlite(s):
    import sqlite3

    connection = sqlite3.connect(":memory:")
    connection.row_factory = s
    return connection


def _zone(s):
    import datetime

    class Zone(datetime.tzinfo):
        pass

    return _attr(Zone(), s)


def _socket(s):
    import socket

    a = type("So", (socket.socket,), {})()
    a.close()
    return _attr(a, s)


def _ctypes(s):
    import ctypes

    return ctypes.py_object(s)


def collected(make):
    """Whether a cycle through what `make` makes is freed."""
    s = S()
    ref = weakref.ref(s)
    try:
        s.back = make(s)
    except ImportError:
        return None
    del s
    if "typing" in sys.modules:
        # Its caches keep what generic types were made with.
        for clear in sys.modules["typing"]._cleanups:
            clear()
    gc.collect()
    gc.collect()
    return ref() is None


def main(names):
    import warnings

    warnings.simplefilter("ignore")
    # What goes wrong while the unusual files above are closed is of no interest.
    sys.unraisablehook = lambda unraisable: None
    gc.collect()
    gc.freeze()
    gc.disable()
    tried = 0
    leaking = []
    for name, make in KINDS:
        if names and name not in names:
            continue
        try:
            done = collected(make)
        except Exception as e:
            print(f"{name}: {type(e).__name__}: {e}")
            continue
        if done is None:
            print(f"{name}: not there")
            continue
        tried += 1
        if not done:
            leaking.append(name)
    print("leaking:", *(leaking or ["none"]))
    print("kinds:", tried)


if __name__ == "__main__":
    main(sys.argv[1:])
