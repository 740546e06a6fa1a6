//! The module `sys.monitoring` (PEP 669).

use crate::eval::monitor::sites::Sites;
use crate::eval::monitor::{EVENT_NAMES, LOCAL_EVENTS, TOOLS, event};
use crate::types::code::Code;
use crate::types::module::Module;
use crate::{ModuleRef, Ref, Result, Str, Value, Vm};
use taipan_macros::module;
use taipan_object::statics::OBJECT;

/// Functions of `sys.monitoring`.
pub struct Monitoring;

const NATIVE: u32 = 1 << event::C_RETURN | 1 << event::C_RAISE;
const BRANCH: u32 = 1 << event::BRANCH;
const BOTH_BRANCHES: u32 = 1 << event::BRANCH_LEFT | 1 << event::BRANCH_RIGHT;

fn tool(vm: &mut Vm, id: i32) -> Result<usize> {
    match usize::try_from(id) {
        Ok(id) if id < TOOLS => Ok(id),
        _ => Err(vm.raise_value_error(&format!("invalid tool {id} (must be between 0 and 5)"))),
    }
}

fn used(vm: &mut Vm, id: i32) -> Result<usize> {
    let tool = tool(vm, id)?;
    match vm.state().monitor.names[tool] {
        Some(_) => Ok(tool),
        None => Err(vm.raise_value_error(&format!("tool {tool} is not in use"))),
    }
}

/// An event set without the events that follow from others.
fn event_set(vm: &mut Vm, given: i32, allowed: u32, what: &str) -> Result<u32> {
    let mut events = given as u32;
    if given < 0 || events >= 1 << EVENT_NAMES.len() {
        return Err(vm.raise_value_error(&format!("invalid {what} 0x{events:x}")));
    }
    if events & NATIVE != 0 {
        if events & (1 << event::CALL) == 0 || events & NATIVE != NATIVE {
            return Err(vm.raise_value_error("cannot set C_RETURN or C_RAISE events independently"));
        }
        events &= !NATIVE;
    }
    if events & BRANCH != 0 {
        events = events & !BRANCH | BOTH_BRANCHES;
    }
    if events & !allowed != 0 {
        return Err(vm.raise_value_error(&format!("invalid {what} 0x{events:x}")));
    }
    Ok(events)
}

fn code<'a>(vm: &mut Vm, v: &'a Value) -> Result<&'a Ref<Code>> {
    match v.downcast_exact::<Code>() {
        Some(code) => {
            vm.complete_code(code)?;
            Ok(code)
        }
        None => Err(vm.raise_type_error("code must be a code object")),
    }
}

fn clear(vm: &mut Vm, tool: usize) {
    let m = &mut vm.state_mut().monitor;
    m.events[tool] = 0;
    let old = std::mem::take(&mut m.callbacks[tool]);
    vm.events_changed();
    drop(old);
}

impl Vm {
    /// Makes `sys.monitoring`.
    pub fn make_monitoring(&mut self) -> Result<Ref<Module>> {
        let module = self.make_native_module(&Monitoring::module_def())?;
        for key in ["disable", "missing"] {
            let object = self.call(&OBJECT.as_type().to_value(), &[])?;
            module.set(self, &key.to_uppercase(), object.clone())?;
            let m = &mut self.state_mut().monitor;
            if key == "disable" { m.disable = Some(object) } else { m.missing = Some(object) }
        }
        for (name, id) in [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)] {
            module.set(self, name, Value::from_i32(id))?;
        }
        let mut events: Vec<(&'static str, Value)> =
            EVENT_NAMES.iter().enumerate().map(|(i, n)| (*n, Value::from_i32(1 << i))).collect();
        events.push(("NO_EVENTS", Value::from_i32(0)));
        let events = self.new_namespace(events)?;
        module.set(self, "events", events)?;
        Ok(module)
    }
}

#[module(name = "sys.monitoring")]
impl Monitoring {
    #[function("($module, tool_id, name, /)")]
    fn use_tool_id(vm: &mut Vm, tool_id: i32, name: &Value) -> Result<()> {
        let id = tool(vm, tool_id)?;
        if name.downcast::<Str>().is_none() {
            return Err(vm.raise_value_error("tool name must be a str"));
        }
        if vm.state().monitor.names[id].is_some() {
            return Err(vm.raise_value_error(&format!("tool {id} is already in use")));
        }
        vm.state_mut().monitor.names[id] = Some(name.clone());
        Ok(())
    }

    #[function("($module, tool_id, /)")]
    fn clear_tool_id(vm: &mut Vm, tool_id: i32) -> Result<()> {
        let id = tool(vm, tool_id)?;
        if vm.state().monitor.names[id].is_some() {
            clear(vm, id);
        }
        Ok(())
    }

    #[function("($module, tool_id, /)")]
    fn free_tool_id(vm: &mut Vm, tool_id: i32) -> Result<()> {
        let id = tool(vm, tool_id)?;
        if vm.state().monitor.names[id].is_some() {
            clear(vm, id);
            let old = vm.state_mut().monitor.names[id].take();
            drop(old);
        }
        Ok(())
    }

    #[function("($module, tool_id, /)")]
    fn get_tool(vm: &mut Vm, tool_id: i32) -> Result<Option<Value>> {
        let id = tool(vm, tool_id)?;
        Ok(vm.state().monitor.names[id].clone())
    }

    #[function("($module, tool_id, event, func, /)")]
    fn register_callback(vm: &mut Vm, tool_id: i32, event: i32, func: &Value) -> Result<Option<Value>> {
        let id = tool(vm, tool_id)?;
        if event <= 0 || (event as u32).count_ones() != 1 {
            return Err(vm.raise_value_error("The callback can only be set for one event at a time"));
        }
        let number = event.trailing_zeros() as usize;
        if number >= EVENT_NAMES.len() {
            return Err(vm.raise_value_error(&format!("invalid event {event}")));
        }
        vm.audit("sys.monitoring.register_callback", std::slice::from_ref(func))?;
        let new = (!func.is_none()).then(|| func.clone());
        let slot = &mut vm.state_mut().monitor.callbacks[id][number];
        Ok(std::mem::replace(slot, new))
    }

    #[function("($module, tool_id, /)")]
    fn get_events(vm: &mut Vm, tool_id: i32) -> Result<u32> {
        let id = tool(vm, tool_id)?;
        Ok(vm.state().monitor.events[id])
    }

    #[function("($module, tool_id, event_set, /)")]
    fn set_events(vm: &mut Vm, tool_id: i32, event_set: i32) -> Result<()> {
        let id = tool(vm, tool_id)?;
        let events = self::event_set(vm, event_set, u32::MAX, "event set")?;
        used(vm, tool_id)?;
        vm.state_mut().monitor.events[id] = events;
        vm.events_changed();
        Ok(())
    }

    #[function("($module, tool_id, code, /)")]
    fn get_local_events(vm: &mut Vm, tool_id: i32, code: &Value) -> Result<u32> {
        let code = self::code(vm, code)?;
        let id = tool(vm, tool_id)?;
        Ok(Sites::local(code, id))
    }

    #[function("($module, tool_id, code, event_set, /)")]
    fn set_local_events(vm: &mut Vm, tool_id: i32, code: &Value, event_set: i32) -> Result<()> {
        let code = self::code(vm, code)?;
        let id = tool(vm, tool_id)?;
        let events = self::event_set(vm, event_set, (1 << LOCAL_EVENTS) - 1, "local event set")?;
        used(vm, tool_id)?;
        Sites::set_local(code, id, events);
        vm.events_changed();
        Ok(())
    }

    #[function("($module, /)")]
    fn restart_events(vm: &mut Vm) -> Result<()> {
        vm.state_mut().monitor.restarts += 1;
        vm.events_changed();
        Ok(())
    }

    #[function("($module, /)")]
    fn _all_events(vm: &mut Vm) -> Result {
        let dict = vm.new_dict()?;
        for (i, name) in EVENT_NAMES.iter().take(event::BRANCH).enumerate() {
            let events = &vm.state().monitor.events;
            let tools = (0..events.len()).fold(0, |tools, t| tools | (events[t] >> i & 1) << t);
            if tools != 0 {
                let key = vm.intern_utf8(name)?.into_value();
                vm.dict_set(&dict, &key, Value::from_i32(tools as i32))?;
            }
        }
        Ok(dict.into_value())
    }
}
