//! `termios`: control of terminals.

use crate::common::{exception_class, int_values, is_sequence, result_type};
use crate::constants;
use crate::posix::path::File;
use taipan_host::Errno;
use taipan_host::terminal::{self as host, Attributes, SPECIALS};
use taipan_macros::module;
use taipan_object::{Bytes, List};
use taipan_vm::errors::EXCEPTION;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Raised, Ref, Result, Value, Vm};

/// `termios`.
pub struct Termios;

const ERROR: &str = "termios.error";

fn fail(vm: &mut Vm, e: Errno) -> Raised {
    let class = match result_type(vm, ERROR) {
        Ok(class) => class,
        Err(raised) => return raised,
    };
    match vm.new_str(&e.message()) {
        Ok(text) => vm.raise_args(&class, vec![Value::from_i32(e.0), text.into_value()]),
        Err(raised) => raised,
    }
}

fn check<T>(vm: &mut Vm, result: taipan_host::Result<T>) -> Result<T> {
    result.map_err(|e| fail(vm, e))
}

fn wrong_special(vm: &mut Vm) -> Raised {
    vm.raise_type_error("tcsetattr: elements of attributes must be bytes objects of length 1 or integers")
}

/// In non-canonical mode two of the special characters are numbers.
fn are_numbers(local: u32) -> bool {
    local & libc::ICANON == 0
}

#[module(name = "termios")]
impl Termios {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        constants::set_all(vm, module, constants::termios::ALL)?;
        let class = exception_class(vm, ERROR, EXCEPTION.as_type())?;
        module.set(vm, "error", class.into_value())
    }

    /// The attributes of a terminal.
    #[function("($module, fd, /)")]
    fn tcgetattr(vm: &mut Vm, fd: File) -> Result {
        let found = vm.detach(|| host::get_attributes(fd.0));
        let a = check(vm, found)?;
        let mut special = Vec::with_capacity(SPECIALS);
        for (place, c) in a.special.iter().enumerate() {
            special.push(if are_numbers(a.local) && matches!(place, libc::VMIN | libc::VTIME) {
                vm.new_int(i64::from(*c))?
            } else {
                vm.new_bytes(&[*c])?.into_value()
            });
        }
        let words = [a.input, a.output, a.control, a.local, a.input_speed, a.output_speed].map(i64::from);
        let mut values = int_values(vm, &words)?;
        values.push(vm.new_list(special)?.into_value());
        vm.new_list(values).map(Ref::into_value)
    }

    /// Set the attributes of a terminal.
    #[function("($module, fd, when, attributes, /)")]
    fn tcsetattr(vm: &mut Vm, fd: File, when: i32, attributes: &Value) -> Result<()> {
        let items = attributes.downcast::<List>().map(|l| l.items(vm).to_vec()).unwrap_or_default();
        let [input, output, control, local, input_speed, output_speed, special] = items.as_slice() else {
            return Err(vm.raise_type_error("tcsetattr, arg 3: must be 7 element list"));
        };
        let old = vm.detach(|| host::get_attributes(fd.0));
        let old = check(vm, old)?;
        let word = |vm: &mut Vm, v: &Value| vm.to_index_i64(v, "long").map(|n| n as u32);
        let mut new = Attributes {
            input: word(vm, input)?,
            output: word(vm, output)?,
            control: word(vm, control)?,
            local: word(vm, local)?,
            input_speed: word(vm, input_speed)?,
            output_speed: word(vm, output_speed)?,
            ..old
        };
        let special = special.downcast::<List>().map(|l| l.items(vm).to_vec()).unwrap_or_default();
        if special.len() != SPECIALS {
            let text = format!("tcsetattr: attributes[6] must be {SPECIALS} element list");
            return Err(vm.raise_type_error(&text));
        }
        for (to, v) in new.special.iter_mut().zip(&special) {
            *to = match v.downcast::<Bytes>().map(|b| b.as_bytes()) {
                Some([c]) => *c,
                None if v.as_int().is_some() => vm.to_index_i64(v, "long")? as u8,
                _ => return Err(wrong_special(vm)),
            };
        }
        let done = vm.detach(|| host::set_attributes(fd.0, when, &new));
        check(vm, done)
    }

    /// Send a break.
    #[function("($module, fd, duration, /)")]
    fn tcsendbreak(vm: &mut Vm, fd: File, duration: i32) -> Result<()> {
        // The system's break lasts a quarter of a second whatever is asked for.
        let _ = duration;
        let done = vm.detach(|| host::send_break(fd.0));
        check(vm, done)
    }

    /// Wait until all output has been sent.
    #[function("($module, fd, /)")]
    fn tcdrain(vm: &mut Vm, fd: File) -> Result<()> {
        let done = vm.detach(|| host::drain(fd.0));
        check(vm, done)
    }

    /// Discard queued data.
    #[function("($module, fd, queue, /)")]
    fn tcflush(vm: &mut Vm, fd: File, queue: i32) -> Result<()> {
        let done = vm.detach(|| host::flush(fd.0, queue));
        check(vm, done)
    }

    /// Suspend or resume input or output.
    #[function("($module, fd, action, /)")]
    fn tcflow(vm: &mut Vm, fd: File, action: i32) -> Result<()> {
        let done = vm.detach(|| host::flow(fd.0, action));
        check(vm, done)
    }

    /// The rows and columns of a terminal's window.
    #[function("($module, fd, /)")]
    fn tcgetwinsize(vm: &mut Vm, fd: File) -> Result {
        let found = vm.detach(|| host::size(fd.0));
        let (columns, rows) = check(vm, found)?;
        crate::common::int_tuple(vm, &[i64::from(rows), i64::from(columns)])
    }

    /// Set the rows and columns of a terminal's window.
    #[function("($module, fd, winsize, /)")]
    fn tcsetwinsize(vm: &mut Vm, fd: File, winsize: &Value) -> Result<()> {
        let parts = if is_sequence(winsize) { vm.collect(winsize)? } else { Vec::new() };
        let [rows, columns] = parts.as_slice() else {
            return Err(vm.raise_type_error("tcsetwinsize, arg 2: must be a two-item sequence"));
        };
        let (rows, columns) = (vm.to_index_i64(rows, "long")?, vm.to_index_i64(columns, "long")?);
        let found = host::size(fd.0);
        check(vm, found)?;
        let (Ok(rows), Ok(columns)) = (u16::try_from(rows), u16::try_from(columns)) else {
            return Err(vm.raise_overflow_error("winsize value(s) out of range."));
        };
        let done = vm.detach(|| host::set_size(fd.0, columns, rows));
        check(vm, done)
    }
}
