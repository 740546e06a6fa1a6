//! Several interpreters beside each other in one process: each has modules, classes and settings of its own, and none is
//! in the way of another, however they start and end.

mod common;

use common::{STACK, run};
use taipan::{Interpreter, Options};
use taipan_vm::interpreters::Config;

const WORK: &str = r#"
import gc, json, sys, threading
class Node:
    def __init__(self): self.me = self
    def __del__(self): Node.gone += 1
Node.gone = 0
for i in range(200): Node()
gc.collect()
class Number(int): pass
try: json.loads("{")
except ValueError as e: error = type(e).__name__
sys.mine = Number(len(json.dumps(list(range(100)))))
seen = []
def work(n): seen.append(sum(range(n)))
threads = [threading.Thread(target=work, args=(n * 1000,)) for n in range(8)]
for t in threads: t.start()
for t in threads: t.join()
result = [Node.gone, error, sys.mine, hasattr(sys, "theirs"), max(seen), sys.get_int_max_str_digits(), sys.getrecursionlimit()]
sys.set_int_max_str_digits(2000)
"#;

#[test]
fn interpreters_beside_each_other() {
    let program = || {
        let options = Options::default();
        let mut main = Interpreter::new(&options).expect("an interpreter starts");
        run(
            main.vm(),
            "import sys; sys.theirs = 1; sys.set_int_max_str_digits(1234); sys.setrecursionlimit(500); result = 0",
        );
        for config in [Config::LEGACY, Config::ISOLATED].repeat(5) {
            let vm = main.vm();
            let number = vm.create_interpreter(config).expect("another starts");
            let seen = vm.run_in_interpreter(number, |vm| run(vm, WORK)).expect("it runs nothing else");
            assert_eq!(vm.interpreter_numbers(), [0, number]);
            vm.destroy_interpreter(number).expect("it runs nothing");
            assert_eq!(seen, "[200, 'JSONDecodeError', 390, False, 24496500, 4300, 1000]");
        }
        let left = r#"
import gc, sys
sys.theirs += 1
gc.collect()
result = [sys.theirs, hasattr(sys, "mine"), "json" in sys.modules, sys.get_int_max_str_digits(), sys.getrecursionlimit()]
"#;
        assert_eq!(run(main.vm(), left), "[2, False, False, 1234, 500]");
    };
    std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(program)
        .expect("a thread starts")
        .join()
        .expect("it ends well");
}
