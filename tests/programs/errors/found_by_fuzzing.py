"""What generated programs have shown to differ, and what holds now."""

import traceback
import warnings

try:
    2.0**10000
except OverflowError as error:
    print(repr(error), error.args)

# Warnings that the parser had before it found an error are issued.
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    try:
        compile("a = '\\d'\nb = 1if 2else 3\nx y\n", "source", "exec")
    except SyntaxError as error:
        print(error)
print([(w.lineno, str(w.message)) for w in caught])

# Names of two letters are near each other.
v2 = 1
try:
    v1
except NameError as error:
    print("".join(traceback.format_exception_only(error)), end="")
    traceback.print_exception(error)
