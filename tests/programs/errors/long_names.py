# Messages show the beginning of long names, some more of it than others.
import codecs


def shorten(text):
    for c in "nw\u20ac":
        for n in range(len(text), 20, -1):
            if c * n in text:
                text = text.replace(c * n, f"<{c}*{n}>")
    return ascii(text)


def show(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(type(e).__name__, shorten(str(e)))


for name in "n" * 300, "\u20ac" * 150:
    C = type(name, (), {"__hash__": None})
    c = C()
    for f in (
        lambda: c + 1,
        lambda: 1 - c,
        lambda: c < 1,
        lambda: pow(c, 2, 3),
        lambda: -c,
        lambda: abs(c),
        lambda: len(c),
        lambda: iter(c),
        lambda: c(),
        lambda: c[0],
        lambda: [][c],
        lambda: "a" + c,
        lambda: hash(c),
        lambda: int(c),
        lambda: C(1),
        lambda: c.attribute,
        lambda: C.attribute,
        lambda: getattr(c, "w" * 300),
        lambda: setattr(1, "w" * 300, 2),
        lambda: eval("w" * 300),
        lambda: codecs.lookup_error("w" * 500),
        lambda: super(C, 1),
        lambda: [*c],
    ):
        show(f)
