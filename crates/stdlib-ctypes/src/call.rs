//! Calls of foreign functions.

use crate::bad_code;
use crate::closure;
use libffi::middle::{Arg, Cif, CodePtr, Ret, Type};
use std::cell::Cell;
use taipan_object::{Str, Tuple};
use taipan_vm::{Result, Value, Vm};

thread_local! {
    /// What `get_errno` gives.
    static ERRNO: Cell<i32> = const { Cell::new(0) };
}

/// The thread's copy of errno, which `new` replaces.
pub fn own_errno(new: Option<i32>) -> i32 {
    match new {
        Some(new) => ERRNO.replace(new),
        None => ERRNO.get(),
    }
}

/// The foreign type of a code.
pub fn type_of(vm: &mut Vm, code: &Value) -> Result<Type> {
    if let Some(fields) = code.downcast::<Tuple>() {
        vm.check_stack(" in a foreign type")?;
        let fields = fields.items().iter().map(|field| type_of(vm, field)).collect::<Result<Vec<_>>>()?;
        return Ok(Type::structure(fields));
    }
    let text = code.downcast::<Str>().and_then(|s| s.to_utf8()).unwrap_or_default();
    Ok(match text {
        "v" => Type::void(),
        "b" | "c" => Type::i8(),
        "B" | "?" => Type::u8(),
        "h" => Type::i16(),
        "H" => Type::u16(),
        "i" => Type::i32(),
        "I" | "u" => Type::u32(),
        "l" | "q" => Type::i64(),
        "L" | "Q" => Type::u64(),
        "f" => Type::f32(),
        "d" => Type::f64(),
        "g" => Type::longdouble(),
        "P" => Type::pointer(),
        _ => return Err(bad_code(vm)),
    })
}

/// The bytes that a value of a code takes.
pub fn size_of(vm: &mut Vm, code: &Value, given: usize) -> usize {
    let text = code.downcast::<Str>().and_then(|s| s.to_utf8());
    let _ = vm;
    match text {
        Some("v") => 0,
        Some("b" | "c" | "B" | "?") => 1,
        Some("h" | "H") => 2,
        Some("i" | "I" | "u" | "f") => 4,
        Some("g") => 16,
        Some(_) => 8,
        None => given,
    }
}

/// A call whose arguments lie in memory.
pub struct Prepared {
    cif: Cif,
    /// Where each argument begins, in pieces of 16 bytes.
    starts: Vec<usize>,
    arguments: Vec<u128>,
    result: Vec<u128>,
    result_size: usize,
}

/// Copies the arguments, each to a place of its own.
pub fn prepare(
    vm: &mut Vm,
    result: &Value,
    codes: &[Value],
    values: &[Value],
    fixed: Option<usize>,
) -> Result<Prepared> {
    if codes.len() != values.len() || fixed.is_some_and(|n| n > codes.len()) {
        return Err(vm.raise_type_error("as many codes as values are expected"));
    }
    let (mut starts, mut arguments) = (Vec::new(), Vec::new());
    for (code, value) in codes.iter().zip(values) {
        let bytes = vm.bytes_of(value)?;
        if bytes.len() < size_of(vm, code, bytes.len()) {
            return Err(vm.raise_type_error("an argument has too few bytes"));
        }
        starts.push(arguments.len());
        for piece in bytes.chunks(16) {
            let mut whole = [0; 16];
            whole[..piece.len()].copy_from_slice(piece);
            arguments.push(u128::from_ne_bytes(whole));
        }
        if bytes.is_empty() {
            arguments.push(0);
        }
    }
    let types = codes.iter().map(|code| type_of(vm, code)).collect::<Result<Vec<_>>>()?;
    let returns = type_of(vm, result)?;
    let made = match fixed {
        Some(n) if n < codes.len() => Cif::try_new_variadic(types, n, returns),
        _ => Cif::try_new(types, returns),
    };
    let Ok(cif) = made else { return Err(vm.raise_runtime_error("ffi_prep_cif failed")) };
    // SAFETY: the description was made above; its result type has its size by now.
    let result_size = unsafe { (*(*cif.as_raw_ptr()).rtype).size };
    let result_size = if size_of(vm, result, 1) == 0 { 0 } else { result_size };
    Ok(Prepared { cif, starts, arguments, result: vec![0; result_size.div_ceil(16).max(1)], result_size })
}

/// Calls, and gives the bytes of the result.
pub fn run(vm: &mut Vm, address: usize, prepared: Prepared, release: bool, keep_errno: bool) -> Vec<u8> {
    struct Whole(Prepared);
    // SAFETY: it goes to the same thread, only without the interpreter's lock.
    unsafe impl Send for Whole {}
    let mut whole = Whole(prepared);
    let call = |whole: &mut Whole| {
        let Prepared { cif, starts, arguments, result, .. } = &mut whole.0;
        let arguments: Vec<_> = starts.iter().map(|at| Arg::new(&arguments[*at])).collect();
        // SAFETY: the arguments lie where the description says, and the result has its place. That the address is that
        // of such a function is what the program says.
        unsafe {
            let errno = libc::__errno_location();
            if keep_errno {
                *errno = own_errno(None);
            }
            let function = CodePtr(address as *mut libc::c_void);
            cif.call_return_into(function, &arguments, Ret::new(&mut result[0]));
            if keep_errno {
                own_errno(Some(*errno));
            }
        }
    };
    // Foreign code that may call back finds the interpreter as it left it.
    if release && !closure::exist() {
        vm.detach(|| {
            let whole = &mut whole;
            call(whole);
        });
    } else {
        closure::with(vm, || call(&mut whole));
    }
    let Prepared { result, result_size, .. } = whole.0;
    result.iter().flat_map(|piece| piece.to_ne_bytes()).take(result_size).collect()
}
