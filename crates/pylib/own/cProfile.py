"""Profiling of programs, with little overhead: the interface of `profile` over the native `_lsprof`."""

import _lsprof
import io
import profile as _pyprofile
import types

__all__ = ["run", "runctx", "Profile"]


def run(statement, filename=None, sort=-1):
    return _pyprofile._Utils(Profile).run(statement, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    return _pyprofile._Utils(Profile).runctx(statement, globals, locals, filename, sort)


run.__doc__ = _pyprofile.run.__doc__
runctx.__doc__ = _pyprofile.runctx.__doc__


class Profile(_lsprof.Profiler):
    """Profile(timer=None, timeunit=None, subcalls=True, builtins=True)

    A profiler. A timer other than the clock is a function that returns a number; with ints, timeunit says how many
    seconds one of them is.
    """

    def print_stats(self, sort=-1):
        import pstats
        keys = sort if isinstance(sort, tuple) else (sort,)
        pstats.Stats(self).strip_dirs().sort_stats(*keys).print_stats()

    def dump_stats(self, file):
        import marshal
        self.create_stats()
        with open(file, "wb") as out:
            marshal.dump(self.stats, out)

    def create_stats(self):
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        entries = self.getstats()
        callers = {}
        for entry in entries:
            name = label(entry.code)
            for call in entry.calls or ():
                into = callers.setdefault(id(call.code), {})
                old = into.get(name, (0, 0, 0, 0))
                # Of callers, `pstats` wants all calls first.
                primitive, calls, *times = _figures(call)
                into[name] = tuple(a + b for a, b in zip((calls, primitive, *times), old))
        self.stats = {}
        for entry in entries:
            self.stats[label(entry.code)] = _figures(entry) + (callers.get(id(entry.code), {}),)

    def run(self, cmd):
        import __main__
        namespace = __main__.__dict__
        return self.runctx(cmd, namespace, namespace)

    def runctx(self, cmd, globals, locals):
        self.enable()
        try:
            exec(cmd, globals, locals)
        finally:
            self.disable()
        return self

    def runcall(self, func, /, *args, **kw):
        self.enable()
        try:
            return func(*args, **kw)
        finally:
            self.disable()

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *exc_info):
        self.disable()


def _figures(entry):
    """Calls that are not recursive, all calls, time without and with what was called."""
    return entry.callcount - entry.reccallcount, entry.callcount, entry.inlinetime, entry.totaltime


def label(code):
    """How `pstats` names a function: file, line, name."""
    if isinstance(code, str):
        return "~", 0, code
    return code.co_filename, code.co_firstlineno, code.co_name


def main():
    import os
    import runpy
    import sys
    from optparse import OptionParser
    import pstats

    usage = "cProfile.py [-o output_file_path] [-s sort] [-m module | scriptfile] [arg] ..."
    parser = OptionParser(usage=usage)
    parser.allow_interspersed_args = False
    parser.add_option("-o", "--outfile", dest="outfile", default=None, help="Save stats to <outfile>")
    parser.add_option("-s", "--sort", dest="sort", default=2, choices=sorted(pstats.Stats.sort_arg_dict_default),
                      help="Sort order when printing to stdout, based on pstats.Stats class")
    parser.add_option("-m", dest="module", action="store_true", default=False, help="Profile a library module")
    if not sys.argv[1:]:
        parser.print_usage()
        sys.exit(2)
    options, args = parser.parse_args()
    sys.argv[:] = args
    # The program may change the current directory.
    if options.outfile is not None:
        options.outfile = os.path.abspath(options.outfile)
    if not args:
        parser.print_usage()
        return parser
    if options.module:
        namespace = {"run_module": runpy.run_module, "modname": args[0]}
        _pyprofile_run("run_module(modname, run_name='__main__')", namespace, options)
        return parser
    script = args[0]
    sys.path.insert(0, os.path.dirname(script))
    with io.open_code(script) as file:
        code = compile(file.read(), script, "exec")
    module = types.ModuleType("__main__")
    # The program is `__main__` for what it imports, and its namespace is that module's.
    sys.modules["__main__"] = module
    module.__dict__.update({"__file__": script, "__package__": None, "__cached__": None})
    _pyprofile_run(code, module.__dict__, options)
    return parser


def _pyprofile_run(code, namespace, options):
    import sys
    try:
        runctx(code, namespace, None, options.outfile, options.sort)
    except BrokenPipeError as error:
        # Nobody reads the table any more, and nobody is to be told of it when the interpreter ends.
        sys.stdout = None
        sys.exit(error.errno)


if __name__ == "__main__":
    main()
