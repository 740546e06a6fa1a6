"""Regular expressions and text."""

import re
import string

TEXT = "The quick brown fox, 12 years old, met 3 dogs (and 45 cats) on 2024-05-06. \u00dcber \u20ac5."


def work():
    re.purge()
    word = re.compile(r"(?P<first>\w)(?P<rest>\w*)")
    found = [m.groupdict() for m in word.finditer(TEXT)]
    swapped = word.sub(lambda m: m["rest"] + m[1], TEXT)
    date = re.search(r"(\d{4})-(\d\d)-(\d\d)", TEXT)
    parts = re.split(r"[,.()]\s*", TEXT)
    numbers = re.findall(r"\b\d+\b", TEXT)
    template = string.Template("$a and ${b}").substitute(a=1, b=2)
    formatted = "{:>10}|{!r:<8}|{:+.3e}|{x[0]}".format("a", "b", 1234.5, x=[7])
    percent = "%-5s|%05d|%.2f" % ("s", 42, 3.14159)
    f = f"{TEXT!r:.20}{len(TEXT):x}{1.5:10.3f}"
    changed = [*TEXT.upper().title().replace("T", "tt").split(), *TEXT.partition("fox")]
    table = str.maketrans({"a": "b", "e": None})
    joined = "-".join(changed).translate(table).encode("utf-16").decode("utf-16")
    return len(found), len(swapped), date.groups(), parts, numbers, template, formatted, percent, f, joined
