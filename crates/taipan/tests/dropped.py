"""Registers an object with a finaliser with whatever keeps objects for the interpreter. The file `PATH` gets a line for each
when its finaliser runs; `result` says which there are."""

import os

fd = os.open(PATH, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
names = []


def line(name, write=os.write, fd=fd):
    write(fd, name.encode() + b"\n")


class Held:
    def __init__(self, name):
        self.name = name
        names.append(name)

    def method(self, *args, **keywords):
        return None

    def find_spec(self, *args):
        return None

    def __call__(self, *args, **keywords):
        return None

    def __del__(self, line=line):
        line(self.name)


class Path(Held):
    # A hook that takes no path.
    def __call__(self, *args):
        raise ImportError


class Codec(Held):
    def __call__(self, name):
        if name == "held_codec":
            info = Info(len, len)
            info.name = "codec info"
            return info


def make(base):
    """A class that derives from a native one and has a finaliser."""

    class Derived(base):
        label = ""

        def __del__(self, line=line):
            line(self.label)

    return Derived


def labelled(object, label):
    names.append(label)
    object.label = label
    return object


def fork():
    os.register_at_fork(
        before=Held("before fork").method,
        after_in_child=Held("in child").method,
        after_in_parent=Held("in parent").method,
    )


def exits():
    import atexit, threading, multiprocessing.util, weakref

    atexit.register(Held("atexit").method, Held("argument of atexit"), key=Held("keyword of atexit"))
    threading._register_atexit(Held("threading atexit").method)
    multiprocessing.util.Finalize(None, Held("multiprocessing finalizer").method, exitpriority=1)
    weakref.finalize(os, Held("weakref.finalize").method)
    finalize = weakref.finalize(os, Held("weakref.finalize without atexit").method)
    finalize.atexit = False


def codec_registry():
    global Info
    import codecs

    class Info(codecs.CodecInfo):
        def __del__(self, line=line):
            line("codec info")

    names.append("codec info")
    codecs.register(Codec("codec search"))
    codecs.lookup("held_codec")
    codecs.register_error("held", Held("codec error handler"))


def hooks_of_sys():
    import sys, threading, builtins

    for name in ["excepthook", "displayhook", "unraisablehook", "breakpointhook", "held", "ps1", "last_exc", "last_value", "__interactivehook__"]:
        setattr(sys, name, Held("sys." + name).method)
    threading.excepthook = Held("threading.excepthook").method
    threading.settrace(Held("threading.settrace").method)
    threading.setprofile(Held("threading.setprofile").method)
    sys.addaudithook(Held("audit hook").method)
    sys.modules["held"] = Held("sys.modules")
    sys.meta_path.append(Held("sys.meta_path"))
    sys.path_hooks.append(Path("sys.path_hooks"))
    sys.path_importer_cache["held"] = Held("sys.path_importer_cache")
    builtins.held = Held("builtins")
    builtins.held_method = Held("method in builtins").method
    sys.set_asyncgen_hooks(firstiter=Held("firstiter").method, finalizer=Held("asyncgen finalizer").method)


def monitoring():
    import sys

    tool = sys.monitoring.PROFILER_ID
    sys.monitoring.use_tool_id(tool, "held")
    sys.monitoring.register_callback(tool, sys.monitoring.events.PY_START, Held("monitoring").method)
    sys.monitoring.set_events(tool, sys.monitoring.events.PY_START)
    sys.setprofile(Held("sys.setprofile").method)


def signals():
    import signal, faulthandler, io

    signal.signal(signal.SIGUSR1, Held("signal").method)
    File = make(io.FileIO)
    faulthandler.register(signal.SIGUSR2, file=labelled(File(os.devnull, "w"), "faulthandler.register"))
    faulthandler.enable(file=labelled(File(os.devnull, "w"), "faulthandler.enable"))
    faulthandler.dump_traceback_later(1000, file=labelled(File(os.devnull, "w"), "faulthandler later"))


def collector():
    import gc, weakref

    gc.callbacks.append(Held("gc.callbacks").method)
    gc.garbage.append(Held("gc.garbage"))
    held = Held("object with a weak reference")
    held.reference = weakref.ref(held, Held("callback of a weak reference").method)
    gc.garbage.append(held)
    cycle = Held("cycle")
    cycle.me = cycle
    native = weakref.ref(int, Held("weak reference to a native class").method)
    gc.garbage.append(native)


def contexts():
    import contextvars, threading, decimal

    # A default is kept by its variable, which the context keeps.
    held = contextvars.ContextVar("held", default=Held("default of a context variable"))
    held.set(Held("context variable"))
    local = threading.local()
    local.held = Held("thread-local attribute")
    import gc
    gc.garbage.append(local)
    decimal.setcontext(labelled(make(decimal.Context)(), "decimal context"))
    decimal.Decimal(1) / 3

    def ended():
        import sys
        sys.settrace(Held("sys.settrace of a thread").method)
        held.set(Held("context variable of a thread"))
        local.held = Held("thread-local attribute of a thread")

    threads = [threading.Thread(target=ended, context=contextvars.Context()), threading.Thread(target=Held("target of a thread").method)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def warnings_filters():
    import warnings

    warnings.filters.append(Held("warnings.filters"))
    warnings.onceregistry["held"] = Held("warnings.onceregistry")
    warnings.showwarning = Held("warnings.showwarning").method
    warnings._filters_mutated = Held("warnings._filters_mutated").method


def pickling():
    import copyreg, abc, csv, struct, re, typing, functools, logging

    copyreg.pickle(Held, Held("copyreg").method)
    copyreg._extension_cache[1] = Held("copyreg extension")

    class Abstract(abc.ABC):
        held = Held("attribute of an abstract class")

    Abstract.register(int)
    isinstance(1, Abstract)
    Text = make(str)
    csv.register_dialect("held", delimiter=labelled(Text(","), "csv dialect"))
    struct.calcsize(labelled(Text("3i"), "struct format"))
    re.compile(labelled(Text("a+"), "pattern"))

    @functools.lru_cache
    def cached(x):
        return Held("lru_cache")

    cached(1)
    import gc
    gc.garbage.append(cached)
    logging.getLogger("held").addHandler(labelled(make(logging.Handler)(), "logging handler"))


def databases():
    import sqlite3, gc

    sqlite3.register_adapter(Held, Held("sqlite3 adapter").method)
    sqlite3.register_converter("held", Held("sqlite3 converter").method)
    db = sqlite3.connect(":memory:")
    db.create_function("held", 1, Held("sqlite3 function").method)
    db.create_collation("held", Held("sqlite3 collation").method)
    db.set_trace_callback(Held("sqlite3 trace").method)
    db.set_progress_handler(Held("sqlite3 progress").method, 1000)
    db.set_authorizer(None)
    db.row_factory = Held("sqlite3 row factory").method
    db.text_factory = Held("sqlite3 text factory").method
    gc.garbage.append(db)


def readers():
    import pyexpat, ssl, readline, ctypes, gc

    parser = pyexpat.ParserCreate()
    parser.StartElementHandler = Held("expat").method
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = Held("ssl sni").method
    readline.set_completer(Held("readline completer").method)
    readline.set_startup_hook(Held("readline startup").method)
    readline.set_pre_input_hook(Held("readline pre-input").method)
    readline.set_completion_display_matches_hook(Held("readline display").method)
    callback = ctypes.CFUNCTYPE(ctypes.c_int)(Held("ctypes callback").method)
    gc.garbage.append([parser, context, callback])


def tasks():
    import asyncio, gc

    loop = labelled(make(asyncio.SelectorEventLoop)(), "event loop")
    asyncio.set_event_loop(loop)
    asyncio._set_running_loop(Held("running loop"))

    def generator():
        held = Held("local of a suspended generator")
        try:
            yield 1
        finally:
            line("finally")

    names.append("finally")
    suspended = generator()
    next(suspended)
    gc.garbage.append(suspended)
    gc.garbage.append(map(Held("map").method, iter(Held("callable iterator"), None)))


def late():
    """A finaliser that registers another object."""

    class Late(Held):
        def __del__(self, line=line, Held=Held, register=os.register_at_fork):
            line(self.name)
            register(before=Held("made by a finaliser").method)

    names.append("made by a finaliser")
    names.append("late")
    held = Late("late")
    names.remove("late")
    os.register_at_fork(before=held.method)


parts = [fork, exits, codec_registry, hooks_of_sys, signals, collector, contexts, warnings_filters, pickling, databases, readers, tasks, late, monitoring]
for part in parts:
    if ONLY is None or part.__name__ == ONLY:
        part()
result = names
