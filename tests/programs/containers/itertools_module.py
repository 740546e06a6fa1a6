# itertools: each function and its edge cases.
from itertools import *
import operator
print(list(islice(count(5), 3)), list(islice(count(1.5, 0.5), 3)), list(islice(cycle("ab"), 5)), list(repeat(7, 3)), list(islice(repeat(1), 2)), count(3), count(2, 5), repeat("x", 2), list(repeat(1, -5)))
print(list(accumulate([1, 2, 3])), list(accumulate([1, 2, 3], operator.mul)), list(accumulate([1, 2], initial=10)), list(accumulate([])), list(batched("abcdefg", 3)), list(chain("ab", [1])), list(chain.from_iterable(["ab", "c"])), list(compress("abc", [1, 0, 1])))
print(list(dropwhile(lambda x: x < 3, [1, 4, 2])), list(takewhile(lambda x: x < 3, [1, 4, 2])), list(filterfalse(lambda x: x % 2, range(5))), list(filterfalse(None, [0, 1])), list(pairwise("abcd")), list(starmap(pow, [(2, 3), (3, 2)])), list(zip_longest("ab", [1], fillvalue="-")), list(zip_longest()))
print([(k, list(g)) for k, g in groupby("aabbbca")], [(k, [*g]) for k, g in groupby([1, 3, 2, 4], key=lambda x: x % 2)], list(islice("abcdef", 1, None, 2)), list(islice("abc", 0)), list(islice("abcdef", 2, 4)))
print(list(permutations("abc", 2)), list(combinations("abcd", 2)), list(combinations_with_replacement("ab", 2)), list(product("ab", [1, 2])), list(product([0, 1], repeat=2)), list(permutations([])), list(product()), list(combinations("ab", 3)))
a, b, c = tee([1, 2, 3], 3)
print(next(a), list(b), list(a), list(c), len(list(permutations(range(5)))), sum(1 for _ in combinations(range(10), 5)))
g = groupby("aab")
k1, g1 = next(g)
k2, g2 = next(g)
print(k1, list(g1), k2, list(g2))
for e in ("list(islice('a', -1))", "list(batched('a', 0))", "list(islice('a', 0, 5, 0))", "list(combinations('a', -1))", "list(product('a', repeat=-1))", "repeat()", "count('a')", "tee([], -1)", "list(batched('abc', 2, strict=True))", "list(starmap(pow, [5]))", "chain(5).__next__()", "list(permutations('ab', -1))", "zip_longest(1)", "list(accumulate([1, 'a']))", "cycle(5)", "islice('a')", "compress('a')", "list(takewhile(5, [1]))", "groupby()", "pairwise(3)", "list(islice('a', 'b'))", "list(zip_longest('a', bad=1))", "next(iter(cycle([])))"):
    try:
        print(e, "=", eval(e))
    except (Exception, StopIteration) as err:
        print(e, "->", type(err).__name__ + ":", err)
def primes():
    found = []
    for n in count(2):
        if all(n % p for p in takewhile(lambda p: p * p <= n, found)):
            found.append(n)
            yield n
print(list(islice(primes(), 15)), list(map(operator.itemgetter(0), groupby(sorted("hello")))), dict(zip(count(), "ab")), list(zip(*[iter(range(6))] * 2)), list(chain(*[[1], [2]])), next(filter(lambda x: x > 3, count())), [*map(max, [1, 5], [3, 2])])
def consume_once():
    yield 1
    print("side effect")
    yield 2
t1, t2 = tee(consume_once())
print(next(t1), next(t1), next(t2), next(t2))
print(list(islice(chain.from_iterable(repeat([1, 2])), 5)), count(10**30).__next__(), list(islice(count(-1, -2), 3)), operator.length_hint(repeat(1, 4)), list(accumulate("abc")), max(accumulate([3, -5, 4])))
