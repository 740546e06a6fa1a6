//! An interpreter that is dropped: whatever kept a program's objects for it, their finalisers run while there still are
//! classes, caches and a collector, and nothing waits for the next interpreter of the thread. The tests run at once, as tests do:
//! so do their interpreters.

mod common;

use common::{STACK, run};
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan::{Interpreter, Options, Stress};

const PROGRAM: &str = include_str!("dropped.py");

/// The names in the text of a list.
fn names(list: &str) -> Vec<String> {
    let mut names: Vec<String> =
        list.trim_matches(['[', ']']).split(", ").map(|name| name.trim_matches('\'').to_owned()).collect();
    names.sort();
    names
}

/// Registers objects with one kind of keeper, or with all, and drops the interpreter; what was registered and what was
/// finalised.
fn dropped(only: Option<&str>, stress: Stress) -> (Vec<String>, Vec<String>) {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let file = std::env::temp_dir().join(format!("taipan-dropped-{}-{number}", std::process::id()));
    let only = only.map_or_else(|| "None".to_owned(), |only| format!("{only:?}"));
    let program = format!("PATH = {:?}\nONLY = {only}\n{PROGRAM}", file.display().to_string());
    let registered = {
        let mut interpreter =
            Interpreter::new(&Options { stress, ..Options::default() }).expect("an interpreter starts");
        run(interpreter.vm(), &program)
    };
    let written = std::fs::read_to_string(&file).expect("the program has made the file");
    std::fs::remove_file(&file).expect("it is there");
    let mut finalised: Vec<String> = written.lines().map(str::to_owned).collect();
    finalised.sort();
    (names(&registered), finalised)
}

fn on_a_thread(f: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(f).expect("a thread starts");
    thread.join().expect("it ends well");
}

#[test]
fn each_keeper_lets_go() {
    on_a_thread(|| {
        for part in PROGRAM.lines().find_map(|l| l.strip_prefix("parts = ")).map(names).expect("a list of parts") {
            let (registered, finalised) = dropped(Some(&part), Stress::default());
            assert_eq!(registered, finalised, "{part}");
            assert!(!registered.is_empty(), "{part}");
        }
    });
}

#[test]
fn all_keepers_let_go() {
    on_a_thread(|| {
        for _ in 0..3 {
            let (registered, finalised) = dropped(None, Stress::default());
            assert_eq!(registered, finalised);
            assert!(registered.len() > 80, "{}", registered.len());
        }
    });
}

#[test]
fn the_heap_is_whole_to_the_end() {
    on_a_thread(|| {
        let (registered, finalised) = dropped(None, Stress { check: true, ..Stress::default() });
        assert_eq!(registered, finalised);
    });
}

/// What a program has not finished ends with the interpreter, and values that Rust code keeps longer do no harm.
#[test]
fn what_is_left_to_the_interpreter_and_what_outlives_it() {
    on_a_thread(|| {
        let file = std::env::temp_dir().join(format!("taipan-left-{}", std::process::id()));
        let program = format!(
            "import atexit, threading, time
PATH = {:?}
def say(text):
    with open(PATH, 'a') as file: file.write(text + '\\n')
def work():
    time.sleep(0.2)
    say('thread')
threading.Thread(target=work).start()
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
atexit.register(say, 'atexit')
class Late:
    def __del__(self, say=say): say('finaliser')
result = Late()
",
            file.display().to_string()
        );
        let outlived = {
            let mut interpreter = Interpreter::new(&Options::default()).expect("an interpreter starts");
            let vm = interpreter.vm();
            run(vm, &program);
            let made = vm.new_dict().expect("there is memory");
            let list = vm.new_list(vec![made.to_value()]).expect("there is memory");
            let interned = vm.intern_utf8("a name that only this test has").expect("there is memory");
            (made, list, interned)
        };
        drop(outlived);
        let written = std::fs::read_to_string(&file).expect("the program has made the file");
        std::fs::remove_file(&file).expect("it is there");
        assert_eq!(written, "thread\natexit\nfinaliser\n");
        let mut another = Interpreter::new(&Options::default()).expect("another starts");
        assert_eq!(run(another.vm(), "import json; result = json.dumps([1])"), "'[1]'");
    });
}
