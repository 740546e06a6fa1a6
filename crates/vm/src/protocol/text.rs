//! Text of objects: `repr`, `str`, `ascii`, `format`.

use crate::{Ref, Result, Str, Value, Vm, name, slots};
use taipan_object::StrData;

/// How many active reprs are searched one by one; deeper ones are hashed.
const FEW: usize = 16;

/// How deep containers may be nested for a repr. Each level copies the text of what is in it, so that it takes time in
/// the square of the depth; CPython's stack ends somewhere near.
const DEEPEST: usize = 75_000;

/// The objects whose reprs are being made, by address.
#[derive(Default)]
pub(crate) struct ActiveReprs {
    few: Vec<u64>,
    more: std::collections::HashSet<u64>,
}

impl ActiveReprs {
    /// Notes an object; false if its repr is active already.
    fn enter(&mut self, address: u64) -> bool {
        if self.few.contains(&address) {
            return false;
        }
        if self.few.len() == FEW {
            return self.more.insert(address);
        }
        self.few.push(address);
        true
    }

    fn leave(&mut self, address: u64) {
        if !self.more.remove(&address)
            && let Some(i) = self.few.iter().rposition(|&a| a == address)
        {
            self.few.remove(i);
        }
    }
}

impl Vm {
    fn text_of(&mut self, v: Value, dunder: &str) -> Result<Ref<Str>> {
        match v.downcast::<Str>() {
            Some(s) => Ok(s.clone()),
            None => {
                let text = format!("{dunder} returned non-string (type {})", v.ty().name());
                Err(self.raise_type_error(&text))
            }
        }
    }

    /// The decimal digits of a number.
    fn int_text(&mut self, n: i64) -> Result<Ref<Str>> {
        let mut text = [0; 20];
        let (mut at, mut rest) = (text.len(), n.unsigned_abs());
        loop {
            at -= 1;
            text[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if n < 0 {
            at -= 1;
            text[at] = b'-';
        }
        match &text[at..] {
            [digit] => self.char_str((*digit).into()),
            text => self.new_str_data(StrData::Ascii(text)),
        }
    }

    /// `repr(v)`.
    pub fn repr(&mut self, v: &Value) -> Result<Ref<Str>> {
        if let Some(n) = v.small_int() {
            return self.int_text(n);
        }
        self.check_stack(" while getting the repr of an object")?;
        match slots::of(v.ty()).repr {
            Some(f) => {
                let text = f(self, v)?;
                self.text_of(text, "__repr__")
            }
            None => {
                let name = self.dotted_name(v.ty());
                self.new_str(&format!("<{name} object at {:#x}>", v.bits()))
            }
        }
    }

    /// `str(v)`.
    pub fn str(&mut self, v: &Value) -> Result<Ref<Str>> {
        if let Some(s) = v.downcast_exact::<Str>() {
            return Ok(s.clone());
        }
        if let Some(n) = v.small_int() {
            return self.int_text(n);
        }
        self.check_stack(" while getting the str of an object")?;
        match slots::of(v.ty()).str {
            Some(f) => {
                let text = f(self, v)?;
                self.text_of(text, "__str__")
            }
            None => self.repr(v),
        }
    }

    /// `format(v, spec)`.
    pub fn format(&mut self, v: &Value, spec: &Ref<Str>) -> Result<Ref<Str>> {
        if spec.is_empty() {
            if v.downcast_exact::<Str>().is_some() {
                return self.str(v);
            }
            if v.is_exact_int() {
                return self.str(v);
            }
        }
        // What these do is known.
        let made = if let Some(s) = v.downcast_exact::<Str>() {
            return crate::types::str::StrClass::__format__(self, s, spec);
        } else if v.is_exact_float() {
            Some(crate::types::float::FloatClass::__format__(self, v, spec)?)
        } else if v.is_exact_int() {
            Some(crate::types::int::IntClass::__format__(self, v, spec)?)
        } else {
            None
        };
        if let Some(made) = made {
            return self.text_of(made, "__format__");
        }
        let Some(method) = self.lookup_special(v, name!("__format__"))? else {
            let text = format!("Type {} doesn't define __format__", v.ty().name());
            return Err(self.raise_type_error(&text));
        };
        let result = self.call(&method, &[spec.to_value()])?;
        match result.downcast::<Str>() {
            Some(s) => Ok(s.clone()),
            None => {
                let text = format!("__format__ must return a str, not {}", result.ty().name());
                Err(self.raise_type_error(&text))
            }
        }
    }

    /// Runs `f` unless the object's repr is already being made; then nothing (`...`).
    pub fn guard_repr<R>(&mut self, v: &Value, f: impl FnOnce(&mut Vm) -> Result<R>) -> Result<Option<R>> {
        if self.repr_active.more.len() > DEEPEST {
            let text = "maximum recursion depth exceeded while getting the repr of an object";
            return Err(self.raise_recursion_error(text));
        }
        let address = v.bits();
        if !self.repr_active.enter(address) {
            return Ok(None);
        }
        let result = f(self);
        self.repr_active.leave(address);
        result.map(Some)
    }
}
