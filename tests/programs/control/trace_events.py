"""What sys.settrace and sys.setprofile report of calls, lines, exceptions, generators and loops."""
import sys

events = []

def tracer(frame, event, arg):
    if event == "exception":
        arg = (arg[0].__name__, str(arg[1]))
    events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno, arg))
    return tracer

def branches(x):
    y = 0
    for i in range(x):
        if i % 2:
            y += i
        else:
            y -= 1
    while y < 3: y += 1
    return y

def numbers(n):
    for i in range(n):
        yield i

class Manager:
    def __enter__(self):
        return 1
    def __exit__(self, *exc):
        return False

def handlers():
    try:
        raise ValueError("a")
    except ValueError:
        pass
    finally:
        z = 1
    with Manager() as c:
        z = 2
    return [q for q in numbers(2)]

def one(): return 1

def failing():
    one()
    1 / 0

def spread():
    a = [
        x
        for x in range(2)
    ]
    b = (lambda:
         5)()
    match a:
        case [0, 1]:
            c = 1
        case _:
            c = 2
    return a, b, c

def loops():
    for i in range(2): pass
    for i in range(2):
        continue
    while True:
        break

def delegating():
    yield from numbers(2)
    return 7

def collect():
    return list(delegating())

for function, args in ((branches, (3,)), (handlers, ()), (one, ()), (failing, ()), (spread, ()), (loops, ()), (collect, ())):
    events.clear()
    sys.settrace(tracer)
    try:
        function(*args)
    except ZeroDivisionError as e:
        pass
    finally:
        sys.settrace(None)
    print(function.__name__)
    for e in events:
        print("   ", *e)
print(sys.gettrace())

def only_calls(frame, event, arg):
    events.append((frame.f_code.co_name, event))

events.clear()
sys.settrace(only_calls)
branches(2)
list(numbers(2))
sys.settrace(None)
print(events)

def raising(frame, event, arg):
    if event == "line":
        raise KeyError("from the tracer")
    return raising

sys.settrace(raising)
try:
    one()
except KeyError as e:
    print("raised", e, sys.gettrace())

def profiler(frame, event, arg):
    if event.startswith("c_"):
        arg = arg.__name__
    events.append((frame.f_code.co_name, event, arg))

def work():
    len([1])
    [].append(1)
    one()
    list(numbers(2))
    sorted([2, 1], key=lambda v: -v)
    try:
        int("x")
    except ValueError:
        pass
    "a".upper()
    max(1, 2)

events.clear()
sys.setprofile(profiler)
work()
sys.setprofile(None)
for e in events:
    print(*e)
