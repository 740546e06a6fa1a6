//! Programs given on the command line: what they print, and that no input ends the process otherwise than CPython's
//! would.

use std::process::{Command, Output};

fn run(program: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_taipan")).args(["-c", program]).output().expect("the command starts")
}

fn printed(program: &str) -> String {
    let output = run(program);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn calls_and_closures() {
    let program = "
def outer():
    n = 0
    def count(*args, step=1, **rest):
        nonlocal n
        n += step + len(args) + len(rest)
        return n
    return count
f = outer(); f(); f(1, 2, step=3, x=4)
print(f(), (lambda a, b=2, /, *c, d=5: (a, b, c, d))(1))
";
    assert_eq!(printed(program), "8 (1, 2, (), 5)\n");
}

#[test]
fn a_generator_that_returns_a_value_ends_an_iteration() {
    assert_eq!(printed("def g():\n    yield 1\n    return 2\nprint(list(g()), sum(g()))"), "[1] 1\n");
}

#[test]
fn cycles_are_collected_by_allocation_alone() {
    let program = "
class Node:
    alive = 0
    def __init__(self): Node.alive += 1
    def __del__(self): Node.alive -= 1
for _ in range(100_000):
    n = Node(); n.me = n
print(Node.alive < 50_000)
";
    assert_eq!(printed(program), "True\n");
}

#[test]
fn finalisers_run_at_the_last_reference() {
    let program = "
class A:
    def __del__(self): print('gone')
a = A(); b = a
del a; print('still'); del b; print('after')
";
    assert_eq!(printed(program), "still\ngone\nafter\n");
}

#[test]
fn unbounded_recursion_is_an_exception() {
    let program = "
def f(n): return f(n + 1)
try: f(0)
except RecursionError as e: print(e)
class R:
    def __repr__(self): return repr(self)
try: repr(R())
except RecursionError: print('repr')
";
    assert_eq!(printed(program), "maximum recursion depth exceeded\nrepr\n");
}

#[test]
fn deep_nesting_is_freed_without_native_stack() {
    let program = "
x = []
for _ in range(1_000_000): x = [x]
del x
t = ()
for _ in range(1_000_000): t = (t,)
del t
print('freed')
";
    assert_eq!(printed(program), "freed\n");
}

#[test]
fn impossible_sizes_are_memory_errors() {
    assert_eq!(printed("try: [0] * 10**15\nexcept MemoryError: print('no')"), "no\n");
}

#[test]
fn an_unhandled_exception_has_a_traceback_and_status_1() {
    let output = run("def f():\n    return 1 / 0\nf()");
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(text.ends_with("ZeroDivisionError: division by zero\n"), "{text}");
}
