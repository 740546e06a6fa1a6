//! `_lsprof`: the profiler behind `cProfile`. It listens to `sys.monitoring` and keeps times by function and by caller.

use std::collections::HashMap;
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::trace::{Opaque, Trace, Visitor};
use taipan_object::{TypeCell, Value};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::code::Code;
use taipan_vm::types::descriptor::MethodDescriptor;
use taipan_vm::types::module::Module;
use taipan_vm::types::native_function::NativeFunction;
use taipan_vm::types::structseq::StructSeqDef;
use taipan_vm::{ModuleRef, Ref, Result, Type, Vm, name};

/// `_lsprof.Profiler`.
pub static PROFILER: TypeCell<Profiler> = TypeCell::new("_lsprof.Profiler");

const ENTRY: &str = "_lsprof.profiler_entry";
const SUBENTRY: &str = "_lsprof.profiler_subentry";

/// `sys.monitoring.PROFILER_ID`.
const TOOL: i32 = 2;

/// The method that answers to each event.
const CALLBACKS: [(&str, &str); 9] = [
    ("PY_START", "_pystart_callback"),
    ("PY_RESUME", "_pystart_callback"),
    ("PY_THROW", "_pythrow_callback"),
    ("PY_RETURN", "_pyreturn_callback"),
    ("PY_YIELD", "_pyreturn_callback"),
    ("PY_UNWIND", "_pyreturn_callback"),
    ("CALL", "_ccall_callback"),
    ("C_RETURN", "_creturn_callback"),
    ("C_RAISE", "_creturn_callback"),
];

/// Counts and times of a function.
#[derive(Clone, Copy, Default)]
struct Counts {
    calls: u64,
    recursive: u64,
    total: i64,
    inline: i64,
    /// Calls that are under way.
    depth: u64,
}

impl Counts {
    fn add(&mut self, total: i64, inline: i64) {
        self.calls += 1;
        self.inline += inline;
        self.depth -= 1;
        if self.depth == 0 { self.total += total } else { self.recursive += 1 }
    }
}

struct Entry {
    /// A code object, or the text that stands for a native function.
    function: Value,
    counts: Counts,
    /// By the index of what it called.
    callees: Vec<(usize, Counts)>,
}

impl Entry {
    fn callee(&mut self, index: usize) -> &mut Counts {
        let at = match self.callees.iter().position(|(i, _)| *i == index) {
            Some(at) => at,
            None => {
                self.callees.push((index, Counts::default()));
                self.callees.len() - 1
            }
        };
        &mut self.callees[at].1
    }
}

impl Trace for Entry {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        self.function.trace(visitor)
    }
}

/// A call that is under way.
#[derive(Clone, Copy)]
struct Call {
    entry: usize,
    began: i64,
    /// Time in what it has called.
    inner: i64,
}

/// A profiler.
#[derive(Trace, Payload)]
#[payload(class = PROFILER)]
#[repr(C)]
pub struct Profiler {
    timer: Option<Value>,
    /// Seconds of a tick of the timer.
    unit: f64,
    subcalls: bool,
    builtins: bool,
    enabled: bool,
    /// Whether the timer is being called.
    in_timer: bool,
    entries: Vec<Entry>,
    /// Entries by the address of a code object or of a native function's table.
    by_key: Opaque<HashMap<usize, usize>>,
    stack: Opaque<Vec<Call>>,
}

fn now(vm: &mut Vm, this: &Ref<Profiler>) -> i64 {
    let Some(timer) = this.get(vm).timer.clone() else { return taipan_host::clock::perf_counter_ns() };
    let unit = this.get(vm).unit;
    // The timer's own calls are not looked at: its time is not that of the program.
    let enabled = std::mem::replace(&mut this.get_mut(vm).enabled, false);
    let outer = std::mem::replace(&mut this.get_mut(vm).in_timer, true);
    let answer = vm.call(&timer, &[]).and_then(|v| match v.as_int().and_then(|n| n.to_i64()) {
        Some(n) if unit > 0.0 => Ok(n),
        _ => vm.to_f64(&v).map(|x| (x * 1e9) as i64),
    });
    let p = this.get_mut(vm);
    (p.enabled, p.in_timer) = (enabled, outer);
    match answer {
        Ok(n) => n,
        Err(raised) => {
            vm.report_unraisable_about(raised, "while calling _lsprof timer ", Some(&timer));
            0
        }
    }
}

/// `RuntimeError` where the timer itself asks for something.
fn outside_timer(vm: &mut Vm, this: &Ref<Profiler>, what: &str) -> Result<()> {
    if this.get(vm).in_timer {
        return Err(vm.raise_runtime_error(&format!("cannot {what} profiler in external timer")));
    }
    Ok(())
}

fn enter(vm: &mut Vm, this: &Ref<Profiler>, key: usize, function: &dyn Fn(&mut Vm) -> Result) -> Result<()> {
    let entry = match this.get(vm).by_key.get(&key) {
        Some(entry) => *entry,
        None => {
            let function = function(vm)?;
            let p = this.get_mut(vm);
            p.entries.push(Entry { function, counts: Counts::default(), callees: Vec::new() });
            let index = p.entries.len() - 1;
            p.by_key.insert(key, index);
            index
        }
    };
    let p = this.get_mut(vm);
    p.entries[entry].counts.depth += 1;
    if p.subcalls
        && let Some(caller) = p.stack.last().map(|c| c.entry)
    {
        p.entries[caller].callee(entry).depth += 1;
    }
    let began = now(vm, this);
    this.get_mut(vm).stack.push(Call { entry, began, inner: 0 });
    Ok(())
}

/// Ends the innermost call.
fn leave(vm: &mut Vm, this: &Ref<Profiler>) {
    let time = now(vm, this);
    let p = this.get_mut(vm);
    let Some(call) = p.stack.pop() else { return };
    let total = time - call.began;
    let inline = total - call.inner;
    p.entries[call.entry].counts.add(total, inline);
    let subcalls = p.subcalls;
    if let Some(caller) = p.stack.last_mut() {
        caller.inner += total;
        let caller = caller.entry;
        if subcalls {
            let counts = p.entries[caller].callee(call.entry);
            if counts.depth > 0 {
                counts.add(total, inline);
            }
        }
    }
}

/// The native function behind what is called, by the address of its table, and the text that stands for it.
fn native(callable: &Value, receiver: &Value) -> Option<(usize, Named)> {
    if let Some(function) = callable.downcast_exact::<NativeFunction>() {
        let key = std::ptr::from_ref(*function.def) as usize;
        let receiver = function.receiver.clone().filter(|r| r.downcast::<Module>().is_none());
        let named = match receiver {
            Some(receiver) => Named::Method(function.def.name, receiver.ty().to_ref(), function.module.clone()),
            None => Named::Function(function.def.name, function.module.clone()),
        };
        return Some((key, named));
    }
    let method = callable.downcast_exact::<MethodDescriptor>()?;
    if !receiver.ty().is_subtype(&method.owner) {
        return None;
    }
    Some((std::ptr::from_ref(*method.def) as usize, Named::Method(method.def.name, receiver.ty().to_ref(), None)))
}

enum Named {
    Function(&'static str, Option<Value>),
    Method(&'static str, Ref<Type>, Option<Value>),
}

fn shown(vm: &mut Vm, named: &Named) -> Result {
    let (name, module) = match named {
        Named::Function(name, module) => (*name, module),
        Named::Method(name, class, module) => {
            let key = vm.intern_utf8(name)?;
            if let Some(found) = vm.lookup_type_attr(class, &key) {
                return vm.repr(&found).map(Ref::into_value);
            }
            (*name, module)
        }
    };
    let text = match module {
        Some(module) => format!("<built-in method {}.{name}>", vm.str(module)?.to_string_lossy()),
        None => format!("<built-in method {name}>"),
    };
    vm.new_str(&text).map(Ref::into_value)
}

fn monitoring(vm: &mut Vm) -> Result {
    let sys = vm.import("sys")?;
    vm.get_attr(&sys, name!("monitoring"))
}

fn event(vm: &mut Vm, monitoring: &Value, name: &str) -> Result<i64> {
    let events = vm.get_attr(monitoring, name!("events"))?;
    let name = vm.intern_utf8(name)?;
    let number = vm.get_attr(&events, &name)?;
    vm.to_index_i64(&number, "long")
}

fn set_callbacks(vm: &mut Vm, monitoring: &Value, profiler: Option<&Value>) -> Result<i64> {
    let mut all = 0;
    for (name, method) in CALLBACKS {
        let number = event(vm, monitoring, name)?;
        let callback = match profiler {
            Some(p) => {
                let method = vm.intern_utf8(method)?;
                vm.get_attr(p, &method)?
            }
            None => Value::none(),
        };
        let event = vm.new_int(number)?;
        vm.call_method(monitoring, name!("register_callback"), &[Value::from_i32(TOOL), event, callback])?;
        all |= number;
    }
    Ok(all)
}

/// Ends the calls that are under way.
fn end_all(vm: &mut Vm, this: &Ref<Profiler>) {
    while !this.get(vm).stack.is_empty() {
        leave(vm, this);
    }
}

fn stop(vm: &mut Vm, this: &Ref<Profiler>) -> Result<()> {
    if !this.get(vm).enabled {
        return Ok(());
    }
    let monitoring = monitoring(vm)?;
    vm.call_method(&monitoring, name!("set_events"), &[Value::from_i32(TOOL), Value::from_i32(0)])?;
    set_callbacks(vm, &monitoring, None)?;
    vm.call_method(&monitoring, name!("free_tool_id"), &[Value::from_i32(TOOL)])?;
    end_all(vm, this);
    this.get_mut(vm).enabled = false;
    Ok(())
}

static INIT: Signature = Signature {
    name: "Profiler",
    params: &["timer", "timeunit", "subcalls", "builtins"],
    required: &[false; 4],
    required_count: 0,
    positional_only: 0,
    positional: 4,
};

/// Methods of `_lsprof.Profiler`.
pub struct ProfilerClass;

/// Build a profiler object using the specified timer function.
///
/// The default timer is a fast built-in one based on real time.
/// For custom timer functions returning integers, 'timeunit' can
/// be a float specifying a scale (that is, how long each integer unit
/// is, in seconds).
#[class(cell = PROFILER, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl ProfilerClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        let profiler = Profiler {
            timer: None,
            unit: 0.0,
            subcalls: true,
            builtins: true,
            enabled: false,
            in_timer: false,
            entries: Vec::new(),
            by_key: Opaque(HashMap::new()),
            stack: Opaque(Vec::new()),
        };
        Ref::new_in(vm, class, profiler).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Ref<Profiler>, args: Args<'_>) -> Result<()> {
        let [timer, unit, subcalls, builtins] = bind::<4>(vm, &INIT, args)?;
        let unit = match unit {
            Some(u) => vm.to_f64(u)?,
            None => 0.0,
        };
        let subcalls = subcalls.map_or(Ok(true), |v| vm.is_truthy(v))?;
        let builtins = builtins.map_or(Ok(true), |v| vm.is_truthy(v))?;
        let p = this.get_mut(vm);
        (p.unit, p.subcalls, p.builtins) = (unit, subcalls, builtins);
        let old = std::mem::replace(&mut p.timer, timer.filter(|t| !t.is_none()).cloned());
        drop(old);
        Ok(())
    }

    /// list of profiler_entry objects.
    ///
    /// getstats() -> list of profiler_entry objects
    ///
    /// Return all information collected by the profiler.
    /// Each profiler_entry is a tuple-like object with the
    /// following attributes:
    ///
    ///     code          code object
    ///     callcount     how many times this was called
    ///     reccallcount  how many times called recursively
    ///     totaltime     total time in this entry
    ///     inlinetime    inline time in this entry (not in subcalls)
    ///     calls         details of the calls
    ///
    /// The calls attribute is either None or a list of
    /// profiler_subentry objects:
    ///
    ///     code          called code object
    ///     callcount     how many times this is called
    ///     reccallcount  how many times this is called recursively
    ///     totaltime     total time spent in this call
    ///     inlinetime    inline time (not in further subcalls)
    #[method("($self, /)")]
    fn getstats(vm: &mut Vm, this: &Ref<Profiler>) -> Result {
        let p = this.get(vm);
        let unit = if p.timer.is_some() && p.unit > 0.0 { p.unit } else { 1e-9 };
        let all: Vec<(Value, Counts, Vec<(usize, Counts)>)> =
            p.entries.iter().map(|e| (e.function.clone(), e.counts, e.callees.clone())).collect();
        let mut out = Vec::new();
        for (function, counts, callees) in &all {
            if counts.calls == 0 {
                continue;
            }
            let mut inner = Vec::new();
            for (index, counts) in callees.iter().filter(|(_, c)| c.calls > 0) {
                let fields = fields(vm, &all[*index].0, counts, unit)?;
                inner.push(record(vm, SUBENTRY, fields)?);
            }
            let mut fields = fields(vm, function, counts, unit)?;
            fields.push(if inner.is_empty() { Value::none() } else { vm.new_list(inner)?.into_value() });
            out.push(record(vm, ENTRY, fields)?);
        }
        vm.new_list(out).map(Ref::into_value)
    }

    /// Start collecting profiling information.
    ///
    ///   subcalls
    ///     If True, also records for each function
    ///     statistics separated according to its current caller.
    ///   builtins
    ///     If True, records the time spent in
    ///     built-in functions separately from their caller.
    #[method("($self, /, subcalls=True, builtins=True)")]
    fn enable(vm: &mut Vm, this: &Ref<Profiler>, subcalls: Option<bool>, builtins: Option<bool>) -> Result<()> {
        let monitoring = monitoring(vm)?;
        let label = vm.new_str("cProfile")?.into_value();
        vm.call_method(&monitoring, name!("use_tool_id"), &[Value::from_i32(TOOL), label])?;
        let p = this.get_mut(vm);
        p.subcalls = subcalls.unwrap_or(true);
        p.builtins = builtins.unwrap_or(true);
        p.enabled = true;
        let events = set_callbacks(vm, &monitoring, Some(this.as_value()))?;
        let events = vm.new_int(events)?;
        vm.call_method(&monitoring, name!("set_events"), &[Value::from_i32(TOOL), events])?;
        Ok(())
    }

    /// Stop collecting profiling information.
    #[method("($self, /)")]
    fn disable(vm: &mut Vm, this: &Ref<Profiler>) -> Result<()> {
        outside_timer(vm, this, "disable")?;
        stop(vm, this)
    }

    /// Clear all profiling information collected so far.
    #[method("($self, /)")]
    fn clear(vm: &mut Vm, this: &Ref<Profiler>) -> Result<()> {
        outside_timer(vm, this, "clear")?;
        let p = this.get_mut(vm);
        p.stack.clear();
        p.by_key.clear();
        let old = std::mem::take(&mut p.entries);
        drop(old);
        Ok(())
    }

    #[method("($self, code, instruction_offset, /)")]
    fn _pystart_callback(vm: &mut Vm, this: &Ref<Profiler>, code: &Value, _instruction_offset: &Value) -> Result<()> {
        start(vm, this, code)
    }

    #[method("($self, code, instruction_offset, exception, /)")]
    fn _pythrow_callback(
        vm: &mut Vm,
        this: &Ref<Profiler>,
        code: &Value,
        _instruction_offset: &Value,
        _exception: &Value,
    ) -> Result<()> {
        start(vm, this, code)
    }

    #[method("($self, code, instruction_offset, retval, /)")]
    fn _pyreturn_callback(
        vm: &mut Vm,
        this: &Ref<Profiler>,
        _code: &Value,
        _instruction_offset: &Value,
        _retval: &Value,
    ) -> Result<()> {
        if this.get(vm).enabled {
            leave(vm, this);
        }
        Ok(())
    }

    #[method("($self, code, instruction_offset, callable, self_arg, /)")]
    fn _ccall_callback(
        vm: &mut Vm,
        this: &Ref<Profiler>,
        _code: &Value,
        _instruction_offset: &Value,
        callable: &Value,
        self_arg: &Value,
    ) -> Result<()> {
        let p = this.get(vm);
        if p.enabled
            && p.builtins
            && let Some((key, named)) = native(callable, self_arg)
        {
            enter(vm, this, key, &|vm| shown(vm, &named))?;
        }
        Ok(())
    }

    #[method("($self, code, instruction_offset, callable, self_arg, /)")]
    fn _creturn_callback(
        vm: &mut Vm,
        this: &Ref<Profiler>,
        _code: &Value,
        _instruction_offset: &Value,
        callable: &Value,
        self_arg: &Value,
    ) -> Result<()> {
        let p = this.get(vm);
        if p.enabled && p.builtins && native(callable, self_arg).is_some() {
            leave(vm, this);
        }
        Ok(())
    }
}

fn start(vm: &mut Vm, this: &Ref<Profiler>, code: &Value) -> Result<()> {
    if !this.get(vm).enabled || code.downcast_exact::<Code>().is_none() {
        return Ok(());
    }
    enter(vm, this, code.bits() as usize, &|_| Ok(code.clone()))
}

fn fields(vm: &mut Vm, function: &Value, counts: &Counts, unit: f64) -> Result<Vec<Value>> {
    Ok(vec![
        function.clone(),
        vm.new_uint(counts.calls)?,
        vm.new_uint(counts.recursive)?,
        vm.new_float(counts.total as f64 * unit)?,
        vm.new_float(counts.inline as f64 * unit)?,
    ])
}

fn record(vm: &mut Vm, key: &'static str, fields: Vec<Value>) -> Result {
    let class = vm.state().registry.get(key).cloned();
    match class.as_ref().and_then(Value::as_type_ref) {
        Some(class) => vm.new_structseq(class, fields),
        None => vm.new_tuple(fields).map(Ref::into_value),
    }
}

/// Fields of an entry; those of a subentry are all but the last.
static FIELDS: [(&str, &str); 6] = [
    ("code", "code object or built-in function name"),
    ("callcount", "how many times this was called"),
    ("reccallcount", "how many times called recursively"),
    ("totaltime", "total time in this entry"),
    ("inlinetime", "inline time in this entry (not in subcalls)"),
    ("calls", "details of the calls"),
];

/// `_lsprof`.
pub struct LsprofModule;

/// Fast profiler
#[module(name = "_lsprof")]
impl LsprofModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &ProfilerClass::class_def())?;
        for (key, visible) in [(ENTRY, 6), (SUBENTRY, 5)] {
            let class = match vm.state().registry.get(key).cloned() {
                Some(class) => class,
                None => {
                    let def = StructSeqDef { name: key, doc: "", fields: &FIELDS[..visible], visible };
                    let class = vm.new_structseq_class(&def)?.into_value();
                    vm.state_mut().registry.insert(key, class.clone());
                    class
                }
            };
            module.set(vm, key.trim_start_matches("_lsprof."), class)?;
        }
        Ok(())
    }
}
