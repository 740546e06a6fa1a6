"""Threads, locks, queues, weak references, context variables."""

import _thread
import contextvars
import queue
import threading
import weakref

variable = contextvars.ContextVar("variable", default=0)


class Node:
    def __init__(self, next):
        self.next = next


def work():
    results = queue.SimpleQueue()
    lock = threading.RLock()
    failures = []

    def run(n):
        try:
            variable.set(n)
            with lock:
                results.put([variable.get()] * 3)
        except BaseException as e:
            failures.append(type(e))

    for n in range(2):
        done = _thread.allocate_lock()
        done.acquire()

        def body(n=n, done=done):
            try:
                run(n)
            finally:
                done.release()

        _thread.start_new_thread(body, ())
        # A thread that cannot begin is reported to nobody.
        if not done.acquire(timeout=1):
            raise MemoryError
        # It may have released the lock and not ended yet.
        while _thread._count():
            pass
        if failures:
            raise failures[0]
    called = []
    node = Node(Node(None))
    references = [weakref.ref(node, called.append), weakref.proxy(node), weakref.WeakMethod(node.__init__)]
    values = weakref.WeakValueDictionary(a=node, b=node.next)
    finalizer = weakref.finalize(node, called.append, 1)
    node.next.next = node
    local = threading.local()
    local.x = [1]
    found = values["a"] is node, len(values), finalizer.alive, len(references), references[1].next is node.next
    values.clear()
    finalizer.detach()
    return found, results.get(timeout=5), results.get(timeout=5)
