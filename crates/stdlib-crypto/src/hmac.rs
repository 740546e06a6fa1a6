//! `_hmac`: HMAC over the functions that are built in.

use crate::common::{self, HasEngine};
use crate::engine::{Algorithm, Engine, Hmac};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, Str, TypeCell};
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm};

const UNKNOWN: &str = "_hmac.UnknownHashError";

/// `_hmac.HMAC`.
pub static HMAC: TypeCell<HmacObject> = TypeCell::new("_hmac.HMAC");

/// A running HMAC.
#[derive(Trace, Payload)]
#[payload(class = HMAC)]
#[repr(C)]
pub struct HmacObject {
    state: Opaque<Hmac>,
    algorithm: Opaque<Algorithm>,
}

impl HasEngine for HmacObject {
    fn engine(&mut self) -> &mut Engine {
        self.state.inner()
    }
}

/// A key that may be any bytes-like object but no string.
pub fn keyed(vm: &mut Vm, algorithm: Algorithm, key: &Value) -> Result<Hmac> {
    vm.with_bytes(key, |key| Hmac::new(algorithm, key))
}

fn keyed_strictly(vm: &mut Vm, algorithm: Algorithm, key: &Value) -> Result<Hmac> {
    // The words of the hash functions for what is not bytes-like.
    let mut probe = Engine::Absent;
    common::feed(vm, &mut probe, key)?;
    keyed(vm, algorithm, key)
}

fn by_name(name: &str) -> Option<Algorithm> {
    use Algorithm::*;
    let all = [Md5, Sha1, Sha224, Sha256, Sha384, Sha512, Sha3_224, Sha3_256, Sha3_384, Sha3_512, Blake2b, Blake2s];
    let known = |a: &Algorithm| {
        let own = a.name();
        own == name || own.to_ascii_uppercase() == name || (own.starts_with("blake") && name == format!("{own}_32"))
    };
    all.into_iter().find(known)
}

/// The function that `digestmod` names.
fn requested(vm: &mut Vm, digestmod: &Value) -> Result<Algorithm> {
    let found = digestmod.downcast::<Str>().and_then(|s| s.to_utf8()).and_then(by_name);
    match found {
        Some(a) => Ok(a),
        None => {
            let repr = vm.repr(digestmod)?.to_string_lossy();
            Err(vm.raise_added(UNKNOWN, &format!("unsupported hash type: {repr}")))
        }
    }
}

fn compute(vm: &mut Vm, algorithm: Algorithm, key: &Value, msg: &Value) -> Result<Ref<Bytes>> {
    let mut state = keyed_strictly(vm, algorithm, key)?;
    common::feed(vm, state.inner(), msg)?;
    vm.new_bytes(state.digest().as_bytes())
}

/// Methods of `_hmac.HMAC`.
pub struct HmacClass;

#[class(cell = HMAC, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
impl HmacClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<HmacObject>) -> Result {
        let name = this.get(vm).algorithm.name();
        let text = format!("<{name} HMAC object @ {:#x}>", this.as_value().bits());
        vm.new_str(&text).map(Ref::into_value)
    }

    /// Return a copy ("clone") of the HMAC object.
    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<HmacObject>) -> Result {
        let of = this.get(vm);
        let copy = HmacObject { state: Opaque(of.state.0.clone()), algorithm: Opaque(*of.algorithm) };
        common::instance(vm, HMAC.as_type(), copy)
    }

    /// Update the HMAC object with the given message.
    #[method("($self, /, msg)")]
    fn update(vm: &mut Vm, this: &Ref<HmacObject>, msg: &Value) -> Result<()> {
        common::update(vm, this, msg)
    }

    /// Return the digest of what update() was given so far.
    #[method("($self, /)")]
    fn digest(vm: &mut Vm, this: &Ref<HmacObject>) -> Result<Ref<Bytes>> {
        let digest = this.get(vm).state.digest();
        vm.new_bytes(digest.as_bytes())
    }

    /// Return the digest of what update() was given so far, in hexadecimal.
    #[method("($self, /)")]
    fn hexdigest(vm: &mut Vm, this: &Ref<HmacObject>) -> Result<Ref<Str>> {
        let digest = this.get(vm).state.digest();
        common::hex(vm, digest.as_bytes())
    }

    #[getter]
    fn name(vm: &mut Vm, this: &Ref<HmacObject>) -> Result<String> {
        Ok(format!("hmac-{}", this.get(vm).algorithm.name()))
    }

    #[getter]
    fn block_size(vm: &mut Vm, this: &Ref<HmacObject>) -> Result<usize> {
        Ok(this.get(vm).algorithm.block_size())
    }

    #[getter]
    fn digest_size(vm: &mut Vm, this: &Ref<HmacObject>) -> Result<usize> {
        Ok(this.get(vm).algorithm.digest_size())
    }
}

/// `_hmac`.
pub struct HmacModule;

#[module(name = "_hmac")]
impl HmacModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &HmacClass::class_def())?;
        vm.add_exception_class(module, UNKNOWN, taipan_vm::errors::VALUE_ERROR.as_type(), "")?;
        module.set(vm, "_GIL_MINSIZE", Value::from_i32(2048))
    }

    /// Return a new HMAC object.
    #[function("($module, /, key, msg=None, digestmod=None)")]
    fn new(vm: &mut Vm, key: &Value, msg: Option<&Value>, digestmod: Option<&Value>) -> Result {
        let Some(digestmod) = digestmod.filter(|d| !d.is_none()) else {
            return Err(vm.raise_type_error("new() missing 1 required argument 'digestmod'"));
        };
        let algorithm = requested(vm, digestmod)?;
        if matches!(algorithm, Algorithm::Blake2b | Algorithm::Blake2s) {
            return Err(vm.raise_value_error("invalid HACL* algorithm"));
        }
        let mut state = keyed_strictly(vm, algorithm, key)?;
        if let Some(msg) = msg.filter(|m| !m.is_none()) {
            common::feed(vm, state.inner(), msg)?;
        }
        let made = HmacObject { state: Opaque(state), algorithm: Opaque(algorithm) };
        common::instance(vm, HMAC.as_type(), made)
    }

    #[function("($module, /, key, msg, digest)")]
    fn compute_digest(vm: &mut Vm, key: &Value, msg: &Value, digest: &Value) -> Result<Ref<Bytes>> {
        let algorithm = requested(vm, digest)?;
        compute(vm, algorithm, key, msg)
    }

    #[function("($module, key, msg, /)")]
    fn compute_md5(vm: &mut Vm, key: &Value, msg: &Value) -> Result<Ref<Bytes>> {
        compute(vm, Algorithm::Md5, key, msg)
    }

    #[function("($module, key, msg, /)")]
    fn compute_sha1(vm: &mut Vm, key: &Value, msg: &Value) -> Result<Ref<Bytes>> {
        compute(vm, Algorithm::Sha1, key, msg)
    }

    #[function("($module, key, msg, /)")]
    fn compute_sha224(vm: &mut Vm, key: &Value, msg: &Value) -> Result<Ref<Bytes>> {
        compute(vm, Algorithm::Sha224, key, msg)
    }

    #[function("($module, key, msg, /)")]
    fn compute_sha256(vm: &mut Vm, key: &Value, msg: &Value) -> Result<Ref<Bytes>> {
        compute(vm, Algorithm::Sha256, key, msg)
    }

    #[function("($module, key, msg, /)")]
    fn compute_sha384(vm: &mut Vm, key: &Value, msg: &Value) -> Result<Ref<Bytes>> {
        compute(vm, Algorithm::Sha384, key, msg)
    }

    #[function("($module, key, msg, /)")]
    fn compute_sha512(vm: &mut Vm, key: &Value, msg: &Value) -> Result<Ref<Bytes>> {
        compute(vm, Algorithm::Sha512, key, msg)
    }

    #[function("($module, key, msg, /)")]
    fn compute_sha3_224(vm: &mut Vm, key: &Value, msg: &Value) -> Result<Ref<Bytes>> {
        compute(vm, Algorithm::Sha3_224, key, msg)
    }

    #[function("($module, key, msg, /)")]
    fn compute_sha3_256(vm: &mut Vm, key: &Value, msg: &Value) -> Result<Ref<Bytes>> {
        compute(vm, Algorithm::Sha3_256, key, msg)
    }

    #[function("($module, key, msg, /)")]
    fn compute_sha3_384(vm: &mut Vm, key: &Value, msg: &Value) -> Result<Ref<Bytes>> {
        compute(vm, Algorithm::Sha3_384, key, msg)
    }

    #[function("($module, key, msg, /)")]
    fn compute_sha3_512(vm: &mut Vm, key: &Value, msg: &Value) -> Result<Ref<Bytes>> {
        compute(vm, Algorithm::Sha3_512, key, msg)
    }

    #[function("($module, key, msg, /)")]
    fn compute_blake2s_32(vm: &mut Vm, key: &Value, msg: &Value) -> Result<Ref<Bytes>> {
        compute(vm, Algorithm::Blake2s, key, msg)
    }

    #[function("($module, key, msg, /)")]
    fn compute_blake2b_32(vm: &mut Vm, key: &Value, msg: &Value) -> Result<Ref<Bytes>> {
        compute(vm, Algorithm::Blake2b, key, msg)
    }
}
