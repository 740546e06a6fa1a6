//! `_blake2`: BLAKE2 with keys, salts, personalisation and tree parameters.

use crate::common::{self, HasEngine, Kept, one_of};
use crate::engine::Engine;
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, Str, TypeCell};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::int::view;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Type, Value, Vm};

/// What is checked of the parameters; the rest differs by the function.
struct Params {
    digest_size: usize,
    key: Vec<u8>,
    salt: Vec<u8>,
    person: Vec<u8>,
    fanout: u8,
    depth: u8,
    leaf_size: u32,
    node_offset: u64,
    node_depth: u8,
    inner_size: usize,
    last_node: bool,
}

struct Limits {
    /// As messages call the function.
    name: &'static str,
    digest: usize,
    salt: usize,
    /// Bits of a node offset.
    offset_bits: u32,
}

const fn signature(name: &'static str) -> Signature {
    Signature {
        name,
        params: &[
            "data",
            "digest_size",
            "key",
            "salt",
            "person",
            "fanout",
            "depth",
            "leaf_size",
            "node_offset",
            "node_depth",
            "inner_size",
            "last_node",
            "usedforsecurity",
            "string",
        ],
        required: &[false; 14],
        required_count: 0,
        positional_only: 0,
        positional: 1,
    }
}

fn bounded_bytes(vm: &mut Vm, v: Option<&Value>, most: usize, what: &str) -> Result<Vec<u8>> {
    let Some(v) = v else { return Ok(Vec::new()) };
    let bytes = vm.bytes_of(v)?;
    if bytes.len() > most {
        return Err(vm.raise_value_error(&format!("maximum {what} length is {most} bytes")));
    }
    Ok(bytes)
}

fn byte(vm: &mut Vm, v: Option<&Value>, default: u8, least: i64, what: &str) -> Result<u8> {
    let Some(v) = v else { return Ok(default) };
    let n = vm.to_index_i64(v, "int")?;
    match u8::try_from(n) {
        Ok(byte) if n >= least => Ok(byte),
        _ => Err(vm.raise_value_error(&format!("{what} must be between {least} and 255"))),
    }
}

fn unsigned(vm: &mut Vm, v: Option<&Value>, bits: u32, what: &str, c_type: &str) -> Result<u64> {
    let Some(v) = v else { return Ok(0) };
    let n = vm.index(v)?;
    match view(&n).map(|n| (n.is_negative(), n.to_u64())) {
        Some((true, _)) => Err(vm.raise_value_error("Cannot convert negative int")),
        Some((_, Some(n))) if bits == 64 || n >> bits == 0 => Ok(n),
        Some((_, Some(_))) => Err(vm.raise_overflow_error(&format!("{what} is too large"))),
        _ => Err(vm.raise_overflow_error(&format!("Python int too large for C {c_type}"))),
    }
}

fn parse<'a>(
    vm: &mut Vm,
    s: &'static Signature,
    args: Args<'a>,
    limits: &Limits,
) -> Result<(Option<&'a Value>, Params)> {
    let a = bind::<14>(vm, s, args)?;
    let data = one_of(vm, a[0], a[13])?;
    let digest = match a[1] {
        Some(v) => vm.to_index_i64(v, "int")?,
        None => limits.digest as i64,
    };
    if digest < 1 || digest > limits.digest as i64 {
        let text = format!(
            "digest_size for {} must be between 1 and {} bytes, here it is {digest}",
            limits.name, limits.digest
        );
        return Err(vm.raise_value_error(&text));
    }
    let salt = bounded_bytes(vm, a[3], limits.salt, "salt")?;
    let person = bounded_bytes(vm, a[4], limits.salt, "person")?;
    let fanout = byte(vm, a[5], 1, 0, "fanout")?;
    let depth = byte(vm, a[6], 1, 1, "depth")?;
    let leaf_size = unsigned(vm, a[7], 32, "leaf_size", "unsigned long")? as u32;
    let node_offset = unsigned(vm, a[8], limits.offset_bits, "node_offset", "unsigned long long")?;
    let node_depth = byte(vm, a[9], 0, 0, "node_depth")?;
    let inner = match a[10] {
        Some(v) => vm.to_index_i64(v, "int")?,
        None => 0,
    };
    if inner < 0 || inner > limits.digest as i64 {
        return Err(vm.raise_value_error(&format!("inner_size must be between 0 and is {}", limits.digest)));
    }
    let key = bounded_bytes(vm, a[2], limits.digest, "key")?;
    let last_node = match a[11] {
        Some(v) => vm.is_truthy(v)?,
        None => false,
    };
    let params = Params {
        digest_size: digest as usize,
        key,
        salt,
        person,
        fanout,
        depth,
        leaf_size,
        node_offset,
        node_depth,
        inner_size: inner as usize,
        last_node,
    };
    Ok((data, params))
}

macro_rules! state {
    ($library:ident, $p:expr) => {{
        let p = $p;
        let mut params = $library::Params::new();
        params
            .hash_length(p.digest_size)
            .key(&p.key)
            .salt(&p.salt)
            .personal(&p.person)
            .fanout(p.fanout)
            .max_depth(p.depth)
            .max_leaf_length(p.leaf_size)
            .node_offset(p.node_offset)
            .node_depth(p.node_depth)
            .inner_hash_length(p.inner_size)
            .last_node(p.last_node);
        Box::new(params.to_state())
    }};
}

macro_rules! blake2 {
    ($cell:ident $payload:ident $methods:ident $full:literal $name:literal $library:ident $limits:expr, $block:literal,
        $signature:literal, $doc:literal) => {
        #[doc = concat!("`", $full, "`.")]
        pub static $cell: TypeCell<$payload> = TypeCell::new($full);

        #[doc = concat!("A state of `", $full, "`.")]
        #[derive(Trace, Payload)]
        #[payload(class = $cell)]
        #[repr(C)]
        pub struct $payload {
            engine: Kept,
            digest_size: usize,
        }

        impl HasEngine for $payload {
            fn engine(&mut self) -> &mut Engine {
                &mut self.engine
            }
        }

        #[doc = concat!("Methods of `", $full, "`.")]
        pub struct $methods;

        #[doc = $doc]
        #[class(cell = $cell, base = OBJECT, signature = $signature)]
        impl $methods {
            #[slot]
            fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
                static S: Signature = signature($name);
                let (data, params) = parse(vm, &S, args, &$limits)?;
                let digest_size = params.digest_size;
                let mut engine = Engine::$payload(state!($library, params));
                if let Some(data) = data {
                    common::feed(vm, &mut engine, data)?;
                }
                common::instance(vm, class, $payload { engine: Opaque(engine), digest_size })
            }

            /// Return a copy of the hash object.
            #[method("($self, /)")]
            fn copy(vm: &mut Vm, this: &Ref<$payload>) -> Result {
                let of = this.get(vm);
                let copy = $payload { engine: Opaque(of.engine.0.clone()), digest_size: of.digest_size };
                common::instance(vm, $cell.as_type(), copy)
            }

            /// Hash more data.
            #[method("($self, data, /)")]
            fn update(vm: &mut Vm, this: &Ref<$payload>, data: &Value) -> Result<()> {
                common::update(vm, this, data)
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

            #[getter]
            fn name(_vm: &mut Vm, _this: &Ref<$payload>) -> Result<&'static str> {
                Ok($name)
            }

            #[getter]
            fn block_size(_vm: &mut Vm, _this: &Ref<$payload>) -> Result<usize> {
                Ok($block)
            }

            #[getter]
            fn digest_size(vm: &mut Vm, this: &Ref<$payload>) -> Result<usize> {
                Ok(this.get(vm).digest_size)
            }
        }
    };
}

blake2!(BLAKE2B Blake2b Blake2bClass "_blake2.blake2b" "blake2b" blake2b_simd
    Limits { name: "Blake2b", digest: 64, salt: 16, offset_bits: 64 }, 128,
    "(data=b'', *, digest_size=_blake2.blake2b.MAX_DIGEST_SIZE,\n        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n        usedforsecurity=True, string=None)",
    " Return a new BLAKE2b hash object.");
blake2!(BLAKE2S Blake2s Blake2sClass "_blake2.blake2s" "blake2s" blake2s_simd
    Limits { name: "Blake2s", digest: 32, salt: 8, offset_bits: 48 }, 64,
    "(data=b'', *, digest_size=_blake2.blake2s.MAX_DIGEST_SIZE,\n        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n        usedforsecurity=True, string=None)",
    " Return a new BLAKE2s hash object.");

/// `_blake2`.
pub struct Blake2Module;

/// BLAKE2b and BLAKE2s for hashlib.
#[module(name = "_blake2")]
impl Blake2Module {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        for (def, prefix, digest, salt) in
            [(Blake2bClass::class_def(), "BLAKE2B", 64, 16), (Blake2sClass::class_def(), "BLAKE2S", 32, 8)]
        {
            vm.add_class(module, &def)?;
            let sizes =
                [("SALT_SIZE", salt), ("PERSON_SIZE", salt), ("MAX_KEY_SIZE", digest), ("MAX_DIGEST_SIZE", digest)];
            for (name, size) in sizes {
                module.set(vm, &format!("{prefix}_{name}"), Value::from_i32(size))?;
                vm.set_class_constant(def.ty, name, Value::from_i32(size))?;
            }
        }
        module.set(vm, "_GIL_MINSIZE", Value::from_i32(2048))
    }
}
