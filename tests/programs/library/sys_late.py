"""Parts of `sys` that are made late are there for whoever asks, in whatever way."""

import sys

print(sys.float_info.max, sys.int_info.bits_per_digit, sys.hash_info.algorithm, "zipfile" in sys.stdlib_module_names)


def fresh(source):
    """What a program of its own prints."""
    import subprocess

    run = subprocess.run([sys.executable, "-I", "-c", source], capture_output=True, text=True)
    print(run.stdout + run.stderr.rpartition("\n")[0].rpartition("\n")[2], end="")


fresh("import sys; print('float_info' in vars(sys), 'hash_info' in dir(sys), hasattr(sys, 'thread_info'))")
fresh("import sys; del sys.hash_info; print(hasattr(sys, 'hash_info'), hasattr(sys, 'int_info'))")
fresh("import sys; sys.int_info = 3; print(sys.int_info, sys.float_info.dig, vars(sys)['int_info'])")
fresh("from sys import *; print(float_info.radix, len(int_info))")
fresh("from sys import thread_info as t, hash_info as h; print(type(t).__name__, h.width)")
fresh("import sys; print(object.__getattribute__(sys, 'hash_info').width, getattr(sys, 'nothing', 'none'))")
fresh("import sys; print(type(sys.flags).debug.__doc__, type(sys.float_info).max.__doc__)")
fresh("import sys; del sys.nothing")
fresh("import sys; print(sys.get_asyncgen_hooks(), type(sys.get_asyncgen_hooks()) is type(sys.get_asyncgen_hooks()))")
fresh("import sys; print(sorted(sys.__dict__)[-3:], len(sys.stdlib_module_names) > 250)")
