"""Renews the expectations in syntax_errors.txt, and adds the sources given as arguments. Run it with CPython 3.14:

    python3.14 record_syntax_errors.py ['source' ...]
"""
import ast
import pathlib
import sys

PATH = pathlib.Path(__file__).with_name("syntax_errors.txt")


def escape(text):
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def unescape(text):
    return text.replace("\\\\", "\0").replace("\\n", "\n").replace("\\t", "\t").replace("\0", "\\")


def expectation(source):
    try:
        compile(source, "<recorded>", "exec", ast.PyCF_ONLY_AST)
    except SyntaxError as e:
        place = f"{e.lineno},{e.offset},{e.end_lineno},{e.end_offset}"
        return f"{type(e).__name__}: {escape(e.msg)} @ {place} {escape(e.text)}"
    return "ok"


def main():
    lines = PATH.read_text().split("\n") if PATH.exists() else []
    sources = [unescape(line) for line in lines[::2] if line]
    sources += [source for source in sys.argv[1:] if source not in sources]
    with PATH.open("w") as out:
        for source in sources:
            out.write(f"{escape(source)}\n    {expectation(source)}\n")


if __name__ == "__main__":
    main()
