//! Python objects as the marshal writer sees them.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use taipan_bytecode::marshal::{CodeFields, Shape, Source};
use taipan_object::int::Complex;
use taipan_object::set::FrozenSetRef;
use taipan_object::{Bytes, IntRef, room};
use taipan_vm::errors::STOP_ITERATION;
use taipan_vm::types::code::Code;
use taipan_vm::types::slice::Slice;
use taipan_vm::{Dict, List, Raised, Ref, Result, Str, Tuple, Value, Vm};

/// Describes objects; what goes wrong meanwhile is kept for the end.
pub struct Describe<'v> {
    vm: RefCell<&'v mut Vm>,
    /// What was made for describing lives to the end, since addresses tell values apart.
    made: RefCell<Vec<Value>>,
    failure: Cell<Option<Raised>>,
}

impl<'v> Describe<'v> {
    pub fn new(vm: &'v mut Vm) -> Describe<'v> {
        Describe { vm: RefCell::new(vm), made: RefCell::default(), failure: Cell::new(None) }
    }

    /// The exception that describing ended with.
    pub fn into_failure(self) -> Option<Raised> {
        self.failure.take()
    }

    fn or_fail<'a>(&self, shape: Result<Shape<'a, Value>>) -> Shape<'a, Value> {
        shape.unwrap_or_else(|raised| {
            self.failure.set(Some(raised));
            Shape::Other
        })
    }

    fn code(&self, code: &Ref<Code>) -> Result<CodeFields<Value>> {
        self.vm.borrow_mut().complete_code(code)?;
        let bytes = |data: &[u8]| -> Result {
            let bytes = self.vm.borrow().new_bytes(data)?.into_value();
            self.made.borrow_mut().push(bytes.clone());
            Ok(bytes)
        };
        Ok(CodeFields {
            argcount: code.argcount as i32,
            posonlyargcount: code.posonlyargcount as i32,
            kwonlyargcount: code.kwonlyargcount as i32,
            stacksize: code.stacksize as i32,
            flags: code.flags.0.0 as i32,
            code: bytes(&code.canonical)?,
            consts: code.consts.to_value(),
            names: code.names.to_value(),
            localsplusnames: code.localsplusnames.to_value(),
            localspluskinds: bytes(&code.kinds)?,
            filename: code.filename().into_value(),
            name: code.name.to_value(),
            qualname: code.qualname.to_value(),
            firstlineno: code.firstlineno,
            linetable: bytes(&code.linetable)?,
            exceptiontable: bytes(&code.exceptiontable)?,
        })
    }
}

/// UTF-8 with surrogates encoded like other characters.
fn encoded(text: &Str) -> Result<Cow<'_, [u8]>> {
    Ok(match text.to_utf8() {
        Some(utf8) => Cow::Borrowed(utf8.as_bytes()),
        None if room::refused() => return Err(Raised),
        None => {
            // Twice what it takes at most.
            room::probe(text.len().saturating_mul(8))?;
            let text = taipan_bytecode::Text::from_code_points(text.data().code_points());
            Cow::Owned(text.as_bytes().to_vec())
        }
    })
}

impl Source for Describe<'_> {
    type Value = Value;
    type Key = u64;

    fn shape<'a>(&'a self, value: &'a Value) -> Shape<'a, Value> {
        if value.is_none() {
            return Shape::None;
        }
        if value.is_true() || value.is_false() {
            return Shape::Bool(value.is_true());
        }
        if value.is(&taipan_object::statics::ELLIPSIS.value()) {
            return Shape::Ellipsis;
        }
        if value.is(&STOP_ITERATION.as_type().to_value()) {
            return Shape::StopIteration;
        }
        let exact = |cell: &taipan_object::Type| std::ptr::eq(value.ty(), cell);
        if exact(taipan_object::statics::INT.as_type()) {
            return match value.as_int() {
                Some(IntRef::Small(n)) => Shape::Int(n),
                Some(IntRef::Big { negative, digits }) => Shape::BigInt { negative, digits: digits.into() },
                None => Shape::Other,
            };
        }
        if let Some(x) = value.as_float().filter(|_| exact(taipan_object::statics::FLOAT.as_type())) {
            return Shape::Float(x);
        }
        if let Some(z) = value.downcast_exact::<Complex>() {
            return Shape::Complex(z.real, z.imag);
        }
        if let Some(text) = value.downcast_exact::<Str>() {
            return self.or_fail(encoded(text).map(|utf8| Shape::Str { utf8, interned: text.is_interned() }));
        }
        if let Some(bytes) = value.downcast_exact::<Bytes>() {
            return Shape::Bytes(bytes.as_bytes().into());
        }
        if let Some(items) = value.downcast_exact::<Tuple>() {
            return self.or_fail(room::copied(items.items()).map(Shape::Tuple));
        }
        if let Some(items) = value.downcast_exact::<List>() {
            return self.or_fail(room::copied(items.items(&self.vm.borrow())).map(Shape::List));
        }
        if let Some(dict) = value.downcast_exact::<Dict>() {
            let vm = self.vm.borrow();
            let items = || -> Result<Vec<Value>> {
                let mut items = room::vec(dict.get(&vm).len() * 2)?;
                items.extend(dict.get(&vm).iter().flat_map(|(k, v)| [k.clone(), v.clone()]));
                Ok(items)
            };
            return self.or_fail(items().map(Shape::Dict));
        }
        if let Some(set) = FrozenSetRef::of(value) {
            let vm = self.vm.borrow();
            let items = || -> Result<Vec<Value>> {
                let mut items = room::vec(set.get(&vm).len())?;
                items.extend(set.get(&vm).iter().map(|(item, _)| item.clone()));
                Ok(items)
            };
            if exact(taipan_object::statics::SET.as_type()) {
                return self.or_fail(items().map(Shape::Set));
            }
            if exact(taipan_object::statics::FROZENSET.as_type()) {
                return self.or_fail(items().map(Shape::FrozenSet));
            }
        }
        if let Some(s) = value.downcast_exact::<Slice>() {
            return Shape::Slice([s.start.clone(), s.stop.clone(), s.step.clone()]);
        }
        if let Some(code) = value.downcast::<Code>() {
            return self.or_fail(self.code(code).map(|fields| Shape::Code(Box::new(fields))));
        }
        if taipan_vm::slots::of(value.ty()).buffer.is_some() {
            let bytes = self.vm.borrow_mut().bytes_of(value);
            return self.or_fail(bytes.map(|bytes| Shape::Bytes(bytes.into())));
        }
        Shape::Other
    }

    fn shared(&self, value: &Value) -> Option<u64> {
        Some(value.bits())
    }

    fn float_text(&self, value: f64) -> String {
        taipan_num::float::repr(value, &mut taipan_num::float::ReprBuffer::new()).to_owned()
    }

    fn set_len(&self, set: &Value) -> usize {
        FrozenSetRef::of(set).map_or(0, |set| set.get(&self.vm.borrow()).iter().count())
    }
}
