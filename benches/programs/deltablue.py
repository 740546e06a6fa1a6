"""One-way constraints solved in order of strength: many small classes and virtual calls."""
class Strength:
    def __init__(self, value, name): self.value, self.name = value, name
    def stronger(self, other): return self.value < other.value
REQUIRED, STRONG, NORMAL, WEAK, WEAKEST = (Strength(i, n) for i, n in enumerate("required strong normal weak weakest".split()))
class Variable:
    def __init__(self, name, value=0):
        self.name, self.value = name, value
        self.constraints, self.determined_by = [], None
        self.mark, self.strength, self.stay = 0, WEAKEST, True
class Constraint:
    def __init__(self, strength, planner):
        self.strength, self.planner = strength, planner
        self.satisfied = False
        for v in self.variables(): v.constraints.append(self)
        planner.incremental_add(self)
    def destroy(self):
        if self.satisfied: self.planner.incremental_remove(self)
        for v in self.variables(): v.constraints.remove(self)
    def inputs_known(self, mark):
        return all(v.mark == mark or v.stay or v.determined_by is None for v in self.inputs())
    def satisfy(self, mark):
        if not self.choose(mark): return None
        out = self.output()
        overridden = out.determined_by
        if overridden is not None: overridden.satisfied = False
        out.determined_by = self
        self.planner.add_propagate(self, mark)
        out.mark = mark
        return overridden
class Unary(Constraint):
    is_input = False
    def __init__(self, v, strength, planner):
        self.v = v
        super().__init__(strength, planner)
    def variables(self): return [self.v]
    def inputs(self): return []
    def output(self): return self.v
    def choose(self, mark):
        self.satisfied = self.v.mark != mark and self.strength.stronger(self.v.strength)
        return self.satisfied
    def recalculate(self):
        self.v.strength = self.strength
        self.v.stay = not self.is_input
        if self.v.stay: self.execute()
    def execute(self): pass
class Edit(Unary): is_input = True
class Stay(Unary): pass
class Equal(Constraint):
    def __init__(self, a, b, strength, planner):
        self.a, self.b, self.forward = a, b, True
        super().__init__(strength, planner)
    def variables(self): return [self.a, self.b]
    def inputs(self): return [self.a if self.forward else self.b]
    def output(self): return self.b if self.forward else self.a
    def choose(self, mark):
        a, b, s = self.a, self.b, self.strength
        if a.mark == mark:
            self.satisfied = b.mark != mark and s.stronger(b.strength); self.forward = True
        elif b.mark == mark:
            self.satisfied = s.stronger(a.strength); self.forward = False
        elif b.strength.stronger(a.strength):
            self.satisfied = s.stronger(a.strength); self.forward = False
        else:
            self.satisfied = s.stronger(b.strength); self.forward = True
        return self.satisfied
    def recalculate(self):
        i, o = (self.a, self.b) if self.forward else (self.b, self.a)
        o.strength = self.strength if i.strength.stronger(self.strength) else i.strength
        o.stay = i.stay
        if o.stay: self.execute()
    def execute(self): self.output().value = self.inputs()[0].value
class Scale(Equal):
    def execute(self):
        if self.forward: self.b.value = self.a.value * 10 + 3
        else: self.a.value = (self.b.value - 3) // 10
class Planner:
    def __init__(self): self.mark = 0
    def new_mark(self): self.mark += 1; return self.mark
    def incremental_add(self, c):
        mark = self.new_mark()
        overridden = c.satisfy(mark)
        while overridden is not None: overridden = overridden.satisfy(mark)
    def incremental_remove(self, c):
        out = c.output()
        c.satisfied = False
        out.determined_by, out.strength, out.stay = None, WEAKEST, True
        todo, unsatisfied = [out], []
        while todo:
            v = todo.pop()
            unsatisfied += [x for x in v.constraints if not x.satisfied]
            for x in v.constraints:
                if x.satisfied and x is not v.determined_by:
                    x.recalculate(); todo.append(x.output())
        for u in sorted(unsatisfied, key=lambda u: u.strength.value): self.incremental_add(u)
    def add_propagate(self, c, mark):
        todo = [c]
        while todo:
            d = todo.pop()
            if d.output().mark == mark: return False
            d.recalculate()
            out = d.output()
            todo += [x for x in out.constraints if x.satisfied and x is not out.determined_by]
        return True
    def plan(self, sources):
        mark, plan, todo = self.new_mark(), [], list(sources)
        while todo:
            c = todo.pop()
            out = c.output()
            if out.mark != mark and c.inputs_known(mark):
                plan.append(c); out.mark = mark
                todo += [x for x in out.constraints if x.satisfied and x is not out.determined_by]
        return plan
def change(planner, v, value):
    edit = Edit(v, STRONG, planner)
    plan = planner.plan([edit])
    for _ in range(10):
        v.value = value
        for c in plan: c.execute()
    edit.destroy()
def chain(n):
    p = Planner()
    vs = [Variable(f"v{i}") for i in range(n + 1)]
    for a, b in zip(vs, vs[1:]): Equal(a, b, REQUIRED, p)
    Stay(vs[-1], WEAK, p)
    for i in range(8): change(p, vs[0], i)
    return vs[-1].value
def projection(n):
    p = Planner()
    total = 0
    pairs = [(Variable("s", i), Variable("d", i)) for i in range(n)]
    for s, d in pairs: Stay(s, NORMAL, p); Scale(s, d, REQUIRED, p)
    for s, d in pairs[:60]: change(p, s, 17); total += d.value; change(p, d, 1053); total += s.value
    return total
print(chain(6000), sum(projection(600) for _ in range(80)))
