"""Four interpreters and the main one import, make classes, collect and fail, all at the same time."""

import threading
from concurrent import interpreters

work = '''
import ast, asyncio, collections, contextvars, dataclasses, datetime, decimal, enum, functools, gc, json, pickle, re, weakref

@dataclasses.dataclass
class Point:
    x: int
    y: str = "a"

class Colour(enum.Enum):
    RED = 1
    BLUE = 2

class Base:
    def __init__(self, n):
        self.n = n
        self.me = self
    def __eq__(self, other):
        return self.n == other.n
    def __hash__(self):
        return hash(self.n)
    @property
    def double(self):
        return self.n * 2

class Both(Base, list):
    def __init__(self, n):
        Base.__init__(self, n)
        self.extra = str(n)

async def later(n):
    await asyncio.sleep(0)
    return n

async def gathered():
    return sum(await asyncio.gather(*[later(i) for i in range(20)]))

total = 0
for turn in range(6):
    points = [Point(i, str(i)) for i in range(100)]
    total += len(json.loads(json.dumps([dataclasses.asdict(p) for p in points])))
    total += len(re.findall(r"\\d+", " ".join(p.y for p in points)))
    both = [Both(i) for i in range(100)]
    total += sum(b.double for b in both) + len({b: b.extra for b in both})
    days = [datetime.datetime(2020, 1, 1) + datetime.timedelta(days=i) for i in range(50)]
    total += len(pickle.loads(pickle.dumps(days)))
    total += int(sum(decimal.Decimal(i) for i in range(10)))
    total += functools.reduce(lambda a, b: a + b, (i for i in range(100)))
    total += len(collections.Counter(str(total)))
    try:
        {}["x"]
    except KeyError as error:
        total += len(error.args)
    total += asyncio.run(gathered())
    total += len([weakref.ref(b) for b in both]) + len([weakref.ref(int), weakref.ref(str.maketrans)])
    total += sum(isinstance(node, ast.Name) for node in ast.walk(ast.parse("a = b + c\\nclass X(a): pass")))
    names = {}
    exec(f"class Made{turn}(Base): attribute{turn} = {turn}\\nmade = Made{turn}(3); made.own{turn} = 5", globals(), names)
    total += getattr(names["made"], f"own{turn}") + getattr(names["made"], f"attribute{turn}")
    total += Colour.RED.value
    assert contextvars.ContextVar("variable").set(turn).old_value is contextvars.Token.MISSING
    assert datetime.UTC is datetime.timezone.utc is datetime.timezone(datetime.timedelta(0))
    gc.collect()
queue.put(total)
'''
totals = set()


def run():
    queue = interpreters.create_queue()
    for _ in range(2):
        interpreter = interpreters.create()
        interpreter.prepare_main(queue=queue)
        interpreter.exec(work)
        totals.add(queue.get())
        interpreter.close()


threads = [threading.Thread(target=run) for _ in range(4)]
for thread in threads:
    thread.start()
queue = interpreters.create_queue()
exec(work, {"__name__": "here", "queue": queue})
totals.add(queue.get())
for thread in threads:
    thread.join()
print(totals, len(interpreters.list_all()))
