# The names that \N{...} takes in source: aliases too, in any case; no named sequences.
import unicodedata

for name in ("BYTE ORDER MARK", "LINE FEED", "NEW LINE", "nbsp", "ZWJ", "ALERT", "HANGUL SYLLABLE GAG", "cjk unified ideograph-4E00",
             "LATIN CAPITAL LETTER GHA", "grinning face", "KEYCAP DIGIT ONE", "LATIN SMALL LETTER Ä", "NO SUCH NAME", "x" * 300):
    try:
        value = ascii(eval(f'"\\N{{{name}}}"'))
    except SyntaxError as error:
        value = error.msg
    try:
        found = ascii(unicodedata.lookup(name))
    except KeyError as error:
        found = error.args[0][:40]
    print(name[:30], value, found, sep=" | ")
