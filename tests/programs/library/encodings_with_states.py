"""Encodings of ISO 2022 and HZ: what they choose, what is wrong, states in between."""
import codecs
import io

TEXT = "Text é日本語~ 한국어 ¥‾ 中文 ｱ\u304b\u309a №か\n\u4e02 q"
NAMES = "iso2022_kr iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext hz".split()
for name in NAMES:
    for errors in ("replace", "ignore", "backslashreplace"):
        print(name, errors, TEXT.encode(name, errors))
    encoded = TEXT.encode(name, "replace")
    print(ascii(encoded.decode(name)))
    encoder = codecs.getincrementalencoder(name)("replace")
    for piece in ("a", "日", "\u304b", "\u309a", "中", "~"):
        print(encoder.encode(piece), encoder.getstate())
    print(encoder.encode("", True), encoder.getstate())
    decoder = codecs.getincrementaldecoder(name)()
    seen = []
    for i in range(len(encoded)):
        seen.append(decoder.decode(encoded[i : i + 1]))
        if i % 9 == 0:
            print(decoder.getstate())
    print(ascii("".join(seen)), decoder.getstate())
    reader = codecs.getreader(name)(io.BytesIO(encoded))
    print(ascii(reader.readline()), ascii(reader.read()))
for data in (b"\x1b$B!", b"\x1b$B!\xa1", b"\x1b$Z", b"\x1b(Z", b"\x80", b"\x1b[0m", b"\x1b$)C\x0e$T\x0f", b"~", b"~x", b"~{!", b"~{!!~~", b"\x1b.A\x1bNi"):
    for name in ("iso2022_jp", "iso2022_kr", "iso2022_jp_2", "hz"):
        try:
            print(name, data, ascii(data.decode(name)))
        except UnicodeDecodeError as error:
            print(name, data, error)
