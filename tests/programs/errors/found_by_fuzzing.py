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

# A method that is None is there, and cannot be called.
class Without:
    __add__ = __radd__ = __iadd__ = __lt__ = __eq__ = None


def attempt(function):
    try:
        print(function())
    except TypeError as error:
        print(error)


def in_place():
    value = Without()
    value += 1


for function in (lambda: Without() + 1, lambda: 1 + Without(), in_place, lambda: Without() < 1, lambda: 1 > Without(), lambda: Without() == 1, lambda: [] + Without()):
    attempt(function)


# A class whose instances become descriptors after its attributes were looked up often.
class Late:
    pass


class Holder:
    attribute = Late()

    def __init__(self):
        self.attribute = 1


def read(holder):
    return holder.attribute


holder = Holder()
print([read(holder) for _ in range(100)][-1])
Late.__get__ = lambda self, instance, owner: 2
Late.__set__ = None
print(read(holder))
del Late.__set__
print(read(holder))

# Literals that are read again when an error is looked for warn then, if they have not before.
for source in ("x.z '\\777' 3\n", "f([1, 2, 3'\\d', [1], 'x')\n", "re.compilebr'\\* (?P<t>)')\n", "load '\\N{x}'()\n"):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            compile(source, "source", "exec")
        except SyntaxError as error:
            print(error.args)
    print([(w.lineno, str(w.message)) for w in caught])

# Whatever raises it, an exception has the one that is being handled as its context.
for action in (
    b"\xff".decode,
    "\ud800".encode,
    lambda: "é".encode("ascii"),
    lambda: str(b"\xff", "ascii"),
    lambda: __import__("json").loads("{"),
    lambda: __import__("codecs").strict_errors(UnicodeDecodeError("x", b"", 0, 0, "y")),
):
    try:
        try:
            [].nothing
        finally:
            action()
    except Exception as error:
        print(type(error).__name__, repr(error.__context__))

# Template strings beside other strings: the place is that of the last of the first kind and the first of the second.
for source in (
    'x = "a" "b" t"c" t"d"\n',
    'x = t"a" t"b" "c" "d"\n',
    'def f():\n  return "a" \\\n    "b" "c"t\'{f}\' t"d"\n',
    '("a"\n  t"b")\n',
):
    try:
        compile(source, "source", "exec")
    except SyntaxError as error:
        print(error.args)

# What has to follow `try`, `else` and `finally` is complained about before anything that an earlier line might have meant.
for source in (
    "type P[B = int] = t\ntry x\n",
    "type P[B = int] = t\nif 1: pass\nelse x\n",
    "type P[B = int] = t\ntry: pass\nfinally` x\n",
    "type P[B = int] = t\ndef f x\n",
    "x[b=1]\ntry x\n",
):
    try:
        compile(source, "source", "exec")
    except SyntaxError as error:
        print(error)

# A bad escape in a format specification is told of as the codec does; a number that turned out to have no exponent is a float.
for source in ('f"{0:{1} \\N{x}}" b c\n', 'f"{0:\u00e9\\xq}"\n', 't"{0:\\N{x}"\n', 'f"\\N{x}"\n'):
    try:
        compile(source, "source", "exec")
    except ValueError as error:
        print(repr(error))
    except SyntaxError as error:
        print(error)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    print(eval("1if 0777else 3"), eval("00if 1else 3"), eval("1if 0_7else 3"))
