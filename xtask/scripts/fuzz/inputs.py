"""Bad input for `cargo xtask fuzz-input`, in the interpreter that runs this.

    inputs.py list                                       names of the targets
    inputs.py seeds TARGET FILE                          good inputs, made by the library
    inputs.py run TARGET FILE SEED FIRST COUNT RESULTS   feeds damaged ones
    inputs.py save TARGET FILE SEED NUMBER INPUT         writes the damaged input of that number
    inputs.py one TARGET INPUT                           feeds a saved input

RESULTS gets a line for each case: number, what came of it, digest of the value, by how many kilobytes the process grew,
milliseconds of the processor. It is written before the case ("-") and after it, so that a case that ends the process is
known.

A case has an address space of its own that is wider by the bound than what the process has, so that what asks for more
raises MemoryError, and the process goes on with the next case. After the limit of processor time a signal's handler
raises; what goes on for five seconds more cannot be interrupted, and ends by the system's limit. A process whose memory
grew beyond the bound all the same ends itself: what is left of its cases goes to a new one.
"""

import base64
import hashlib
import json
import os
import resource
import signal
import sys
import time
import warnings

import mutate
from targets import TARGETS

# Exit status of a process that went beyond the bound of memory.
GREW = 77
# Seconds of the processor that the handler of the timer has to be called in.
PATIENCE = 5


class Slow(BaseException):
    """The limit of processor time."""


def too_slow(*words):
    raise Slow


def outcome(target, data, seconds=0):
    """What became of one input: a word, and the digest of the value."""
    try:
        try:
            signal.setitimer(signal.ITIMER_PROF, seconds)
            value = target.feed(data)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        return "ok", hashlib.md5(repr(value).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    except target.errors as error:
        return type(error).__name__, ""
    except MemoryError:
        return "MemoryError", ""
    except RecursionError:
        return "RecursionError", ""
    except Slow:
        return "slow", ""
    except BaseException as error:
        words = " ".join(f"!{type(error).__name__}: {error}".split())
        return words.encode("utf-8", "replace")[:200].decode("utf-8", "replace"), ""


def sizes():
    """Kilobytes: the address space, what of it is resident, and the most that was since `reset`."""
    with open("/proc/self/status", "rb") as file:
        held = dict(line.split(b":") for line in file)
    return [int(held[name].split()[0]) for name in (b"VmSize", b"VmRSS", b"VmHWM")]


def reset():
    """Lets the most that was resident begin anew."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def run(name, seeds, seed, first, count, results):
    target = TARGETS[name]
    grow = int(os.environ["FUZZ_GROW_MB"]) << 10
    seconds = float(os.environ["FUZZ_SECONDS"])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, too_slow)
    forever = resource.RLIM_INFINITY
    out = os.open(results, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    # What a good input takes is not counted.
    for data in seeds:
        outcome(target, data)
    bound = sizes()[1] + grow
    written = os.fstat(2).st_size
    for number in range(first, first + count):
        data = mutate.case(seeds, target.words, f"{seed}.{name}.{number}")
        os.write(out, b"%d\t-\t\t0\t0\n" % number)
        reset()
        space, before, _ = sizes()
        began = time.process_time()
        resource.setrlimit(resource.RLIMIT_AS, (space + grow << 10, forever))
        resource.setrlimit(resource.RLIMIT_CPU, (int(began + seconds) + PATIENCE, forever))
        word, digest = outcome(target, data, seconds)
        resource.setrlimit(resource.RLIMIT_AS, (forever, forever))
        spent = time.process_time() - began
        resource.setrlimit(resource.RLIMIT_CPU, (forever, forever))
        peak = sizes()[2]
        now = os.fstat(2).st_size
        if now > written:
            with open("/proc/self/fd/2", "rb") as file:
                file.seek(written)
                text = file.read()
            written = now
            if b"panicked at" in text or b"atal" in text:
                word = "!wrote: " + text.decode("utf-8", "replace").replace("\n", " ").replace("\t", " ")[:200]
        if peak > bound:
            word = "!memory " + word
        os.write(out, f"{number}\t{word}\t{digest}\t{max(peak - before, 0)}\t{spent * 1000:.0f}\n".encode("utf-8", "replace"))
        if peak > bound:
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
