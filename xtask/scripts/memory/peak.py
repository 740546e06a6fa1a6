"""Runs a program and prints, as the last line of standard error, the most memory the process had, in kilobytes."""

import sys


def main():
    path = sys.argv[1]
    del sys.argv[0]
    with open(path, "rb") as f:
        code = compile(f.read(), path, "exec")
    try:
        # Pickles look their classes up in the module that runs.
        exec(code, vars(sys.modules["__main__"]))
    finally:
        sys.stdout.flush()
        with open("/proc/self/status") as f:
            kilobytes = next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))
        print(kilobytes, file=sys.stderr)


main()
