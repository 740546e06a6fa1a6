//! What is read of a certificate.

use crate::der::{self, Element, Reader, tag};
use crate::objects;

/// A name: groups of pairs, of an attribute and its text.
pub type Name = Vec<Vec<(String, String)>>;

/// Alternative names and places, by kind.
#[derive(Clone)]
pub enum General {
    Text(&'static str, String),
    Directory(Name),
}

/// The parts of a certificate that Python shows.
#[derive(Clone)]
pub struct Certificate<'a> {
    pub version: u32,
    pub serial: String,
    pub issuer: Name,
    pub subject: Name,
    pub not_before: [u32; 6],
    pub not_after: [u32; 6],
    pub alternatives: Vec<General>,
    pub ocsp: Vec<String>,
    pub issuers: Vec<String>,
    pub revocation: Vec<String>,
    pub is_ca: bool,
    /// Whether the basic constraints are marked critical.
    pub marks_constraints: bool,
    pub has_key_usage: bool,
    pub names_subject_key: bool,
    pub names_authority_key: bool,
    raw_issuer: &'a [u8],
    raw_subject: &'a [u8],
}

impl Certificate<'_> {
    /// Whether it names itself as its issuer.
    pub fn is_self_issued(&self) -> bool {
        self.raw_issuer == self.raw_subject
    }

    /// The name of the issuer as it is encoded.
    pub fn names_issuer(&self, other: &Certificate<'_>) -> bool {
        self.raw_issuer == other.raw_subject
    }
}

fn name(e: Element<'_>) -> Option<Name> {
    let mut groups = Vec::new();
    let mut sets = e.inner();
    while !sets.is_empty() {
        let mut pairs = Vec::new();
        let mut set = sets.expect(tag::SET)?.inner();
        while !set.is_empty() {
            let mut pair = set.expect(tag::SEQUENCE)?.inner();
            let oid = der::dotted(pair.expect(tag::OBJECT)?.value)?;
            let text = der::text(pair.next()?);
            let key = objects::by_oid(&oid).map_or(oid.clone(), |o| o.long.to_owned());
            pairs.push((key, text));
        }
        groups.push(pairs);
    }
    Some(groups)
}

fn address(bytes: &[u8]) -> String {
    match *bytes {
        [a, b, c, d] => format!("{a}.{b}.{c}.{d}"),
        _ if bytes.len() == 16 => {
            let groups: Vec<String> =
                bytes.chunks_exact(2).map(|p| format!("{:X}", u16::from_be_bytes([p[0], p[1]]))).collect();
            groups.join(":")
        }
        _ => "<invalid>".to_owned(),
    }
}

fn general(e: Element<'_>) -> Option<General> {
    let plain = || String::from_utf8_lossy(e.value).into_owned();
    Some(match e.tag & 0x1f {
        0 => General::Text("othername", "<unsupported>".to_owned()),
        1 => General::Text("email", plain()),
        2 => General::Text("DNS", plain()),
        4 => General::Directory(name(e.inner().expect(tag::SEQUENCE)?)?),
        6 => General::Text("URI", plain()),
        7 => General::Text("IP Address", address(e.value)),
        8 => General::Text("Registered ID", der::dotted(e.value)?),
        3 => General::Text("X400Name", "<unsupported>".to_owned()),
        5 => General::Text("EdiPartyName", "<unsupported>".to_owned()),
        _ => return None,
    })
}

fn uri(e: Element<'_>) -> Option<String> {
    (e.tag == 0x86).then(|| String::from_utf8_lossy(e.value).into_owned())
}

impl<'a> Certificate<'a> {
    /// Reads one.
    pub fn read(bytes: &'a [u8]) -> Option<Certificate<'a>> {
        let mut body = Reader(bytes).expect(tag::SEQUENCE)?.inner().expect(tag::SEQUENCE)?.inner();
        let version = match body.take(0xa0) {
            Some(v) => u32::from(*v.inner().expect(tag::INTEGER)?.value.last()?) + 1,
            None => 1,
        };
        let serial = body.expect(tag::INTEGER)?.value;
        // A zero that keeps the number from being negative is not shown.
        let serial = match serial {
            [0, rest @ ..] if !rest.is_empty() => rest,
            all => all,
        };
        body.expect(tag::SEQUENCE)?;
        let issuer = body.expect(tag::SEQUENCE)?;
        let mut validity = body.expect(tag::SEQUENCE)?.inner();
        let (not_before, not_after) = (der::time(validity.next()?)?, der::time(validity.next()?)?);
        let subject = body.expect(tag::SEQUENCE)?;
        body.expect(tag::SEQUENCE)?;
        let mut certificate = Certificate {
            version,
            serial: der::hex(serial),
            issuer: name(issuer)?,
            subject: name(subject)?,
            not_before,
            not_after,
            alternatives: Vec::new(),
            ocsp: Vec::new(),
            issuers: Vec::new(),
            revocation: Vec::new(),
            is_ca: false,
            marks_constraints: false,
            has_key_usage: false,
            names_subject_key: false,
            names_authority_key: false,
            raw_issuer: issuer.whole,
            raw_subject: subject.whole,
        };
        body.take(0x81);
        body.take(0x82);
        if let Some(extensions) = body.take(0xa3) {
            let mut all = extensions.inner().expect(tag::SEQUENCE)?.inner();
            while !all.is_empty() {
                let mut extension = all.expect(tag::SEQUENCE)?.inner();
                let oid = der::dotted(extension.expect(tag::OBJECT)?.value)?;
                let critical = extension.take(tag::BOOLEAN).is_some_and(|b| b.value != [0]);
                let value = extension.expect(tag::OCTET_STRING)?;
                certificate.extension(&oid, value, critical)?;
            }
        }
        Some(certificate)
    }

    fn extension(&mut self, oid: &str, value: Element<'a>, critical: bool) -> Option<()> {
        match oid {
            // subjectKeyIdentifier, keyUsage, authorityKeyIdentifier
            "2.5.29.14" => self.names_subject_key = true,
            "2.5.29.15" => self.has_key_usage = true,
            "2.5.29.35" => self.names_authority_key = true,
            // subjectAltName
            "2.5.29.17" => {
                let mut names = value.inner().expect(tag::SEQUENCE)?.inner();
                while !names.is_empty() {
                    self.alternatives.push(general(names.next()?)?);
                }
            }
            // basicConstraints
            "2.5.29.19" => {
                let mut parts = value.inner().expect(tag::SEQUENCE)?.inner();
                self.marks_constraints = critical;
                self.is_ca = parts.take(tag::BOOLEAN).is_some_and(|b| b.value != [0]);
            }
            // authorityInfoAccess
            "1.3.6.1.5.5.7.1.1" => {
                let mut all = value.inner().expect(tag::SEQUENCE)?.inner();
                while !all.is_empty() {
                    let mut access = all.expect(tag::SEQUENCE)?.inner();
                    let method = der::dotted(access.expect(tag::OBJECT)?.value)?;
                    let Some(place) = uri(access.next()?) else { continue };
                    match method.as_str() {
                        "1.3.6.1.5.5.7.48.1" => self.ocsp.push(place),
                        "1.3.6.1.5.5.7.48.2" => self.issuers.push(place),
                        _ => {}
                    }
                }
            }
            // cRLDistributionPoints
            "2.5.29.31" => {
                let mut points = value.inner().expect(tag::SEQUENCE)?.inner();
                while !points.is_empty() {
                    let mut point = points.expect(tag::SEQUENCE)?.inner();
                    let Some(full) = point.take(0xa0).and_then(|p| p.inner().take(0xa0)) else { continue };
                    let mut names = full.inner();
                    while !names.is_empty() {
                        self.revocation.extend(uri(names.next()?));
                    }
                }
            }
            _ => {}
        }
        Some(())
    }
}
