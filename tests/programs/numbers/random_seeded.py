# random with seeds: every distribution.
import random
r = random.Random(42)
print([r.random() for _ in range(3)], r.randint(1, 100), r.randrange(0, 100, 7), r.getrandbits(70), r.choice("abcdef"), r.uniform(1, 2))
l = list(range(10))
r.shuffle(l)
print(l, r.sample(range(1000), 5), r.choices("xyz", weights=[1, 5, 1], k=8), r.randbytes(6))
print([round(f, 10) for f in (r.gauss(0, 1), r.normalvariate(5, 2), r.expovariate(1.5), r.betavariate(2, 3), r.gammavariate(2, 1), r.lognormvariate(0, 1), r.triangular(0, 10, 3), r.vonmisesvariate(0, 4), r.paretovariate(3), r.weibullvariate(1, 2))])
print(r.binomialvariate(10, 0.3), r.binomialvariate(1000, 0.5))
state = r.getstate()
a = [r.random() for _ in range(5)]
r.setstate(state)
print(a == [r.random() for _ in range(5)], state[0], len(state[1]))
for seed in (0, 1, -5, 2**100, "text", b"bytes", 3.5, bytearray(b"x")):
    r.seed(seed)
    print(type(seed).__name__, r.random(), r.getrandbits(32))
random.seed(7)
print(random.random(), random.randint(1, 6), random.sample([1, 2, 3], counts=[2, 3, 1], k=4))
for e in ("randint(5, 1)", "randrange(0)", "choice([])", "sample([1], 2)", "sample({1}, 1)", "choices([], k=1)", "getrandbits(-1)", "randrange(1.5)", "seed([])", "choices([1, 2], weights=[0, 0])", "shuffle((1, 2))", "randrange(1, 5, 0)"):
    try:
        print(getattr(random, e.split("(")[0]) and eval("random." + e))
    except Exception as err:
        print(e, "->", type(err).__name__, err)
class Weird(random.Random):
    def random(self): return 0.25
w = Weird()
print(w.choice(range(100)), w.randint(1, 10), w.sample(range(10), 3), w.uniform(0, 8))
