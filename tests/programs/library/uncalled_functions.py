# Functions of the library that nobody has called yet look and behave like others.
import colorsys
import inspect
import marshal
import textwrap
import types

code = colorsys.rgb_to_hls.__code__
print(code.co_name, code.co_qualname, code.co_argcount, code.co_varnames[:3], code.co_nlocals == len(code.co_varnames))
print(len(code.co_code) > 100, code.co_names[:2], code.co_freevars, code.co_cellvars, code.co_flags)
print(code == colorsys.rgb_to_hls.__code__, code == colorsys.hls_to_rgb.__code__, hash(code) == hash(code))
print(inspect.signature(textwrap.fill), inspect.signature(textwrap.TextWrapper.__init__))
print(textwrap.dedent.__doc__.splitlines()[0])

# The first call has keywords, defaults, or is wrong.
print(textwrap.shorten(text="one two three", width=9, placeholder="..."))
print(colorsys.hsv_to_rgb(h=0.5, s=0.5, v=0.5))
for arguments in [(), (1, 2, 3, 4)]:
    try:
        colorsys.yiq_to_rgb(*arguments)
    except TypeError as e:
        print(e)
try:
    colorsys.rgb_to_yiq(1, 2, x=3)
except TypeError as e:
    print(e)

# Copies, and code that is given to another function.
copy = marshal.loads(marshal.dumps(colorsys.rgb_to_hsv.__code__))
made = types.FunctionType(copy, vars(colorsys))
print(copy == colorsys.rgb_to_hsv.__code__, made(0.2, 0.4, 0.6) == colorsys.rgb_to_hsv(0.2, 0.4, 0.6))


def mine(h, l, s):
    "mine"


mine.__code__ = colorsys.hls_to_rgb.__code__
mine.__globals__.update(_v=colorsys._v, ONE_THIRD=colorsys.ONE_THIRD)
print(mine.__doc__, mine(0.1, 0.2, 0.3) == colorsys.hls_to_rgb(0.1, 0.2, 0.3))

theirs = textwrap.indent
theirs.__code__ = (lambda text, prefix, predicate=None: prefix + text).__code__
print(theirs.__doc__.splitlines()[0], theirs("a", "b"))
renamed = textwrap.wrap.__code__.replace(co_name="folded")
print(renamed.co_name, renamed.co_varnames[:2], renamed.co_consts[0] == textwrap.wrap.__code__.co_consts[0])

# Functions in functions, and a class's.
print([c.co_name for c in textwrap.TextWrapper._split_chunks.__code__.co_consts if isinstance(c, types.CodeType)])
print(textwrap.TextWrapper._wrap_chunks.__qualname__, textwrap.TextWrapper.fill.__doc__.split(".")[0].split()[0])
