"""Warnings about escapes that mean nothing: where they are said to be, in which order they come, and how often."""

import warnings

SOURCES = [
    "\nprint(f\"{n if n > 3 else 0}  '\\d'{[x for x\r in range(3)]} ...\")\n",
    "\n\nprint(f\"\"\"{n}  \n'\\d'{[x for x\n in range(3)]} .\\d..\"\"\")\n",
    "\n\nprint(f\"\"\"{n}  \n\n\n\n'\\d'{[x for x\n in range(3)]} .\\d..\"\"\",\nline6\n,line7)\n",
    "\n\n(f'a' 'b\\d' f'{n\n} \\d')",
    "\n\nx = '\\d' f'''\n\\d\n{x:\\d\n}'''\n",
    "\n\nx = '\\d' f'\\d{[x for x\r\n in range(3)]:\\d}'\n",
    "f'\\d{'\\q'}\\w'",
    "f'\\d{x:\\a\\h{'\\q'}\\w}'",
    "f'''\\d{x:\n\\h{'\\q'\n:\\p\n\\m}\n\\w\n}'''\n",
    "t'''\n\\d{x:\n\\w{1:\\v\\z}}'''\n",
    "b'''a\n\\d\n\\q'''",
    "x = f'{1:\\{1}\\d}\\{2}\\d'",
    "f'\\d{f\"\\q{'''\\m\n'''}\"}'",
    "f'''é\\d{é}\né\\777'''   ,é,ééé\téééééé;aaaaaaaaaaaaaaaaaaaaaaaa",
    "x = b'ab\\d'    #ééééééééééé",
    "x = '''\"\"\\d'''",
    "é = '\\é\\d'   ####################",
    "é = f'''{é:á\n\\777\n{1}\nu\\w}'''   ####################",
    "rf'\\d{x:\\d{y:\\w}\\n}'",
    "f'\\777{\n1}\\400'",
    # The first pass of the parser warns, and the second again where it looks for a string within a string.
    "f'\\d{x:\\q}{'\\p'}' == f'\\a{f'\\z'}'\nx = = f'\\y'",
    "x = f'\\d' = = f'\\e'",
    "f'\\d{x:\\q'\nx = = 1",
    "'\\d' f'\\e' '\\g' '\\h' f'\\i' '\\j' '\\k'\nx = = 2\n",
    "'\\d' '\\e' '\\g' f'\\h' '\\i'\nif 1:\n",
    "'\\d' f'\\e' '\\h' f'{'\\i' f'\\j' '\\k'}' '\\l'\nif 1:\n",
    "raise T('a' f'a{x!r}' '\\777')\nif 2:\n",
    "'\\d' t'\\e'\nif 1:\n",
]

for source in SOURCES:
    print(repr(source))
    for filtered in "always", "error":
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter(filtered)
            try:
                compile(source, "<source>", "exec")
            except SyntaxError as e:
                print("   ", e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, repr(e.text))
        for warning in caught:
            print("   ", warning.category.__name__, warning.lineno, warning.message)
