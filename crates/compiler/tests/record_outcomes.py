"""Record what CPython 3.14 says about programs that the compiler refuses or warns of, and how it writes annotations.

    python3.14 record_outcomes.py

Rewrites outcomes.txt and annotations.txt beside this file: the programs stay, what follows `----` or ` => ` is renewed.
"""

import pathlib
import warnings

here = pathlib.Path(__file__).parent


def outcome(source):
    error = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            compile(source, "a.py", "exec")
        except SyntaxError as e:
            place = e.lineno, e.offset, e.end_lineno, e.end_offset
            error = [f"{type(e).__name__}: {e.msg} @ {','.join(map(str, place))}"]
    return [f"warning {w.lineno}: {w.message}" for w in caught] + error


def annotation(source):
    names = {}
    exec(f"from __future__ import annotations\ndef f(x: {source}): pass", names)
    return names["f"].__annotations__["x"]


path = here / "outcomes.txt"
blocks = []
for block in path.read_text().split("====\n"):
    source = block.split("----\n")[0]
    blocks.append("\n".join([source + "----", *outcome(source), ""]))
path.write_text("====\n".join(blocks))

path = here / "annotations.txt"
lines = [line.split(" => ")[0] for line in path.read_text().splitlines()]
path.write_text("".join(f"{line} => {ascii(annotation(line))}\n" for line in lines))
