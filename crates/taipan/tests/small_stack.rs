//! No instruction leaves anything on the native stack: where handlers go on to each other by calls in tail position,
//! every one of those must have become a jump. A loop of a few million instructions of every common kind runs on a stack
//! that would overflow many times over if one of them were a call after all.
//!
//! `TAIPAN_DISPATCH=loop cargo test --release` runs the suite with the other back end.

use taipan::{Interpreter, Options};

/// Bytes of native stack: enough for start-up in an unoptimised build.
const STACK: usize = 16 << 20;

const PROGRAM: &str = r#"
class Point:
    __slots__ = ("z",)
    kind = 1
    def __init__(self, z): self.z = z
    @property
    def double(self): return self.z + self.z
    def plus(self, n, m=1, *, k=2): return n + m + k
class Child(Point):
    def __init__(self, x):
        super().__init__(x)
        self.x = x
    def plus(self, n, m=1, *, k=2): return super().plus(n, m, k=k)
def generator(n):
    for i in range(n): yield i
def cell(n):
    def inner(): return n
    return inner
def choose(v):
    match v:
        case 0: return "zero"
        case [a, b]: return a
        case {"k": k}: return k
        case _: return None
def work(rounds):
    p, text, total = Child(3), "", 0.5
    numbers, names, pair = [1, 2, 3], {"a": 1, 2: 3}, (1, 2)
    for i in range(rounds):
        total = total * 0.5 + i - (i // 3) % 7 + (i ^ 5) / 2
        p.x = p.x + 1 if p.x < 100 else 0
        p.z = p.double & 0xFF
        p.plus(i); p.plus(i, 2); p.plus(i, k=3); p.kind
        numbers[1] = numbers[-1] + names["a"] + names[2]
        names["a"] = len(numbers) + len(text)
        a, b = pair; a, *b = numbers; (a, b) = b, a
        text += "x"
        text = text[:20] if len(text) > 40 else text
        if text == "y" or i in names or "a" not in names or a is None or not text: pass
        try:
            if i % 50 == 0: raise KeyError(i)
        except KeyError as e: last = e
        finally: pass
        for n in generator(2): pass
        for k, v in names.items(): pass
        for j, n in enumerate(numbers): pass
        for n in [x for x in numbers if x]: pass
        cell(i)(); choose(i % 2); choose(pair); choose(names); str(i); isinstance(i, int); type(i); numbers.append(i)
        numbers.pop(); f"{i}-{text!r:>4}"; -i; ~i; i << 2; i >> 1; lambda: i
    return rounds
work(25000)
"#;

#[test]
fn instructions_leave_nothing_on_the_native_stack() {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(|| {
        let mut interpreter = Interpreter::new(&Options::default()).expect("an interpreter starts");
        let vm = interpreter.vm();
        let run = |vm: &mut taipan_vm::Vm| {
            let exec = vm.builtin("exec")?;
            let text = vm.new_str(PROGRAM)?.into_value();
            let namespace = vm.new_dict()?.into_value();
            vm.call(&exec, &[text, namespace])
        };
        if let Err(raised) = run(vm) {
            let exception = vm.take_raised(raised);
            let text = vm.repr(&exception).map_or_else(|_| String::new(), |s| s.to_string_lossy());
            panic!("the program ends with {text}");
        }
    });
    thread.expect("a thread starts").join().expect("the program runs to its end");
}
