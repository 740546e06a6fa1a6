"""Interpreters run at once: each busily waits for the other, and neither lets go of its lock."""

import mmap
import sys
import tempfile
import threading
import time
from concurrent import interpreters

ROUNDS = 200

# Nobody is asked to give a lock up.
sys.setswitchinterval(1000)

there = """
import mmap, time
with open(path, "r+b") as file:
    memory = mmap.mmap(file.fileno(), 2)
    end = time.monotonic() + 50
    for n in range(rounds):
        memory[1] = n % 200 + 1
        while memory[0] != n % 200 + 1 and time.monotonic() < end:
            pass
"""

with tempfile.NamedTemporaryFile() as file:
    file.write(bytes(2))
    file.flush()
    memory = mmap.mmap(file.fileno(), 2)
    interpreter = interpreters.create()
    interpreter.prepare_main(path=file.name, rounds=ROUNDS)
    thread = threading.Thread(target=interpreter.exec, args=(there,))
    thread.start()
    while memory[1] == 0:
        time.sleep(0.01)
    end = time.monotonic() + 50
    for n in range(ROUNDS):
        while memory[1] != n % 200 + 1 and time.monotonic() < end:
            pass
        memory[0] = n % 200 + 1
    late = time.monotonic() >= end
    thread.join()
    interpreter.close()

print("one waited in vain" if late else "both went on")
