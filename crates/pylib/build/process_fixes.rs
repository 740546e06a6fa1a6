//! Mistakes of `concurrent/futures/process.py` and of interpreters' queues made good, as in [`crate::fixes`].

use crate::edits::Change::{self, After, Replace};

pub const PROCESS_FIXES: &[(&str, Change)] = &[
    (
        "concurrent/interpreters/__init__.py",
        Replace(
            r"    return [Interpreter(id, _whence=whence)
            for id, whence in _interpreters.list_all(require_ready=True)]
",
            r"    found = []
    for id, whence in _interpreters.list_all(require_ready=True):
        try:
            found.append(Interpreter(id, _whence=whence))
        except InterpreterNotFoundError:
            pass  # It has been destroyed since.
    return found
",
        ),
    ),
    // Deadlines are of the clock that nobody sets.
    (
        "concurrent/interpreters/_queues.py",
        After("    def put(self, obj,", "time.time() + timeout", "time.monotonic() + timeout"),
    ),
    (
        "concurrent/interpreters/_queues.py",
        After("    def put(self, obj,", "time.time() >= end", "time.monotonic() >= end"),
    ),
    (
        "concurrent/interpreters/_queues.py",
        After("    def get(self, block=True,", "time.time() + timeout", "time.monotonic() + timeout"),
    ),
    (
        "concurrent/interpreters/_queues.py",
        After("    def get(self, block=True,", "time.time() >= end", "time.monotonic() >= end"),
    ),
    // A worker that reached its limit of tasks is made up for as long as the executor lives, whatever the semaphore of
    // idle workers counts, and from what the manager's thread holds itself: shutting down clears the executor's fields.
    (
        "concurrent/futures/process.py",
        Replace(
            "class _ExecutorManagerThread(threading.Thread):\n",
            r"def _spawn_worker(context, tasks, results, initializer, initargs, task_limit, workers):
    worker = context.Process(target=_process_worker,
                             args=(tasks, results, initializer, initargs, task_limit))
    worker.start()
    workers[worker.pid] = worker


class _ExecutorManagerThread(threading.Thread):
",
        ),
    ),
    (
        "concurrent/futures/process.py",
        Replace(
            "        self.max_tasks_per_child = executor._max_tasks_per_child\n",
            r"        self.max_tasks_per_child = executor._max_tasks_per_child
        self.max_workers = executor._max_workers
",
        ),
    ),
    (
        "concurrent/futures/process.py",
        Replace(
            r"                if executor := self.executor_reference():
                    if process_exited:
                        with self.shutdown_lock:
                            executor._adjust_process_count()
                    else:
                        executor._idle_worker_semaphore.release()
                    del executor
",
            r"                if process_exited:
                    with self.shutdown_lock:
                        stranded = self._make_up_for_worker()
                    if stranded is not None:
                        self.terminate_broken(*stranded)
                        return
                elif executor := self.executor_reference():
                    executor._idle_worker_semaphore.release()
                    del executor
",
        ),
    ),
    (
        "concurrent/futures/process.py",
        Replace(
            "    def add_call_item_to_queue(self):\n",
            r#"    def _make_up_for_worker(self):
        # Gives None, or the cause and the reason why what is pending can never run.
        cause = reason = None
        executor = self.executor_reference()
        wanted = self.pending_work_items or not self.is_shutting_down()
        if executor is None:
            reason = "The executor was garbage collected and its last worker has ended: this can never run."
        elif executor._force_shutting_down:
            reason = "The process pool is being forcefully shut down: this will not run."
        elif wanted and len(self.processes) < self.max_workers:
            try:
                _spawn_worker(executor._mp_context, self.call_queue, self.result_queue, executor._initializer,
                              executor._initargs, self.max_tasks_per_child, self.processes)
            except Exception as error:
                cause = format_exception(error)
                reason = "No worker is left, and a new one could not be started: this can never run."
        del executor
        if self.processes or not (self.pending_work_items or cause):
            return None
        return cause, reason

    def add_call_item_to_queue(self):
"#,
        ),
    ),
    (
        "concurrent/futures/process.py",
        Replace("    def _terminate_broken(self, cause):\n", "    def _terminate_broken(self, cause, reason=None):\n"),
    ),
    (
        "concurrent/futures/process.py",
        Replace("    def terminate_broken(self, cause):\n", "    def terminate_broken(self, cause, reason=None):\n"),
    ),
    (
        "concurrent/futures/process.py",
        Replace("            self._terminate_broken(cause)\n", "            self._terminate_broken(cause, reason)\n"),
    ),
    // Each future has an exception of its own, since raising one changes it.
    (
        "concurrent/futures/process.py",
        Replace(
            r#"        bpe = BrokenProcessPool("A process"#,
            r#"        if reason is None:
            reason = ("A process"#,
        ),
    ),
    (
        "concurrent/futures/process.py",
        Replace(
            r"        if cause is not None:
            bpe.__cause__ = _RemoteTraceback(
                ",
            r"        trace = None
        if cause is not None:
            trace = (
                ",
        ),
    ),
    (
        "concurrent/futures/process.py",
        After(
            "        # Mark pending tasks as failed.\n",
            "            try:\n",
            r"            bpe = BrokenProcessPool(reason)
            if trace is not None:
                bpe.__cause__ = _RemoteTraceback(trace)
            try:
",
        ),
    ),
    (
        "concurrent/futures/process.py",
        Replace(
            "        self._cancel_pending_futures = False\n",
            r"        self._cancel_pending_futures = False
        self._force_shutting_down = False
",
        ),
    ),
    (
        "concurrent/futures/process.py",
        After(
            "    def _spawn_process(self):\n",
            r"        p = self._mp_context.Process(
            target=_process_worker,
            args=(self._call_queue,
                  self._result_queue,
                  self._initializer,
                  self._initargs,
                  self._max_tasks_per_child))
        p.start()
        self._processes[p.pid] = p
",
            r"        _spawn_worker(self._mp_context, self._call_queue, self._result_queue, self._initializer,
                      self._initargs, self._max_tasks_per_child, self._processes)
",
        ),
    ),
    // No worker begins behind the back of what ends them all.
    (
        "concurrent/futures/process.py",
        After(
            "    def _adjust_process_count(self):\n",
            "        if self._processes is None:\n",
            "        if self._processes is None or self._force_shutting_down:\n",
        ),
    ),
    (
        "concurrent/futures/process.py",
        Replace(
            r"        processes = {}
        if self._processes:
",
            r"        with self._shutdown_lock:
            self._force_shutting_down = True
        processes = {}
        if self._processes:
",
        ),
    ),
];
