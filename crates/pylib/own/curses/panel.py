"""Windows that lie one over the other: the names of `_curses_panel`."""

from _curses_panel import *
