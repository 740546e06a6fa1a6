"""Asks CPython's codecs for what they make of every sequence, and writes the tables in this folder.

Run it with CPython 3.14 in this folder: python3.14 make.py

A table is compressed with zlib and holds, all numbers little endian:
  256 bytes   what each first byte is: 0 illegal, 1 a character by itself, 2 begins a sequence of two, 3 of three
  256 x u32   the characters of single bytes
  sequences   u32 how many; their keys (the bytes as one big-endian number) as u32, each less the one before;
              the first characters as u32; the second ones as u16, 0 where there is one only
  exceptions  u32 how many; then characters (first u32, second u16) and keys (u32): what characters become where that is
              not the first of the sequences that become them; 0 where it is nothing
  runs        u32 how many; then u32 x 3, of gb18030 only: index of a sequence of four, character, length
"""
import codecs, struct, zlib

NAMES = """gb2312 gbk gb18030 big5hkscs euc_jp shift_jis cp932 euc_jisx0213 shift_jisx0213 euc_jis_2004
shift_jis_2004 cp949 euc_kr johab big5 cp950""".split()
PAIRS = {"big5hkscs", "euc_jisx0213", "shift_jisx0213", "euc_jis_2004", "shift_jis_2004"}
THREES = {"euc_jp", "euc_jisx0213", "euc_jis_2004"}

def decoded(name, seq):
    try:
        text = seq.decode(name)
    except UnicodeDecodeError:
        return None
    return text if len(text) == 1 or len(text) == 2 and name in PAIRS else None

def kind(name, b):
    d = codecs.getincrementaldecoder(name)()
    try:
        return 1 if d.decode(bytes([b])) else 2
    except UnicodeDecodeError:
        return 0

def encoded(name, text):
    try:
        seq = text.encode(name)
    except UnicodeEncodeError:
        return b""
    # Syllables that euc_kr spells letter by letter are not a matter of tables.
    return seq if len(seq) <= 4 else b""

def column(code, values):
    return struct.pack(f"<{len(values)}{code}", *values)

def make(name):
    kinds = [kind(name, b) for b in range(256)]
    singles = [ord(decoded(name, bytes([b]))) if k == 1 else 0 for b, k in enumerate(kinds)]
    entries = []
    for b, k in enumerate(kinds):
        if k != 2:
            continue
        three = b == 0x8F and name in THREES
        if three:
            kinds[b] = 3
        for t in range(65536 if three else 256):
            seq = bytes([b]) + t.to_bytes(2 if three else 1, "big")
            text = decoded(name, seq)
            if text is not None:
                entries.append((int.from_bytes(seq, "big"), text))
    entries.sort()
    table = {chr(singles[b]): b for b, k in enumerate(kinds) if k == 1}
    for key, text in entries:
        table.setdefault(text, key)
    extra, runs = [], []
    for c in range(0x110000 if name == "gb18030" else 0x30000):
        if 0xD800 <= c < 0xE000:
            continue
        seq = encoded(name, chr(c))
        if name == "gb18030" and len(seq) == 4:
            i = (((seq[0] - 0x81) * 10 + seq[1] - 0x30) * 126 + seq[2] - 0x81) * 10 + seq[3] - 0x30
            if runs and runs[-1][0] + runs[-1][2] == i and runs[-1][1] + runs[-1][2] == c:
                runs[-1][2] += 1
            else:
                runs.append([i, c, 1])
            seq = b""
        key = int.from_bytes(seq, "big")
        if table.get(chr(c), 0) != key:
            extra.append((chr(c), key))
    for text, key in table.items():
        if len(text) == 2 and int.from_bytes(encoded(name, text), "big") != key:
            extra.append((text, int.from_bytes(encoded(name, text), "big")))
    keys = [k for k, _ in entries]
    first = lambda ts: [ord(t[0]) for t in ts]
    second = lambda ts: [ord(t[1]) if len(t) > 1 else 0 for t in ts]
    texts, others = [t for _, t in entries], [t for t, _ in extra]
    out = bytes(kinds) + column("I", singles)
    out += struct.pack("<I", len(entries)) + column("I", [k - p for k, p in zip(keys, [0] + keys)])
    out += column("I", first(texts)) + column("H", second(texts))
    out += struct.pack("<I", len(extra)) + column("I", first(others)) + column("H", second(others))
    out += column("I", [k for _, k in extra])
    out += struct.pack("<I", len(runs)) + b"".join(column("I", r) for r in runs)
    return out, len(entries), len(extra), len(runs)

for name in NAMES:
    out, *counts = make(name)
    packed = zlib.compress(out, 9)
    print(name, *counts, len(out), len(packed))
    with open(name + ".bin", "wb") as f:
        f.write(packed)
