"""Tokens of both modes of the tokenizer: texts, places, lines, ends of lines of every sort, and the errors."""

import io
import _tokenize

SOURCES = [
    "if True:\r\n    # NL\r\n    foo='bar'\r\n\r\n", "a\r\nb\r\n",
    "a # c\r\nb",
    "(\r\n1)\r\n",
    "'''a\r\nb'''\r\n",
    "a\rb\n",
    "[\n  # c\n 1\n]\n",
    "[ # c\n1\n]\nx # d\ny",
    "fR'a{{{b!r}}}c'",
    "f'\\\\N{{S}}'",
    "f'a{{b}}c{{'",
    "f'''{{\n}}{x}'''",
    "01234",
    "2sin(x)",
    "1_",
    "0b2",
    "0x",
    "1e",
    "if x:\n  a\n\tb\n",
    "x='''a",
    "f'{",
    "a\\\nb",
    "a\\",
    "\\\n",
    "$x ?",
    "0_7",
    "1__0",
    "0777",
    "'abc",
    "é = 1",
    "a  #c",
    "1if 1else 2",
    "1jif",
    "f'{x:{y}}'",
    "f'{x!r:>{w}}'",
    "f'{x=}'",
    "t'{x}'",
    "x\x0cy",
    "\x0cx",
    "# c\n",
    "\n\n",
    "",
    "  \n",
    "if 1:\n  x\n # c\ny",
    "if 1:\n  x\n  # c\n",
    " x",
    "if 1:\n    a\n  b\n",
    "a \\ b\n",
    "(\n1",
    "((\r\n",
    "a)\n]",
    "if 1:\n\ta\n        b\n",
]
for source in SOURCES:
    for extra in (True, False):
        print(repr(source), extra)
        try:
            for token in _tokenize.TokenizerIter(io.StringIO(source, newline="").readline, extra_tokens=extra):
                print("  ", tuple(token))
        except SyntaxError as error:
            print("  ", type(error).__name__, error.args)
