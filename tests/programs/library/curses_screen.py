# What a terminal shows after programs of curses: a small terminal here takes what they write, however they write it.
import os
import re
import select
import subprocess
import sys
import termios

ROWS, COLUMNS = 24, 60
LINES = dict(zip("jklmnqtuvwx`a", "┘┐┌└┼─├┤┴┬│◆▒"))


class Terminal:
    TOKEN = re.compile(r"\x1b\[([?>]?)([\d;]*)([@-~])|\x1b([()])(.)|\x1b([=>78M])|(.)", re.DOTALL)

    def __init__(self):
        self.style = ()
        self.set = "B"
        self.y = self.x = 0
        self.top, self.bottom = 0, ROWS - 1
        self.full = False
        self.rows = [self.blank() for _ in range(ROWS)]

    def blank(self):
        # Only the ground's colour is left where something is erased.
        return [(" ", tuple(s for s in self.style if 40 <= s < 50))] * COLUMNS

    def scroll(self, up):
        if up:
            del self.rows[self.top]
            self.rows.insert(self.bottom, self.blank())
        else:
            del self.rows[self.bottom]
            self.rows.insert(self.top, self.blank())

    def feed(self, text):
        for token in self.TOKEN.finditer(text):
            private, numbers, final, _, charset, single, char = token.groups()
            if final:
                if not private:
                    self.control(final, [int(n or 0) for n in numbers.split(";")])
            elif charset:
                self.set = charset
            elif single == "M":
                if self.y == self.top:
                    self.scroll(False)
                else:
                    self.y -= 1
            elif char:
                self.put(char)

    def put(self, char):
        if char == "\r":
            self.x, self.full = 0, False
        elif char == "\b":
            self.x, self.full = max(self.x - 1, 0), False
        elif char == "\n":
            self.down()
        elif char >= " ":
            if self.full:
                self.x, self.full = 0, False
                self.down()
            char = LINES.get(char, char) if self.set == "0" else char
            self.rows[self.y][self.x] = char, self.style
            if self.x == COLUMNS - 1:
                self.full = True
            else:
                self.x += 1

    def down(self):
        if self.y == self.bottom:
            self.scroll(True)
        else:
            self.y = min(self.y + 1, ROWS - 1)

    def control(self, final, numbers):
        n = numbers[0] or 1
        row = self.rows[self.y]
        if final not in "mKJX":
            self.full = False
        if final == "H":
            self.y, self.x = n - 1, (numbers + [1])[1] - 1 if len(numbers) > 1 else 0
        elif final == "G":
            self.x = n - 1
        elif final == "d":
            self.y = n - 1
        elif final == "A":
            self.y = max(self.y - n, 0)
        elif final == "B":
            self.y = min(self.y + n, ROWS - 1)
        elif final == "C":
            self.x = min(self.x + n, COLUMNS - 1)
        elif final == "D":
            self.x = max(self.x - n, 0)
        elif final == "K":
            start, end = [(self.x, COLUMNS), (0, self.x + 1), (0, COLUMNS)][numbers[0]]
            row[start:end] = self.blank()[start:end]
        elif final == "J":
            if numbers[0] == 0:
                row[self.x:] = self.blank()[self.x:]
            for y in range(self.y + 1 if numbers[0] == 0 else 0, ROWS):
                self.rows[y] = self.blank()
        elif final == "X":
            row[self.x:self.x + n] = self.blank()[:len(row[self.x:self.x + n])]
        elif final == "P":
            row[self.x:] = (row[self.x + n:] + self.blank())[:COLUMNS - self.x]
        elif final == "@":
            row[self.x:] = (self.blank()[:n] + row[self.x:])[:COLUMNS - self.x]
        elif final == "b":
            last = row[self.x - 1]
            for _ in range(n):
                self.put(last[0])
        elif final in "ST":
            for _ in range(n):
                self.scroll(final == "S")
        elif final in "LM":
            top, self.top = self.top, self.y
            for _ in range(n):
                self.scroll(final == "M")
            self.top = top
        elif final == "r":
            self.top, self.bottom = n - 1, (numbers[1] if len(numbers) > 1 else ROWS) - 1
            self.y = self.x = 0
        elif final == "m":
            for n in numbers:
                kept = [s for s in self.style if n and not (n in range(30, 40) and s in range(30, 40))
                        and not (n in range(40, 50) and s in range(40, 50)) and not (n == 27 and s == 7)
                        and not (n == 24 and s == 4)]
                if n not in (0, 24, 27, 39, 49):
                    kept.append(n)
                self.style = tuple(sorted(set(kept)))

    def show(self):
        print("cursor", self.y, self.x)
        for y, row in enumerate(self.rows):
            text = "".join(c for c, _ in row).rstrip()
            runs, last = [], ()
            for x, (char, style) in enumerate(row):
                if char == " ":
                    # Nothing of it is seen but the ground, a line or that it is reversed.
                    style = tuple(s for s in style if s in (4, 7) or 40 <= s < 50 or (7 in style and 30 <= s < 40))
                if style != last:
                    runs.append(f"{x}:{','.join(map(str, style))}")
                    last = style
            if text or runs:
                print(f"{y:2}|{text}|", *runs)


def parent():
    for name in PROGRAMS:
        main, side = os.openpty()
        termios.tcsetwinsize(main, (ROWS, COLUMNS))
        environment = {**os.environ, "TERM": "xterm"}
        child = subprocess.Popen(
            [sys.executable, __file__, name], stdin=side, stdout=side, stderr=side, env=environment)
        os.close(side)
        shown = b""
        while select.select([main], [], [], 60)[0]:
            try:
                data = os.read(main, 65536)
            except OSError:
                break
            if not data:
                break
            shown += data
        os.close(main)
        print("==", name, child.wait())
        terminal = Terminal()
        terminal.feed(shown.decode())
        terminal.show()


def plain(curses, screen):
    screen.border()
    screen.addstr(1, 2, "plain")
    for n, name in enumerate(["bold", "reverse", "underline", "dim", "blink"]):
        screen.addstr(2 + n, 2, name, getattr(curses, "A_" + name.upper()))
    screen.addstr(2, 20, "red", curses.color_pair(1))
    screen.addstr(3, 20, "on blue", curses.color_pair(2) | curses.A_BOLD)
    screen.addstr(4, 20, "é €")
    window = curses.newwin(6, 18, 9, 5)
    window.bkgd(" ", curses.color_pair(2))
    window.box()
    window.addstr(1, 1, "window", curses.A_REVERSE)
    screen.noutrefresh()
    window.noutrefresh()
    curses.doupdate()
    inner = window.derwin(2, 5, 3, 3)
    inner.addstr("abcdefgh")
    inner.refresh()
    screen.hline(18, 2, "=", 40)
    screen.vline(9, 30, curses.ACS_VLINE, 8)
    screen.addstr(20, 2, "tab\there")
    pad = curses.newpad(50, 50)
    for n in range(50):
        pad.addstr(n, 0, f"pad line {n} " + "x" * 20)
    screen.refresh()
    pad.refresh(10, 4, 9, 35, 13, 50)
    screen.move(21, 5)
    screen.refresh()


def scrolling(curses, screen):
    screen.scrollok(True)
    screen.idlok(True)
    for n in range(60):
        screen.addstr(f"line {n} " + "*" * (n % 30) + "\n", curses.color_pair(n % 3))
        screen.refresh()
    screen.setscrreg(5, 10)
    screen.scroll(2)
    screen.refresh()
    screen.setscrreg(0, ROWS - 1)
    screen.scroll(-3)
    screen.refresh()
    screen.move(3, 3)
    screen.insertln()
    screen.refresh()
    screen.move(8, 0)
    screen.deleteln()
    screen.insstr(12, 4, "inserted ")
    screen.delch(13, 2)
    screen.move(14, 9)
    screen.clrtoeol()
    screen.refresh()
    screen.move(20, 0)
    screen.clrtobot()
    screen.addstr(23, 55, "abcde"[:4])
    screen.insch(23, 59, "Z")
    screen.refresh()


def panels(curses, screen):
    import curses.panel as panel
    for y in range(ROWS - 1):
        screen.addstr(y, 0, "." * (COLUMNS - 1))
    made = []
    for n in range(3):
        window = curses.newwin(6, 20, 2 + 3 * n, 5 + 6 * n)
        window.bkgd(chr(97 + n), curses.color_pair(n + 1))
        window.box()
        window.addstr(2, 2, f"panel {n}", curses.A_BOLD)
        made.append(panel.new_panel(window))

    def update():
        panel.update_panels()
        curses.doupdate()

    update()
    made[0].top()
    update()
    made[1].move(12, 30)
    update()
    made[2].hide()
    update()
    made[2].show()
    made[2].bottom()
    update()
    del made[1]
    update()


def fields(curses, screen):
    import curses.textpad as textpad
    window = curses.newwin(4, 20, 3, 10)
    textpad.rectangle(screen, 2, 9, 7, 30)
    screen.refresh()
    box = textpad.Textbox(window, insert_mode=True)
    for key in "first line\nsecond\nthird\x10\x01new \x0e\x05!":
        box.do_command(ord(key))
        window.refresh()
    screen.addstr(12, 0, box.gather())
    screen.chgat(13, 1, 4, curses.A_REVERSE | curses.color_pair(3))
    screen.refresh()
    curses.init_pair(3, 2, 5)
    screen.refresh()


PROGRAMS = {f.__name__: f for f in (plain, scrolling, panels, fields)}


def child(name):
    import curses
    screen = curses.initscr()
    curses.start_color()
    curses.use_default_colors()
    curses.init_pair(1, curses.COLOR_RED, -1)
    curses.init_pair(2, curses.COLOR_WHITE, curses.COLOR_BLUE)
    curses.init_pair(3, curses.COLOR_BLACK, curses.COLOR_GREEN)
    PROGRAMS[name](curses, screen)
    # The screen stays as it is.
    os._exit(0)


if len(sys.argv) > 1:
    child(sys.argv[1])
else:
    parent()
