# Windows of curses in a terminal of their own: what they hold after every kind of change, and the errors.
import os
import select
import subprocess
import sys
import termios


def parent():
    main, side = os.openpty()
    termios.tcsetwinsize(main, (24, 80))
    read, write = os.pipe()
    environment = {**os.environ, "TERM": "xterm"}
    child = subprocess.Popen(
        [sys.executable, __file__, str(write)], stdin=side, stdout=side, stderr=side, pass_fds=[write], env=environment)
    os.close(write)
    os.close(side)
    report, shown = b"", b""
    while True:
        ready, _, _ = select.select([main, read], [], [], 60)
        if main in ready:
            try:
                shown += os.read(main, 65536)
            except OSError:
                break
        if read in ready:
            data = os.read(read, 65536)
            if not data:
                break
            report += data
        if not ready:
            print("no answer")
            break
    print(report.decode(), end="")
    status = child.wait()
    if status:
        print("status", status, shown[-2000:])


def child(out):
    import curses
    import curses.ascii
    import curses.panel
    import curses.textpad
    import io

    def say(*what):
        print(*what, file=out, flush=True)

    def attempt(name, *args):
        try:
            target = eval(name, globals() | {"curses": curses} | windows)
            say(name, args, "->", target(*args))
        except Exception as e:
            say(name, args, "->", type(e).__name__, e)

    def show(title, window):
        rows, columns = window.getmaxyx()
        place = window.getyx()
        say("-", title, place)
        for y in range(rows):
            cells = [window.inch(y, x) & ~curses.A_CHARTEXT for x in range(columns)]
            marks = [f"{x}:{cell:x}" for x, cell in enumerate(cells) if cell != (cells[x - 1] if x else 0)]
            say(" ", window.instr(y, 0), *marks)
        window.move(*place)

    windows = {}
    for name in ("beep", "newwin", "tigetstr", "color_pair", "start_color"):
        attempt("curses." + name, *[1, 1][:{"newwin": 2, "tigetstr": 1, "color_pair": 1}.get(name, 0)])
    screen = curses.initscr()
    attempt("curses.color_pair", 1)
    curses.start_color()
    curses.use_default_colors()
    for pair in range(1, 8):
        curses.init_pair(pair, pair, 7 - pair)
    pair = curses.color_pair
    say(curses.LINES, curses.COLS, curses.COLORS, curses.COLOR_PAIRS, curses.pair_content(3), curses.pair_content(0))
    say(screen.getmaxyx(), screen.getbegyx(), screen.getparyx(), screen.encoding)

    w = windows["w"] = curses.newwin(5, 20, 3, 4)
    w.addstr(0, 0, "plain ")
    w.addstr("bold", curses.A_BOLD)
    w.addstr(1, 0, "red", pair(1))
    w.addstr(1, 5, "both", pair(2) | curses.A_REVERSE)
    w.addstr(2, 0, "a\tb\nc\rd\x01e\x7f")
    w.addstr(4, 15, "é€")
    show("text", w)
    for args in [(4, 18, "xyz"), (9, 9, "x"), ("a\0",), (b"\xff",), (5,), (), (1, 2, "a", 1, 1)]:
        attempt("w.addstr", *args)
    for args in [(9, 9, 65), (9, 9, "x"), ([],), ("ab",), (b"",), (2**64,), (-1,), (4, 19, "z")]:
        attempt("w.addch", *args)
    show("corner", w)
    w.scrollok(True)
    w.move(4, 18)
    w.addstr("scrolls")
    show("scrolled", w)
    w.setscrreg(1, 3)
    w.scroll(1)
    w.scroll(-2)
    show("region", w)
    w.scrollok(False)

    w.erase()
    w.addstr(0, 0, "insert and delete")
    w.insstr(0, 3, "XYZ", pair(4))
    w.insch(0, 0, "^", curses.A_UNDERLINE)
    w.delch(0, 10)
    w.addstr(1, 0, "second")
    w.addstr(2, 0, "third")
    w.move(1, 3)
    w.insertln()
    w.insdelln(-1)
    w.insdelln(2)
    w.deleteln()
    show("lines", w)
    w.move(0, 5)
    w.clrtoeol()
    w.move(2, 2)
    w.clrtobot()
    show("cleared", w)

    w.erase()
    w.border()
    w.hline(2, 1, "-", 30)
    w.vline(1, 9, curses.ACS_VLINE, 3, curses.A_BOLD)
    w.chgat(1, 1, 5, pair(5) | curses.A_DIM)
    show("lines drawn", w)
    w.box("|", "=")
    show("box", w)
    attempt("w.box", 1)
    attempt("w.border", 1.5)

    w.erase()
    w.addstr(0, 0, "ground", curses.A_BOLD)
    w.bkgd(".", pair(3))
    w.addstr(1, 0, "on it")
    w.bkgdset("_", curses.A_DIM | pair(6))
    w.addstr(2, 0, "a b")
    w.clrtoeol()
    show("ground", w)
    w.bkgd(" ")
    show("no ground", w)
    say(hex(w.getbkgd()))

    w.attron(curses.A_BOLD | pair(2))
    w.addstr(0, 0, "on")
    w.attroff(curses.A_BOLD)
    w.addstr("off")
    w.attrset(0)
    w.standout()
    w.addstr("out")
    w.standend()
    show("attributes", w)

    inner = windows["inner"] = w.derwin(2, 6, 1, 2)
    inner.addstr(0, 0, "inner")
    again = w.subwin(2, 4, 5, 8)
    again.addstr("again!!")
    say(inner.getparyx(), inner.getbegyx(), again.getparyx(), again.getbegyx())
    show("inner", w)
    inner.mvderwin(2, 3)
    inner.addstr(0, 0, "moved")
    show("moved", w)
    for name, args in [("w.derwin", (9, 9, 0, 0)), ("w.mvwin", (30, 30)), ("w.mvderwin", (1, 1)), ("w.resize", (0, 1)),
                       ("inner.mvderwin", (4, 4)), ("w.move", (9, 9)), ("w.scroll", ()), ("w.setscrreg", (3, 1)),
                       ("w.refresh", (1, 2, 3, 4, 5, 6)), ("w.instr", (-1,)), ("w.touchline", (9, 1)),
                       ("w.is_linetouched", (9,)), ("curses.newwin", (-1, 1)), ("curses.newpad", (0, 1)),
                       ("curses.halfdelay", (0,)), ("curses.halfdelay", (300,)), ("curses.curs_set", (7,)),
                       ("curses.init_pair", (1, 99, 0)), ("curses.init_pair", (-1, 0, 0)), ("curses.getmouse", ()),
                       ("curses.unctrl", ("ab",)), ("curses.keyname", (-1,)), ("curses.resizeterm", (40000, 1))]:
        attempt(name, *args)
    w.refresh()
    say(w.is_wintouched())
    w.touchline(1, 2)
    say([w.is_linetouched(y) for y in range(5)], w.enclose(3, 4), w.enclose(2, 4))
    w.resize(3, 8)
    show("smaller", w)
    w.resize(4, 12)
    show("larger", w)
    w.mvwin(0, 0)
    say(w.getbegyx())

    one, two = curses.newwin(3, 8, 0, 0), curses.newwin(3, 8, 1, 2)
    one.addstr(0, 0, "ab cd ef")
    one.addstr(1, 0, "gh ij kl", pair(1))
    for y in range(2):
        two.addstr(y, 0, "_" * 8)
    one.overlay(two)
    show("overlay", two)
    one.overwrite(two)
    show("overwrite", two)
    one.overwrite(two, 0, 0, 1, 1, 2, 4)
    show("part", two)

    kept = io.BytesIO()
    two.putwin(kept)
    kept.seek(0)
    show("from a file", curses.getwin(kept))

    pad = curses.newpad(40, 40)
    for y in range(40):
        pad.addstr(y, 0, f"line {y}")
    pad.refresh(5, 0, 2, 2, 6, 20)
    say(pad.instr(7, 0, 8), pad.subpad(2, 4, 7, 0).instr(0, 0))

    box = curses.textpad.Textbox(curses.newwin(2, 12, 0, 0))
    for key in "helo\x02\x02l\x0asecond line\x10\x01X\x05!\x08":
        box.do_command(ord(key))
    say(repr(box.gather()))
    frame = curses.newwin(5, 9, 0, 0)
    curses.textpad.rectangle(frame, 0, 0, 3, 7)
    show("frame", frame)

    panels = [curses.panel.new_panel(curses.newwin(2, 4, n, n)) for n in range(3)]
    panels[0].top()
    panels[1].hide()
    panels[2].move(5, 6)
    order = [panels.index(p) if p else p for p in (curses.panel.top_panel(), curses.panel.bottom_panel())]
    say(order, panels[1].hidden(), panels[0].below() is panels[2], panels[0].above(), panels[2].window().getbegyx())
    curses.panel.update_panels()
    curses.doupdate()

    say(curses.tparm(b"\x1b[%i%p1%d;%p2%dH", 4, 9), curses.tigetnum("cols"), curses.tigetflag("am"), curses.tigetnum("cr"))
    say([curses.keyname(k) for k in (1, 65, 127, 200, curses.KEY_UP, curses.KEY_F3, curses.KEY_MOUSE)])
    say([curses.unctrl(c) for c in ("a", "\n", b"\x7f", 0)], curses.ascii.unctrl("\x81"), curses.ascii.ctrl("J") == "\n")
    curses.resizeterm(20, 60)
    say(curses.LINES, curses.COLS, screen.getmaxyx(), screen.getch() == curses.KEY_RESIZE)
    curses.endwin()
    say(curses.isendwin())


if len(sys.argv) > 1:
    child(os.fdopen(int(sys.argv[1]), "w", encoding="utf-8"))
else:
    parent()
