"""Record CPython's opcodes and marshal data, for opcodes.rs and marshal.rs.

    python3.14 record.py opcodes > opcodes.txt
    python3.14 record.py marshal > marshal.txt
"""

import _opcode
import _opcode_metadata
import marshal
import opcode
import sys


def opcodes():
    flags = [
        ("arg", _opcode.has_arg),
        ("const", _opcode.has_const),
        ("name", _opcode.has_name),
        ("jump", _opcode.has_jump),
        ("free", _opcode.has_free),
        ("local", _opcode.has_local),
        ("exc", _opcode.has_exc),
    ]
    deopt = {special: base for base, all in _opcode_metadata._specializations.items() for special in all}
    numbers = _opcode_metadata.opmap | _opcode_metadata._specialized_opmap
    for name, number in sorted(numbers.items(), key=lambda item: item[1]):
        if number >= 256:
            continue
        words = ",".join(word for word, has in flags if has(number)) or "-"
        caches = opcode._inline_cache_entries.get(deopt.get(name, name), 0)
        effects = []
        for arg in range(6):
            try:
                effects.append(str(_opcode.stack_effect(number, arg if _opcode.has_arg(number) else None)))
            except ValueError:
                effects.append("?")
        print(name, number, deopt.get(name, name), caches, words, *effects)


def marshals():
    source = "def f(a, *b, c=1.5):\n    return lambda: (a, 'é', b'x', 2**70, {1, 2}, -1j, a[1:2])\n"
    values = [
        None, True, False, ..., StopIteration, 0, -1, 255, 2**31 - 1, 2**31, -(2**31), 2**62, -(2**63), 2**63, 2**90 + 7,
        -(2**45), 1.5, -0.0, float("inf"), 1 - 2j, "", "abc", "é", "\ud800x", "x" * 300, "é" * 200, b"", b"\0\xff", (),
        (1, "a", (2.5,)), tuple(range(300)), [1, [2]], {"a": 1, 2: [3]}, {1}, frozenset(), frozenset([1, "b", (2, 3)]),
        slice(1, None, -1), compile(source, "file.py", "exec"),
    ]  # fmt: skip
    for value in values:
        print(marshal.dumps(value).hex(), "code" if hasattr(value, "co_code") else repr(value).encode("unicode_escape").decode())


{"opcodes": opcodes, "marshal": marshals}[sys.argv[1]]()
