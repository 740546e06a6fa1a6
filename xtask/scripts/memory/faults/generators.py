"""Generators, coroutines, asynchronous generators."""

import itertools


def numbers(n):
    try:
        for i in range(n):
            got = yield i
            if got:
                yield got
    finally:
        n = None


def delegate(n):
    result = yield from numbers(n)
    yield result
    yield from [1, 2, 3]


class Wait:
    def __await__(self):
        return (yield "waiting")


async def agen(n):
    for i in range(n):
        await Wait()
        yield i


async def main():
    found = [x async for x in agen(3)]
    async for x in agen(2):
        found.append(x)
    return found


def work():
    g = delegate(4)
    out = [next(g), g.send("sent"), *g]
    h = numbers(3)
    next(h)
    try:
        h.throw(KeyError("k"))
    except KeyError as e:
        out.append(e.args)
    numbers(3).close()
    c = main()
    try:
        while True:
            out.append(c.send(None))
    except StopIteration as e:
        out.append(e.value)
    pairs = zip(itertools.count(), itertools.chain("ab", map(str, range(3))), itertools.repeat(7))
    out.extend(itertools.islice(pairs, 4))
    out.extend(list(itertools.groupby([1, 1, 2]))[0][:1])
    out.extend(itertools.product("ab", repeat=2))
    return out
