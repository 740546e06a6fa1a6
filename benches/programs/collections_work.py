"""deque, Counter, defaultdict, OrderedDict, heapq, namedtuple."""
from collections import deque, Counter, defaultdict, OrderedDict, namedtuple
import heapq
P = namedtuple("P", "x y tag")
total = 0
q = deque(maxlen=1000)
for i in range(700000):
    q.append(i)
    if i % 3 == 0: total += q.popleft()
q.rotate(5); total += q[0]
c = Counter(w for w in ("spam egg ham bacon spam egg spam " * 24000).split())
total += c.most_common(1)[0][1] + len(c + Counter(spam=1))
d = defaultdict(list)
for i in range(400000): d[i % 1009].append(i)
total += sum(len(v) for v in d.values())
o = OrderedDict()
for i in range(100000):
    o[i % 700] = i; o.move_to_end(i % 700)
    if len(o) > 500: o.popitem(last=False)
h = []
for i in range(70000): heapq.heappush(h, (i * 7919) % 65537)
total += sum(heapq.heappop(h) for _ in range(35000)) + len(o)
ps = [P(i, i + 1, "t") for i in range(80000)]
total += sum(p.x + p.y for p in ps) + len([p._replace(x=0) for p in ps[:8000]])
print(total)
