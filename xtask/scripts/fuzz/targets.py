"""What `cargo xtask fuzz-input` feeds: for each target good inputs, a function that takes one, and the exceptions that the
documentation lets it raise. A function returns what both interpreters have to agree on; its `repr` is compared."""

from dataclasses import dataclass
from typing import Callable

TARGETS = {}


@dataclass
class Target:
    seeds: Callable
    feed: Callable
    errors: tuple
    # Words of the format, put in at random.
    words: list


def target(name, errors, words=()):
    """Declares a function that takes an input; `function.seeds` is set by `seeds_of`."""

    def declare(feed):
        TARGETS[name] = Target(None, feed, errors, list(words))
        return feed

    return declare


def seeds_of(*names):
    def declare(seeds):
        for name in names:
            TARGETS[name].seeds = seeds
        return seeds

    return declare


def text_of(data):
    return data.decode("utf-8", "surrogateescape")


import targets_archives
import targets_data
import targets_streams
import targets_text
