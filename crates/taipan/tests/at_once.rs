//! Interpreters that start, run and are dropped at once, each on a thread of its own that ends with them: what one of them
//! leaves is in no other's way.

mod common;

use common::{STACK, run};
use std::sync::Barrier;
use taipan::{Interpreter, Options, Stress};

/// What is run, and what it gives.
const PROGRAMS: [(&str, &str); 6] = [
    ("import json, re\nresult = json.loads(json.dumps([re.sub('a+', 'b', 'caat'), {'k': 1.5}]))", "['cbt', {'k': 1.5}]"),
    // Classes whose constants come about when their module is first imported.
    (
        "import datetime, decimal, fractions
class Day(datetime.date): pass
class Zone(datetime.tzinfo): pass
result = [str(Day.max), str(datetime.timezone.utc), str(decimal.Decimal('1.5') + 1), fractions.Fraction(3, 6).denominator]",
        "['9999-12-31', 'UTC', '2.5', 2]",
    ),
    (
        "import threading
class Local(threading.local): pass
local, sums = Local(), []
def work(n):
    local.n = n
    sums.append(sum(range(local.n)))
threads = [threading.Thread(target=work, args=(n * 1000,)) for n in range(6)]
for t in threads: t.start()
for t in threads: t.join()
result = max(sums)",
        "12497500",
    ),
    // Weak references to native classes, and what derives from them.
    (
        "import weakref, gc, collections, enum
class Number(int): pass
class Text(str): pass
class Names(collections.OrderedDict): pass
Colour = enum.Enum('Colour', 'RED GREEN')
gone = []
refs = [weakref.ref(c, gone.append) for c in (int, str, dict, Number, Text, Names)]
cycle = Names(me=[]); cycle['me'].append(cycle)
ref = weakref.ref(cycle, gone.append)
del cycle
gc.collect()
result = [len(gone), [c.__name__ for c in (r() for r in refs)], Number in int.__subclasses__(), list(Colour.__members__)]",
        "[1, ['int', 'str', 'dict', 'Number', 'Text', 'Names'], True, ['RED', 'GREEN']]",
    ),
    // A thread that sleeps on when its interpreter is gone, and another that is waited for.
    (
        "import threading, time, atexit
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
threading.Thread(target=time.sleep, args=(0.001,)).start()
atexit.register(print, end='')
result = threading.active_count() > 1",
        "True",
    ),
    ("import logging, typing, dataclasses, asyncio\nasync def one(): return 1\nresult = asyncio.run(one())", "1"),
];

/// So many threads start interpreters, one after the other on each, all beginning at the same moment.
fn at_once(threads: usize, rounds: usize, stress: Stress) {
    let start = Barrier::new(threads);
    std::thread::scope(|scope| {
        for number in 0..threads {
            let start = &start;
            let work = move || {
                start.wait();
                for round in 0..rounds {
                    let (program, result) = PROGRAMS[(number + round) % PROGRAMS.len()];
                    let options = Options { stress, ..Options::default() };
                    let mut interpreter = Interpreter::new(&options).expect("an interpreter starts");
                    assert_eq!(run(interpreter.vm(), program), result, "{program}");
                }
            };
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).expect("a thread starts");
        }
    });
}

#[test]
fn interpreters_start_and_end_at_once() {
    at_once(4, 6, Stress::default());
}

/// Threads that end while others go on: each interpreter has a new one.
#[test]
fn threads_end_at_once() {
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..4).for_each(|_| at_once(2, 1, Stress::default())));
        }
    });
}

#[test]
fn heaps_are_whole_at_once() {
    at_once(3, 3, Stress { check: true, collect_every: Some(97), ..Stress::default() });
}
