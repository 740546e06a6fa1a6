"""Compile every file of the library with CPython: marshal data of a list of (name, source, outcome).

The source is bytes, or text if its encoding is not UTF-8.

    python3.14 bytecode_diff.py OUTPUT OPTIMIZE [FOLDER...]

The outcome is the marshalled code object as bytes, or the text of the error. Without folders: the standard library.
"""

import gc
import marshal
import os
import sys
import sysconfig
import tokenize
import warnings

output, optimize, *folders = sys.argv[1:]
warnings.simplefilter("ignore")
gc.disable()
found = []
for folder in folders or [sysconfig.get_path("stdlib")]:
    for path, inner, files in os.walk(folder):
        inner[:] = sorted(name for name in inner if name not in ("__pycache__", "site-packages"))
        found += [(os.path.join(path, name), folder) for name in sorted(files) if name.endswith(".py")]
rows = []
for path, folder in found:
    name = os.path.relpath(path, folder)
    with open(path, "rb") as file:
        source = file.read()
    try:
        outcome = marshal.dumps(compile(source, name, "exec", dont_inherit=True, optimize=int(optimize)))
    except (SyntaxError, ValueError, RecursionError, OverflowError, MemoryError) as error:
        outcome = f"{type(error).__name__}: {error}"
    try:
        with open(path, "rb") as file:
            encoding = tokenize.detect_encoding(file.readline)[0]
        if not encoding.startswith("utf-8"):
            source = source.decode(encoding)
    except (SyntaxError, UnicodeError):
        pass
    rows.append((name, source, outcome))
with open(output, "wb") as file:
    marshal.dump(rows, file)
