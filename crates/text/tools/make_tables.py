"""Writes src/tables/: what Python 3.14 knows about each code point, asked of a running Python 3.14.

    python3.14 tools/make_tables.py src/tables

All numbers are little-endian. The layouts are described where they are read: src/props.rs, src/normalize.rs,
src/ucd.rs, src/names.rs.
"""

import os
import re
import struct
import sys
import unicodedata
from collections import Counter

import _sre

assert sys.version_info[:2] == (3, 14), "tables describe Python 3.14"
OUT = sys.argv[1]
LIMIT = 0x110000
CHARS = [chr(c) for c in range(LIMIT)]
OLD = unicodedata.ucd_3_2_0

CATEGORIES = ("Cn Lu Ll Lt Mn Mc Me Nd Nl No Zs Zl Zp Cc Cf Cs Co Lm Lo Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So").split()
BIDI = [""] + "L LRE LRO R AL RLE RLO PDF EN ES ET AN CS NSM BN B S WS ON LRI RLI FSI PDI".split()
WIDTHS = "F H W Na A N".split()
TAGS = ["", "<noBreak>", "<compat>", "<super>", "<fraction>", "<font>", "<circle>", "<wide>", "<vertical>", "<square>",
        "<isolated>", "<narrow>", "<initial>", "<final>", "<medial>", "<sub>", "<small>"]
FLAGS = ("ALPHA DECIMAL DIGIT NUMERIC LOWER UPPER TITLE CASED CASE_IGNORABLE PRINTABLE SPACE LINE_BREAK XID_START "
         "XID_CONTINUE MIRRORED LOWER_EXT UPPER_EXT TITLE_EXT FOLD_EXT NFC_NO NFC_MAYBE NFD_NO NFKC_NO NFKC_MAYBE "
         "NFKD_NO").split()
BIT = {name: 1 << i for i, name in enumerate(FLAGS)}


def write(name, data):
    with open(os.path.join(OUT, name), "wb") as f:
        f.write(data)
    print(f"{name:18}{len(data):8}")


def two_stage(values, empty=0):
    """Splits values into (shift, stage 1, stage 2) with the smallest total."""
    best = None
    for shift in range(4, 9):
        seen, first, second = {}, [], []
        for at in range(0, LIMIT, 1 << shift):
            block = tuple(values[at:at + (1 << shift)])
            if block not in seen:
                seen[block] = len(seen)
                second.extend(block)
            first.append(seen[block])
        size = len(first) * (1 if len(seen) <= 256 else 2) + len(second) * (1 if max(values) < 256 else 2)
        if best is None or size < best[0]:
            best = (size, shift, first, second)
    return best[1:]


def words(values, code="H"):
    return struct.pack(f"<{len(values)}{code}", *values)


# Decompositions, and which pairs compose.
decomposition = {}
for c, s in enumerate(CHARS):
    d = unicodedata.decomposition(s)
    if 0xAC00 <= c <= 0xD7A3:
        tail = (c - 0xAC00) % 28
        jamo = [0x1100 + (c - 0xAC00) // 588, 0x1161 + (c - 0xAC00) % 588 // 28, 0x11A7 + tail]
        assert d == " ".join(f"{j:04X}" for j in jamo[:3 if tail else 2]), d
    elif d:
        parts = d.split()
        tag = parts.pop(0) if parts[0].startswith("<") else ""
        decomposition[c] = (TAGS.index(tag), [int(p, 16) for p in parts])
pairs = sorted((d[0], d[1], c) for c, (tag, d) in decomposition.items()
               if tag == 0 and len(d) == 2 and unicodedata.normalize("NFC", chr(d[0]) + chr(d[1])) == chr(c))
seconds = {p[1] for p in pairs} | set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))

# One record per kind of character.
numerics, case_pool, case_seen = [0.0], [], {}
records, record_of = {}, []


def mapping(c, mapped, flag):
    if len(mapped) == 1:
        return ord(mapped) - c, 0
    if mapped not in case_seen:
        case_seen[mapped] = len(case_pool)
        case_pool.append(len(mapped))
        case_pool.extend(map(ord, mapped))
    return case_seen[mapped], BIT[flag]


final = "\u03c2"
for c, s in enumerate(CHARS):
    flags = 0
    for name, test in (("ALPHA", s.isalpha()), ("DECIMAL", s.isdecimal()), ("DIGIT", s.isdigit()),
                       ("NUMERIC", s.isnumeric()), ("LOWER", s.islower()), ("UPPER", s.isupper()),
                       ("TITLE", unicodedata.category(s) == "Lt"), ("CASED", (s + "a").title()[-1] == "a"),
                       ("CASE_IGNORABLE", ("A" + s + "\u03a3").lower()[-1] == final
                        and (s + "\u03a3").lower()[-1] != final),
                       ("PRINTABLE", s.isprintable()), ("SPACE", s.isspace()),
                       ("LINE_BREAK", len(("a" + s + "b").splitlines()) == 2), ("XID_START", s.isidentifier()),
                       ("XID_CONTINUE", ("a" + s).isidentifier()), ("MIRRORED", unicodedata.mirrored(s)),
                       ("NFC_NO", unicodedata.normalize("NFC", s) != s), ("NFC_MAYBE", c in seconds),
                       ("NFD_NO", unicodedata.normalize("NFD", s) != s),
                       ("NFKC_NO", unicodedata.normalize("NFKC", s) != s), ("NFKC_MAYBE", c in seconds),
                       ("NFKD_NO", unicodedata.normalize("NFKD", s) != s)):
        if test:
            flags |= BIT[name]
    deltas = []
    for mapped, flag in ((s.lower(), "LOWER_EXT"), (s.upper(), "UPPER_EXT"), (s.title(), "TITLE_EXT"),
                         (s.casefold(), "FOLD_EXT")):
        delta, extra = mapping(c, mapped, flag)
        deltas.append(delta)
        flags |= extra
    if len(s.lower()) == 1:
        assert _sre.unicode_tolower(c) == ord(s.lower()), hex(c)
    number = unicodedata.numeric(s, None)
    if number is None:
        number = 0
    else:
        if number not in numerics[1:]:
            numerics.append(number)
        number = numerics.index(number, 1)
    record = struct.pack("<I4i8B", flags, *deltas, CATEGORIES.index(unicodedata.category(s)),
                         BIDI.index(unicodedata.bidirectional(s)), unicodedata.combining(s),
                         WIDTHS.index(unicodedata.east_asian_width(s)), unicodedata.decimal(s, 255),
                         unicodedata.digit(s, 255), number, 0)
    record_of.append(records.setdefault(record, len(records)))
shift, first, second = two_stage(record_of)
print("records", len(records), "shift", shift)
assert shift == 6
write("index1.bin", words(first))
write("index2.bin", words(second))
write("records.bin", b"".join(records))
write("case.bin", words(case_pool, "I"))

# Decomposition pool: a header (tag << 8 | length), then UTF-16.
pool, offsets, seen = [0], [0] * LIMIT, {}
for c, (tag, d) in decomposition.items():
    raw = "".join(map(chr, d)).encode("utf-16-le")
    units = list(struct.unpack(f"<{len(raw) // 2}H", raw))
    key = (tag, *units)
    if key not in seen:
        seen[key] = len(pool)
        pool += [tag << 8 | len(units), *units]
    offsets[c] = seen[key]
assert len(pool) < 65536
shift, first, second = two_stage(offsets)
print("decompositions shift", shift)
assert shift == 7
write("decomp1.bin", words(first))
write("decomp2.bin", words(second))
write("decomp.bin", words(pool))
write("compose.bin", b"".join(words(p, "I") for p in pairs))

# Unicode 3.2: 0 where nothing differs, else a record.
old_records, old_of, odd = {None: 0}, [], []
for c, s in enumerate(CHARS):
    now = (unicodedata.category(s), unicodedata.bidirectional(s), unicodedata.combining(s),
           unicodedata.east_asian_width(s), unicodedata.mirrored(s), unicodedata.decimal(s, 255),
           unicodedata.digit(s, 255), unicodedata.numeric(s, None))
    old = (OLD.category(s), OLD.bidirectional(s), OLD.combining(s), OLD.east_asian_width(s), OLD.mirrored(s),
           OLD.decimal(s, 255), OLD.digit(s, 255), OLD.numeric(s, None))
    if old[0] != "Cn" and OLD.decomposition(s) != unicodedata.decomposition(s):
        odd.append((hex(c), OLD.decomposition(s), unicodedata.decomposition(s)))
    if old[0] == "Cn" and (OLD.decomposition(s) or OLD.name(s, None)):
        odd.append((hex(c), "unassigned, yet", OLD.decomposition(s), OLD.name(s, None)))
    if old[0] != "Cn" and OLD.name(s, None) != unicodedata.name(s, None):
        odd.append((hex(c), OLD.name(s, None), unicodedata.name(s, None)))
    if now == old:
        old_of.append(0)
        continue
    if old[7] is not None and old[7] not in numerics[1:]:
        numerics.append(old[7])
    number = 0 if old[7] is None else numerics.index(old[7], 1)
    record = bytes((CATEGORIES.index(old[0]), BIDI.index(old[1]), old[2], WIDTHS.index(old[3]), old[4], old[5], old[6],
                    number))
    old_of.append(old_records.setdefault(record, len(old_records)))
print("3.2: records", len(old_records), "odd", odd)
for form in ("NFC", "NFD", "NFKC", "NFKD"):
    differ = [hex(c) for c, s in enumerate(CHARS)
              if OLD.normalize(form, s) != (unicodedata.normalize(form, s) if OLD.category(s) != "Cn" else s)]
    print("3.2 normalize", form, differ)
shift, first, second = two_stage(old_of)
print("3.2 shift", shift)
assert shift == 8 and max(old_of) < 256
assert len(numerics) < 256
write("numeric.bin", words(numerics, "d"))
write("old1.bin", words(first))
write("old2.bin", bytes(second))
write("old_records.bin", bytes(8) + b"".join(r for r in old_records if r))

# Names. Runs of PREFIX-HEX are ranges; Hangul syllables are computed; the rest are phrases over a dictionary.
names, runs = {}, []
for c, s in enumerate(CHARS):
    name = unicodedata.name(s, None)
    if name is None or 0xAC00 <= c <= 0xD7A3:
        continue
    suffix = f"-{c:04X}"
    if name.endswith(suffix):
        prefix = name[:-len(suffix)]
        if runs and runs[-1][0] == prefix and runs[-1][2] == c - 1:
            runs[-1][2] = c
        else:
            runs.append([prefix, c, c])
    else:
        names[c] = name

# Tangut ideographs are found by name but have none.
tangut = []
for c in range(LIMIT):
    try:
        if ord(unicodedata.lookup(f"TANGUT IDEOGRAPH-{c:04X}")) == c:
            if tangut and tangut[-1][2] == c - 1:
                tangut[-1][2] = c
            else:
                tangut.append(["TANGUT IDEOGRAPH", c, c])
    except KeyError:
        pass
assert not any(unicodedata.name(chr(a), None) for _, a, _ in tangut)


def run_rows(name, rows):
    text = f"pub(crate) static {name}: &[(&str, u32, u32)] = &[\n"
    return text + "".join(f'    ("{p}-", 0x{a:X}, 0x{b:X}),\n' for p, a, b in rows) + "];\n"


write("name_runs.rs", ("//! Names that end in the code point's number. Written by tools/make_tables.py.\n\n"
                       + run_rows("NAMED", runs) + "\n/// Found by `lookup`, but without a name of their own.\n"
                       + run_rows("LOOKUP_ONLY", tangut)).encode())


def tokens(name):
    return re.findall(r"[^ -]*-(?! )|[^ ]*- |[^ -]+(?= |$)", name)


def join(parts):
    out = ""
    for p in parts:
        if out and out[-1] not in "- ":
            out += " "
        out += p
    return out


counts = Counter()
for name in names.values():
    assert join(tokens(name)) == name, (name, tokens(name))
    counts.update(tokens(name))
ordered = [w for w, _ in counts.most_common()]
# Byte 0 ends a name; 1..=LONG-1 are the commonest words; LONG.. start a two-byte word number.
LONG = 256 - (len(ordered) + 255) // 256
number = {w: i for i, w in enumerate(ordered)}
dictionary, starts = bytearray(), []
for i, w in enumerate(ordered):
    if i % 16 == 0:
        starts.append(len(dictionary))
    raw = bytearray(w.encode("ascii"))
    raw[-1] |= 0x80
    dictionary += raw
phrases, blocks = bytearray(), []
for block in sorted({c >> 4 for c in names}):
    blocks.append((block, len(phrases)))
    present = [c for c in range(block << 4, (block << 4) + 16) if c in names]
    for c in range(block << 4, present[-1] + 1):
        for w in tokens(names[c]) if c in names else ():
            n = number[w]
            if n < LONG - 1:
                phrases.append(n + 1)
            else:
                n -= LONG - 1
                phrases += bytes((LONG + (n >> 8), n & 255))
        phrases.append(0)
print("names", len(names), "words", len(ordered), "first long byte", LONG)
write("name_words.bin", bytes(dictionary))
write("name_starts.bin", words(starts, "I"))
write("name_phrases.bin", bytes(phrases))
write("name_blocks.bin", words([b for b, _ in blocks]))
write("name_offsets.bin", words([o for _, o in blocks], "I"))
MASK = (1 << 64) - 1


def fnv(name):
    h = 0xCBF29CE484222325
    for b in name.encode():
        h = (h ^ b) * 0x100000001B3 & MASK
    return h


def slot_of(h, d, n):
    return (((h ^ d * 0x9E3779B97F4A7C15) & MASK) * 0xFF51AFD7ED558CCD & MASK) >> 33


block_index = {b: i for i, (b, _) in enumerate(blocks)}
keys = [(fnv(name), block_index[c >> 4]) for c, name in names.items()]
slots = len(keys) * 100 // 97
buckets = [[] for _ in range(len(keys) // 4)]
for h, b in keys:
    buckets[(h >> 40) % len(buckets)].append((h, b))
table, shifts = [0xFFFF] * slots, [0] * len(buckets)
for i in sorted(range(len(buckets)), key=lambda i: -len(buckets[i])):
    for d in range(65536):
        places = [slot_of(h, d, slots) % slots for h, _ in buckets[i]]
        if len(set(places)) == len(places) and all(table[p] == 0xFFFF for p in places):
            break
    else:
        raise SystemExit("no displacement found")
    shifts[i] = d
    for p, (_, b) in zip(places, buckets[i]):
        table[p] = b
write("name_shifts.bin", words(shifts))
write("name_slots.bin", words(table))

# Aliases and named sequences have places in a private-use area, which is no secret: `namereplace` shows them there.
extra = {}
for c, s in enumerate(CHARS):
    if unicodedata.name(s, None) is None:
        shown = s.encode("ascii", "namereplace").decode()
        if shown.startswith("\\N"):
            name = shown[3:-1]
            extra[name] = (unicodedata.lookup(name), c)
print("aliases and sequences", len(extra))
write("name_extra.txt", "".join(f"{n};{' '.join(f'{ord(c):X}' for c in extra[n][0])};{extra[n][1]:X}\n"
                                for n in sorted(extra)).encode())
