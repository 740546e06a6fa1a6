//! The functions of `_ssl`.

use crate::bio::MemoryBioClass;
use crate::certificate::{self, CertificateClass};
use crate::context::ContextClass;
use crate::objects::{self, Object};
use crate::session::SessionClass;
use crate::socket::SslSocketClass;
use crate::{constants, errors, store};
use taipan_macros::module;
use taipan_object::{Bytes, Str};
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm};

/// What programs that ask for OpenSSL's version are told: the interface is that of OpenSSL 3.0.
const VERSION: &str = "OpenSSL 3.0.0 interface over rustls 0.23";
const VERSION_INFO: [i32; 5] = [3, 0, 0, 0, 0];

fn object_tuple(vm: &mut Vm, object: &Object) -> Result {
    let texts = [object.short, object.long, object.oid];
    let mut items = vec![Value::from_i32(object.number)];
    for text in texts {
        items.push(vm.new_str(text)?.into_value());
    }
    vm.new_tuple(items).map(Ref::into_value)
}

/// `_ssl`.
pub struct SslModule;

/// Implementation module for SSL socket operations.  See the socket module
/// for documentation.
#[module(name = "_ssl")]
impl SslModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.import("_socket")?;
        vm.add_class(module, &ContextClass::class_def())?;
        vm.add_class(module, &SslSocketClass::class_def())?;
        vm.add_class(module, &MemoryBioClass::class_def())?;
        vm.add_class(module, &SessionClass::class_def())?;
        vm.add_class(module, &CertificateClass::class_def())?;
        errors::add_classes(vm, module)?;
        constants::add(vm, module)?;
        module.set(vm, "OPENSSL_VERSION_NUMBER", Value::from_i32(0x3000_0000))?;
        for (name, text) in [("OPENSSL_VERSION", VERSION), ("_DEFAULT_CIPHERS", "ALL:!COMPLEMENTOFDEFAULT:!eNULL")] {
            let text = vm.new_str(text)?.into_value();
            module.set(vm, name, text)?;
        }
        for name in ["OPENSSL_VERSION_INFO", "_OPENSSL_API_VERSION"] {
            let info = vm.new_tuple(VERSION_INFO.map(Value::from_i32).to_vec())?.into_value();
            module.set(vm, name, info)?;
        }
        Ok(())
    }

    /// Mix string into the OpenSSL PRNG state.
    ///
    /// entropy (a float) is a lower bound on the entropy contained in
    /// string.  See RFC 4086.
    #[function("($module, string, entropy, /)")]
    fn RAND_add(vm: &mut Vm, string: &Value, entropy: f64) -> Result<()> {
        // The system's generator needs no seed; the arguments are checked all the same.
        let _ = entropy;
        if string.downcast::<Str>().is_none() {
            vm.bytes_of(string)?;
        }
        Ok(())
    }

    /// Generate n cryptographically strong pseudo-random bytes.
    #[function("($module, n, /)")]
    fn RAND_bytes(vm: &mut Vm, n: i32) -> Result<Ref<Bytes>> {
        let Ok(n) = usize::try_from(n) else { return Err(vm.raise_value_error("num must be positive")) };
        let mut bytes = Vec::new();
        if bytes.try_reserve_exact(n).is_err() {
            return Err(vm.raise_memory_error());
        }
        bytes.resize(n, 0);
        let filled = taipan_host::random::fill(&mut bytes);
        vm.system(filled)?;
        vm.new_bytes(&bytes)
    }

    /// Returns True if the OpenSSL PRNG has been seeded with enough data and False if not.
    ///
    /// It is necessary to seed the PRNG with RAND_add() on some platforms before
    /// using the ssl() function.
    #[function("($module, /)")]
    fn RAND_status(_vm: &mut Vm) -> Result<bool> {
        Ok(true)
    }

    /// Lookup NID, short name, long name and OID of an ASN1_OBJECT.
    ///
    /// By default objects are looked up by OID. With name=True short and
    /// long name are also matched.
    #[function("($module, /, txt, name=False)")]
    fn txt2obj(vm: &mut Vm, txt: &str, name: Option<bool>) -> Result {
        let by_name = if name.unwrap_or(false) { objects::by_name(txt) } else { None };
        match by_name.or_else(|| objects::by_oid(txt)) {
            Some(object) => object_tuple(vm, object),
            None => {
                Err(vm.raise_value_error(&format!("unknown object '{}'", txt.chars().take(100).collect::<String>())))
            }
        }
    }

    /// Lookup NID, short name, long name and OID of an ASN1_OBJECT by NID.
    #[function("($module, nid, /)")]
    fn nid2obj(vm: &mut Vm, nid: i32) -> Result {
        if nid < 0 {
            return Err(vm.raise_value_error("NID must be positive."));
        }
        match objects::by_number(nid) {
            Some(object) => object_tuple(vm, object),
            None => Err(vm.raise_value_error(&format!("unknown NID {nid}"))),
        }
    }

    /// Return search paths and environment vars that are used by SSLContext's set_default_verify_paths() to load default CAs.
    ///
    /// The values are 'cert_file_env', 'cert_file', 'cert_dir_env', 'cert_dir'.
    #[function("($module, /)")]
    fn get_default_verify_paths(vm: &mut Vm) -> Result {
        let mut items = Vec::new();
        for text in [store::FILE_VARIABLE, store::FILE, store::DIRECTORY_VARIABLE, store::DIRECTORY] {
            items.push(vm.new_str(text)?.into_value());
        }
        vm.new_tuple(items).map(Ref::into_value)
    }

    #[function("($module, path, /)")]
    fn _test_decode_cert(vm: &mut Vm, path: &Value) -> Result {
        let path = vm.fs_bytes(path)?;
        let Ok(pem) = vm.detach(|| taipan_host::fs::read_file(&path)) else {
            return Err(errors::raise_plain(vm, "Can't open file"));
        };
        let first = store::certificates(&pem).and_then(|all| all.into_iter().next());
        let decoded = match first {
            Some(first) => certificate::decoded(vm, &first)?,
            None => None,
        };
        match decoded {
            Some(dict) => Ok(dict.into_value()),
            None => Err(errors::raise_plain(vm, "Error decoding PEM-encoded file")),
        }
    }
}
