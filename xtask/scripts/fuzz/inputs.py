"""Bad input for `cargo xtask fuzz-input`, in the interpreter that runs this.

    inputs.py list                                       names of the targets
    inputs.py seeds TARGET FILE                          good inputs, made by the library
    inputs.py run TARGET FILE SEED FIRST COUNT RESULTS   feeds damaged ones
    inputs.py save TARGET FILE SEED NUMBER INPUT         writes the damaged input of that number
    inputs.py one TARGET INPUT                           feeds a saved input

RESULTS gets a line for each case: number, what came of it, digest of the value. It is written before the case ("-") and
after it, so that a case that ends the process is known. What the processor worked longer on than the limit ends by the
signal of the timer; a process whose memory grew beyond the bound ends itself, since its peak says nothing of later cases.
"""

import base64
import hashlib
import json
import os
import resource
import signal
import sys
import warnings

import mutate
from targets import TARGETS

# Exit status of a process that went beyond the bound of memory.
GREW = 77


def outcome(target, data):
    """What became of one input: a word, and the digest of the value."""
    try:
        value = target.feed(data)
    except target.errors as error:
        return type(error).__name__, ""
    except MemoryError:
        return "MemoryError", ""
    except RecursionError:
        return "RecursionError", ""
    except BaseException as error:
        return f"!{type(error).__name__}: {error}".replace("\n", " ").encode("utf-8", "replace")[:200].decode("utf-8", "replace"), ""
    return "ok", hashlib.md5(repr(value).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def peak():
    """Kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def run(name, seeds, seed, first, count, results):
    target = TARGETS[name]
    grow = int(os.environ["FUZZ_GROW_MB"]) << 10
    seconds = float(os.environ["FUZZ_SECONDS"])
    space = int(os.environ["FUZZ_SPACE_MB"]) << 20
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    out = os.open(results, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    # What a good input takes is not counted.
    for data in seeds:
        outcome(target, data)
    bound = peak() + grow
    written = os.fstat(2).st_size
    for number in range(first, first + count):
        data = mutate.case(seeds, target.words, f"{seed}.{name}.{number}")
        os.write(out, b"%d\t-\t\n" % number)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        word, digest = outcome(target, data)
        signal.setitimer(signal.ITIMER_PROF, 0)
        grew = peak() > bound
        now = os.fstat(2).st_size
        if now > written:
            with open("/proc/self/fd/2", "rb") as file:
                file.seek(written)
                text = file.read()
            written = now
            if b"panicked at" in text or b"atal" in text:
                word = "!wrote: " + text.decode("utf-8", "replace").replace("\n", " ").replace("\t", " ")[:200]
        if grew:
            word = "!memory " + word
        os.write(out, f"{number}\t{word}\t{digest}\n".encode("utf-8", "replace"))
        if grew:
            os._exit(GREW)


def main():
    warnings.simplefilter("ignore")
    sys.set_int_max_str_digits(4300)
    command, *words = sys.argv[1:]
    if command == "list":
        print(*TARGETS)
        return
    if command == "seeds":
        name, file = words
        with open(file, "w") as out:
            json.dump([base64.b64encode(data).decode() for data in TARGETS[name].seeds()], out)
        return
    if command == "one":
        name, file = words
        with open(file, "rb") as held:
            print(*outcome(TARGETS[name], held.read()))
        return
    name, file, seed, number = words[:4]
    with open(file) as held:
        seeds = [base64.b64decode(text) for text in json.load(held)]
    if command == "save":
        with open(words[4], "wb") as out:
            out.write(mutate.case(seeds, TARGETS[name].words, f"{seed}.{name}.{number}"))
        return
    run(name, seeds, seed, int(number), int(words[4]), words[5])


main()
