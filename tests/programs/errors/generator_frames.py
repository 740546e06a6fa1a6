# A traceback through generators and yield from.
def inner():
    yield 1
    raise ValueError("deep in a generator")


def middle():
    yield from inner()


def outer():
    for x in middle():
        yield x * 2


print(list(outer()))
