//! The handler of each opcode.

use super::batch::INTERPRETER_EXIT_BATCH;
use super::deferred::RESERVED;
use super::dispatch::{Handler, op};
use super::generator::{RETURN_GENERATOR, YIELD_VALUE};
use super::monitor::INSTRUMENTED_INSTRUCTION;
use super::ops::arith::*;
use super::ops::asynchronous::*;
use super::ops::attrs::*;
use super::ops::build::*;
use super::ops::calls::*;
use super::ops::exceptions::*;
use super::ops::flow::*;
use super::ops::matching::*;
use super::ops::names::*;
use super::ops::special_calls::*;
use super::ops::stack::*;
use super::unwind::unwind;
use taipan_bytecode::Opcode;

/// Handlers by opcode number.
pub struct Table(pub [Handler; 256]);

op!(
    /// A number that is no instruction, in code that no compiler made.
    #[cold]
    invalid,
    |ip, sp, frame, vm, arg| {
        (*frame).ip = ip;
        raise_invalid(frame, vm);
        unwind(ip, sp, frame, vm, 0)
    }
);

#[cold]
#[inline(never)]
pub(super) unsafe fn raise_invalid(frame: super::dispatch::Fp, vm: super::dispatch::Vp) {
    // SAFETY: the contract of handlers: the frame runs Python code, and stands at the instruction.
    let _ = unsafe {
        let code = &*(*frame).code;
        let unit = super::frame::unit_index(frame);
        let (file, line) = (code.filename().to_string_lossy(), code.line_at(unit).unwrap_or(-1));
        let opcode = code.canonical[2 * unit];
        (*vm).raise_system_error(&format!("{file}:{line}: unknown opcode {opcode}"))
    };
}

macro_rules! table {
    ($($name:ident $(= $handler:ident)?),* $(,)?) => {{
        let mut t: [Handler; 256] = [invalid; 256];
        $(t[Opcode::$name as usize] = table!(@ $name $($handler)?);)*
        t
    }};
    (@ $name:ident) => { $name };
    (@ $name:ident $handler:ident) => { $handler };
}

/// All handlers.
pub static HANDLERS: Table = Table(table![
    BINARY_OP,
    BINARY_OP_ADD_FLOAT,
    BINARY_OP_ADD_INT,
    BINARY_OP_ADD_UNICODE,
    BINARY_OP_EXTEND,
    BINARY_OP_INPLACE_ADD_UNICODE,
    BINARY_OP_MULTIPLY_FLOAT,
    BINARY_OP_MULTIPLY_INT,
    BINARY_OP_SUBSCR_DICT,
    BINARY_OP_SUBSCR_GETITEM,
    BINARY_OP_SUBSCR_LIST_INT,
    BINARY_OP_SUBSCR_STR_INT,
    BINARY_OP_SUBSCR_TUPLE_INT,
    BINARY_OP_SUBTRACT_FLOAT,
    BINARY_OP_SUBTRACT_INT,
    BINARY_SLICE,
    BUILD_INTERPOLATION,
    BUILD_LIST,
    BUILD_MAP,
    BUILD_SET,
    BUILD_SLICE,
    BUILD_STRING,
    BUILD_TEMPLATE,
    BUILD_TUPLE,
    CALL,
    CALL_ALLOC_AND_ENTER_INIT,
    CALL_BOUND_METHOD_EXACT_ARGS,
    CALL_BOUND_METHOD_GENERAL,
    CALL_BUILTIN_FAST,
    CALL_BUILTIN_O,
    CALL_ISINSTANCE,
    CALL_LEN,
    CALL_LIST_APPEND,
    CALL_METHOD_DESCRIPTOR_FAST,
    CALL_METHOD_DESCRIPTOR_NOARGS,
    CALL_METHOD_DESCRIPTOR_O,
    CALL_NON_PY_GENERAL,
    CALL_PY_EXACT_ARGS,
    CALL_PY_GENERAL,
    CALL_STR_1,
    CALL_TYPE_1,
    CALL_FUNCTION_EX,
    CALL_INTRINSIC_1,
    CALL_INTRINSIC_2,
    CALL_KW,
    CHECK_EG_MATCH,
    CHECK_EXC_MATCH,
    CLEANUP_THROW,
    COMPARE_OP,
    COMPARE_OP_FLOAT,
    COMPARE_OP_INT,
    COMPARE_OP_STR,
    CONTAINS_OP,
    CONTAINS_OP_DICT,
    CONTAINS_OP_SET,
    CONVERT_VALUE,
    COPY,
    COPY_FREE_VARS,
    DELETE_ATTR,
    DELETE_DEREF,
    DELETE_FAST,
    DELETE_GLOBAL,
    DELETE_NAME,
    DELETE_SUBSCR,
    DICT_MERGE,
    DICT_UPDATE,
    END_ASYNC_FOR,
    END_FOR = POP_TOP,
    END_SEND,
    EXIT_INIT_CHECK,
    EXTENDED_ARG,
    FORMAT_SIMPLE,
    FORMAT_WITH_SPEC,
    FOR_ITER,
    FOR_ITER_GEN,
    FOR_ITER_LIST,
    FOR_ITER_NATIVE,
    FOR_ITER_PAIR,
    FOR_ITER_RANGE,
    FOR_ITER_TUPLE,
    GET_AITER,
    GET_ANEXT,
    GET_AWAITABLE,
    GET_ITER,
    GET_LEN,
    GET_YIELD_FROM_ITER,
    IMPORT_FROM,
    IMPORT_NAME,
    INSTRUMENTED_INSTRUCTION,
    INTERPRETER_EXIT,
    INTERPRETER_EXIT_BATCH,
    IS_OP,
    JUMP_BACKWARD,
    JUMP_BACKWARD_NO_INTERRUPT,
    JUMP_FORWARD,
    LIST_APPEND,
    LIST_EXTEND,
    LOAD_ATTR,
    LOAD_ATTR_CLASS,
    LOAD_ATTR_CLASS_WITH_METACLASS_CHECK,
    LOAD_ATTR_INSTANCE_VALUE,
    LOAD_ATTR_METHOD_LAZY_DICT,
    LOAD_ATTR_METHOD_NO_DICT,
    LOAD_ATTR_METHOD_WITH_VALUES,
    LOAD_ATTR_MODULE,
    LOAD_ATTR_NONDESCRIPTOR_NO_DICT,
    LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES,
    LOAD_ATTR_PROPERTY,
    LOAD_ATTR_SLOT,
    LOAD_ATTR_WITH_HINT,
    LOAD_BUILD_CLASS,
    LOAD_COMMON_CONSTANT,
    LOAD_CONST,
    LOAD_DEREF,
    LOAD_FAST,
    LOAD_FAST_AND_CLEAR,
    LOAD_FAST_BORROW,
    LOAD_FAST_BORROW_LOAD_FAST_BORROW = LOAD_FAST_LOAD_FAST,
    LOAD_FAST_CHECK,
    LOAD_FAST_LOAD_FAST,
    LOAD_FROM_DICT_OR_DEREF,
    LOAD_FROM_DICT_OR_GLOBALS,
    LOAD_GLOBAL,
    LOAD_GLOBAL_BUILTIN,
    LOAD_GLOBAL_MODULE,
    LOAD_LOCALS,
    LOAD_NAME,
    LOAD_SMALL_INT,
    LOAD_SPECIAL,
    LOAD_SUPER_ATTR,
    MAKE_CELL,
    MAKE_FUNCTION,
    MAP_ADD,
    MATCH_CLASS,
    MATCH_KEYS,
    MATCH_MAPPING,
    MATCH_SEQUENCE,
    NOP,
    NOT_TAKEN = NOP,
    POP_EXCEPT,
    POP_ITER = POP_TOP,
    POP_JUMP_IF_FALSE,
    POP_JUMP_IF_NONE,
    POP_JUMP_IF_NOT_NONE,
    POP_JUMP_IF_TRUE,
    POP_TOP,
    PUSH_EXC_INFO,
    PUSH_NULL,
    RAISE_VARARGS,
    RERAISE,
    RESERVED,
    RESUME,
    RETURN_GENERATOR,
    RETURN_VALUE,
    SEND,
    SETUP_ANNOTATIONS,
    SET_ADD,
    SET_FUNCTION_ATTRIBUTE,
    SET_UPDATE,
    STORE_ATTR,
    STORE_ATTR_INSTANCE_VALUE,
    STORE_ATTR_SLOT,
    STORE_ATTR_WITH_HINT,
    STORE_DEREF,
    STORE_FAST,
    STORE_FAST_LOAD_FAST,
    STORE_FAST_STORE_FAST,
    STORE_GLOBAL,
    STORE_NAME,
    STORE_SLICE,
    STORE_SUBSCR,
    STORE_SUBSCR_DICT,
    STORE_SUBSCR_LIST_INT,
    SWAP,
    TO_BOOL,
    TO_BOOL_BOOL,
    TO_BOOL_INT,
    TO_BOOL_LIST,
    TO_BOOL_NONE,
    TO_BOOL_STR,
    UNARY_INVERT,
    UNARY_NEGATIVE,
    UNARY_NOT,
    UNPACK_EX,
    UNPACK_SEQUENCE,
    UNPACK_SEQUENCE_LIST,
    UNPACK_SEQUENCE_TUPLE,
    UNPACK_SEQUENCE_TWO_TUPLE,
    WITH_EXCEPT_START,
    YIELD_VALUE,
]);
