# Code points of every width, case folding, surrogates, escapes in repr.
for s in ("abc", "aé", "aĀ", "a😀", "\ud800", "\x00\x1f\x7f\x80\xa0\xad", "\u200b\u2028\ufeff", "\U000e0001", "'\"", "\\", "\n\t\r\x0b", "名前", "e\u0301", "\U0010ffff"):
    print(ascii(s), len(s), repr(s) if "\ud800" not in s else "surrogate", [hex(ord(c)) for c in s], s.isprintable())
print("😀a😀"[1], "😀a😀"[::-1] == "😀a😀", "é" == "e\u0301", "aé😀"[1:], ("a" * 5 + "😀").find("😀"), "x😀y😀z".split("😀"), "😀".encode(), "😀".encode("utf-16-le"), "😀".encode("utf-32-be"))
for enc in ("utf-8", "utf-16", "latin-1", "ascii", "utf-7", "utf-8-sig", "cp1252", "utf-32-le", "unicode_escape", "raw_unicode_escape", "punycode", "idna"):
    try:
        b = "aé€".encode(enc)
        print(enc, b, b.decode(enc))
    except UnicodeError as e:
        print(enc, type(e).__name__, e)
for err in ("strict", "ignore", "replace", "xmlcharrefreplace", "backslashreplace", "namereplace", "surrogateescape", "surrogatepass", "nope"):
    for text in ("aéb", "\udc80x", "\ud83d"):
        for enc in ("ascii", "utf-8"):
            try:
                print(err, enc, text.encode(enc, err), end=" | ")
            except (UnicodeError, LookupError) as e:
                print(err, enc, type(e).__name__, str(e), end=" | ")
    print()
for err in ("strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass"):
    for b in (b"a\xffb", b"\xe2\x82", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xe2\x28\xa1"):
        try:
            print(ascii(b.decode("utf-8", err)), end=" | ")
        except UnicodeDecodeError as e:
            print(e.reason, e.start, e.end, end=" | ")
    print()
try:
    b"\xff\xfe".decode()
except UnicodeDecodeError as e:
    print(e, e.encoding, e.object, e.start, e.end, e.reason, e.args)
try:
    "é".encode("ascii")
except UnicodeEncodeError as e:
    print(e, e.args)
print("\N{GREEK SMALL LETTER ALPHA}\x41\u00e9\U0001f600\101\0", "a\
b", r"\n\u0041", "tab\there", '\'', "\"", b"\x00\xff\t\\'", b'"', b"\101")
print(sorted("éaZz名Ā😀"), max("aé"), "Ā" < "😀", "\uffff" < "\U00010000", [c for c in "a😀"], "ﬁ".upper(), "ﬁ".casefold(), "ΌΣΟΣ".lower(), "ὈΔΥΣΣΕΎΣ".title())
import unicodedata as u
print(u.name("é"), u.lookup("EURO SIGN"), u.category("A"), u.numeric("½"), u.digit("²"), u.normalize("NFD", "é") == "e\u0301", u.normalize("NFKC", "ﬁ"), u.bidirectional("א"), u.east_asian_width("名"), u.combining("\u0301"), u.decomposition("é"), u.mirrored("("), u.unidata_version)
print(chr(0x1f600), ord("😀"), hash("abc") == hash("abc"), "a\u0300".isidentifier(), "ª".isidentifier(), "𝔘𝔫𝔦".isidentifier())
𝔘𝔫𝔦 = 5
print(Uni, "Uni" in globals())
