//! Exceptions: the hierarchy, and how Rust code raises.
//!
//! The table below is the only place that names the built-in exceptions; statics and class tables follow from it.
//! `raise` has the helpers that make and raise one, `chain` the implicit `__context__` and what `raise` statements do,
//! `report` what happens to exceptions that nobody handles, `warn` the way to `warnings`.

mod chain;
mod raise;
pub mod report;
mod suggest;

pub use raise::memory_error;
pub(crate) use raise::reserve;
pub use report::UNRAISABLE_ARGS;
pub use suggest::{suggest, suggest_bytes};

use crate::native::ClassDef;
use crate::slots::Slots;
use crate::types::exceptions::*;
use crate::{Result, Vm};
use taipan_object::statics::OBJECT;
use taipan_object::{Type, TypeCell, TypeFlags};

/// What every exception class has besides what its bases give it.
const FLAGS: TypeFlags =
    TypeFlags::BASETYPE.or(TypeFlags::HAVE_GC).or(TypeFlags::MANAGED_DICT).or(TypeFlags::EXCEPTION_SUBCLASS);

/// A class whose instances are made by a `__new__` of its own, the same as that of `BaseException`.
fn plain() -> ClassDef {
    inheriting(|slots| slots.new = Some(base::new))
}

/// A class that has all its methods from its base.
fn bare() -> ClassDef {
    inheriting(|_| {})
}

fn inheriting(slots: fn(&mut Slots)) -> ClassDef {
    ClassDef {
        ty: BASE_EXCEPTION.as_type(),
        set_layout: || {},
        base: None,
        flags: FLAGS,
        signature: None,
        doc: "",
        functions: &[],
        getsets: &[],
        name_bits: 0,
        slots,
    }
}

macro_rules! hierarchy {
    ($($name:ident $python:literal : $layout:ty, $base:ident, $members:expr, $doc:literal;)*) => {
        $(
            #[doc = concat!("`", $python, "`.")]
            pub static $name: TypeCell<$layout> = TypeCell::new($python);
        )*

        /// The tables of all built-in exceptions, bases first.
        pub fn class_defs() -> Vec<ClassDef> {
            vec![$(ClassDef {
                ty: $name.as_type(),
                set_layout: || $name.set_layout(),
                base: Some($base.as_type()),
                flags: FLAGS,
                signature: None,
                doc: $doc,
                ..$members
            }),*]
        }

        /// All built-in exceptions by name, for the namespace of `builtins`.
        pub fn all() -> Vec<(&'static str, &'static Type)> {
            vec![$(($python, $name.as_type())),*]
        }
    };
}

hierarchy! {
    BASE_EXCEPTION "BaseException": BaseException, OBJECT, base::BaseExceptionClass::class_def(),
        "Common base class for all exceptions";
    BASE_EXCEPTION_GROUP "BaseExceptionGroup": ExceptionGroup, BASE_EXCEPTION, group::base_exception_group(),
        "A combination of multiple unrelated exceptions.";
    EXCEPTION "Exception": BaseException, BASE_EXCEPTION, plain(), "Common base class for all non-exit exceptions.";
    GENERATOR_EXIT "GeneratorExit": BaseException, BASE_EXCEPTION, plain(), "Request that a generator exit.";
    KEYBOARD_INTERRUPT "KeyboardInterrupt": BaseException, BASE_EXCEPTION, plain(), "Program interrupted by user.";
    SYSTEM_EXIT "SystemExit": SystemExit, BASE_EXCEPTION, simple::system_exit(), "Request to exit from the interpreter.";
    ARITHMETIC_ERROR "ArithmeticError": BaseException, EXCEPTION, plain(), "Base class for arithmetic errors.";
    FLOATING_POINT_ERROR "FloatingPointError": BaseException, ARITHMETIC_ERROR, plain(),
        "Floating-point operation failed.";
    OVERFLOW_ERROR "OverflowError": BaseException, ARITHMETIC_ERROR, plain(), "Result too large to be represented.";
    ZERO_DIVISION_ERROR "ZeroDivisionError": BaseException, ARITHMETIC_ERROR, plain(),
        "Second argument to a division or modulo operation was zero.";
    ASSERTION_ERROR "AssertionError": BaseException, EXCEPTION, plain(), "Assertion failed.";
    ATTRIBUTE_ERROR "AttributeError": AttributeError, EXCEPTION, simple::attribute_error(), "Attribute not found.";
    BUFFER_ERROR "BufferError": BaseException, EXCEPTION, plain(), "Buffer error.";
    EOF_ERROR "EOFError": BaseException, EXCEPTION, plain(), "Read beyond end of file.";
    IMPORT_ERROR "ImportError": ImportError, EXCEPTION, simple::import_error(),
        "Import can't find module, or can't find name in module.";
    MODULE_NOT_FOUND_ERROR "ModuleNotFoundError": ImportError, IMPORT_ERROR, bare(), "Module not found.";
    LOOKUP_ERROR "LookupError": BaseException, EXCEPTION, plain(), "Base class for lookup errors.";
    INDEX_ERROR "IndexError": BaseException, LOOKUP_ERROR, plain(), "Sequence index out of range.";
    KEY_ERROR "KeyError": BaseException, LOOKUP_ERROR, simple::KeyErrorClass::class_def(), "Mapping key not found.";
    MEMORY_ERROR "MemoryError": BaseException, EXCEPTION, plain(), "Out of memory.";
    NAME_ERROR "NameError": NameError, EXCEPTION, simple::name_error(), "Name not found globally.";
    UNBOUND_LOCAL_ERROR "UnboundLocalError": NameError, NAME_ERROR, bare(),
        "Local name referenced but not bound to a value.";
    OS_ERROR "OSError": OsError, EXCEPTION, os::os_error(), "Base class for I/O related errors.";
    BLOCKING_IO_ERROR "BlockingIOError": OsError, OS_ERROR, bare(), "I/O operation would block.";
    CHILD_PROCESS_ERROR "ChildProcessError": OsError, OS_ERROR, bare(), "Child process error.";
    CONNECTION_ERROR "ConnectionError": OsError, OS_ERROR, bare(), "Connection error.";
    BROKEN_PIPE_ERROR "BrokenPipeError": OsError, CONNECTION_ERROR, bare(), "Broken pipe.";
    CONNECTION_ABORTED_ERROR "ConnectionAbortedError": OsError, CONNECTION_ERROR, bare(), "Connection aborted.";
    CONNECTION_REFUSED_ERROR "ConnectionRefusedError": OsError, CONNECTION_ERROR, bare(), "Connection refused.";
    CONNECTION_RESET_ERROR "ConnectionResetError": OsError, CONNECTION_ERROR, bare(), "Connection reset.";
    FILE_EXISTS_ERROR "FileExistsError": OsError, OS_ERROR, bare(), "File already exists.";
    FILE_NOT_FOUND_ERROR "FileNotFoundError": OsError, OS_ERROR, bare(), "File not found.";
    INTERRUPTED_ERROR "InterruptedError": OsError, OS_ERROR, bare(), "Interrupted by signal.";
    IS_A_DIRECTORY_ERROR "IsADirectoryError": OsError, OS_ERROR, bare(), "Operation doesn't work on directories.";
    NOT_A_DIRECTORY_ERROR "NotADirectoryError": OsError, OS_ERROR, bare(), "Operation only works on directories.";
    PERMISSION_ERROR "PermissionError": OsError, OS_ERROR, bare(), "Not enough permissions.";
    PROCESS_LOOKUP_ERROR "ProcessLookupError": OsError, OS_ERROR, bare(), "Process not found.";
    TIMEOUT_ERROR "TimeoutError": OsError, OS_ERROR, bare(), "Timeout expired.";
    REFERENCE_ERROR "ReferenceError": BaseException, EXCEPTION, plain(),
        "Weak ref proxy used after referent went away.";
    RUNTIME_ERROR "RuntimeError": BaseException, EXCEPTION, plain(), "Unspecified run-time error.";
    NOT_IMPLEMENTED_ERROR "NotImplementedError": BaseException, RUNTIME_ERROR, plain(),
        "Method or function hasn't been implemented yet.";
    PYTHON_FINALIZATION_ERROR "PythonFinalizationError": BaseException, RUNTIME_ERROR, plain(),
        "Operation blocked during Python finalization.";
    RECURSION_ERROR "RecursionError": BaseException, RUNTIME_ERROR, plain(), "Recursion limit exceeded.";
    STOP_ASYNC_ITERATION "StopAsyncIteration": BaseException, EXCEPTION, plain(),
        "Signal the end from iterator.__anext__().";
    STOP_ITERATION "StopIteration": StopIteration, EXCEPTION, simple::stop_iteration(),
        "Signal the end from iterator.__next__().";
    SYNTAX_ERROR "SyntaxError": SyntaxError, EXCEPTION, syntax::syntax_error(), "Invalid syntax.";
    INDENTATION_ERROR "IndentationError": SyntaxError, SYNTAX_ERROR, bare(), "Improper indentation.";
    TAB_ERROR "TabError": SyntaxError, INDENTATION_ERROR, bare(), "Improper mixture of spaces and tabs.";
    INCOMPLETE_INPUT_ERROR "_IncompleteInputError": SyntaxError, SYNTAX_ERROR, bare(), "incomplete input.";
    SYSTEM_ERROR "SystemError": BaseException, EXCEPTION, plain(),
        "Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the \
         traceback,\nthe Python version, and the hardware/OS platform and version.";
    TYPE_ERROR "TypeError": BaseException, EXCEPTION, plain(), "Inappropriate argument type.";
    VALUE_ERROR "ValueError": BaseException, EXCEPTION, plain(), "Inappropriate argument value (of correct type).";
    UNICODE_ERROR "UnicodeError": BaseException, VALUE_ERROR, plain(), "Unicode related error.";
    UNICODE_DECODE_ERROR "UnicodeDecodeError": UnicodeDecodeError, UNICODE_ERROR, unicode::decode_error(),
        "Unicode decoding error.";
    UNICODE_ENCODE_ERROR "UnicodeEncodeError": UnicodeEncodeError, UNICODE_ERROR, unicode::encode_error(),
        "Unicode encoding error.";
    UNICODE_TRANSLATE_ERROR "UnicodeTranslateError": UnicodeTranslateError, UNICODE_ERROR, unicode::translate_error(),
        "Unicode translation error.";
    WARNING "Warning": BaseException, EXCEPTION, plain(), "Base class for warning categories.";
    BYTES_WARNING "BytesWarning": BaseException, WARNING, plain(),
        "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or \
         comparing to str.";
    DEPRECATION_WARNING "DeprecationWarning": BaseException, WARNING, plain(),
        "Base class for warnings about deprecated features.";
    ENCODING_WARNING "EncodingWarning": BaseException, WARNING, plain(), "Base class for warnings about encodings.";
    FUTURE_WARNING "FutureWarning": BaseException, WARNING, plain(),
        "Base class for warnings about constructs that will change semantically\nin the future.";
    IMPORT_WARNING "ImportWarning": BaseException, WARNING, plain(),
        "Base class for warnings about probable mistakes in module imports";
    PENDING_DEPRECATION_WARNING "PendingDeprecationWarning": BaseException, WARNING, plain(),
        "Base class for warnings about features which will be deprecated\nin the future.";
    RESOURCE_WARNING "ResourceWarning": BaseException, WARNING, plain(),
        "Base class for warnings about resource usage.";
    RUNTIME_WARNING "RuntimeWarning": BaseException, WARNING, plain(),
        "Base class for warnings about dubious runtime behavior.";
    SYNTAX_WARNING "SyntaxWarning": BaseException, WARNING, plain(),
        "Base class for warnings about dubious syntax.";
    UNICODE_WARNING "UnicodeWarning": BaseException, WARNING, plain(),
        "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems.";
    USER_WARNING "UserWarning": BaseException, WARNING, plain(), "Base class for warnings generated by user code.";
    EXCEPTION_GROUP "ExceptionGroup": ExceptionGroup, BASE_EXCEPTION_GROUP, bare(), "";
}

/// After the classes are set up: the one that has two bases.
pub fn complete(vm: &mut Vm) -> Result<()> {
    let group = EXCEPTION_GROUP.as_type();
    if !group.flags().has(TypeFlags::READY) {
        return Ok(());
    }
    if !group.is_subtype(EXCEPTION.as_type()) {
        let bases = [BASE_EXCEPTION_GROUP.as_type(), EXCEPTION.as_type()];
        let bases = vm.new_tuple(bases.map(Type::to_value).to_vec())?;
        group.set_bases(bases);
        EXCEPTION.as_type().add_subclass(group);
        let order =
            [group, BASE_EXCEPTION_GROUP.as_type(), EXCEPTION.as_type(), BASE_EXCEPTION.as_type(), OBJECT.as_type()];
        let order = vm.new_tuple(order.map(Type::to_value).to_vec())?;
        group.set_mro(order);
        group.modified();
    }
    // It is the one built-in exception that a program may set attributes of.
    group.remove_flags(TypeFlags::IMMUTABLE);
    Ok(())
}
