//! `_tracemalloc`: which blocks of memory there are and where they were allocated; see [`taipan_object::watch`].

use taipan_macros::module;
use taipan_object::str::StrData;
use taipan_object::watch::{self, Report};
use taipan_vm::{Ref, Result, Value, Vm};

/// `_tracemalloc`.
pub struct TracemallocModule;

/// Most frames of a traceback.
const MAX_FRAMES: i32 = u16::MAX as i32;

/// The limit that [`TracemallocModule::start`] has set, in the registry; 1 before.
const LIMIT: &str = "_tracemalloc.limit";

/// The tracebacks of a report as tuples of file names and lines, and how deep the stacks were. What is equal is one
/// object.
fn tracebacks(vm: &mut Vm, report: &Report) -> Result<Vec<(Value, Value)>> {
    let mut files: Vec<Option<Value>> = vec![None; report.files.len()];
    let mut all = Vec::new();
    for (depth, frames) in &report.tracebacks {
        let mut tuple = Vec::new();
        for &(file, line) in frames {
            let name = match &files[file] {
                Some(name) => name.clone(),
                None => {
                    let name = vm.new_str_data(StrData::Ucs4(&report.files[file]))?.into_value();
                    files[file].insert(name).clone()
                }
            };
            tuple.push(vm.new_tuple(vec![name, Value::from_i32(line)])?.into_value());
        }
        all.push((vm.new_tuple(tuple)?.into_value(), Value::from_i32(*depth as i32)));
    }
    Ok(all)
}

fn frames_of(vm: &mut Vm, report: Option<Report>) -> Result {
    let Some(report) = report else { return Ok(Value::none()) };
    Ok(tracebacks(vm, &report)?.pop().map_or_else(Value::none, |(frames, _)| frames))
}

/// Records where memory is allocated.
#[module(name = "_tracemalloc")]
impl TracemallocModule {
    /// Whether allocations are recorded.
    #[function("($module, /)")]
    fn is_tracing(_vm: &mut Vm) -> Result<bool> {
        Ok(watch::is_tracing())
    }

    /// Forget everything that was recorded.
    #[function("($module, /)")]
    fn clear_traces(_vm: &mut Vm) -> Result<()> {
        watch::clear_traces();
        Ok(())
    }

    /// A list of the recorded blocks.
    ///
    /// Each is a tuple of domain, size, a tuple of the innermost frames as
    /// (filename, lineno), and the depth of the whole stack.
    #[function("($module, /)")]
    fn _get_traces(vm: &mut Vm) -> Result {
        let report = watch::traces();
        let known = tracebacks(vm, &report)?;
        let mut all = Vec::new();
        for block in &report.blocks {
            let (frames, depth) = known[block.traceback].clone();
            let (domain, size) = (vm.new_uint(u64::from(block.domain))?, vm.new_uint(block.size as u64)?);
            all.push(vm.new_tuple(vec![domain, size, frames, depth])?.into_value());
        }
        vm.new_list(all).map(Ref::into_value)
    }

    /// Where an object was allocated: a tuple of the innermost frames as
    /// (filename, lineno), or None if that was not recorded.
    #[function("($module, obj, /)")]
    fn _get_object_traceback(vm: &mut Vm, obj: &Value) -> Result {
        frames_of(vm, watch::traceback_of(obj))
    }

    /// Start recording allocations, with up to nframe frames for each.
    #[function("($module, nframe=1, /)")]
    fn start(vm: &mut Vm, nframe: Option<i32>) -> Result<()> {
        let limit = nframe.unwrap_or(1);
        if !(1..=MAX_FRAMES).contains(&limit) {
            return Err(vm.raise_value_error(&format!("the number of frames must be in range [1; {MAX_FRAMES}]")));
        }
        if watch::is_tracing() {
            return Ok(());
        }
        if !watch::start_tracing(limit as usize) {
            return Err(vm.raise_runtime_error("the allocator of this process cannot be traced"));
        }
        vm.state_mut().registry.insert(LIMIT, Value::from_i32(limit));
        Ok(())
    }

    /// Stop recording allocations, and forget what was recorded.
    #[function("($module, /)")]
    fn stop(_vm: &mut Vm) -> Result<()> {
        watch::stop_tracing();
        Ok(())
    }

    /// Most frames that are recorded for an allocation.
    #[function("($module, /)")]
    fn get_traceback_limit(vm: &mut Vm) -> Result {
        Ok(vm.state().registry.get(LIMIT).cloned().unwrap_or_else(|| Value::from_i32(1)))
    }

    /// Bytes that the records take.
    #[function("($module, /)")]
    fn get_tracemalloc_memory(vm: &mut Vm) -> Result {
        vm.new_uint(watch::traced_memory().2 as u64)
    }

    /// The size of all recorded blocks now, and the most that it has been.
    #[function("($module, /)")]
    fn get_traced_memory(vm: &mut Vm) -> Result {
        let (now, peak, _) = watch::traced_memory();
        let pair = vec![vm.new_uint(now as u64)?, vm.new_uint(peak as u64)?];
        vm.new_tuple(pair).map(Ref::into_value)
    }

    /// The most that the size has been is what it is now.
    #[function("($module, /)")]
    fn reset_peak(_vm: &mut Vm) -> Result<()> {
        watch::reset_peak();
        Ok(())
    }
}
