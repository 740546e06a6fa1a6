# Opcode events are those of the code object from when a traced frame asks for them.
import sys
def mk(f):
    def opcodes(frame, event, arg):
        f(frame,event)
        print(event, frame.f_lasti, frame.f_lineno)
        return opcodes
    return opcodes
def run(f,n=1):
    print('---')
    def small():
        return 1 + len("a")
    for _ in range(n):
        sys.settrace(mk(f)); small(); sys.settrace(None)
def f1(fr,ev): fr.f_trace_opcodes = True
run(f1,2)
def f2(fr,ev):
    fr.f_trace_opcodes = True
    fr.f_trace=lambda *a:None
run(f2,2)
def f3(fr,ev):
    fr.f_trace=lambda *a:None
    fr.f_trace_opcodes = True
run(f3,2)
def f4(fr,ev):
    fr.f_trace_opcodes = True
    fr.f_trace_opcodes = False
run(f4,2)
def f5(fr,ev):
    fr.f_trace_opcodes = True
    fr.f_trace_lines = False
run(f5,2)
def f6(fr,ev):
    if ev=='line': fr.f_trace_opcodes = True
    fr.f_trace_lines = False
run(f6,3)
def f7(fr,ev):
    if ev=='line': fr.f_trace_opcodes = True
    if ev=='opcode': fr.f_trace_opcodes = False
run(f7,3)
def f8(fr,ev):
    pass
run(f8,3)
def gen():
    yield 1
    yield 2
print('gen')
def f9(fr,ev):
    if ev=='line': fr.f_trace_opcodes = True
sys.settrace(mk(f9)); list(gen()); sys.settrace(None)
def f10(fr,ev):
    fr.f_trace_opcodes = True
    fr.f_trace_lines = False
sys.settrace(mk(f10)); list(gen()); sys.settrace(None)
