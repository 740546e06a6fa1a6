//! `_md5`, `_sha1`, `_sha2` and `_sha3`: a class for each function.

use crate::common::{self, HasEngine, Kept, data_argument, data_signature};
use crate::engine::{Algorithm, Engine};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, Str, TypeCell};
use taipan_vm::native::{Args, Signature};
use taipan_vm::types::bytes::common::zeros;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Type, Value, Vm};

/// Data longer than this is hashed without the lock in CPython.
const GIL_MINSIZE: i32 = 2048;

macro_rules! payload {
    ($cell:ident $payload:ident $name:literal) => {
        #[doc = concat!("`", $name, "`.")]
        pub static $cell: TypeCell<$payload> = TypeCell::new($name);

        #[doc = concat!("A state of `", $name, "`.")]
        #[derive(Trace, Payload)]
        #[payload(class = $cell)]
        #[repr(C)]
        pub struct $payload {
            engine: Kept,
        }

        impl HasEngine for $payload {
            fn engine(&mut self) -> &mut Engine {
                &mut self.engine
            }
        }
    };
}

/// A class that only a function of its module makes instances of.
macro_rules! fixed {
    ($cell:ident $payload:ident $methods:ident $name:literal $algorithm:ident) => {
        payload!($cell $payload $name);

        #[doc = concat!("Methods of `", $name, "`.")]
        pub struct $methods;

        impl $methods {
            fn make(vm: &mut Vm, s: &'static Signature, args: Args<'_>) -> Result {
                let data = data_argument(vm, s, args)?;
                let mut engine = Algorithm::$algorithm.start();
                if let Some(data) = data {
                    common::feed(vm, &mut engine, data)?;
                }
                common::instance(vm, $cell.as_type(), $payload { engine: Opaque(engine) })
            }
        }

        #[class(cell = $cell, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
        impl $methods {
            /// Return a copy of the hash object.
            #[method("($self, /)")]
            fn copy(vm: &mut Vm, this: &Ref<$payload>) -> Result {
                let engine = this.get(vm).engine.0.clone();
                common::instance(vm, $cell.as_type(), $payload { engine: Opaque(engine) })
            }

            /// Return the digest value as a bytes object.
            #[method("($self, /)")]
            fn digest(vm: &mut Vm, this: &Ref<$payload>) -> Result<Ref<Bytes>> {
                let digest = this.get(vm).engine.digest();
                vm.new_bytes(digest.as_bytes())
            }

            /// Return the digest value as a string of hexadecimal digits.
            #[method("($self, /)")]
            fn hexdigest(vm: &mut Vm, this: &Ref<$payload>) -> Result<Ref<Str>> {
                let digest = this.get(vm).engine.digest();
                common::hex(vm, digest.as_bytes())
            }

            /// Hash more data.
            #[method("($self, obj, /)")]
            fn update(vm: &mut Vm, this: &Ref<$payload>, obj: &Value) -> Result<()> {
                common::update(vm, this, obj)
            }

            #[getter]
            fn block_size(_vm: &mut Vm, _this: &Ref<$payload>) -> Result<usize> {
                Ok(Algorithm::$algorithm.block_size())
            }

            #[getter]
            fn digest_size(_vm: &mut Vm, _this: &Ref<$payload>) -> Result<usize> {
                Ok(Algorithm::$algorithm.digest_size())
            }

            #[getter]
            fn name(_vm: &mut Vm, _this: &Ref<$payload>) -> Result<&'static str> {
                Ok(Algorithm::$algorithm.name())
            }
        }
    };
}

fixed!(MD5 Md5 Md5Class "_md5.md5" Md5);
fixed!(SHA1 Sha1 Sha1Class "_sha1.sha1" Sha1);
fixed!(SHA224 Sha224 Sha224Class "_sha2.SHA224Type" Sha224);
fixed!(SHA256 Sha256 Sha256Class "_sha2.SHA256Type" Sha256);
fixed!(SHA384 Sha384 Sha384Class "_sha2.SHA384Type" Sha384);
fixed!(SHA512 Sha512 Sha512Class "_sha2.SHA512Type" Sha512);

/// Adds a class under another name than its own.
fn add_type(vm: &mut Vm, module: &Ref<Module>, name: &str, def: &taipan_vm::native::ClassDef) -> Result<()> {
    vm.set_up_class(def)?;
    module.set(vm, name, def.ty.to_value())
}

/// `_md5`.
pub struct Md5Module;

#[module(name = "_md5")]
impl Md5Module {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        add_type(vm, module, "MD5Type", &Md5Class::class_def())?;
        module.set(vm, "_GIL_MINSIZE", Value::from_i32(GIL_MINSIZE))
    }

    /// Return a new MD5 hash object; optionally initialized with a string.
    #[function("($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn md5(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("md5");
        Md5Class::make(vm, &S, args)
    }
}

/// `_sha1`.
pub struct Sha1Module;

#[module(name = "_sha1")]
impl Sha1Module {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        add_type(vm, module, "SHA1Type", &Sha1Class::class_def())?;
        module.set(vm, "_GIL_MINSIZE", Value::from_i32(GIL_MINSIZE))
    }

    /// Return a new SHA1 hash object; optionally initialized with a string.
    #[function("($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn sha1(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("sha1");
        Sha1Class::make(vm, &S, args)
    }
}

/// `_sha2`.
pub struct Sha2Module;

#[module(name = "_sha2")]
impl Sha2Module {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        add_type(vm, module, "SHA224Type", &Sha224Class::class_def())?;
        add_type(vm, module, "SHA256Type", &Sha256Class::class_def())?;
        add_type(vm, module, "SHA384Type", &Sha384Class::class_def())?;
        add_type(vm, module, "SHA512Type", &Sha512Class::class_def())?;
        module.set(vm, "_GIL_MINSIZE", Value::from_i32(GIL_MINSIZE))
    }

    /// Return a new SHA-224 hash object; optionally initialized with a string.
    #[function("($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn sha224(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("sha224");
        Sha224Class::make(vm, &S, args)
    }

    /// Return a new SHA-256 hash object; optionally initialized with a string.
    #[function("($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn sha256(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("sha256");
        Sha256Class::make(vm, &S, args)
    }

    /// Return a new SHA-384 hash object; optionally initialized with a string.
    #[function("($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn sha384(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("sha384");
        Sha384Class::make(vm, &S, args)
    }

    /// Return a new SHA-512 hash object; optionally initialized with a string.
    #[function("($module, /, data=b'', *, usedforsecurity=True, string=None)")]
    fn sha512(vm: &mut Vm, args: Args<'_>) -> Result {
        static S: Signature = data_signature("sha512");
        Sha512Class::make(vm, &S, args)
    }
}

/// All six name the first of them in messages about their arguments.
static SHA3_SIGNATURE: Signature = data_signature("sha3_224");

macro_rules! sha3_common {
    ($cell:ident $payload:ident $methods:ident $name:literal $algorithm:ident, $doc:literal, { $($digests:tt)* }) => {
        payload!($cell $payload $name);

        #[doc = concat!("Methods of `", $name, "`.")]
        pub struct $methods;

        #[doc = $doc]
        #[class(cell = $cell, base = OBJECT)]
        impl $methods {
            #[slot]
            fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
                let data = data_argument(vm, &SHA3_SIGNATURE, args)?;
                let mut engine = Algorithm::$algorithm.start();
                if let Some(data) = data {
                    common::feed(vm, &mut engine, data)?;
                }
                common::instance(vm, class, $payload { engine: Opaque(engine) })
            }

            /// Return a copy of the hash object.
            #[method("($self, /)")]
            fn copy(vm: &mut Vm, this: &Ref<$payload>) -> Result {
                let engine = this.get(vm).engine.0.clone();
                common::instance(vm, $cell.as_type(), $payload { engine: Opaque(engine) })
            }

            /// Hash more data.
            #[method("($self, data, /)")]
            fn update(vm: &mut Vm, this: &Ref<$payload>, data: &Value) -> Result<()> {
                common::update(vm, this, data)
            }

            #[getter]
            fn block_size(_vm: &mut Vm, _this: &Ref<$payload>) -> Result<usize> {
                Ok(Algorithm::$algorithm.block_size())
            }

            #[getter]
            fn digest_size(_vm: &mut Vm, _this: &Ref<$payload>) -> Result<usize> {
                Ok(Algorithm::$algorithm.digest_size())
            }

            #[getter]
            fn name(_vm: &mut Vm, _this: &Ref<$payload>) -> Result<&'static str> {
                Ok(Algorithm::$algorithm.name())
            }

            #[getter]
            fn _rate_bits(_vm: &mut Vm, _this: &Ref<$payload>) -> Result<usize> {
                Ok(Algorithm::$algorithm.block_size() * 8)
            }

            #[getter]
            fn _capacity_bits(_vm: &mut Vm, _this: &Ref<$payload>) -> Result<usize> {
                Ok(1600 - Algorithm::$algorithm.block_size() * 8)
            }

            #[getter]
            fn _suffix(vm: &mut Vm, _this: &Ref<$payload>) -> Result<Ref<Bytes>> {
                vm.new_bytes(if Algorithm::$algorithm.is_xof() { &[0x1f] } else { &[0x06] })
            }

            $($digests)*
        }
    };
}

macro_rules! sha3 {
    ($cell:ident $payload:ident $methods:ident $name:literal $algorithm:ident, $doc:literal) => {
        sha3_common!($cell $payload $methods $name $algorithm, $doc, {
            /// Return the digest value as a bytes object.
            #[method("($self, /)")]
            fn digest(vm: &mut Vm, this: &Ref<$payload>) -> Result<Ref<Bytes>> {
                let digest = this.get(vm).engine.digest();
                vm.new_bytes(digest.as_bytes())
            }

            /// Return the digest value as a string of hexadecimal digits.
            #[method("($self, /)")]
            fn hexdigest(vm: &mut Vm, this: &Ref<$payload>) -> Result<Ref<Str>> {
                let digest = this.get(vm).engine.digest();
                common::hex(vm, digest.as_bytes())
            }
        });
    };
}

macro_rules! shake {
    ($cell:ident $payload:ident $methods:ident $name:literal $algorithm:ident, $doc:literal) => {
        sha3_common!($cell $payload $methods $name $algorithm, $doc, {
            /// Return the digest value as a bytes object.
            #[method("($self, /, length)")]
            fn digest(vm: &mut Vm, this: &Ref<$payload>, length: &Value) -> Result<Ref<Bytes>> {
                let length = shake_length(vm, length)?;
                let bytes = read(&this.get(vm).engine, length)?;
                vm.new_bytes(&bytes)
            }

            /// Return the digest value as a string of hexadecimal digits.
            #[method("($self, /, length)")]
            fn hexdigest(vm: &mut Vm, this: &Ref<$payload>, length: &Value) -> Result<Ref<Str>> {
                let length = shake_length(vm, length)?;
                let bytes = read(&this.get(vm).engine, length)?;
                common::hex(vm, &bytes)
            }
        });
    };
}

fn read(engine: &Engine, length: usize) -> Result<Vec<u8>> {
    let mut out = zeros(length)?;
    engine.read(&mut out);
    Ok(out)
}

fn shake_length(vm: &mut Vm, length: &Value) -> Result<usize> {
    let n = vm.index(length)?;
    match taipan_vm::types::int::view(&n).map(|n| (n.is_negative(), n.to_u64())) {
        Some((true, _)) => Err(vm.raise_value_error("Cannot convert negative int")),
        Some((_, Some(n))) if n < 1 << 29 => Ok(n as usize),
        _ => Err(vm.raise_value_error("length is too large")),
    }
}

sha3!(SHA3_224 Sha3_224 Sha3_224Class "_sha3.sha3_224" Sha3_224,
    " sha3_224([data], *, usedforsecurity=True) -> SHA3 object\n\n Return a new SHA3 hash object with a digest of 28 bytes.");
sha3!(SHA3_256 Sha3_256 Sha3_256Class "_sha3.sha3_256" Sha3_256,
    " sha3_256([data], *, usedforsecurity=True) -> SHA3 object\n\n Return a new SHA3 hash object with a digest of 32 bytes.");
sha3!(SHA3_384 Sha3_384 Sha3_384Class "_sha3.sha3_384" Sha3_384,
    " sha3_384([data], *, usedforsecurity=True) -> SHA3 object\n\n Return a new SHA3 hash object with a digest of 48 bytes.");
sha3!(SHA3_512 Sha3_512 Sha3_512Class "_sha3.sha3_512" Sha3_512,
    " sha3_512([data], *, usedforsecurity=True) -> SHA3 object\n\n Return a new SHA3 hash object with a digest of 64 bytes.");
shake!(SHAKE128 Shake128 Shake128Class "_sha3.shake_128" Shake128,
    " shake_128([data], *, usedforsecurity=True) -> SHAKE object\n\n Return a new SHAKE hash object.");
shake!(SHAKE256 Shake256 Shake256Class "_sha3.shake_256" Shake256,
    " shake_256([data], *, usedforsecurity=True) -> SHAKE object\n\n Return a new SHAKE hash object.");

/// `_sha3`.
pub struct Sha3Module;

#[module(name = "_sha3")]
impl Sha3Module {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &Sha3_224Class::class_def())?;
        vm.add_class(module, &Sha3_256Class::class_def())?;
        vm.add_class(module, &Sha3_384Class::class_def())?;
        vm.add_class(module, &Sha3_512Class::class_def())?;
        vm.add_class(module, &Shake128Class::class_def())?;
        vm.add_class(module, &Shake256Class::class_def())?;
        let implementation = vm.new_str("RustCrypto")?.into_value();
        module.set(vm, "implementation", implementation)?;
        module.set(vm, "_GIL_MINSIZE", Value::from_i32(GIL_MINSIZE))
    }
}
