# During handling of the above exception...
def load(name):
    return {"a": 1}[name]


def safe(name):
    try:
        return load(name)
    except KeyError:
        return fallback(name)


def fallback(name):
    raise LookupError(f"no fallback for {name!r}")


safe("b")
