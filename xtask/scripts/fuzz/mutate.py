"""Damages inputs for `cargo xtask fuzz-input`: the same damage for the same seed in every interpreter."""

import random

# Numbers at the borders of what length fields, counters and offsets can hold.
BORDERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
           0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFFF)
# An input does not grow beyond this.
LARGEST = 1 << 16


def place(rng, data):
    return rng.randrange(len(data) + 1)


def stretch(rng, data):
    """The two ends of a piece, mostly a short one."""
    start = place(rng, data)
    longest = rng.choice((4, 16, 64, len(data)))
    return start, min(len(data), start + rng.randrange(longest + 1))


def truncate(rng, data, others, words):
    return data[: place(rng, data)]


def behead(rng, data, others, words):
    return data[stretch(rng, data)[1] :]


def flip(rng, data, others, words):
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 8))):
        if data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def overwrite(rng, data, others, words):
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        if data:
            data[rng.randrange(len(data))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    return bytes(data)


def border(rng, data, others, words):
    size = rng.choice((1, 2, 4, 8))
    number = (rng.choice(BORDERS) + rng.choice((0, 0, 1, -1))) % (1 << 8 * size)
    at = place(rng, data)
    return data[:at] + number.to_bytes(size, rng.choice(("little", "big"))) + data[at + size :]


def remove(rng, data, others, words):
    start, end = stretch(rng, data)
    return data[:start] + data[end:]


def repeat(rng, data, others, words):
    start, end = stretch(rng, data)
    times = rng.choice((2, 2, 3, 10, 100, 1000))
    return data[:start] + data[start:end] * times + data[end:]


def move(rng, data, others, words):
    start, end = stretch(rng, data)
    rest = data[:start] + data[end:]
    at = place(rng, rest)
    return rest[:at] + data[start:end] + rest[at:]


def splice(rng, data, others, words):
    other = rng.choice(others)
    return data[: place(rng, data)] + other[place(rng, other) :]


def insert(rng, data, others, words):
    other = rng.choice(others)
    start, end = stretch(rng, other)
    at = place(rng, data)
    return data[:at] + other[start:end] + data[at:]


def word(rng, data, others, words):
    """One of the format's own words put in, or put over what stands there."""
    if not words:
        return border(rng, data, others, words)
    chosen = rng.choice(words)
    at = place(rng, data)
    return data[:at] + chosen + data[at + rng.choice((0, len(chosen))) :]


WAYS = (truncate, behead, flip, flip, overwrite, overwrite, border, remove, repeat, move, splice, insert, word, word)


def case(seeds, words, seed):
    """Case `seed`: one of the seeds, damaged in one to five ways."""
    rng = random.Random(seed)
    data = rng.choice(seeds)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
        data = rng.choice(WAYS)(rng, data, seeds, words)[:LARGEST]
    return data
