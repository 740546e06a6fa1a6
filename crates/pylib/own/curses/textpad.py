"""A field for text in a window, edited by the keys that Emacs has, and a frame for it."""

import curses
import curses.ascii


def rectangle(win, uly, ulx, lry, lrx):
    """Draw a frame whose corners are in these lines and columns."""
    height, width = lry - uly - 1, lrx - ulx - 1
    for x in (ulx, lrx):
        win.vline(uly + 1, x, curses.ACS_VLINE, height)
    for y in (uly, lry):
        win.hline(y, ulx + 1, curses.ACS_HLINE, width)
    for y, x, corner in (
        (uly, ulx, curses.ACS_ULCORNER),
        (uly, lrx, curses.ACS_URCORNER),
        (lry, lrx, curses.ACS_LRCORNER),
        (lry, ulx, curses.ACS_LLCORNER),
    ):
        win.addch(y, x, corner)


class Textbox:
    """Text that is edited in a window, all of which it fills.

    Keys: ^A and ^E to the line's beginning and end; ^B, ^F, ^P, ^N and the arrows by a place; ^D deletes what is under
    the cursor, ^H and backspace what is before it; ^K the rest of the line, or the line if it is empty; ^O inserts a
    line; ^J goes to the next line, or ends if there is only one; ^L shows the window; ^G ends.

    With `stripspaces` blanks at the end of lines are not part of the text.
    """

    def __init__(self, win, insert_mode=False):
        self.win = win
        self.insert_mode = insert_mode
        self.stripspaces = 1
        self.lastcmd = None
        self._update_max_yx()
        win.keypad(1)

    def _update_max_yx(self):
        # The window may have been resized.
        self.maxy, self.maxx = (size - 1 for size in self.win.getmaxyx())

    def _text(self, data):
        return data.decode(self.win.encoding, "replace")

    def _char_at(self, *place):
        return self._text(self.win.instr(*place, 1))

    def _prints(self, key):
        return 0 <= key <= 0xff and self._text(bytes([key])).isprintable()

    def _end_of_line(self, y):
        """The column behind the last character of a line, or its last one."""
        self._update_max_yx()
        for x in range(self.maxx, -1, -1):
            if self._char_at(y, x) != " ":
                return min(x + 1, self.maxx)
        return 0

    def _insert_printable_char(self, ch):
        self._update_max_yx()
        y, x = self.win.getyx()
        after = None
        while True:
            pushed = None
            if self.insert_mode:
                # The character as a byte, with the attributes that it has.
                pushed = self.win.instr(1)[0] | self.win.inch() & curses.A_ATTRIBUTES
            if (y, x) >= (self.maxy, self.maxx):
                # Adding there would have the window scroll, or fail.
                self.win.insch(self._text(bytes([ch & curses.A_CHARTEXT])), ch & curses.A_ATTRIBUTES)
                break
            self.win.addch(ch)
            if pushed is None or not self._prints(pushed & curses.A_CHARTEXT):
                break
            ch = pushed
            y, x = self.win.getyx()
            after = after or (y, x)
        if after:
            self.win.move(*after)

    def _go_back(self, y, x):
        if x > 0:
            self.win.move(y, x - 1)
        elif y > 0:
            self.win.move(y - 1, self._end_of_line(y - 1) if self.stripspaces else self.maxx)

    def _go_to_line(self, y, x):
        if 0 <= y <= self.maxy:
            self.win.move(y, x)
            end = self._end_of_line(y)
            # Looking for the end has moved the cursor.
            self.win.move(y, min(x, end))

    def do_command(self, ch):
        """Do what a key says; whether to go on."""
        self._update_max_yx()
        y, x = self.win.getyx()
        self.lastcmd = ch
        keys = curses.ascii
        if self._prints(ch):
            self._insert_printable_char(ch)
        elif ch == keys.SOH:
            self.win.move(y, 0)
        elif ch in (keys.STX, curses.KEY_LEFT):
            self._go_back(y, x)
        elif ch in (keys.BS, keys.DEL, curses.KEY_BACKSPACE):
            self._go_back(y, x)
            self.win.delch()
        elif ch == keys.EOT:
            self.win.delch()
        elif ch == keys.ENQ:
            self.win.move(y, self._end_of_line(y) if self.stripspaces else self.maxx)
        elif ch in (keys.ACK, curses.KEY_RIGHT):
            if x < self.maxx:
                self.win.move(y, x + 1)
            elif y < self.maxy:
                self.win.move(y + 1, 0)
        elif ch == keys.BEL:
            return 0
        elif ch == keys.NL:
            if self.maxy == 0:
                return 0
            if y < self.maxy:
                self.win.move(y + 1, 0)
        elif ch == keys.VT:
            if x == 0 and self._end_of_line(y) == 0:
                self.win.deleteln()
            else:
                self.win.move(y, x)
                self.win.clrtoeol()
        elif ch == keys.FF:
            self.win.refresh()
        elif ch in (keys.SO, curses.KEY_DOWN):
            self._go_to_line(y + 1, x)
        elif ch == keys.SI:
            self.win.insertln()
        elif ch in (keys.DLE, curses.KEY_UP):
            self._go_to_line(y - 1, x)
        return 1

    def gather(self):
        """The text in the window."""
        self._update_max_yx()
        text = []
        for y in range(self.maxy + 1):
            self.win.move(y, 0)
            end = self._end_of_line(y)
            if self.stripspaces and end == 0:
                continue
            last = end if self.stripspaces else self.maxx
            text += (self._char_at(y, x) for x in range(min(last, self.maxx) + 1))
            if self.maxy > 0:
                text.append("\n")
        return "".join(text)

    def edit(self, validate=None):
        """Read keys until one ends it, and give the text. `validate` may give another key for one, or none."""
        while True:
            ch = self.win.getch()
            if validate:
                ch = validate(ch)
            if not ch:
                continue
            if not self.do_command(ch):
                return self.gather()
            self.win.refresh()
