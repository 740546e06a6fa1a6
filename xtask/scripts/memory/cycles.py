"""Makes and drops ten million pairs of objects that refer to each other; prints seconds, and kilobytes of growth."""

import sys
import time


class Node:
    pass


def peak():
    with open("/proc/self/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))


def make(n):
    for _ in range(n):
        a = Node()
        b = Node()
        a.other = b
        b.other = a


def main(n):
    make(n // 100)
    before = peak()
    start = time.perf_counter()
    make(n)
    print(time.perf_counter() - start, peak() - before)


main(int(sys.argv[1]))
