# Two objects lose their last reference in one instruction. The finaliser of one collects: the other is no garbage, it is
# about to be freed.
import gc


class Collects:
    def __del__(self):
        found.append(gc.collect())


class Holder:
    pass


found = []


def stored():
    for i in range(10):
        a, b = [i], Collects()
        x, y = 1, 2
        a, b = x, y
        a, b = Collects(), [i]
        a, b = x, y


def compared():
    for i in range(10):
        [i, [i]] is Collects()
        Collects() is [i, [i]]
        isinstance([i], Collects)


def items():
    for i in range(10):
        [Collects()][0] = [i]
        [[i]][0] = Collects()
        holder = Holder()
        holder.a = [i]
        holder.a = Collects()
        holder.a = [i]
        Holder().a = Collects()


def called():
    for i in range(10):
        [i].append(Collects())
        [Collects()].append([i])
        append = [i].append
        append(Collects())
        del append
        (lambda *args: [].append)()(Collects())
        (lambda *args: [i].count)()(Collects())
        {i: [i]}.get(Collects(), [i])
        [[i]].__contains__(Collects())
        [Collects()].__contains__([i])
        [].__eq__(Collects())


gc.disable()
gc.collect()
for f in [stored, compared, items, called]:
    f()
    gc.collect()
    print(f.__name__, len(found), sum(found))
    found.clear()
