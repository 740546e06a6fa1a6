"""Threads and forks: handles in the child, the warning, names of threads, joining at the end of the program."""

import _thread
import os
import subprocess
import sys
import threading
import warnings

main = threading.current_thread()


def forks():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        child = os.fork()
        if child == 0:
            # Only this thread is there: the others are over, and may be waited for.
            main.join()
            waiting.join()
            late = threading.Thread(target=main.join)
            late.start()
            late.join()
            os._exit(10 + main.is_alive() + 2 * waiting.is_alive())
        print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    print("warned", [w.category.__name__ for w in seen], "fork" in str(seen[0].message))


event = threading.Event()
waiting = threading.Thread(target=event.wait)
waiting.start()
worker = threading.Thread(target=forks)
worker.start()
worker.join()
event.set()
waiting.join()

for name in ("plain", "a\0b", "\udc80x", "é" * 20, ""):
    _thread.set_name(name)
    print(ascii(_thread._get_name()))

done = subprocess.run(
    [
        sys.executable,
        "-c",
        """
import threading
def loop():
    while True:
        pass
class Cycle:
    def __init__(self):
        self.me = self
        self.thread = threading.Thread(target=loop, daemon=True)
        self.thread.start()
    def __del__(self):
        try:
            self.thread.join(timeout=10)
        except PythonFinalizationError as e:
            print(e, self.thread.is_alive())
Cycle()
""",
    ],
    capture_output=True,
    text=True,
    timeout=60,
)
print(done.returncode, done.stdout, done.stderr)
