# Keys, the mouse, lines that are typed, waiting and the terminal's size, as curses reads them.
import os
import select
import signal
import subprocess
import sys
import termios
import time

# What is typed when the child asks for it by a word.
TYPED = {
    "keys": b"a\xc3\xa9\x1bOA\x1b[3~\x1bOP\x1b[15~\x7f\r\t\x01\x1b[5~q",
    "bytes": b"\xc3\xa9\x1bOB",
    "press": b"\x1b[<0;5;6M",
    "escape": b"\x1b",
    "line": b"Jo\x7fohn\xc3\xa9x\r",
    "long": b"0123456789\r",
    "killed": b"wrong\x15right\r",
    "box": b"text\x02\x02X\x07",
    "one": b"z",
    "interrupt": b"\x03",
}


def parent():
    main, side = os.openpty()
    termios.tcsetwinsize(main, (24, 80))
    read, write = os.pipe()
    environment = {**os.environ, "TERM": "xterm"}
    child = subprocess.Popen([sys.executable, __file__, str(write)], stdin=side, stdout=side, stderr=side,
                             pass_fds=[write], env=environment, start_new_session=True)
    os.close(write)
    shown = b""
    report = open(read, "rb", buffering=0)
    rest = b""
    while True:
        ready, _, _ = select.select([main, report], [], [], 60)
        if main in ready:
            shown += os.read(main, 65536)
        if report in ready:
            data = report.read(4096)
            if not data:
                break
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                if line in (b"type interrupt", b"resize"):
                    # A signal ends only a waiting that has begun.
                    time.sleep(0.5)
                if line.startswith(b"type "):
                    os.write(main, TYPED[line.split()[1].decode()])
                elif line == b"resize":
                    termios.tcsetwinsize(main, (30, 90))
                    child.send_signal(signal.SIGWINCH)
                else:
                    print(line.decode())
        if not ready:
            print("no answer")
            break
    status = child.wait()
    if status:
        print("status", status, shown[-2000:])


def child(out):
    import curses
    import curses.textpad
    import fcntl

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def say(*what):
        print(*what, file=out, flush=True)

    def body(screen):
        w = curses.newwin(20, 40, 0, 0)
        w.keypad(True)
        say("type keys")
        keys = []
        while not keys or keys[-1] != "q":
            keys.append(w.get_wch())
        say(keys)
        say([curses.keyname(k).decode() for k in keys if isinstance(k, int)])
        say("type bytes")
        say([w.getch() for _ in range(3)])
        w.keypad(False)
        say("type bytes")
        say([w.getkey() for _ in range(5)])
        w.keypad(True)

        say(curses.mousemask(curses.BUTTON1_PRESSED))
        say("type press")
        say(w.getch() == curses.KEY_MOUSE, curses.getmouse())
        curses.ungetmouse(1, 2, 3, 4, curses.BUTTON1_PRESSED)
        say(w.getch() == curses.KEY_MOUSE, curses.getmouse())
        curses.mousemask(0)

        curses.set_escdelay(50)
        say("type escape")
        say(w.getch())

        curses.echo()
        for name, count in ("line", 20), ("long", 4), ("killed", 20):
            w.move(3, 2)
            say("type " + name)
            say(w.getstr(*[count][:count < 20]), w.getyx(), w.instr(3, 0).rstrip())
        curses.noecho()

        field = curses.textpad.Textbox(curses.newwin(1, 20, 0, 0))
        say("type box")
        say(repr(field.edit()))

        w.nodelay(True)
        say(w.getch())
        for read in w.getkey, w.get_wch:
            try:
                read()
            except curses.error as e:
                say(e)
        w.timeout(80)
        start = time.monotonic()
        say(w.getch(), 0.05 < time.monotonic() - start < 30)
        w.timeout(-1)
        curses.halfdelay(1)
        start = time.monotonic()
        say(w.getch(), 0.05 < time.monotonic() - start < 30)
        curses.cbreak()
        say("type one")
        say(w.getkey())

        curses.ungetch("b")
        curses.ungetch(curses.KEY_F5)
        curses.unget_wch("é")
        say(w.get_wch(), w.getkey(), w.getch())

        say("resize")
        say(screen.getch() == curses.KEY_RESIZE)
        curses.update_lines_cols()
        say(curses.LINES, curses.COLS, screen.getmaxyx())
        try:
            say("type interrupt")
            w.getch()
        except KeyboardInterrupt:
            say("interrupted")

    modes = termios.tcgetattr(0)
    curses.wrapper(body)
    after = termios.tcgetattr(0)
    say(curses.isendwin(), [after[i] == modes[i] for i in (0, 1, 3)])


if len(sys.argv) > 1:
    child(os.fdopen(int(sys.argv[1]), "w", encoding="utf-8"))
else:
    parent()
