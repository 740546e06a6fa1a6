//! Certificates as Python sees them: dictionaries, and `_ssl.Certificate`.

use crate::x509::{self, General, Name};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::{Dict, TypeCell};
use taipan_vm::slots::CompareOp;
use taipan_vm::{Ref, Result, Value, Vm};

/// `_ssl.Certificate`.
pub static CERTIFICATE: TypeCell<Certificate> = TypeCell::new("_ssl.Certificate");

/// A certificate as it is encoded.
#[derive(Trace, Payload)]
#[payload(class = CERTIFICATE)]
#[repr(C)]
pub struct Certificate {
    der: Vec<u8>,
}

/// A certificate.
pub fn new(vm: &mut Vm, der: &[u8]) -> Result {
    Ref::new_in(vm, CERTIFICATE.as_type(), Certificate { der: der.to_vec() }).map(Ref::into_value)
}

fn text(vm: &mut Vm, text: &str) -> Result {
    vm.new_str(text).map(Ref::into_value)
}

fn tuple(vm: &mut Vm, items: Vec<Value>) -> Result {
    vm.new_tuple(items).map(Ref::into_value)
}

fn name(vm: &mut Vm, name: &Name) -> Result {
    let mut groups = Vec::new();
    for group in name {
        let mut pairs = Vec::new();
        for (key, value) in group {
            let pair = vec![text(vm, key)?, text(vm, value)?];
            pairs.push(tuple(vm, pair)?);
        }
        groups.push(tuple(vm, pairs)?);
    }
    tuple(vm, groups)
}

fn shown_time(t: [u32; 6]) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let [year, month, day, hour, minute, second] = t;
    let month = MONTHS[(month as usize - 1).min(11)];
    format!("{month} {day:2} {hour:02}:{minute:02}:{second:02} {year} GMT")
}

/// The dictionary that `getpeercert` gives; `None` is a certificate that cannot be read.
pub fn decoded(vm: &mut Vm, der: &[u8]) -> Result<Option<Ref<Dict>>> {
    let Some(read) = x509::Certificate::read(der) else { return Ok(None) };
    let dict = vm.new_dict()?;
    let mut entries: Vec<(&str, Value)> = vec![
        ("subject", name(vm, &read.subject)?),
        ("issuer", name(vm, &read.issuer)?),
        ("version", Value::from_i32(read.version as i32)),
        ("serialNumber", text(vm, &read.serial)?),
        ("notBefore", text(vm, &shown_time(read.not_before))?),
        ("notAfter", text(vm, &shown_time(read.not_after))?),
    ];
    if !read.alternatives.is_empty() {
        let mut all = Vec::new();
        for one in &read.alternatives {
            let pair = match one {
                General::Text(kind, value) => vec![text(vm, kind)?, text(vm, value)?],
                General::Directory(value) => vec![text(vm, "DirName")?, name(vm, value)?],
            };
            all.push(tuple(vm, pair)?);
        }
        entries.push(("subjectAltName", tuple(vm, all)?));
    }
    for (key, places) in
        [("OCSP", &read.ocsp), ("caIssuers", &read.issuers), ("crlDistributionPoints", &read.revocation)]
    {
        if !places.is_empty() {
            let places = places.iter().map(|p| text(vm, p)).collect::<Result<Vec<_>>>()?;
            entries.push((key, tuple(vm, places)?));
        }
    }
    for (key, value) in entries {
        let key = vm.intern_utf8(key)?.into_value();
        vm.dict_set(&dict, &key, value)?;
    }
    Ok(Some(dict))
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn pem(der: &[u8]) -> String {
    let mut encoded = String::new();
    for group in der.chunks(3) {
        let word = group.iter().fold(0u32, |w, b| w << 8 | u32::from(*b)) << (8 * (3 - group.len()));
        for i in 0..4 {
            let sextet = (word >> (18 - 6 * i)) as usize & 63;
            encoded.push(if i <= group.len() { char::from(BASE64[sextet]) } else { '=' });
        }
    }
    let mut out = "-----BEGIN CERTIFICATE-----\n".to_owned();
    for line in encoded.as_bytes().chunks(64) {
        out.push_str(&String::from_utf8_lossy(line));
        out.push('\n');
    }
    out + "-----END CERTIFICATE-----\n"
}

/// Methods of `Certificate`.
pub struct CertificateClass;

#[class(cell = CERTIFICATE, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
impl CertificateClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Certificate>) -> Result {
        let short = |long: &str| crate::objects::by_name(long).map_or(long.to_owned(), |o| o.short.to_owned());
        let subject = match x509::Certificate::read(&this.get(vm).der) {
            Some(read) => {
                let parts =
                    read.subject.iter().rev().map(|group| {
                        group.iter().map(|(k, v)| format!("{}={v}", short(k))).collect::<Vec<_>>().join("+")
                    });
                parts.collect::<Vec<_>>().join(",")
            }
            None => String::new(),
        };
        vm.new_str(&format!("<_ssl.Certificate '{subject}'>")).map(Ref::into_value)
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<Certificate>) -> Result<i64> {
        Ok(taipan_object::str::hash_bytes(&this.get(vm).der))
    }

    #[slot]
    fn compare(vm: &mut Vm, this: &Ref<Certificate>, other: &Value, op: CompareOp) -> Result {
        let Some(other) = other.downcast::<Certificate>() else { return Ok(Value::not_implemented()) };
        let same = this.get(vm).der == other.get(vm).der;
        match op {
            CompareOp::Eq => Ok(Value::bool(same)),
            CompareOp::Ne => Ok(Value::bool(!same)),
            _ => Ok(Value::not_implemented()),
        }
    }

    #[method("($self, /, format=Encoding.PEM)")]
    fn public_bytes(vm: &mut Vm, this: &Ref<Certificate>, format: Option<i32>) -> Result {
        let der = this.get(vm).der.clone();
        match format.unwrap_or(1) {
            1 => text(vm, &pem(&der)),
            2 => vm.new_bytes(&der).map(Ref::into_value),
            _ => Err(vm.raise_value_error("Unsupported format")),
        }
    }

    #[method("($self, /)")]
    fn get_info(vm: &mut Vm, this: &Ref<Certificate>) -> Result {
        let der = this.get(vm).der.clone();
        match decoded(vm, &der)? {
            Some(dict) => Ok(dict.into_value()),
            None => Err(crate::errors::raise_plain(vm, "the certificate cannot be decoded")),
        }
    }
}
