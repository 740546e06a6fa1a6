"""Runs cases for `cargo xtask fuzz` in one process: `run.py programs|sources CASES RESULTS`.

CASES is a JSON list of texts. RESULTS gets a line for each, written at once, so that a crash tells its case: what the
interpreter did with it, as JSON.
"""

import contextlib
import gc
import io
import json
import linecache
import re
import sys
import traceback
import warnings

# A name that CPython gives no meaning, so that no file is looked for.
NAME = "<case>"


def code_shape(code):
    """All that a code object says, as text."""
    parts = [code.co_code.hex(), code.co_linetable.hex(), code.co_exceptiontable.hex(), code.co_flags, code.co_stacksize,
             code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, code.co_qualname]
    for constant in code.co_consts:
        if hasattr(constant, "co_code"):
            parts.append(code_shape(constant))
        elif isinstance(constant, frozenset):
            parts.append(sorted(map(repr, constant)))
        else:
            parts.append(repr(constant))
    return repr(parts)


def compiled(text):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            code = compile(text, NAME, "exec", dont_inherit=True)
            result = ["ok"]
        except SyntaxError as error:
            code = None
            result = [type(error).__name__, error.msg, error.lineno, error.offset, error.end_lineno, error.end_offset, error.text]
        except (ValueError, OverflowError, RecursionError, MemoryError) as error:
            code = None
            result = [type(error).__name__, str(error)]
    return code, result, [(w.category.__name__, str(w.message), w.lineno) for w in caught]


def run_source(text):
    code, result, caught = compiled(text)
    if code is not None:
        import hashlib

        result.append(hashlib.md5(code_shape(code).encode("utf-8", "surrogatepass")).hexdigest())
    return {"result": result, "warnings": caught}


def run_program(text):
    code, result, caught = compiled(text)
    if code is None:
        return {"result": result, "warnings": caught}
    linecache.cache[NAME] = (len(text), None, text.splitlines(keepends=True), NAME)
    stdout, sys.stdout = sys.stdout, io.StringIO()
    stderr, sys.stderr = sys.stderr, io.StringIO()
    status, trace = 0, ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            exec(code, {"__name__": "__main__", "__builtins__": __builtins__})
    except SystemExit as error:
        status = repr(error.code)
    except BaseException as error:
        status = 1
        trace = "".join(traceback.format_exception(error.with_traceback(error.__traceback__.tb_next)))
    finally:
        out, err = sys.stdout.getvalue(), sys.stderr.getvalue()
        sys.stdout, sys.stderr = stdout, stderr
    out, err, trace = (re.sub("0x[0-9a-f]{6,}", "0x...", text) for text in (out, err, trace))
    return {"status": status, "out": out, "err": err, "trace": trace, "warnings": caught}


def main():
    kind, cases, results = sys.argv[1:]
    with open(cases, encoding="utf-8") as file:
        texts = json.load(file)
    gc.disable()
    run = run_source if kind == "sources" else run_program
    with open(results, "w", encoding="utf-8", errors="surrogatepass") as file:
        for text in texts:
            file.write(json.dumps(run(text)) + "\n")
            file.flush()
            # What a case leaves behind says what it has to say outside of the next one.
            with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
                gc.collect()


main()
