//! Mistakes of `zoneinfo/_zoneinfo.py` made good, as in [`crate::fixes`].

use crate::edits::Change::{self, After, Replace};

pub const ZONEINFO_FIXES: &[(&str, Change)] = &[
    // What held before the only transition is not what holds after it.
    (
        "zoneinfo/_zoneinfo.py",
        Replace("                tti_prev = self._ttinfos[-1]\n", "                tti_prev = self._tti_before\n"),
    ),
    // 29 February is the sixtieth day.
    ("zoneinfo/_zoneinfo.py", Replace("if self.julian and d >= 59 and", "if self.julian and d >= 60 and")),
    ("zoneinfo/_zoneinfo.py", Replace("(?P<std>[^<0-9:.+-]+|", "(?P<std>[a-zA-Z]+|")),
    ("zoneinfo/_zoneinfo.py", Replace("(?P<dst>[^0-9:.+-]+|", "(?P<dst>[a-zA-Z]+|")),
    (
        "zoneinfo/_zoneinfo.py",
        Replace("        std_offset = 0\n", "        raise ValueError(f\"Invalid STD offset in {tz_str}\")\n"),
    ),
    ("zoneinfo/_zoneinfo.py", Replace(r"M(\d{1,2})\.(\d).(\d)", r"M(\d{1,2})\.(\d)\.(\d)")),
    (
        "zoneinfo/_zoneinfo.py",
        After(
            "            n_is_julian = False\n\n",
            "        doy = int(date)\n",
            r#"        if not (date.isascii() and date.isdigit() and len(date) <= 3):
            raise ValueError(f"Invalid dst start/end date: {dststr}")
        doy = int(date)
"#,
        ),
    ),
];
