//! `_ssl.SSLSession`: what a later connection can go on from.

use crate::config::Sessions;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, TypeCell};
use taipan_vm::slots::CompareOp;
use taipan_vm::{Ref, Result, Value, Vm};

/// `_ssl.SSLSession`.
pub static SESSION: TypeCell<Session> = TypeCell::new("_ssl.SSLSession");

/// The tickets of a connection, and the context that it was made by.
#[derive(Trace, Payload)]
#[payload(class = SESSION)]
#[repr(C)]
pub struct Session {
    pub sessions: Opaque<Sessions>,
    pub context: Value,
    pub id: Vec<u8>,
    pub time: i64,
    pub has_ticket: bool,
}

/// Methods of `SSLSession`.
pub struct SessionClass;

#[class(cell = SESSION, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl SessionClass {
    #[slot]
    fn compare(vm: &mut Vm, this: &Ref<Session>, other: &Value, op: CompareOp) -> Result {
        let Some(other) = other.downcast::<Session>() else { return Ok(Value::not_implemented()) };
        let same = this.get(vm).id == other.get(vm).id;
        match op {
            CompareOp::Eq => Ok(Value::bool(same)),
            CompareOp::Ne => Ok(Value::bool(!same)),
            _ => Ok(Value::not_implemented()),
        }
    }

    /// Does the session contain a ticket?
    #[getter]
    fn has_ticket(vm: &mut Vm, this: &Ref<Session>) -> Result<bool> {
        Ok(this.get(vm).has_ticket)
    }

    /// Session ID.
    #[getter]
    fn id(vm: &mut Vm, this: &Ref<Session>) -> Result<Ref<Bytes>> {
        vm.new_bytes(&this.get(vm).id)
    }

    /// Ticket life time hint.
    #[getter]
    fn ticket_lifetime_hint(vm: &mut Vm, this: &Ref<Session>) -> Result<i64> {
        Ok(if this.get(vm).has_ticket { 7200 } else { 0 })
    }

    /// Session creation time (seconds since epoch).
    #[getter]
    fn time(vm: &mut Vm, this: &Ref<Session>) -> Result<i64> {
        Ok(this.get(vm).time)
    }

    /// Session timeout (delta in seconds).
    #[getter]
    fn timeout(_vm: &mut Vm, _this: &Ref<Session>) -> Result<i64> {
        Ok(7200)
    }
}
