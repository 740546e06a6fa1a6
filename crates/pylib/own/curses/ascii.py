"""Names of ASCII's control characters, and questions about characters, which are given as text or as numbers."""

controlnames = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI "
    "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US SP"
).split()

globals().update((name, code) for code, name in enumerate(controlnames))
TAB = 9
NL = 10
DEL = 127


def _code(c):
    return ord(c) if isinstance(c, str) else c


def _among(*ranges):
    def answer(c):
        code = _code(c)
        return any(first <= code <= last for first, last in ranges)
    return answer


def _question(name, doc, *ranges):
    among = _among(*ranges)

    def ask(c):
        return among(c)
    ask.__name__ = ask.__qualname__ = name
    ask.__doc__ = doc
    return ask


_DIGITS, _UPPER, _LOWER = (48, 57), (65, 90), (97, 122)

isdigit = _question("isdigit", "Whether a character is a digit.", _DIGITS)
isupper = _question("isupper", "Whether a character is a capital letter.", _UPPER)
islower = _question("islower", "Whether a character is a small letter.", _LOWER)
isalpha = _question("isalpha", "Whether a character is a letter.", _UPPER, _LOWER)
isalnum = _question("isalnum", "Whether a character is a letter or a digit.", _DIGITS, _UPPER, _LOWER)
isxdigit = _question("isxdigit", "Whether a character is a hexadecimal digit.", _DIGITS, (65, 70), (97, 102))
isascii = _question("isascii", "Whether a character is one of ASCII.", (0, 127))
isblank = _question("isblank", "Whether a character is a space or a tab.", (9, 9), (32, 32))
isspace = _question("isspace", "Whether a character is white space.", (9, 13), (32, 32))
iscntrl = _question("iscntrl", "Whether a character is a control character.", (0, 31), (127, 127))
isctrl = _question("isctrl", "Whether a character is below the space.", (0, 31))
isgraph = _question("isgraph", "Whether a character is to be seen.", (33, 126))
isprint = _question("isprint", "Whether a character takes room when it is printed.", (32, 126))
ispunct = _question("ispunct", "Whether a character is to be seen and no letter or digit.",
                    (33, 47), (58, 64), (91, 96), (123, 126))


def ismeta(c):
    """Whether a character is beyond ASCII."""
    return _code(c) > 127


def _same_kind(c, code):
    return chr(code) if isinstance(c, str) else code


def ascii(c):
    """The character of a character's lower seven bits."""
    return _same_kind(c, _code(c) & 0x7f)


def ctrl(c):
    """The control character of a character's lower five bits."""
    return _same_kind(c, _code(c) & 0x1f)


def alt(c):
    """A character with its eighth bit set."""
    return _same_kind(c, _code(c) | 0x80)


def unctrl(c):
    """How a character is shown: control characters with a caret, those beyond ASCII with an exclamation mark."""
    code = _code(c)
    low = code & 0x7f
    shown = chr(low) if isprint(low) else "^" + chr(low ^ 0x40)
    return "!" + shown if code & 0x80 else shown
