# A dict from whose end items are taken and to whose end others are added: searches for absent keys must come to an end.
def churn(d, key, rounds):
    for i in range(rounds):
        d[key(i)] = i
        if i % 3:
            d.popitem()
        if i % 7 == 0 and d:
            del d[next(iter(d))]
    return d


for name, key in (("int", lambda i: i * 7), ("str", lambda i: f"k{i}"), ("mixed", lambda i: (i, str(i))[i % 2])):
    d = churn({}, key, 5000)
    print(name, len(d), -1 in d, "absent" in d, sum(d.values()), list(d)[-3:])
    while d:
        d.popitem()
    print(-1 in d, "absent" in d, d.get(2.5))

d = {}
for i in range(1000):
    d[i] = 1
    assert d.popitem() == (i, 1)
    assert i not in d
d.update(dict.fromkeys(range(20)))
print(len(d), list(d) == list(range(20)), 20 in d)
