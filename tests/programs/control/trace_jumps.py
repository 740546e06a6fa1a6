"""Setting f_lineno from a trace function, where that is allowed and where it is not."""
import sys, warnings
warnings.simplefilter("ignore")

class Jumper:
    def __init__(self, function, source, target):
        self.function, self.source, self.target = function, source, target
        self.done = False
    def trace(self, frame, event, arg):
        if frame.f_code is not self.function.__code__ or self.done:
            return self.trace
        first = frame.f_code.co_firstlineno
        if event == "line" and frame.f_lineno == first + self.source:
            self.done = True
            try:
                frame.f_lineno = first + self.target
            except ValueError as e:
                print("refused:", e)
        return self.trace

def run(function, source, target):
    output = []
    sys.settrace(Jumper(function, source, target).trace)
    try:
        function(output)
    except Exception as e:
        output.append(repr(e))
    finally:
        sys.settrace(None)
    print(function.__name__, source, target, output)

def straight(output):
    output.append(1)
    output.append(2)
    output.append(3)

def loop(output):
    output.append(1)
    for i in range(2):
        output.append(10 + i)
    output.append(4)

def attempt(output):
    try:
        output.append(2)
        1 / 0
    except ZeroDivisionError:
        output.append(5)
        output.append(6)
    finally:
        output.append(8)
    output.append(9)

def managed(output):
    with open("/dev/null") as f:
        output.append(2)
    output.append(3)

run(straight, 1, 3)
run(straight, 3, 1)
run(straight, 2, 3)
run(straight, 2, 0)
run(straight, 2, 99)
run(loop, 1, 4)
run(loop, 3, 4)
run(loop, 1, 3)
run(loop, 4, 1)
run(attempt, 2, 9)
run(attempt, 2, 5)
run(attempt, 5, 9)
run(attempt, 5, 6)
run(managed, 2, 3)
run(managed, 1, 2)
try:
    sys._getframe().f_lineno = 3
except ValueError as e:
    print(e)
