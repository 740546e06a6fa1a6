//! `_remote_debugging`: how `asyncio`'s tools look into another process. The classes of what would be found are here; a
//! process of Taipan cannot be looked into, which `RemoteUnwinder` says.

use taipan_macros::{Payload, Trace, class, module};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::types::structseq::StructSeqDef;
use taipan_vm::{ModuleRef, Ref, Result, Type, Vm};

static UNWINDER: TypeCell<RemoteUnwinder> = TypeCell::new("_remote_debugging.RemoteUnwinder");

/// No instance is ever made.
#[derive(Trace, Payload)]
#[payload(class = UNWINDER, frozen)]
#[repr(C)]
struct RemoteUnwinder {}

struct RemoteUnwinderClass;

/// RemoteUnwinder(pid): Inspect the stack of another Python process.
#[class(cell = UNWINDER, base = OBJECT)]
impl RemoteUnwinderClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, _args: Args<'_>) -> Result {
        Err(vm.raise_runtime_error("Looking into other processes is not supported by this interpreter"))
    }
}

const CLASSES: [StructSeqDef<'static>; 5] = [
    StructSeqDef {
        name: "_remote_debugging.TaskInfo",
        doc: "Information about an asyncio task",
        fields: &[
            ("task_id", "Task ID (memory address)"),
            ("task_name", "Task name"),
            ("coroutine_stack", "Coroutine call stack"),
            ("awaited_by", "Tasks awaiting this task"),
        ],
        visible: 4,
    },
    StructSeqDef {
        name: "_remote_debugging.FrameInfo",
        doc: "Information about a frame",
        fields: &[("filename", "Source code filename"), ("lineno", "Line number"), ("funcname", "Function name")],
        visible: 3,
    },
    StructSeqDef {
        name: "_remote_debugging.CoroInfo",
        doc: "Information about a coroutine",
        fields: &[("call_stack", "Coroutine call stack"), ("task_name", "Task name")],
        visible: 2,
    },
    StructSeqDef {
        name: "_remote_debugging.ThreadInfo",
        doc: "Information about a thread",
        fields: &[("thread_id", "Thread ID"), ("frame_info", "Frame information")],
        visible: 2,
    },
    StructSeqDef {
        name: "_remote_debugging.AwaitedInfo",
        doc: "Information about what a thread is awaiting",
        fields: &[("thread_id", "Thread ID"), ("awaited_by", "List of tasks awaited by this thread")],
        visible: 2,
    },
];

/// `_remote_debugging`.
pub struct RemoteDebugging;

/// Looking into other Python processes.
#[module(name = "_remote_debugging")]
impl RemoteDebugging {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &RemoteUnwinderClass::class_def())?;
        for def in &CLASSES {
            let class = vm.new_structseq_class(def)?;
            let name = def.name.rsplit('.').next().unwrap_or(def.name);
            module.set(vm, name, class.into_value())?;
        }
        module.set(vm, "PROCESS_VM_READV_SUPPORTED", taipan_vm::Value::from_i32(1))
    }
}
