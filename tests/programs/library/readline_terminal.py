"""Lines of a terminal: completion, history, hooks, signals, and the plain prompt."""

import os
import pty
import select
import subprocess
import sys
import tempfile
import time

folder = tempfile.TemporaryDirectory()
environment = {**os.environ, "INPUTRC": os.devnull, "TERM": "xterm", "HOME": folder.name, "PYTHON_COLORS": "0"}


def run(script, *keys, options=(), variables={}):
    """Types each text once what it waits for has been shown; gives all that was shown."""
    master, slave = pty.openpty()
    command = [sys.executable, *options] + (["-c", script] if script else [])
    child = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env={**environment, **variables})
    os.close(slave)
    shown = bytearray()
    seen = 0

    def read():
        ready = select.select([master], [], [], 0.2)[0]
        try:
            data = os.read(master, 4096) if ready else b""
        except OSError:
            return False
        shown.extend(data)
        return True

    for expected, text in keys:
        end = time.monotonic() + 20
        while expected not in shown[seen:] and time.monotonic() < end:
            if not read():
                break
        seen = shown.find(expected, seen) + len(expected)
        # The prompt is shown before the keys are read.
        time.sleep(0.1)
        os.write(master, text)
    end = time.monotonic() + 20
    while time.monotonic() < end and read():
        pass
    child.wait(20)
    os.close(master)
    return shown.decode("utf-8", "replace")


def results(shown):
    """The lines that the scripts mark."""
    for line in shown.splitlines():
        at = line.find("=> ")
        if at >= 0:
            print(line[at:])


START = """
import readline
readline.parse_and_bind("tab: complete")
def complete(text, state):
    found = [w for w in ("alpha", "alpine", "beta") if w.startswith(text)]
    return found[state] if state < len(found) else None
readline.set_completer(complete)
def out(*values):
    print("=>", *map(ascii, values), flush=True)
"""

print("completion and history")
results(
    run(
        START
        + """
out(input("one> "), readline.get_begidx(), readline.get_endidx())
out(input("two> "))
out(input("three> "))
out([readline.get_history_item(i) for i in range(readline.get_current_history_length() + 2)])
""",
        (b"one> ", b"x = b\t\r"),
        (b"two> ", b"al\tha\r"),
        (b"three> ", b"\x1b[A\x1b[A + 1\x01(\x05)\r"),
    )
)

print("a tabulator before it is bound")
results(
    run(
        "import readline\nprint('=>', ascii(input('? ')))",
        (b"? ", b"a\tb\r"),
    )
)

print("candidates are listed")
shown = run(START + "out(input('? '))", (b"? ", b"al\t\t\t"), (b"alpine", b"h\t\r"))
results(shown)
print("alpha" in shown, "beta" in shown)

print("the program lists candidates")
results(
    run(
        START
        + """
def display(*given):
    print()
    out(*given)
readline.set_completion_display_matches_hook(display)
out(input("? "))
""",
        (b"? ", b"al\t\t\t"),
        (b"alpine", b"h\t\r"),
    )
)

print("hooks")
results(
    run(
        START
        + """
readline.set_startup_hook(lambda: out("startup", readline.get_line_buffer()))
readline.set_pre_input_hook(lambda: readline.insert_text("given"))
out(input("? "))
readline.set_startup_hook()
readline.set_pre_input_hook(None)
out(input("! "))
""",
        (b"? ", b" text\r"),
        (b"! ", b"x\r"),
    )
)

print("keys")
results(
    run(
        START
        + r'''
readline.parse_and_bind('Control-t: "macro "')
readline.parse_and_bind(r'"\C-x\C-r": beginning-of-line')
readline.parse_and_bind(r'"\ez": unix-line-discard')
out(input("? "))
out(input("! "))
out(input("é> "))
''',
        (b"? ", b"\x14world\x18\x12hello \r"),
        (b"! ", b"lost\x1bzkept\x02\x02\x7f\r"),
        (b"> ", "äöü\x02\x02\x7f".encode() + b"\r"),
    )
)

print("signals")
results(
    run(
        START
        + """
import signal, os, threading
def alarm(*_):
    out("alarm")
signal.signal(signal.SIGALRM, alarm)
signal.setitimer(signal.ITIMER_REAL, 0.3)
out(input("? "))
def stop(*_):
    raise KeyError("stop")
signal.signal(signal.SIGALRM, stop)
signal.setitimer(signal.ITIMER_REAL, 0.3)
try:
    input("! ")
except KeyError as e:
    out(e)
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    input(": ")
except KeyboardInterrupt:
    out("interrupted")
try:
    input("# ")
except EOFError as e:
    out("end", e.args)
""",
        (b"? ", b"ab"),
        (b"alarm", b"cd\r"),
        (b"# ", b"\x04"),
    )
)

print("history files and no automatic history")
results(
    run(
        START
        + """
import os
path = os.path.expanduser("~/lines")
readline.set_auto_history(False)
out(input("? "))
readline.add_history("é 1")
readline.add_history("two")
readline.write_history_file(path)
readline.append_history_file(1, path)
with open(path, "rb") as f:
    out(f.read())
readline.clear_history()
readline.set_history_length(2)
readline.read_history_file(path)
out(input("! "))
readline.write_history_file(path)
with open(path, "rb") as f:
    out(f.read())
""",
        (b"? ", b"unseen\r"),
        (b"! ", b"\x1b[A\x1b[A\x1b[A\r"),
    )
)

print("the plain prompt")
shown = run(
    None,
    (b">>> ", b"print('=>', 6*7)\r"),
    (b">>> ", b"import sys\r"),
    (b">>> ", b"print('=>', sys.maxsi\t > 0)\r"),
    (b">>> ", b"\x1b[A\x1b[A\x1b[A\r"),
    (b">>> ", b"\x04"),
    options=("-q",),
    variables={"PYTHON_BASIC_REPL": "1"},
)
print(sorted({line[line.find("=> ") :] for line in shown.splitlines() if line.startswith("=> ")}))
print(shown.count("\n=> 42"))
