"""Prints the longest pause of a collection, in seconds, while objects are made with millions of others alive."""

import gc
import sys
import time


class Node:
    __slots__ = ("next", "value")


def main(n):
    started = 0.0
    longest = 0.0

    def watch(phase, info):
        nonlocal started, longest
        if phase == "start":
            started = time.perf_counter()
        else:
            longest = max(longest, time.perf_counter() - started)

    gc.callbacks.append(watch)
    start = time.perf_counter()
    alive = []
    for i in range(n):
        node = Node()
        node.next = alive
        node.value = i
        alive.append(node)
    for i in range(n // 5):
        # Short-lived objects besides.
        node = Node()
        node.next = node  # a cycle
    print(longest, time.perf_counter() - start)


main(int(sys.argv[1]))
