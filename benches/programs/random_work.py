"""random: numbers, choices, shuffles and distributions from one generator."""
import random
rng = random.Random(20240229)
total = 0
for _ in range(500000): total += rng.random()
for i in range(250000): total += rng.randrange(10, 1000 + i) + rng.randint(1, 6)
names = [f"name{i}" for i in range(500)]
for _ in range(200000): total += len(rng.choice(names))
for _ in range(120): total += len(rng.choices(names, k=1000)[7]) + len(rng.choices(names, range(1, 501), k=200)[3]) + len(rng.sample(names, 60)[0])
deck = list(range(3000))
for _ in range(40): rng.shuffle(deck)
for _ in range(60000): total += rng.uniform(-3, 7) + rng.gauss(0, 2) + rng.triangular(0, 1, 0.3)
for _ in range(40000): total += rng.normalvariate(1, 2) + rng.betavariate(2, 3) + rng.expovariate(0.5) + rng.paretovariate(3)
for _ in range(100000): total += rng.getrandbits(70) & 255
for _ in range(300): total += sum(rng.randbytes(4000)[::100])
state = rng.getstate()
for _ in range(100): rng.setstate(state); rng.seed(rng.random())
print(f"{total:.6f}", deck[:5], rng.random())
