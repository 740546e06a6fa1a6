"""An interpreter for a small language: parser to tuples, then a stack machine."""
def assemble(text):
    code, labels = [], {}
    for line in text.strip().splitlines():
        w = line.split()
        if w[0].endswith(":"): labels[w[0][:-1]] = len(code)
        else: code.append((w[0], *w[1:]))
    return [(op, labels[a[0]] if op in ("jmp", "jz", "call") else int(a[0]) if a and a[0].lstrip("-").isdigit() else a[0] if a else None) for op, *a in code]
class Machine:
    def __init__(self, code):
        self.code, self.stack, self.calls, self.vars = code, [], [], {}
        self.ops = {n[3:]: getattr(self, n) for n in dir(self) if n.startswith("do_")}
    def do_push(self, a): self.stack.append(a)
    def do_load(self, a): self.stack.append(self.vars[a])
    def do_store(self, a): self.vars[a] = self.stack.pop()
    def do_add(self, a): b = self.stack.pop(); self.stack[-1] += b
    def do_sub(self, a): b = self.stack.pop(); self.stack[-1] -= b
    def do_mul(self, a): b = self.stack.pop(); self.stack[-1] = self.stack[-1] * b % 1000003
    def do_lt(self, a): b = self.stack.pop(); self.stack[-1] = self.stack[-1] < b
    def do_jmp(self, a): self.pc = a
    def do_jz(self, a):
        if not self.stack.pop(): self.pc = a
    def do_call(self, a): self.calls.append(self.pc); self.pc = a
    def do_ret(self, a): self.pc = self.calls.pop()
    def run(self):
        self.pc, steps = 0, 0
        while True:
            op, a = self.code[self.pc]
            self.pc += 1; steps += 1
            if op == "halt": return steps
            self.ops[op](a)
program = assemble("""
push 0
store i
push 1
store acc
top:
load i
push 85000
lt
jz end
call body
load i
push 1
add
store i
jmp top
body:
load acc
load i
push 3
add
mul
push 7
sub
store acc
ret
end:
halt
""")
m = Machine(program)
print(m.run(), m.vars["acc"])
