//! `SyntaxError`: where in which source, besides the message.

use super::SyntaxError;
use super::base;
use super::members::members;
use super::simple::make;
use crate::errors::SYNTAX_ERROR;
use crate::native::{Args, ClassDef};
use crate::{Ref, Result, Str, Type, Value, Vm, name};
use taipan_macros::class;

/// Methods of `SyntaxError`.
pub struct SyntaxErrorClass;

#[class(cell = SYNTAX_ERROR)]
impl SyntaxErrorClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        make(vm, class, args, |base| SyntaxError {
            base,
            msg: None,
            filename: None,
            lineno: None,
            offset: None,
            end_lineno: None,
            end_offset: None,
            text: None,
            print_file_and_line: None,
            metadata: None,
        })
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        base::init(vm, this, args)?;
        let Some(this) = this.downcast::<SyntaxError>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        let args = args.positional();
        if let Some(msg) = args.first() {
            let old = this.get_mut(vm).msg.replace(msg.clone());
            drop(old);
        }
        let [_, info] = args else { return Ok(()) };
        let info = vm.collect(info)?;
        let n = info.len();
        if !(4..=7).contains(&n) {
            let (bound, limit) = if n < 4 { ("at least", 4) } else { ("at most", 7) };
            return Err(vm.raise_type_error(&format!("function takes {bound} {limit} arguments ({n} given)")));
        }
        let mut info = info.into_iter();
        let e = this.get_mut(vm);
        let mut old = Vec::with_capacity(7);
        for place in [
            &mut e.filename,
            &mut e.lineno,
            &mut e.offset,
            &mut e.text,
            &mut e.end_lineno,
            &mut e.end_offset,
            &mut e.metadata,
        ] {
            old.push(std::mem::replace(place, info.next()));
        }
        drop(old);
        if n == 5 {
            return Err(vm.raise_type_error("end_offset must be provided when end_lineno is provided"));
        }
        Ok(())
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Ref<SyntaxError>) -> Result {
        let e = this.get(vm);
        let msg = e.msg.clone().unwrap_or_else(Value::none);
        let filename = e.filename.as_ref().and_then(|f| f.downcast::<Str>()).cloned();
        let lineno = e.lineno.clone().filter(Value::is_exact_int);
        let msg = vm.str(&msg)?;
        if filename.is_none() && lineno.is_none() {
            return Ok(msg.into_value());
        }
        let mut text = vm.concat_str(&msg, name!(" ("))?;
        if let Some(filename) = &filename {
            let tail = filename.data().code_points().rev().take_while(|&c| c != u32::from(b'/')).count();
            let short = vm.substring(filename, filename.len() - tail, filename.len())?;
            text = vm.concat_str(&text, &short)?;
        }
        if let Some(lineno) = lineno {
            let n = match lineno.as_int() {
                Some(taipan_object::IntRef::Small(n)) => n,
                _ => match vm.to_index_i64(&lineno, "long") {
                    Ok(n) => n,
                    Err(raised) => {
                        drop(vm.take_raised(raised));
                        -1
                    }
                },
            };
            let comma = if filename.is_some() { ", " } else { "" };
            let line = vm.new_str(&format!("{comma}line {n}"))?;
            text = vm.concat_str(&text, &line)?;
        }
        vm.concat_str(&text, name!(")")).map(Ref::into_value)
    }
}

members! { MEMBERS: SyntaxError {
    object "msg" msg, "exception msg";
    object "filename" filename, "exception filename";
    object "lineno" lineno, "exception lineno";
    object "offset" offset, "exception offset";
    object "text" text, "exception text";
    object "end_lineno" end_lineno, "exception end lineno";
    object "end_offset" end_offset, "exception end offset";
    object "print_file_and_line" print_file_and_line, "exception print_file_and_line";
    object "_metadata" metadata, "exception private metadata";
} }

/// The table of `SyntaxError`.
pub fn syntax_error() -> ClassDef {
    SyntaxErrorClass::class_def().with_getsets(MEMBERS)
}
