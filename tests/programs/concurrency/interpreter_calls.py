"""Calls in other interpreters, queues between them, a pool of them."""
from concurrent import interpreters
from concurrent.futures import InterpreterPoolExecutor
import math

one, two = interpreters.create(), interpreters.create()
print(one.call(pow, 2, 10), one.call(math.hypot, 3, 4), two.call(sorted, [3, 1, 2], reverse=True))


def alone(text, times):
    import sys

    return text * times, "alone" in vars(sys.modules["__main__"])


print(one.call(alone, "ab", 2))
try:
    one.call(int, "x")
except interpreters.ExecutionFailed as error:
    print(error.excinfo.type.__name__, error.excinfo.msg)
queue = interpreters.create_queue(maxsize=3)
one.prepare_main(number=queue.id)
one.exec("from concurrent import interpreters\nq = interpreters.Queue(number)\nq.put((1, 'two', 3.5, None))\nq.put({'k': [1]})\nq.put(b'x')")
print(queue.qsize(), queue.full(), queue.get(), queue.get())
try:
    queue.put_nowait(1), queue.put_nowait(2), queue.put_nowait(3)
except interpreters.QueueFull as error:
    print(type(error).__name__)
one.close()
print([queue.get() for _ in range(3)])
try:
    queue.get_nowait()
except interpreters.QueueEmpty as error:
    print(type(error).__name__)
with InterpreterPoolExecutor(2) as pool:
    print(list(pool.map(math.factorial, range(8))), pool.submit(divmod, 7, 2).result())
    print(type(pool.submit(divmod, 7, 0).exception()).__name__)
two.close()
print(one.id in [i.id for i in interpreters.list_all()], interpreters.get_current() == interpreters.get_main())
