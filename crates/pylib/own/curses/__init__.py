"""Windows, keys and colours on a terminal: the names of `_curses`, and what is easier said in Python."""

from _curses import *
import os as _os
import sys as _sys


def _take(*wanted, prefix=None):
    # The native module has these names only once the screen, or colours, have begun.
    import _curses
    for name, value in vars(_curses).items():
        if name in wanted or (prefix and name.startswith(prefix)):
            globals()[name] = value


def initscr():
    """Begin the screen and give the window that is as large as it."""
    import _curses
    # Where the terminal is not known this is an error that can be caught.
    setupterm(term=_os.environ.get("TERM", "unknown"), fd=_sys.__stdout__.fileno())
    screen = _curses.initscr()
    _take("LINES", "COLS", prefix="ACS_")
    return screen


def start_color():
    """Begin colours."""
    import _curses
    result = _curses.start_color()
    _take("COLORS", "COLOR_PAIRS")
    return result


def wrapper(func, /, *args, **kwds):
    """Call a function with the screen's window, and give the terminal back whatever comes of it.

    Keys are read one by one and not shown, function keys are keys, and colours have begun where there are any. Further
    arguments go to the function, whose result is given.
    """
    screen = None
    try:
        screen = initscr()
        noecho()
        cbreak()
        screen.keypad(True)
        try:
            start_color()
        except error:
            pass
        return func(screen, *args, **kwds)
    finally:
        if screen is not None:
            screen.keypad(False)
            echo()
            nocbreak()
            endwin()
