"""Whether the terminal has a key, asked without the native `has_key`."""

import _curses

# Keys whose capability is not simply "k" and their own name in small letters.
_SPECIAL = {
    "BACKSPACE": "kbs", "BTAB": "kcbt", "CATAB": "ktbc", "CLEAR": "kclr", "CLOSE": "kclo", "COMMAND": "kcmd",
    "COPY": "kcpy", "CREATE": "kcrt", "CANCEL": "kcan", "DC": "kdch1", "DL": "kdl1", "DOWN": "kcud1",
    "EIC": "krmir", "ENTER": "kent", "EOL": "kel", "EOS": "ked", "EXIT": "kext", "FIND": "kfnd", "HELP": "khlp",
    "IC": "kich1", "IL": "kil1", "LEFT": "kcub1", "MARK": "kmrk", "MESSAGE": "kmsg", "MOVE": "kmov",
    "NEXT": "knxt", "NPAGE": "knp", "OPEN": "kopn", "OPTIONS": "kopt", "PPAGE": "kpp", "PREVIOUS": "kprv",
    "PRINT": "kprt", "REDO": "krdo", "REFERENCE": "kref", "REFRESH": "krfr", "REPLACE": "krpl",
    "RESTART": "krst", "RESUME": "kres", "RIGHT": "kcuf1", "SAVE": "ksav", "SELECT": "kslt", "SF": "kind",
    "SR": "kri", "STAB": "khts", "SUSPEND": "kspd", "UNDO": "kund", "UP": "kcuu1",
    "SBEG": "kBEG", "SCANCEL": "kCAN", "SCOMMAND": "kCMD", "SCOPY": "kCPY", "SCREATE": "kCRT", "SDC": "kDC",
    "SDL": "kDL", "SEND": "kEND", "SEOL": "kEOL", "SEXIT": "kEXT", "SFIND": "kFND", "SHELP": "kHLP",
    "SHOME": "kHOM", "SIC": "kIC", "SLEFT": "kLFT", "SMESSAGE": "kMSG", "SMOVE": "kMOV", "SNEXT": "kNXT",
    "SOPTIONS": "kOPT", "SPREVIOUS": "kPRV", "SPRINT": "kPRT", "SREDO": "kRDO", "SREPLACE": "kRPL",
    "SRIGHT": "kRIT", "SRSUME": "kRES", "SSAVE": "kSAV", "SSUSPEND": "kSPD", "SUNDO": "kUND",
}
_PLAIN = ["A1", "A3", "B2", "BEG", "C1", "C3", "CTAB", "END", "HOME", "LL"]

_capability_names = {getattr(_curses, "KEY_" + key): name for key, name in _SPECIAL.items()}
_capability_names |= {getattr(_curses, "KEY_" + key): "k" + key.lower() for key in _PLAIN}
_capability_names |= {_curses.KEY_F0 + n: f"kf{n}" for n in range(64)}


def has_key(ch):
    """Whether the terminal has a key, given as a number or a character."""
    name = _capability_names.get(ord(ch) if isinstance(ch, str) else ch)
    return name is not None and bool(_curses.tigetstr(name))
