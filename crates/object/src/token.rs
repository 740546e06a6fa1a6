//! The interpreter's lock, and the proof that a thread holds it.
//!
//! An [`Interpreter`] is shared by its threads; an [`Attached`] thread holds its lock and reaches the heap and the
//! interpreter's state through it. [`Attached::detach`] gives the lock up around anything that blocks; what runs
//! there is `Send`, so it cannot touch a value.
//!
//! Several interpreters of a process, each with a lock and a heap of its own, run at once; what they share is in
//! [`crate::shared`]. Others lie beside each other ([`Interpreter::beside`]): each has a state of its own, and they share
//! a lock and a heap. `docs/decisions/interpreters.md` says why there are both.

use crate::heap::{Heap, breaker};
use crate::str::intern::{self, SharedTable};
use std::cell::UnsafeCell;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::ThreadId;
use std::time::Duration;

struct LockState {
    held: bool,
    /// Raised each time a thread takes the lock, so that one that gave it up knows that another had its turn.
    turns: u64,
    waiting: usize,
    /// Threads that have given the lock up and wait for another to take it.
    yielding: usize,
    /// The only thread that still gets the lock, once the interpreter is ending.
    closed_but_for: Option<ThreadId>,
}

impl LockState {
    /// Whether the present thread has come too late to run on.
    fn shut_out(&self) -> bool {
        self.closed_but_for.is_some_and(|t| t != std::thread::current().id())
    }
}

/// A lock and the heap that it guards.
struct Core {
    lock: Mutex<LockState>,
    /// The lock has been given up.
    free: Condvar,
    /// The lock has been taken by one that waited.
    taken: Condvar,
    /// Nanoseconds after which a waiting thread asks for the lock.
    switch_interval: AtomicU64,
    heap: UnsafeCell<Heap>,
    names: Box<SharedTable>,
}

/// What the threads of one interpreter share: its lock, its heap and the state `S` of the virtual machine.
pub struct Interpreter<S> {
    state: UnsafeCell<S>,
    core: Arc<Core>,
}

// SAFETY: the heap is reached only through an Attached, which holds the lock.
unsafe impl Sync for Core {}
// SAFETY: as above; the core is dropped by the last thread that has it.
unsafe impl Send for Core {}
// SAFETY: the state is reached only through an Attached, which holds the lock.
unsafe impl<S> Sync for Interpreter<S> {}
// SAFETY: as above; the interpreter is dropped by the last thread that has it.
unsafe impl<S> Send for Interpreter<S> {}

impl<S> Interpreter<S> {
    /// An interpreter with this state, and with a lock and a heap of its own.
    pub fn new(state: S) -> Arc<Interpreter<S>> {
        Core::note_new();
        let core = Core {
            lock: Mutex::new(LockState { held: false, turns: 0, waiting: 0, yielding: 0, closed_but_for: None }),
            free: Condvar::new(),
            taken: Condvar::new(),
            switch_interval: AtomicU64::new(5_000_000),
            heap: UnsafeCell::new(Heap::new()),
            names: SharedTable::new(),
        };
        Arc::new(Interpreter { state: UnsafeCell::new(state), core: Arc::new(core) })
    }

    /// Another interpreter with a state of its own, that shares the lock and the heap of this one. Who drops the last
    /// reference to it has emptied its state before, under the lock.
    pub fn beside(&self, state: S) -> Arc<Interpreter<S>> {
        Arc::new(Interpreter { state: UnsafeCell::new(state), core: self.core.clone() })
    }

    /// Time after which a thread that waits for the lock gets it.
    pub fn switch_interval(&self) -> Duration {
        Duration::from_nanos(self.core.switch_interval.load(Ordering::Relaxed))
    }

    /// Sets that time.
    pub fn set_switch_interval(&self, interval: Duration) {
        self.core.switch_interval.store(interval.as_nanos().min(u64::MAX as u128) as u64, Ordering::Relaxed);
    }

    /// The breaker, for signal handlers: the interpreter lives as long as the process from now on.
    pub fn breaker_forever(self: &Arc<Self>) -> &'static AtomicU32
    where
        S: 'static,
    {
        let kept: &'static Core = Box::leak(Box::new(self.core.clone()));
        // SAFETY: the breaker is atomic, and the heap is never freed.
        unsafe { (*kept.heap.get()).breaker }
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        // What the heap keeps for itself dies while there is a heap.
        // SAFETY: nobody else has the heap any more; this thread may have the lock of another one, which is current again
        // afterwards.
        unsafe {
            let (before, _) = Heap::current();
            let table = intern::replace_table(&raw const *self.names);
            Heap::make_current(self.heap.get());
            (*self.heap.get()).forget_all();
            self.names.leave();
            Heap::make_current(before);
            intern::replace_table(table);
        }
    }
}

impl Core {
    /// There is one heap more.
    fn note_new() {
        static FIRST: AtomicBool = AtomicBool::new(true);
        if !FIRST.swap(false, Ordering::SeqCst) {
            crate::shared::begin_several();
        }
    }

    fn state_of_lock(&self) -> MutexGuard<'_, LockState> {
        self.lock.lock().unwrap_or_else(|e| e.into_inner())
    }

    fn acquire(&self) {
        let mut state = self.state_of_lock();
        if state.held {
            state.waiting += 1;
            while state.held && !state.shut_out() {
                let seen = state.turns;
                let interval = Duration::from_nanos(self.switch_interval.load(Ordering::Relaxed));
                let waited = self.free.wait_timeout(state, interval);
                let (next, timeout) = waited.unwrap_or_else(|e| e.into_inner());
                state = next;
                if timeout.timed_out() && state.held && state.turns == seen {
                    // SAFETY: the breaker is atomic, and the heap lives as long as self.
                    unsafe { (*self.heap.get()).breaker.fetch_or(breaker::YIELD, Ordering::Relaxed) };
                }
            }
            state.waiting -= 1;
        }
        if state.shut_out() {
            drop(state);
            // One that waits too has missed the news that the lock is free.
            self.free.notify_one();
            // The process ends, or lives on without this interpreter: there is nothing to return to.
            loop {
                std::thread::park();
            }
        }
        state.held = true;
        state.turns += 1;
        if state.waiting == 0 {
            // SAFETY: as above.
            unsafe { (*self.heap.get()).breaker.fetch_and(!breaker::YIELD, Ordering::Relaxed) };
        }
        let seen_taking = state.yielding > 0;
        drop(state);
        // SAFETY: this thread holds the lock now; the heap lives as long as self.
        unsafe {
            Heap::make_current(self.heap.get());
            intern::set_table(&raw const *self.names);
        }
        crate::alloc::follow_watch();
        // Each call of the system costs more than what most blocking calls are made for.
        if seen_taking {
            self.taken.notify_all();
        }
    }

    fn release(&self) {
        // SAFETY: the thread has no heap and no table from now on.
        unsafe {
            Heap::make_current(std::ptr::null());
            intern::set_table(std::ptr::null());
        }
        let mut state = self.state_of_lock();
        state.held = false;
        let wanted = state.waiting > 0;
        drop(state);
        if wanted {
            self.free.notify_one();
        }
    }
}

/// A thread that holds the lock of an interpreter.
pub struct Attached<S> {
    interpreter: Arc<Interpreter<S>>,
    /// The interpreter's, at hand. A pointer, so that an `Attached` is not `Send`.
    heap: NonNull<Heap>,
}

impl<S> Attached<S> {
    /// Waits for the lock. A thread must not hold it already, for this interpreter or for one beside it.
    pub fn new(interpreter: Arc<Interpreter<S>>) -> Attached<S> {
        interpreter.core.acquire();
        // SAFETY: a cell's contents have an address.
        let heap = unsafe { NonNull::new_unchecked(interpreter.core.heap.get()) };
        Attached { interpreter, heap }
    }

    /// The interpreter, to attach other threads to it.
    pub fn interpreter(&self) -> &Arc<Interpreter<S>> {
        &self.interpreter
    }

    /// The heap.
    #[inline(always)]
    pub fn heap(&self) -> &Heap {
        // SAFETY: this thread holds the lock, and borrows end before it is given up; the interpreter keeps the heap.
        unsafe { self.heap.as_ref() }
    }

    /// The heap, exclusively.
    #[inline(always)]
    pub fn heap_mut(&mut self) -> &mut Heap {
        // SAFETY: as for heap; the borrow of self is exclusive.
        unsafe { self.heap.as_mut() }
    }

    /// The state of the virtual machine.
    #[inline(always)]
    pub fn state(&self) -> &S {
        // SAFETY: as for heap.
        unsafe { &*self.interpreter.state.get() }
    }

    /// The state of the virtual machine, exclusively.
    #[inline(always)]
    pub fn state_mut(&mut self) -> &mut S {
        // SAFETY: as for heap_mut.
        unsafe { &mut *self.interpreter.state.get() }
    }

    /// Runs `f` without the lock. `f` can hold no values: they are not `Send`.
    pub fn detach<R: Send>(&mut self, f: impl FnOnce() -> R + Send) -> R {
        struct Reacquire<'a>(&'a Core);
        impl Drop for Reacquire<'_> {
            fn drop(&mut self) {
                self.0.acquire()
            }
        }
        self.interpreter.core.release();
        let _again = Reacquire(&self.interpreter.core);
        f()
    }

    /// Lets a thread that waits for the lock have it.
    pub fn yield_lock(&mut self) {
        let core = &self.interpreter.core;
        self.heap().breaker.fetch_and(!breaker::YIELD, Ordering::Relaxed);
        core.release();
        {
            let mut state = core.state_of_lock();
            let seen = state.turns;
            state.yielding += 1;
            while state.waiting > 0 && state.turns == seen && !state.held {
                state = core.taken.wait(state).unwrap_or_else(|e| e.into_inner());
            }
            state.yielding -= 1;
        }
        core.acquire();
    }

    /// From now on no other thread gets the lock, not for interpreters beside this one either; whoever asks for it sleeps for ever.
    pub fn close(&mut self) {
        self.interpreter.core.state_of_lock().closed_but_for = Some(std::thread::current().id());
        self.interpreter.core.free.notify_all();
    }

    /// Runs `fork`, which says whether it has returned in the child, so that the child finds the lock in order:
    /// held by the only thread that there is.
    pub fn fork<R>(&mut self, fork: impl FnOnce() -> (R, bool)) -> R {
        let mut state = self.interpreter.core.state_of_lock();
        let (result, is_child) = crate::watch::at_rest(fork);
        if is_child {
            state.waiting = 0;
            state.yielding = 0;
            self.heap().breaker.fetch_and(!breaker::YIELD, Ordering::Relaxed);
        }
        result
    }
}

impl<S> Drop for Attached<S> {
    fn drop(&mut self) {
        self.interpreter.core.release()
    }
}
