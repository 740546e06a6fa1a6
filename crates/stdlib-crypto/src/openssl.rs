//! `_hashlib`: the interface that CPython has to OpenSSL, over the functions of this crate.

use crate::common::{self, HasEngine, Kept, data_argument, data_signature, one_of};
use crate::engine::{Algorithm, Engine, Hmac, pbkdf2};
use crate::hmac::keyed;
use subtle::ConstantTimeEq;
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, Dict, Str, TypeCell};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::bytes::common::zeros;
use taipan_vm::types::int::view;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm};

const UNSUPPORTED: &str = "_hashlib.UnsupportedDigestmodError";
const CONSTRUCTORS: &str = "_hashlib._constructors";

/// `_hashlib.HASH`.
pub static HASH: TypeCell<Hash> = TypeCell::new("_hashlib.HASH");
/// `_hashlib.HASHXOF`.
pub static HASHXOF: TypeCell<HashXof> = TypeCell::new("_hashlib.HASHXOF");
/// `_hashlib.HMAC`.
pub static HMAC: TypeCell<HmacObject> = TypeCell::new("_hashlib.HMAC");

/// A running hash.
#[derive(Trace, Payload)]
#[payload(class = HASH)]
#[repr(C)]
pub struct Hash {
    engine: Kept,
    algorithm: Opaque<Algorithm>,
}

impl HasEngine for Hash {
    fn engine(&mut self) -> &mut Engine {
        &mut self.engine
    }
}

/// A running hash with digests of any length.
#[derive(Trace, Payload)]
#[payload(class = HASHXOF, base = hash)]
#[repr(C)]
pub struct HashXof {
    hash: Hash,
}

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

fn unsupported(vm: &mut Vm) -> taipan_object::Raised {
    vm.raise_added(UNSUPPORTED, "[digital envelope routines] unsupported")
}

fn by_name(vm: &mut Vm, name: &str) -> Result<Algorithm> {
    match Algorithm::by_openssl_name(name) {
        Some(a) => Ok(a),
        None => Err(unsupported(vm)),
    }
}

/// A function given by its name or by one of this module's constructors.
fn by_digestmod(vm: &mut Vm, digestmod: &Value) -> Result<Algorithm> {
    let mut named = digestmod.clone();
    if digestmod.downcast::<Str>().is_none() {
        let constructors = vm.state().registry.get(CONSTRUCTORS).cloned();
        let found = match constructors.as_ref().and_then(|c| c.downcast::<Dict>()) {
            Some(dict) => vm.dict_get(dict, digestmod)?,
            None => None,
        };
        match found {
            Some(name) => named = name,
            None => {
                let text = vm.repr(digestmod)?.to_string_lossy();
                return Err(vm.raise_added(UNSUPPORTED, &format!("Unsupported digestmod {text}")));
            }
        }
    }
    match named.downcast::<Str>().and_then(|s| s.to_utf8()) {
        Some(name) => by_name(vm, name),
        None => Err(unsupported(vm)),
    }
}

fn new_hash(vm: &mut Vm, algorithm: Algorithm, data: Option<&Value>) -> Result {
    let mut engine = algorithm.start();
    if let Some(data) = data {
        common::feed(vm, &mut engine, data)?;
    }
    let class = if algorithm.is_xof() { HASHXOF.as_type() } else { HASH.as_type() };
    common::instance(vm, class, Hash { engine: Opaque(engine), algorithm: Opaque(algorithm) })
}

fn construct(vm: &mut Vm, algorithm: Algorithm, s: &'static Signature, args: Args<'_>) -> Result {
    let data = data_argument(vm, s, args)?;
    new_hash(vm, algorithm, data)
}

/// Methods of `_hashlib.HASH`.
pub struct HashClass;

/// A hash is an object used to calculate a checksum of a string of information.
///
/// Methods:
///
/// update() -- updates the current digest with an additional string
/// digest() -- return the current digest value
/// hexdigest() -- return the current digest as a string of hexadecimal digits
/// copy() -- return a copy of the current hash object
///
/// Attributes:
///
/// name -- the hash algorithm being used by this object
/// digest_size -- number of bytes in this hashes output
#[class(cell = HASH, base = OBJECT, flags = BASETYPE | DISALLOW_INSTANTIATION, signature = "(name, string=b'')")]
impl HashClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Hash>) -> Result {
        let name = this.get(vm).algorithm.name();
        let class = vm.dotted_name(this.ty());
        let text = format!("<{name} {class} object @ {:#x}>", this.as_value().bits());
        vm.new_str(&text).map(Ref::into_value)
    }

    /// Return a copy of the hash object.
    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<Hash>) -> Result {
        let of = this.get(vm);
        let copy = Hash { engine: Opaque(of.engine.0.clone()), algorithm: Opaque(*of.algorithm) };
        let class = this.ty().to_ref();
        common::instance(vm, &class, copy)
    }

    /// Return the digest value as a bytes object.
    #[method("($self, /)")]
    fn digest(vm: &mut Vm, this: &Ref<Hash>) -> Result<Ref<Bytes>> {
        let digest = this.get(vm).engine.digest();
        vm.new_bytes(digest.as_bytes())
    }

    /// Return the digest value as a string of hexadecimal digits.
    #[method("($self, /)")]
    fn hexdigest(vm: &mut Vm, this: &Ref<Hash>) -> Result<Ref<Str>> {
        let digest = this.get(vm).engine.digest();
        common::hex(vm, digest.as_bytes())
    }

    /// Hash more data.
    #[method("($self, obj, /)")]
    fn update(vm: &mut Vm, this: &Ref<Hash>, obj: &Value) -> Result<()> {
        common::update(vm, this, obj)
    }

    #[getter]
    fn block_size(vm: &mut Vm, this: &Ref<Hash>) -> Result<usize> {
        Ok(this.get(vm).algorithm.block_size())
    }

    #[getter]
    fn digest_size(vm: &mut Vm, this: &Ref<Hash>) -> Result<usize> {
        Ok(this.get(vm).algorithm.digest_size())
    }

    #[getter]
    fn name(vm: &mut Vm, this: &Ref<Hash>) -> Result<&'static str> {
        Ok(this.get(vm).algorithm.name())
    }
}

/// Methods of `_hashlib.HASHXOF`.
pub struct HashXofClass;

fn read(vm: &mut Vm, this: &Ref<HashXof>, length: isize) -> Result<Vec<u8>> {
    let Ok(length) = usize::try_from(length) else {
        return Err(vm.raise_system_error("Negative size passed to PyBytes_FromStringAndSize"));
    };
    let mut out = zeros(length)?;
    this.get(vm).hash.engine.read(&mut out);
    Ok(out)
}

/// A hash whose digest has the length that is asked for.
///
/// Methods:
///
/// update() -- updates the current digest with an additional string
/// digest(length) -- return the current digest value
/// hexdigest(length) -- return the current digest as a string of hexadecimal digits
/// copy() -- return a copy of the current hash object
///
/// Attributes:
///
/// name -- the hash algorithm being used by this object
/// digest_size -- number of bytes in this hashes output
#[class(cell = HASHXOF, base = HASH, flags = BASETYPE | DISALLOW_INSTANTIATION, signature = "(name, string=b'')")]
impl HashXofClass {
    /// Return the digest value as a bytes object.
    #[method("($self, /, length)")]
    fn digest(vm: &mut Vm, this: &Ref<HashXof>, length: isize) -> Result<Ref<Bytes>> {
        let out = read(vm, this, length)?;
        vm.new_bytes(&out)
    }

    /// Return the digest value as a string of hexadecimal digits.
    #[method("($self, /, length)")]
    fn hexdigest(vm: &mut Vm, this: &Ref<HashXof>, length: isize) -> Result<Ref<Str>> {
        let out = read(vm, this, length)?;
        common::hex(vm, &out)
    }

    #[getter]
    fn digest_size(_vm: &mut Vm, _this: &Ref<HashXof>) -> Result<usize> {
        Ok(0)
    }
}

/// Methods of `_hashlib.HMAC`.
pub struct HmacClass;

/// The object used to calculate HMAC of a message.
///
/// Methods:
///
/// update() -- updates the current digest with an additional string
/// digest() -- return the current digest value
/// hexdigest() -- return the current digest as a string of hexadecimal digits
/// copy() -- return a copy of the current hash object
///
/// Attributes:
///
/// name -- the name, including the hash algorithm used by this object
/// digest_size -- number of bytes in digest() output
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

    /// Update the HMAC object with msg.
    #[method("($self, /, msg)")]
    fn update(vm: &mut Vm, this: &Ref<HmacObject>, msg: &Value) -> Result<()> {
        common::update(vm, this, msg)
    }

    /// Return the digest of the bytes passed to the update() method so far.
    #[method("($self, /)")]
    fn digest(vm: &mut Vm, this: &Ref<HmacObject>) -> Result<Ref<Bytes>> {
        let digest = this.get(vm).state.digest();
        vm.new_bytes(digest.as_bytes())
    }

    /// Return hexadecimal digest of the bytes passed to the update() method so far.
    #[method("($self, /)")]
    fn hexdigest(vm: &mut Vm, this: &Ref<HmacObject>) -> Result<Ref<Str>> {
        let digest = this.get(vm).state.digest();
        common::hex(vm, digest.as_bytes())
    }

    #[getter]
    fn digest_size(vm: &mut Vm, this: &Ref<HmacObject>) -> Result<usize> {
        Ok(this.get(vm).algorithm.digest_size())
    }

    #[getter]
    fn block_size(vm: &mut Vm, this: &Ref<HmacObject>) -> Result<usize> {
        Ok(this.get(vm).algorithm.block_size())
    }

    #[getter]
    fn name(vm: &mut Vm, this: &Ref<HmacObject>) -> Result<String> {
        Ok(format!("hmac-{}", this.get(vm).algorithm.name()))
    }
}

fn hmac_state(vm: &mut Vm, key: &Value, digest: &Value) -> Result<(Hmac, Algorithm)> {
    let algorithm = by_digestmod(vm, digest)?;
    let state = keyed(vm, algorithm, key)?;
    if algorithm.is_xof() {
        return Err(vm.raise_value_error("no reason supplied"));
    }
    Ok((state, algorithm))
}

/// A parameter of `scrypt` as an unsigned number.
fn unsigned(vm: &mut Vm, v: &Value) -> Result<u64> {
    let n = vm.index(v)?;
    match view(&n).map(|n| (n.is_negative(), n.to_u64())) {
        Some((_, Some(n))) => Ok(n),
        Some((true, _)) => Err(vm.raise_value_error("Cannot convert negative int")),
        _ => Err(vm.raise_overflow_error("Python int too large to convert to C unsigned long")),
    }
}

const MAX_LONG: i64 = i32::MAX as i64;

/// `_hashlib`.
pub struct HashlibModule;

/// Hash functions under the names of OpenSSL.
#[module(name = "_hashlib")]
impl HashlibModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &HashClass::class_def())?;
        vm.add_class(module, &HashXofClass::class_def())?;
        vm.add_class(module, &HmacClass::class_def())?;
        vm.add_exception_class(module, UNSUPPORTED, taipan_vm::errors::VALUE_ERROR.as_type(), "")?;
        let mut names = Vec::new();
        let constructors = vm.new_dict()?;
        let namespace = module.namespace(vm)?;
        for algorithm in Algorithm::OPENSSL {
            let name = vm.intern_utf8(algorithm.name())?.into_value();
            names.push(name.clone());
            let function = namespace.get(vm).get_text(&format!("openssl_{}", algorithm.name())).cloned();
            if let Some(function) = function {
                vm.dict_set(&constructors, &function, name)?;
            }
        }
        vm.state_mut().registry.insert(CONSTRUCTORS, constructors.to_value());
        let names = vm.new_list(names)?.into_value();
        let names = vm.call(&taipan_object::statics::FROZENSET.as_type().to_value(), &[names])?;
        module.set(vm, "openssl_md_meth_names", names)?;
        let proxy = taipan_vm::types::mappingproxy::MAPPING_PROXY.as_type().to_value();
        let proxy = vm.call(&proxy, &[constructors.into_value()])?;
        module.set(vm, "_constructors", proxy)?;
        module.set(vm, "_GIL_MINSIZE", Value::from_i32(2048))
    }

    /// Return a new hash object using the named algorithm.
    ///
    /// The hash of data, if given, is started.
    #[function("($module, /, name, data=b'', *, usedforsecurity=True, string=None)")]
    fn new(
        vm: &mut Vm,
        name: &str,
        data: Option<&Value>,
        usedforsecurity: Option<bool>,
        string: Option<&Value>,
    ) -> Result {
        let _ = usedforsecurity;
        let data = one_of(vm, data, string)?;
        let algorithm = by_name(vm, name)?;
        new_hash(vm, algorithm, data)
    }

    /// Returns a md5 hash object; optionally initialized with a string
    #[function("($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn openssl_md5(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("openssl_md5");
        construct(vm, Algorithm::Md5, &S, args)
    }

    /// Returns a sha1 hash object; optionally initialized with a string
    #[function("($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn openssl_sha1(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("openssl_sha1");
        construct(vm, Algorithm::Sha1, &S, args)
    }

    /// Returns a sha224 hash object; optionally initialized with a string
    #[function("($module, /, data=b'', *, usedforsecurity=True,\n               string=None)")]
    fn openssl_sha224(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("openssl_sha224");
        construct(vm, Algorithm::Sha224, &S, args)
    }

    /// Returns a sha256 hash object; optionally initialized with a string
    #[function("($module, /, data=b'', *, usedforsecurity=True,\n               string=None)")]
    fn openssl_sha256(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("openssl_sha256");
        construct(vm, Algorithm::Sha256, &S, args)
    }

    /// Returns a sha384 hash object; optionally initialized with a string
    #[function("($module, /, data=b'', *, usedforsecurity=True,\n               string=None)")]
    fn openssl_sha384(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("openssl_sha384");
        construct(vm, Algorithm::Sha384, &S, args)
    }

    /// Returns a sha512 hash object; optionally initialized with a string
    #[function("($module, /, data=b'', *, usedforsecurity=True,\n               string=None)")]
    fn openssl_sha512(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("openssl_sha512");
        construct(vm, Algorithm::Sha512, &S, args)
    }

    /// Returns a sha3-224 hash object; optionally initialized with a string
    #[function("($module, /, data=b'', *, usedforsecurity=True,\n                 string=None)")]
    fn openssl_sha3_224(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("openssl_sha3_224");
        construct(vm, Algorithm::Sha3_224, &S, args)
    }

    /// Returns a sha3-256 hash object; optionally initialized with a string
    #[function("($module, /, data=b'', *, usedforsecurity=True,\n                 string=None)")]
    fn openssl_sha3_256(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("openssl_sha3_256");
        construct(vm, Algorithm::Sha3_256, &S, args)
    }

    /// Returns a sha3-384 hash object; optionally initialized with a string
    #[function("($module, /, data=b'', *, usedforsecurity=True,\n                 string=None)")]
    fn openssl_sha3_384(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("openssl_sha3_384");
        construct(vm, Algorithm::Sha3_384, &S, args)
    }

    /// Returns a sha3-512 hash object; optionally initialized with a string
    #[function("($module, /, data=b'', *, usedforsecurity=True,\n                 string=None)")]
    fn openssl_sha3_512(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("openssl_sha3_512");
        construct(vm, Algorithm::Sha3_512, &S, args)
    }

    /// Returns a shake-128 variable hash object; optionally initialized with a string
    #[function("($module, /, data=b'', *, usedforsecurity=True,\n                  string=None)")]
    fn openssl_shake_128(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("openssl_shake_128");
        construct(vm, Algorithm::Shake128, &S, args)
    }

    /// Returns a shake-256 variable hash object; optionally initialized with a string
    #[function("($module, /, data=b'', *, usedforsecurity=True,\n                  string=None)")]
    fn openssl_shake_256(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("openssl_shake_256");
        construct(vm, Algorithm::Shake256, &S, args)
    }

    /// Return a new hmac object.
    #[function("($module, /, key, msg=b'', digestmod=None)")]
    fn hmac_new(vm: &mut Vm, key: &Value, msg: Option<&Value>, digestmod: Option<&Value>) -> Result {
        let Some(digestmod) = digestmod.filter(|d| !d.is_none()) else {
            return Err(vm.raise_type_error("Missing required parameter 'digestmod'."));
        };
        let (mut state, algorithm) = hmac_state(vm, key, digestmod)?;
        if let Some(msg) = msg.filter(|m| !m.is_none()) {
            common::feed(vm, state.inner(), msg)?;
        }
        let made = HmacObject { state: Opaque(state), algorithm: Opaque(algorithm) };
        common::instance(vm, HMAC.as_type(), made)
    }

    /// Single-shot HMAC.
    #[function("($module, /, key, msg, digest)")]
    fn hmac_digest(vm: &mut Vm, key: &Value, msg: &Value, digest: &Value) -> Result<Ref<Bytes>> {
        let (mut state, _) = hmac_state(vm, key, digest)?;
        vm.with_bytes(msg, |msg| state.update(msg))?;
        vm.new_bytes(state.digest().as_bytes())
    }

    /// Return 'a == b', in a time that does not tell where they differ.
    ///
    /// Both are ASCII strings, or both bytes-like objects.
    #[function("($module, a, b, /)")]
    fn compare_digest(vm: &mut Vm, a: &Value, b: &Value) -> Result<bool> {
        if let (Some(a), Some(b)) = (a.downcast::<Str>(), b.downcast::<Str>()) {
            return match (a.as_ascii(), b.as_ascii()) {
                (Some(a), Some(b)) => Ok(a.as_bytes().ct_eq(b.as_bytes()).into()),
                _ => Err(vm.raise_type_error("comparing strings with non-ASCII characters is not supported")),
            };
        }
        let shows = |v: &Value| taipan_vm::slots::of(v.ty()).buffer.is_some();
        if !shows(a) && !shows(b) {
            let text = format!(
                "unsupported operand types(s) or combination of types: '{}' and '{}'",
                a.ty().name(),
                b.ty().name()
            );
            return Err(vm.raise_type_error(&text));
        }
        let a = vm.bytes_of(a)?;
        vm.with_bytes(b, |b| a.ct_eq(b).into())
    }

    /// Whether the library runs in FIPS mode; it never does.
    #[function("($module, /)")]
    fn get_fips_mode(_vm: &mut Vm) -> Result<i64> {
        Ok(0)
    }

    /// Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom function.
    #[function("($module, /, hash_name, password, salt, iterations,\n            dklen=None)")]
    fn pbkdf2_hmac(
        vm: &mut Vm,
        hash_name: &str,
        password: &Value,
        salt: &Value,
        iterations: i64,
        dklen: Option<&Value>,
    ) -> Result<Ref<Bytes>> {
        let (password, salt) = (vm.bytes_of(password)?, vm.bytes_of(salt)?);
        let algorithm = by_name(vm, hash_name)?;
        if iterations < 1 {
            return Err(vm.raise_value_error("iteration value must be greater than 0."));
        }
        if iterations > MAX_LONG {
            return Err(vm.raise_overflow_error("iteration value is too great."));
        }
        let length = match dklen.filter(|d| !d.is_none()) {
            Some(v) => vm.to_index_i64(v, "long")?,
            None => algorithm.digest_size() as i64,
        };
        if length < 1 {
            return Err(vm.raise_value_error("key length must be greater than 0."));
        }
        if length > MAX_LONG {
            return Err(vm.raise_overflow_error("key length is too great."));
        }
        if algorithm.is_xof() {
            return Err(vm.raise_value_error("no reason supplied"));
        }
        let mut out = zeros(length as usize)?;
        vm.detach(|| pbkdf2(algorithm, &password, &salt, iterations as u32, &mut out));
        vm.new_bytes(&out)
    }

    /// scrypt password-based key derivation function.
    #[function("($module, /, password, *, salt, n, r, p, maxmem=0, dklen=64)")]
    fn scrypt(vm: &mut Vm, args: Args<'_>) -> Result<Ref<Bytes>> {
        static S: Signature = Signature {
            name: "scrypt",
            params: &["password", "salt", "n", "r", "p", "maxmem", "dklen"],
            required: &[true, true, true, true, true, false, false],
            required_count: 5,
            positional_only: 0,
            positional: 1,
        };
        let [Some(password), Some(salt), Some(n), Some(r), Some(p), maxmem, dklen] = bind::<7>(vm, &S, args)? else {
            return Err(vm.raise_type_error("scrypt() misses an argument"));
        };
        let (password, salt) = (vm.bytes_of(password)?, vm.bytes_of(salt)?);
        let (n, r, p) = (unsigned(vm, n)?, unsigned(vm, r)?, unsigned(vm, p)?);
        let maxmem = match maxmem {
            Some(v) => vm.to_index_i64(v, "long")?,
            None => 0,
        };
        let dklen = match dklen {
            Some(v) => vm.to_index_i64(v, "long")?,
            None => 64,
        };
        if n < 2 || !n.is_power_of_two() {
            return Err(vm.raise_value_error("n must be a power of 2."));
        }
        if !(0..=MAX_LONG).contains(&maxmem) {
            return Err(vm.raise_value_error(&format!("maxmem must be positive and smaller than {MAX_LONG}")));
        }
        if !(1..=MAX_LONG).contains(&dklen) {
            return Err(vm.raise_value_error(&format!("dklen must be greater than 0 and smaller than {MAX_LONG}")));
        }
        let invalid = "Invalid parameter combination for n, r, p, maxmem.";
        if r == 0 || p == 0 || p > (1 << 30) - 1 || r.checked_mul(p).is_none_or(|rp| rp >= 1 << 30) {
            let too_much = r != 0 && p != 0;
            let text = if too_much { "[digital envelope routines] memory limit exceeded" } else { invalid };
            return Err(vm.raise_value_error(text));
        }
        let limit = if maxmem == 0 { 32 << 20 } else { maxmem as u128 };
        let memory = 128 * u128::from(p) * u128::from(r) + 32 * u128::from(r) * (u128::from(n) + 2) * 4;
        if memory > limit {
            return Err(vm.raise_value_error("[digital envelope routines] memory limit exceeded"));
        }
        let Ok(params) = scrypt::Params::new(n.trailing_zeros() as u8, r as u32, p as u32) else {
            return Err(vm.raise_value_error(invalid));
        };
        let mut out = zeros(dklen as usize)?;
        // The large table, and what is mixed into it.
        let table = (n as usize).saturating_add(p as usize).saturating_add(2).saturating_mul(128 * r as usize);
        taipan_object::room::probe(table)?;
        let made = vm.detach(|| scrypt::scrypt(&password, &salt, &params, &mut out).is_ok());
        if !made {
            return Err(vm.raise_value_error(invalid));
        }
        vm.new_bytes(&out)
    }
}
