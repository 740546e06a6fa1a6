//! Nothing leaks and nothing overflows: cycles through each kind of object, structures that are nested deeply, a heap
//! that is validated, poisoned, and refuses memory.

use std::path::Path;
use std::process::{Command, Output, Stdio};

fn taipan() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taipan"));
    command.env_clear().env("LANG", "C.UTF-8").env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::null());
    command
}

fn script(name: &str, arguments: &[&str], stress: &str) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/memory");
    let mut command = taipan();
    command.env("TAIPAN_STRESS", stress).arg(folder.join(name)).args(arguments);
    command.output().expect("the command starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The last lines of `cycles.py`: what leaks, and the number of kinds.
fn cycles(stress: &str) -> (String, usize) {
    let output = script("cycles.py", &[], stress);
    let out = text(&output.stdout);
    let find = |head: &str| out.lines().find_map(|l| l.strip_prefix(head)).map(str::to_owned);
    let kinds = find("kinds: ").and_then(|n| n.parse().ok());
    match (find("leaking: "), kinds) {
        (Some(leaking), Some(kinds)) => (leaking, kinds),
        _ => panic!("{out}{}", text(&output.stderr)),
    }
}

#[test]
fn cycles_through_each_kind_of_object_are_collected() {
    let (leaking, kinds) = cycles("");
    // As in CPython the collector does not look into dates and times: they are smaller for it.
    assert_eq!(leaking, "datetime_zone time_zone");
    assert!(kinds >= 240, "{kinds} kinds");
}

#[test]
fn the_heap_stays_whole_while_kinds_come_and_go() {
    let (leaking, _) = cycles("check,poison");
    assert_eq!(leaking, "datetime_zone time_zone");
}

#[test]
fn deep_structures_need_no_native_stack() {
    let kinds =
        ["list", "node", "started generator", "waiting generator", "exception context", "map", "chain", "mappingproxy"];
    let output = script("depth.py", &[&["100000"], &kinds[..]].concat(), "");
    let out = text(&output.stdout);
    assert!(output.status.success(), "{out}{}", text(&output.stderr));
    for line in out.lines() {
        let (what, how) = line.split_once(": ").unwrap_or((line, ""));
        assert!(matches!(how, "ok" | "RecursionError" | "TypeError" | "AttributeError" | "PicklingError"), "{line}");
        let stackless = ["free", "collect", "cycle"].iter().any(|operation| what.ends_with(operation));
        assert!(!stackless || how == "ok", "{line}");
    }
    assert!(out.lines().count() >= 50, "{out}");
}

#[test]
fn an_allocation_that_fails_is_a_memory_error() {
    const PROGRAM: &str = "
class Node:
    def __init__(self, next): self.next, self.items = next, [next]

def work():
    head = None
    for i in range(30):
        head = Node(head)
    table = {str(i): (i, [i] * 3) for i in range(40)}
    text = ', '.join(sorted(table))
    numbers = {2 ** i for i in range(60, 90)}
    gen = (x for x in numbers)
    return len(text) + sum(1 for _ in gen) + max(map(len, table.values()))

for _ in range(2):
    try:
        print(work())
    except MemoryError as e:
        print('MemoryError')
";
    // A file: the text after `-c` is shown to `linecache`, which the start imports and can do without.
    let file = std::env::temp_dir().join(format!("taipan-failing-{}.py", std::process::id()));
    std::fs::write(&file, PROGRAM).expect("the folder for temporary files can be written to");
    let mut failed = 0;
    for n in (1..400).step_by(7) {
        let output = taipan().args(["-X", &format!("stress=fail:{n},check")]).arg(&file).output().expect("starts");
        let (out, errors) = (text(&output.stdout), text(&output.stderr));
        assert!(matches!(output.status.code(), Some(0 | 1 | 120)), "{n}: {}\n{errors}", output.status);
        assert!(!errors.contains("panicked"), "{n}: {errors}");
        failed += usize::from(out.contains("MemoryError") || errors.contains("MemoryError"));
    }
    std::fs::remove_file(&file).expect("it is there");
    assert!(failed > 20, "{failed} programs saw a failure");
}

/// Memory is what the system says: a limit on the address space stands for a machine that has no more.
#[test]
#[cfg(target_os = "linux")]
fn memory_that_is_used_up_is_a_memory_error() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/memory/limit.py");
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 700000; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_taipan")]).arg(script);
    let output = command.stdin(Stdio::null()).output().expect("the command starts");
    let out = text(&output.stdout);
    assert!(output.status.success(), "{out}{}: {}", output.status, text(&output.stderr));
    assert!(out.lines().all(|line| line.ends_with(": MemoryError MemoryError")), "{out}");
    assert_eq!(out.lines().count(), 36, "{out}");
}

#[test]
#[cfg(target_os = "linux")]
fn operations_whose_results_find_no_room_raise() {
    let output = script("large.py", &[], "");
    let out = text(&output.stdout);
    assert!(output.status.success(), "{out}{}", text(&output.stderr));
    assert!(out.ends_with(" 0 crashes\n"), "{out}");
}

#[test]
fn what_is_put_together_is_in_memory_once() {
    let output = script("once.py", &[], "");
    let out = text(&output.stdout);
    assert!(output.status.success() && out.is_empty(), "{out}{}", text(&output.stderr));
}

#[test]
fn freed_memory_that_is_written_to_would_be_found() {
    let program = "import gc, json, re; print(json.loads('[1, {\"a\": 2}]'), re.sub('a', 'b', 'aa')); gc.collect()";
    let output = taipan().args(["-X", "stress=poison,check,gc:50", "-c", program]).output().expect("starts");
    assert_eq!(text(&output.stdout), "[1, {'a': 2}] bb\n", "{}", text(&output.stderr));
    assert!(output.status.success());
}

/// Garbage is taken apart piece by piece, and no piece looks at what was freed with another.
#[test]
fn what_dies_together_does_not_look_at_what_is_gone() {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs/memory/die_together.py");
    for stress in ["", "poison", "poison,check,gc:97"] {
        let output = taipan().env("TAIPAN_STRESS", stress).arg(&program).output().expect("the command starts");
        let out = text(&output.stdout);
        assert!(output.status.success(), "{stress}: {}: {out}{}", output.status, text(&output.stderr));
        assert_eq!(out, "32 32 32\n13\ndone\n", "{stress}");
    }
}

#[test]
fn allocations_are_traced_from_the_start() {
    let program =
        "import tracemalloc as t; x = bytes(100_000); print(t.get_traceback_limit(), t.get_object_traceback(x))";
    let output = taipan().args(["-X", "tracemalloc=3", "-c", program]).output().expect("starts");
    assert_eq!(text(&output.stdout), "3 <string>:1\n", "{}", text(&output.stderr));
}
