"""String methods: split, join, replace, find, strip, case."""
text = "The quick brown fox jumps over the lazy dog, while 42 other animals watch; nobody knows why. " * 300
total = 0
for i in range(210):
    words = text.split()
    total += len("-".join(words)) + sum(w.startswith("t") for w in words) + text.count("fox")
    clean = [w.strip(".,;").lower() for w in words]
    total += len({*clean}) + sum(len(w) for w in clean if w.isalpha())
    s = text.replace("dog", "cat").upper().title()
    total += s.find("Cat") + s.rfind("Watch") + len(s.splitlines()) + len(s.partition("Brown")[2])
    total += sum(c.isdigit() for c in text[:5000]) + len(text[::-1]) + ("lazy" in text)
    total += len("".join(chr(ord(c) + 1) for c in text[:6000])) + len(text.translate({97: "b", 98: None}))
print(total)
