"""A Sudoku solver with sets and backtracking."""
PUZZLES = ["53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79",
           "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..",
           "..............3.85..1.2.......5.7.....4...1...9.......5......73..2.1........4...9"]
rows = [[r * 9 + c for c in range(9)] for r in range(9)]
cols = [[r * 9 + c for r in range(9)] for c in range(9)]
boxes = [[(b // 3 * 3 + i // 3) * 9 + b % 3 * 3 + i % 3 for i in range(9)] for b in range(9)]
units = {s: [u for u in rows + cols + boxes if s in u] for s in range(81)}
peers = {s: sorted(set(sum(units[s], [])) - {s}) for s in range(81)}
def assign(v, s, d):
    return all(eliminate(v, s, e) for e in v[s].replace(d, ""))
def eliminate(v, s, d):
    if d not in v[s]: return True
    v[s] = v[s].replace(d, "")
    if not v[s]: return False
    if len(v[s]) == 1 and not all(eliminate(v, p, v[s]) for p in peers[s]): return False
    for u in units[s]:
        places = [p for p in u if d in v[p]]
        if not places: return False
        if len(places) == 1 and not assign(v, places[0], d): return False
    return True
nodes = 0
def search(v):
    global nodes
    nodes += 1
    if all(len(v[s]) == 1 for s in range(81)): return v
    _, s = min((len(v[s]), s) for s in range(81) if len(v[s]) > 1)
    for d in v[s]:
        w = v.copy()
        if assign(w, s, d) and (r := search(w)): return r
    return None
for puzzle in PUZZLES[:2] * 28:
    v = {s: "123456789" for s in range(81)}
    for s, d in enumerate(puzzle):
        if d != ".": assign(v, s, d)
    solution = search(v)
print(nodes, "".join(solution[s] for s in range(27)))
