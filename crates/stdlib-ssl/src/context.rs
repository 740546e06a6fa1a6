//! `_ssl._SSLContext`.

use crate::bio::MemoryBio;
use crate::config::Tickets;
use crate::keylog::KeyFile;
use crate::socket::{self, Transport};
use crate::store::{self, certified_key};
use crate::verify::Trusted;
use crate::x509::Certificate;
use crate::{certificate, ciphers, errors, keys, shown_type};
use rustls::NamedGroup;
use rustls::SupportedCipherSuite;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::CertifiedKey;
use std::sync::Arc;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, Str, TypeCell};
use taipan_stdlib_net::Socket;
use taipan_vm::errors::{ATTRIBUTE_ERROR, DEPRECATION_WARNING};
use taipan_vm::native::Args;
use taipan_vm::slots::CompareOp;
use taipan_vm::{Ref, Result, Type, Value, Vm, name};

/// `_ssl._SSLContext`.
pub static CONTEXT: TypeCell<Context> = TypeCell::new("_ssl._SSLContext");

/// How many connections there have been.
#[derive(Trace, Default)]
pub struct Handshakes {
    pub connected: u64,
    pub accepted: u64,
    /// Those of servers that went on from an earlier one.
    pub resumed: u64,
}

/// Settings for connections.
#[derive(Trace, Payload)]
#[payload(class = CONTEXT)]
#[repr(C)]
pub struct Context {
    pub protocol: i32,
    pub options: i64,
    pub verify_mode: i32,
    pub verify_flags: i64,
    pub check_hostname: bool,
    host_flags: i64,
    pub minimum: i32,
    pub maximum: i32,
    pub num_tickets: usize,
    post_handshake_auth: bool,
    pub sni_callback: Option<Value>,
    pub msg_callback: Option<Value>,
    pub handshakes: Handshakes,
    pub suites: Opaque<Vec<SupportedCipherSuite>>,
    pub protocols: Vec<Vec<u8>>,
    pub keys: Opaque<Vec<Arc<CertifiedKey>>>,
    pub trusted: Opaque<Arc<Trusted>>,
    /// Folders of trusted certificates, which are read when there is something to check.
    directories: Vec<Vec<u8>>,
    extended: Opaque<Option<Arc<Trusted>>>,
    keylog_filename: Option<Value>,
    pub keylog: Opaque<Option<Arc<KeyFile>>>,
    pub group: Opaque<Option<NamedGroup>>,
    pub tickets: Opaque<Tickets>,
}

/// The options of a new context: all workarounds, no compression, no SSL 3, the server's order of ciphers, and what
/// else OpenSSL sets.
const OPTIONS: i64 = 2_186_412_112;
/// `OP_NO_SSLv3` and `OP_NO_TLSv1` to `OP_NO_TLSv1_3`.
const NO_VERSIONS: i64 = 33_554_432 | 67_108_864 | 134_217_728 | 268_435_456 | 536_870_912;
const CLIENT: i32 = 16;
const SERVER: i32 = 17;

fn needed<'a>(vm: &mut Vm, value: Option<&'a Value>, name: &str) -> Result<&'a Value> {
    value.ok_or_else(|| {
        let text = format!("attribute '{name}' of 'SSLContext' objects cannot be deleted");
        vm.raise_class(ATTRIBUTE_ERROR.as_type(), &text)
    })
}

/// A version as `minimum_version` and `maximum_version` take it.
fn version_of(vm: &mut Vm, this: &Ref<Context>, value: &Value) -> Result<i32> {
    let version = vm.to_index_i64(value, "int")?;
    if !matches!(version, -2 | -1 | 768..=772) {
        return Err(vm.raise_value_error(&format!("Unsupported TLS/SSL version 0x{version:x}")));
    }
    if !matches!(this.get(vm).protocol, 2 | CLIENT | SERVER) {
        let text = "The context's protocol doesn't support modification of highest and lowest version.";
        return Err(vm.raise_value_error(text));
    }
    if matches!(version, 768..=770) {
        let shown = ["SSLv3", "TLSv1", "TLSv1_1"][(version - 768) as usize];
        let text = format!("ssl.TLSVersion.{shown} is deprecated");
        vm.warn(DEPRECATION_WARNING.as_type(), &text, 2)?;
    }
    Ok(version as i32)
}

/// A path, or nothing.
fn path_of(vm: &mut Vm, v: Option<&Value>, what: &str) -> Result<Option<Vec<u8>>> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(None) };
    if v.downcast::<Str>().is_none() && vm.lookup_special(v, name!("__fspath__"))?.is_none() && !vm.is_bytes_like(v) {
        return Err(vm.raise_type_error(&format!("{what} should be a valid filesystem path")));
    }
    vm.fs_bytes(v).map(Some)
}

/// The password of a key, if the key wants one.
fn password_of(vm: &mut Vm, password: Option<&Value>) -> Result<Option<Vec<u8>>> {
    let Some(password) = password.filter(|p| !p.is_none()) else { return Ok(None) };
    let (given, words) = if vm.is_callable(password) {
        (vm.call(password, &[])?, "password callback must return a string")
    } else {
        (password.clone(), "password should be a string or callable")
    };
    let bytes = match given.downcast::<Str>() {
        Some(text) => match text.to_utf8() {
            Some(text) => text.as_bytes().to_vec(),
            None => return Err(vm.raise_surrogates_not_allowed(text)),
        },
        None if vm.is_bytes_like(&given) => vm.bytes_of(&given)?,
        None => return Err(vm.raise_type_error(words)),
    };
    if bytes.len() > 1024 {
        return Err(vm.raise_value_error("password cannot be longer than 1024 bytes"));
    }
    Ok(Some(bytes))
}

/// What a context trusts, its folders included.
pub fn all_trusted(vm: &mut Vm, this: &Ref<Context>) -> Arc<Trusted> {
    let me = this.get(vm);
    if me.directories.is_empty() {
        return me.trusted.0.clone();
    }
    if let Some(extended) = &*me.extended {
        return extended.clone();
    }
    let (mut trusted, directories) = (me.trusted.0.clone(), me.directories.clone());
    for directory in directories {
        store::trust_directory(vm, &mut trusted, &directory);
    }
    *this.get_mut(vm).extended = Some(trusted.clone());
    trusted
}

/// Keeps what a chain was checked by, where that came from a folder.
pub fn note_used(vm: &mut Vm, this: &Ref<Context>, chain: &[Vec<u8>]) {
    let me = this.get(vm);
    let (Some(extended), Some(last)) = ((*me.extended).clone(), chain.last()) else { return };
    let Some(read) = Certificate::read(last) else { return };
    let issues = |c: &&CertificateDer<'_>| {
        c.as_ref() == last.as_slice() || Certificate::read(c).is_some_and(|c| read.names_issuer(&c))
    };
    if me.trusted.certificates.iter().any(|c| issues(&c)) {
        return;
    }
    let used: Vec<_> = extended.certificates.iter().filter(issues).cloned().collect();
    store::trust(&mut this.get_mut(vm).trusted, used);
}

/// Methods of `_SSLContext`.
pub struct ContextClass;

#[class(cell = CONTEXT, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl ContextClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let [protocol] = args.expect(vm, "_SSLContext", 1, 1)? else { return Ok(Value::none()) };
        let protocol = vm.to_index_i64(protocol, "int")?;
        let Some(protocol) = i32::try_from(protocol).ok().filter(|p| matches!(*p, 2..=5 | CLIENT | SERVER)) else {
            return Err(vm.raise_value_error(&format!("invalid or unsupported protocol version {protocol}")));
        };
        if !matches!(protocol, CLIENT | SERVER) {
            let shown = ["PROTOCOL_TLS", "PROTOCOL_TLSv1", "PROTOCOL_TLSv1_1", "PROTOCOL_TLSv1_2"];
            let text = format!("ssl.{} is deprecated", shown[(protocol - 2) as usize]);
            vm.warn(DEPRECATION_WARNING.as_type(), &text, 2)?;
        }
        let is_client = protocol == CLIENT;
        let context = Context {
            protocol,
            options: OPTIONS,
            verify_mode: if is_client { 2 } else { 0 },
            verify_flags: 32_768,
            check_hostname: is_client,
            host_flags: 4,
            minimum: -2,
            maximum: -1,
            num_tickets: 2,
            post_handshake_auth: false,
            sni_callback: None,
            msg_callback: None,
            handshakes: Handshakes::default(),
            suites: Opaque(ciphers::all()),
            protocols: Vec::new(),
            keys: Opaque(Vec::new()),
            trusted: Opaque(store::nothing()),
            directories: Vec::new(),
            extended: Opaque(None),
            keylog_filename: None,
            keylog: Opaque(None),
            group: Opaque(None),
            tickets: Opaque(Tickets::default()),
        };
        Ref::new_in(vm, class, context).map(Ref::into_value)
    }

    #[method("($self, /, sock, server_side, server_hostname=None, *,\n             owner=None, session=None)")]
    fn _wrap_socket(
        vm: &mut Vm,
        this: &Ref<Context>,
        sock: &Ref<Socket>,
        server_side: bool,
        server_hostname: Option<&Value>,
        owner: Option<&Value>,
        session: Option<&Value>,
    ) -> Result {
        let transport = Transport::socket(vm, sock)?;
        socket::wrap(vm, this, transport, server_side, server_hostname, owner, session)
    }

    #[method(
        "($self, /, incoming, outgoing, server_side,\n          server_hostname=None, *, owner=None, session=None)"
    )]
    fn _wrap_bio(
        vm: &mut Vm,
        this: &Ref<Context>,
        incoming: &Ref<MemoryBio>,
        outgoing: &Ref<MemoryBio>,
        server_side: bool,
        server_hostname: Option<&Value>,
        owner: Option<&Value>,
        session: Option<&Value>,
    ) -> Result {
        let transport = Transport::Memory { incoming: incoming.clone(), outgoing: outgoing.clone() };
        socket::wrap(vm, this, transport, server_side, server_hostname, owner, session)
    }

    #[method("($self, cipherlist, /)")]
    fn set_ciphers(vm: &mut Vm, this: &Ref<Context>, cipherlist: &str) -> Result<()> {
        match ciphers::choose(cipherlist) {
            Some(suites) => {
                *this.get_mut(vm).suites = suites;
                Ok(())
            }
            None => Err(errors::raise_plain(vm, "No cipher can be selected.")),
        }
    }

    #[method("($self, /)")]
    fn get_ciphers(vm: &mut Vm, this: &Ref<Context>) -> Result {
        let suites = this.get(vm).suites.0.clone();
        let mut all = Vec::new();
        for suite in suites {
            let Some(shown) = ciphers::shown(suite.suite()) else { continue };
            let dict = vm.new_dict()?;
            let id = vm.new_int(0x0300_0000 | i64::from(u16::from(shown.suite)))?;
            let texts = [
                ("name", shown.name.to_owned()),
                ("protocol", shown.protocol.to_owned()),
                ("description", shown.description()),
            ];
            let key = vm.intern_utf8("id")?.into_value();
            vm.dict_set(&dict, &key, id)?;
            for (key, value) in texts {
                let (key, value) = (vm.intern_utf8(key)?.into_value(), vm.new_str(&value)?.into_value());
                vm.dict_set(&dict, &key, value)?;
            }
            let more = [
                ("strength_bits", Value::from_i32(shown.bits)),
                ("alg_bits", Value::from_i32(shown.bits)),
                ("aead", Value::bool(true)),
                ("symmetric", vm.new_str(shown.symmetric)?.into_value()),
                ("digest", Value::none()),
                ("kea", vm.new_str(&format!("kx-{}", shown.exchange.to_lowercase()))?.into_value()),
                ("auth", vm.new_str(&format!("auth-{}", shown.authentication.to_lowercase()))?.into_value()),
            ];
            for (key, value) in more {
                let key = vm.intern_utf8(key)?.into_value();
                vm.dict_set(&dict, &key, value)?;
            }
            all.push(dict.into_value());
        }
        vm.new_list(all).map(Ref::into_value)
    }

    #[method("($self, protos, /)")]
    fn _set_alpn_protocols(vm: &mut Vm, this: &Ref<Context>, protos: &Value) -> Result<()> {
        let bytes = vm.bytes_of(protos)?;
        let mut rest = bytes.as_slice();
        let mut all = Vec::new();
        while let Some((&n, more)) = rest.split_first() {
            let Some((one, more)) = more.split_at_checked(usize::from(n)).filter(|_| n > 0) else {
                return Err(vm.raise_value_error("the list of protocols is malformed"));
            };
            all.push(one.to_vec());
            rest = more;
        }
        this.get_mut(vm).protocols = all;
        Ok(())
    }

    #[method("($self, /, certfile, keyfile=None, password=None)")]
    fn load_cert_chain(
        vm: &mut Vm,
        this: &Ref<Context>,
        certfile: &Value,
        keyfile: Option<&Value>,
        password: Option<&Value>,
    ) -> Result<()> {
        let Some(chain) = path_of(vm, Some(certfile), "certfile")? else {
            return Err(vm.raise_type_error("certfile should be a valid filesystem path"));
        };
        let key = path_of(vm, keyfile, "keyfile")?;
        if let Some(password) = password.filter(|p| !p.is_none())
            && !vm.is_callable(password)
        {
            password_of(vm, Some(password))?;
        }
        let chain_pem = store::read(vm, &chain)?;
        let key_pem = match &key {
            Some(key) => store::read(vm, key)?,
            None => chain_pem.clone(),
        };
        let key = match keys::locked(&key_pem) {
            None => store::private_key(vm, &key_pem)?,
            Some(locked) => {
                let password = password_of(vm, password)?.unwrap_or_default();
                // Passwords are made slow to try.
                let key = vm.detach(|| locked.and_then(|locked| keys::unlock(&locked, &password)));
                key.ok_or_else(|| store::raise_pem(vm))?
            }
        };
        let certified = certified_key(vm, &chain_pem, &key)?;
        let keys = &mut this.get_mut(vm).keys;
        // One of each kind, as OpenSSL keeps them.
        keys.retain(|k| k.key.algorithm() != certified.key.algorithm());
        keys.push(certified);
        Ok(())
    }

    #[method("($self, path, /)")]
    fn load_dh_params(vm: &mut Vm, _this: &Ref<Context>, path: &Value) -> Result<()> {
        let bytes = vm.fs_bytes(path)?;
        let read = vm.detach(|| taipan_host::fs::read_file(&bytes));
        match read {
            // Exchanges over finite fields are not among those that there are, so nothing depends on it.
            Ok(text) if String::from_utf8_lossy(&text).contains("BEGIN DH PARAMETERS") => Ok(()),
            Ok(_) => Err(errors::raise_reason(vm, "PEM", "NO_START_LINE", "no start line")),
            Err(e) => Err(vm.raise_os_error(e.0, Some(path.clone()))),
        }
    }

    #[method("($self, /, cafile=None, capath=None, cadata=None)")]
    fn load_verify_locations(
        vm: &mut Vm,
        this: &Ref<Context>,
        cafile: Option<&Value>,
        capath: Option<&Value>,
        cadata: Option<&Value>,
    ) -> Result<()> {
        let data = cadata.filter(|d| !d.is_none());
        let file = path_of(vm, cafile, "cafile")?;
        let directory = path_of(vm, capath, "capath")?;
        if file.is_none() && directory.is_none() && data.is_none() {
            return Err(vm.raise_type_error("cafile, capath and cadata cannot be all omitted"));
        }
        let mut trusted = this.get(vm).trusted.0.clone();
        if let Some(data) = data {
            let found = data_certificates(vm, data)?;
            store::trust(&mut trusted, found);
        }
        if let Some(file) = file {
            let pem = store::read(vm, &file)?;
            match (store::certificates(&pem), store::revocations(&pem)) {
                (Some(found), Some(lists))
                    if found.len() + lists.len() > 0
                        && found.iter().all(readable)
                        && lists.iter().all(|list| crate::der::Reader(list).next().is_some()) =>
                {
                    store::trust(&mut trusted, found);
                    let known = &mut Arc::make_mut(&mut trusted).revocations;
                    known.extend(lists);
                }
                (Some(found), Some(lists)) if found.is_empty() && lists.is_empty() => {
                    return Err(errors::raise_reason(
                        vm,
                        "X509",
                        "NO_CERTIFICATE_OR_CRL_FOUND",
                        "no certificate or crl found",
                    ));
                }
                _ => return Err(errors::raise_library(vm, "X509", "PEM lib")),
            }
        }
        let me = this.get_mut(vm);
        me.directories.extend(directory);
        *me.trusted = trusted;
        *me.extended = None;
        Ok(())
    }

    #[method("($self, /)")]
    fn set_default_verify_paths(vm: &mut Vm, this: &Ref<Context>) -> Result<()> {
        let file = taipan_host::env::get(store::FILE_VARIABLE.as_bytes());
        let directory = taipan_host::env::get(store::DIRECTORY_VARIABLE.as_bytes());
        let mut trusted = this.get(vm).trusted.0.clone();
        store::trust_defaults(vm, &mut trusted, file);
        let me = this.get_mut(vm);
        me.directories.extend(directory);
        *me.trusted = trusted;
        *me.extended = None;
        Ok(())
    }

    #[method("($self, /)")]
    fn cert_store_stats(vm: &mut Vm, this: &Ref<Context>) -> Result {
        let certificates = &this.get(vm).trusted.certificates;
        let authorities = certificates.iter().filter(|c| store::is_authority(c)).count();
        let counts =
            [("x509", certificates.len()), ("crl", this.get(vm).trusted.revocations.len()), ("x509_ca", authorities)];
        let dict = vm.new_dict()?;
        for (key, n) in counts {
            let (key, n) = (vm.intern_utf8(key)?.into_value(), vm.new_uint(n as u64)?);
            vm.dict_set(&dict, &key, n)?;
        }
        Ok(dict.into_value())
    }

    #[method("($self, /, binary_form=False)")]
    fn get_ca_certs(vm: &mut Vm, this: &Ref<Context>, binary_form: Option<bool>) -> Result {
        let trusted = this.get(vm).trusted.clone();
        let mut all = Vec::new();
        for found in trusted.certificates.iter().filter(|c| store::is_authority(c)) {
            if binary_form.unwrap_or(false) {
                all.push(vm.new_bytes(found)?.into_value());
            } else if let Some(dict) = certificate::decoded(vm, found)? {
                all.push(dict.into_value());
            }
        }
        vm.new_list(all).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn session_stats(vm: &mut Vm, this: &Ref<Context>) -> Result {
        let Handshakes { connected, accepted, resumed } = this.get(vm).handshakes;
        let dict = vm.new_dict()?;
        for (key, count) in [
            ("number", 0),
            ("connect", connected),
            ("connect_good", connected),
            ("connect_renegotiate", 0),
            ("accept", accepted),
            ("accept_good", accepted),
            ("accept_renegotiate", 0),
            ("hits", resumed),
            ("misses", 0),
            ("timeouts", 0),
            ("cache_full", 0),
        ] {
            let (key, count) = (vm.intern_utf8(key)?.into_value(), vm.new_uint(count)?);
            vm.dict_set(&dict, &key, count)?;
        }
        Ok(dict.into_value())
    }

    #[method("($self, name, /)")]
    fn set_ecdh_curve(vm: &mut Vm, this: &Ref<Context>, name: &Value) -> Result<()> {
        let text = match name.downcast::<Str>() {
            Some(text) => text.to_string_lossy(),
            None => match name.downcast::<Bytes>() {
                Some(bytes) => String::from_utf8_lossy(bytes.as_bytes()).into_owned(),
                None => {
                    let given = shown_type(name);
                    return Err(vm.raise_type_error(&format!("expected str, bytes or os.PathLike object, not {given}")));
                }
            },
        };
        let group = match text.as_str() {
            "prime256v1" | "secp256r1" | "P-256" => NamedGroup::secp256r1,
            "secp384r1" | "P-384" => NamedGroup::secp384r1,
            "X25519" => NamedGroup::X25519,
            _ => return Err(vm.raise_value_error(&format!("unknown elliptic curve name '{text}'"))),
        };
        *this.get_mut(vm).group = Some(group);
        Ok(())
    }

    #[getter]
    fn check_hostname(vm: &mut Vm, this: &Ref<Context>) -> Result<bool> {
        Ok(this.get(vm).check_hostname)
    }

    #[setter]
    fn set_check_hostname(vm: &mut Vm, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value, "check_hostname")?;
        let yes = vm.is_truthy(value)?;
        let me = this.get_mut(vm);
        if yes && me.verify_mode == 0 {
            me.verify_mode = 2;
        }
        me.check_hostname = yes;
        Ok(())
    }

    #[getter]
    fn _host_flags(vm: &mut Vm, this: &Ref<Context>) -> Result<i64> {
        Ok(this.get(vm).host_flags)
    }

    #[setter]
    fn set__host_flags(vm: &mut Vm, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value, "_host_flags")?;
        this.get_mut(vm).host_flags = vm.to_index_i64(value, "unsigned int")?;
        Ok(())
    }

    #[getter]
    fn minimum_version(vm: &mut Vm, this: &Ref<Context>) -> Result<i32> {
        Ok(this.get(vm).minimum)
    }

    #[setter]
    fn set_minimum_version(vm: &mut Vm, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value, "minimum_version")?;
        let version = version_of(vm, this, value)?;
        // The end of the range is a version like others.
        this.get_mut(vm).minimum = if version == -1 { 772 } else { version };
        Ok(())
    }

    #[getter]
    fn maximum_version(vm: &mut Vm, this: &Ref<Context>) -> Result<i32> {
        Ok(this.get(vm).maximum)
    }

    #[setter]
    fn set_maximum_version(vm: &mut Vm, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value, "maximum_version")?;
        let version = version_of(vm, this, value)?;
        this.get_mut(vm).maximum = if version == -2 { 771 } else { version };
        Ok(())
    }

    #[getter]
    fn _msg_callback(vm: &mut Vm, this: &Ref<Context>) -> Result {
        Ok(this.get(vm).msg_callback.clone().unwrap_or_else(Value::none))
    }

    #[setter]
    fn set__msg_callback(vm: &mut Vm, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value, "_msg_callback")?;
        if !value.is_none() && !vm.is_callable(value) {
            return Err(vm.raise_type_error("not a callable object"));
        }
        let former =
            std::mem::replace(&mut this.get_mut(vm).msg_callback, Some(value.clone()).filter(|v| !v.is_none()));
        drop(former);
        Ok(())
    }

    #[getter]
    fn keylog_filename(vm: &mut Vm, this: &Ref<Context>) -> Result {
        Ok(this.get(vm).keylog_filename.clone().unwrap_or_else(Value::none))
    }

    #[setter]
    fn set_keylog_filename(vm: &mut Vm, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value, "keylog_filename")?;
        *this.get_mut(vm).keylog = None;
        let former = this.get_mut(vm).keylog_filename.take();
        drop(former);
        if value.is_none() {
            return Ok(());
        }
        let path = vm.fs_bytes(value)?;
        let file = vm.blocking_call(|| KeyFile::open(&path))?;
        let me = this.get_mut(vm);
        *me.keylog = Some(Arc::new(file));
        me.keylog_filename = Some(value.clone());
        Ok(())
    }

    #[getter]
    fn sni_callback(vm: &mut Vm, this: &Ref<Context>) -> Result {
        Ok(this.get(vm).sni_callback.clone().unwrap_or_else(Value::none))
    }

    #[setter]
    fn set_sni_callback(vm: &mut Vm, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value, "sni_callback")?;
        if this.get(vm).protocol == CLIENT {
            return Err(vm.raise_value_error("sni_callback cannot be set on TLS_CLIENT context"));
        }
        if !value.is_none() && !vm.is_callable(value) {
            return Err(vm.raise_type_error("not a callable object"));
        }
        let former =
            std::mem::replace(&mut this.get_mut(vm).sni_callback, Some(value.clone()).filter(|v| !v.is_none()));
        drop(former);
        Ok(())
    }

    #[getter]
    fn num_tickets(vm: &mut Vm, this: &Ref<Context>) -> Result<usize> {
        Ok(this.get(vm).num_tickets)
    }

    #[setter]
    fn set_num_tickets(vm: &mut Vm, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value, "num_tickets")?;
        let n = vm.to_index_i64(value, "long")?;
        let Ok(n) = usize::try_from(n) else { return Err(vm.raise_value_error("value must be non-negative")) };
        if this.get(vm).protocol != SERVER {
            return Err(vm.raise_value_error("SSLContext is not a server context."));
        }
        this.get_mut(vm).num_tickets = n.min(255);
        Ok(())
    }

    #[getter]
    fn options(vm: &mut Vm, this: &Ref<Context>) -> Result<i64> {
        Ok(this.get(vm).options)
    }

    #[setter]
    fn set_options(vm: &mut Vm, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value, "options")?;
        let given = vm.index(value)?;
        if vm.compare_bool(&given, &Value::from_i32(0), CompareOp::Lt)? {
            return Err(vm.raise_value_error("options must not be negative"));
        }
        let options = vm.to_index_i64(&given, "int")?;
        if options & !this.get(vm).options & NO_VERSIONS != 0 {
            let text = "ssl.OP_NO_SSL*/ssl.OP_NO_TLS* options are deprecated";
            vm.warn(DEPRECATION_WARNING.as_type(), text, 2)?;
        }
        this.get_mut(vm).options = options;
        Ok(())
    }

    #[getter]
    fn post_handshake_auth(vm: &mut Vm, this: &Ref<Context>) -> Result<bool> {
        Ok(this.get(vm).post_handshake_auth)
    }

    #[setter]
    fn set_post_handshake_auth(vm: &mut Vm, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value, "post_handshake_auth")?;
        this.get_mut(vm).post_handshake_auth = vm.is_truthy(value)?;
        Ok(())
    }

    #[getter]
    fn protocol(vm: &mut Vm, this: &Ref<Context>) -> Result<i32> {
        Ok(this.get(vm).protocol)
    }

    #[getter]
    fn verify_flags(vm: &mut Vm, this: &Ref<Context>) -> Result<i64> {
        Ok(this.get(vm).verify_flags)
    }

    #[setter]
    fn set_verify_flags(vm: &mut Vm, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value, "verify_flags")?;
        let flags = vm.to_index_i64(value, "int")?;
        this.get_mut(vm).verify_flags = flags;
        Ok(())
    }

    #[getter]
    fn verify_mode(vm: &mut Vm, this: &Ref<Context>) -> Result<i32> {
        Ok(this.get(vm).verify_mode)
    }

    #[setter]
    fn set_verify_mode(vm: &mut Vm, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value, "verify_mode")?;
        let mode = vm.to_index_i64(value, "int")?;
        if mode == 0 && this.get(vm).check_hostname {
            let text = "Cannot set verify_mode to CERT_NONE when check_hostname is enabled.";
            return Err(vm.raise_value_error(text));
        }
        if !(0..=2).contains(&mode) {
            return Err(vm.raise_value_error("invalid value for verify_mode"));
        }
        this.get_mut(vm).verify_mode = mode as i32;
        Ok(())
    }

    #[getter]
    fn security_level(_vm: &mut Vm, _this: &Ref<Context>) -> Result<i32> {
        Ok(2)
    }
}

fn readable(certificate: &CertificateDer<'static>) -> bool {
    crate::x509::Certificate::read(certificate).is_some()
}

/// Certificates given as text in PEM or as bytes in DER.
fn data_certificates(vm: &mut Vm, data: &Value) -> Result<Vec<CertificateDer<'static>>> {
    let (text, binary) = match data.downcast::<Str>() {
        Some(text) => {
            let Some(ascii) = text.as_ascii() else {
                return Err(vm.raise_type_error("cadata should be an ASCII string or a bytes-like object"));
            };
            (ascii.as_bytes().to_vec(), false)
        }
        None if vm.is_bytes_like(data) => (vm.bytes_of(data)?, true),
        None => return Err(vm.raise_type_error("cadata should be an ASCII string or a bytes-like object")),
    };
    if text.is_empty() {
        return Err(vm.raise_value_error("Empty certificate data"));
    }
    let mut found = Vec::new();
    if binary {
        let mut reader = crate::der::Reader(&text);
        while let Some(one) = reader.next() {
            if crate::x509::Certificate::read(one.whole).is_none() {
                break;
            }
            found.push(CertificateDer::from(one.whole.to_vec()));
        }
        if found.is_empty() {
            let text = "not enough data: cadata does not contain a certificate (_ssl)";
            return Err(errors::raise_unnumbered(vm, text));
        }
        if !reader.is_empty() {
            return Err(errors::raise_reason(vm, "ASN1", "NOT_ENOUGH_DATA", "not enough data"));
        }
        return Ok(found);
    }
    for one in CertificateDer::pem_slice_iter(&text) {
        match one {
            Ok(one) if readable(&one) => found.push(one),
            _ => return Err(errors::raise_library(vm, "PEM", "PEM lib")),
        }
    }
    if found.is_empty() {
        let text = "no start line: cadata does not contain a certificate (_ssl)";
        return Err(errors::raise_unnumbered(vm, text));
    }
    Ok(found)
}
