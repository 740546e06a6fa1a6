"""Random playouts on a Go board: lists, sets, flood fill."""
import random
SIZE = 9
N = SIZE * SIZE
neighbours = [[n for n, ok in ((p - SIZE, p >= SIZE), (p + SIZE, p < N - SIZE), (p - 1, p % SIZE), (p + 1, p % SIZE < SIZE - 1)) if ok] for p in range(N)]
class Board:
    def __init__(self): self.cells, self.ko, self.captured = [0] * N, -1, [0, 0, 0]
    def group(self, start):
        colour, seen, libs, todo = self.cells[start], {start}, set(), [start]
        while todo:
            for n in neighbours[todo.pop()]:
                c = self.cells[n]
                if c == 0: libs.add(n)
                elif c == colour and n not in seen: seen.add(n); todo.append(n)
        return seen, libs
    def play(self, p, colour):
        if self.cells[p] or p == self.ko: return False
        self.cells[p] = colour
        taken = set()
        for n in neighbours[p]:
            if self.cells[n] == 3 - colour:
                stones, libs = self.group(n)
                if not libs: taken |= stones
        if not taken and not self.group(p)[1]:
            self.cells[p] = 0
            return False
        for t in taken: self.cells[t] = 0
        self.captured[colour] += len(taken)
        self.ko = min(taken) if len(taken) == 1 else -1
        return True
    def eye(self, p, colour): return all(self.cells[n] == colour for n in neighbours[p])
def playout(rng):
    b, colour, passes = Board(), 1, 0
    for _ in range(120):
        moves = [p for p in range(N) if not b.cells[p] and not b.eye(p, colour)]
        rng.shuffle(moves)
        if any(b.play(p, colour) for p in moves[:12]): passes = 0
        else:
            passes += 1
            if passes == 2: break
        colour = 3 - colour
    return b.cells.count(1) - b.cells.count(2) + b.captured[1] - b.captured[2]
rng = random.Random(99)
print([playout(rng) for _ in range(75)][-8:])
