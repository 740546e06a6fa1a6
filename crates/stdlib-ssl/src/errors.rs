//! The exceptions of `ssl`, in OpenSSL's words.

use crate::verify::Verdict;
use rustls::{AlertDescription, InvalidMessage, PeerIncompatible, PeerMisbehaved};
use taipan_object::{Raised, Str, TypeFlags};
use taipan_vm::errors::{OS_ERROR, VALUE_ERROR};
use taipan_vm::native::{Args, FnDef, FnKind};
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm, name};

pub const SSL: &str = "ssl.SSLError";
pub const ZERO_RETURN: &str = "ssl.SSLZeroReturnError";
pub const WANT_READ: &str = "ssl.SSLWantReadError";
pub const WANT_WRITE: &str = "ssl.SSLWantWriteError";
pub const SYSCALL: &str = "ssl.SSLSyscallError";
pub const EOF: &str = "ssl.SSLEOFError";
pub const VERIFICATION: &str = "ssl.SSLCertVerificationError";

const NUMBER_SSL: i32 = 1;
const NUMBER_WANT_READ: i32 = 2;
const NUMBER_WANT_WRITE: i32 = 3;
const NUMBER_ZERO_RETURN: i32 = 6;
const NUMBER_EOF: i32 = 8;

/// `str` of an error: its text alone.
static SHOW: FnDef = FnDef {
    name: "__str__",
    signature: Some("($self, /)"),
    doc: "Return str(self).",
    kind: FnKind::Method,
    call: show,
    positional: |vm, all| show(vm, Args::positional_only(all)),
    parameters: None,
};

fn show(vm: &mut Vm, args: Args<'_>) -> Result {
    let (this, _) = args.split_receiver(vm, "__str__")?;
    let text = vm.get_attr(this, name!("strerror"))?;
    if text.downcast::<Str>().is_some() {
        return Ok(text);
    }
    let args = vm.get_attr(this, name!("args"))?;
    vm.str(&args).map(Ref::into_value)
}

/// Makes the classes.
pub fn add_classes(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
    let base =
        vm.add_exception_class(module, SSL, OS_ERROR.as_type(), "An error occurred in the SSL implementation.")?;
    let str_method = vm.native_member(&base, &SHOW)?;
    vm.set_attr(base.as_value(), name!("__str__"), Some(str_method))?;
    for attribute in [name!("library"), name!("reason")] {
        vm.set_attr(base.as_value(), attribute, Some(Value::none()))?;
    }
    for (key, doc) in [
        (ZERO_RETURN, "SSL/TLS session closed cleanly."),
        (
            WANT_READ,
            "Non-blocking SSL socket needs to read more data\nbefore the requested operation can be completed.",
        ),
        (
            WANT_WRITE,
            "Non-blocking SSL socket needs to write more data\nbefore the requested operation can be completed.",
        ),
        (SYSCALL, "System error when attempting SSL operation."),
        (EOF, "SSL/TLS connection terminated abruptly."),
    ] {
        vm.add_exception_class(module, key, &base, doc)?;
    }
    if let Some(known) = vm.state().registry.get(VERIFICATION).cloned() {
        return module.set(vm, "SSLCertVerificationError", known);
    }
    // The one with two bases.
    let namespace = vm.new_dict()?;
    let (owner, doc) = (vm.intern_utf8("ssl")?.into_value(), vm.new_str("A certificate could not be verified.")?);
    vm.dict_set(&namespace, name!("__module__").as_value(), owner)?;
    vm.dict_set(&namespace, name!("__doc__").as_value(), doc.into_value())?;
    let own_name = vm.intern_utf8("SSLCertVerificationError")?;
    let meta = taipan_object::statics::TYPE.as_ref();
    let bases = [base.to_value(), VALUE_ERROR.as_type().to_value()];
    let class = vm.new_class(&meta, &own_name, &bases, &namespace, Args::positional_only(&[]))?;
    vm.state_mut().registry.insert(VERIFICATION, class.to_value());
    for key in [SSL, ZERO_RETURN, WANT_READ, WANT_WRITE, SYSCALL, EOF, VERIFICATION] {
        if let Some(class) = vm.state().registry.get(key).and_then(Value::as_type) {
            class.add_flags(TypeFlags::IMMUTABLE);
        }
    }
    module.set(vm, "SSLCertVerificationError", class.into_value())
}

fn make(vm: &mut Vm, key: &'static str, args: &[Value], library: Option<&str>, reason: Option<&str>) -> Result {
    let Some(class) = vm.state().registry.get(key).cloned() else {
        return Err(vm.raise_runtime_error("the module _ssl has not been imported"));
    };
    let exception = vm.call(&class, args)?;
    for (attribute, text) in [(name!("library"), library), (name!("reason"), reason)] {
        let text = match text {
            Some(text) => vm.new_str(text)?.into_value(),
            None => Value::none(),
        };
        vm.set_attr(&exception, attribute, Some(text))?;
    }
    Ok(exception)
}

fn raise_made(vm: &mut Vm, made: Result) -> Raised {
    match made {
        Ok(exception) => vm.raise(exception),
        Err(raised) => raised,
    }
}

fn numbered(vm: &mut Vm, number: i32, text: &str) -> Result<Vec<Value>> {
    Ok(vec![Value::from_i32(number), vm.new_str(text)?.into_value()])
}

/// Raises an error that has a reason of OpenSSL's: `[SSL: REASON] words`.
#[cold]
pub fn raise_reason(vm: &mut Vm, library: &str, reason: &str, words: &str) -> Raised {
    let text = format!("[{library}: {reason}] {words} (_ssl)");
    let made = numbered(vm, NUMBER_SSL, &text).and_then(|args| make(vm, SSL, &args, Some(library), Some(reason)));
    raise_made(vm, made)
}

/// Raises an error of this module itself.
#[cold]
pub fn raise_plain(vm: &mut Vm, text: &str) -> Raised {
    let made = vm.new_str(text).and_then(|text| make(vm, SSL, &[text.into_value()], None, None));
    raise_made(vm, made)
}

/// Raises an error with the number 0.
#[cold]
pub fn raise_unnumbered(vm: &mut Vm, text: &str) -> Raised {
    let made = numbered(vm, 0, text).and_then(|args| make(vm, SSL, &args, None, None));
    raise_made(vm, made)
}

#[cold]
pub fn raise_want_read(vm: &mut Vm) -> Raised {
    raise_state(vm, WANT_READ, NUMBER_WANT_READ, "The operation did not complete (read)")
}

#[cold]
pub fn raise_want_write(vm: &mut Vm) -> Raised {
    raise_state(vm, WANT_WRITE, NUMBER_WANT_WRITE, "The operation did not complete (write)")
}

#[cold]
pub fn raise_zero_return(vm: &mut Vm) -> Raised {
    raise_state(vm, ZERO_RETURN, NUMBER_ZERO_RETURN, "TLS/SSL connection has been closed (EOF)")
}

#[cold]
pub fn raise_eof(vm: &mut Vm) -> Raised {
    raise_state(vm, EOF, NUMBER_EOF, "EOF occurred in violation of protocol (_ssl)")
}

fn raise_state(vm: &mut Vm, key: &'static str, number: i32, text: &str) -> Raised {
    let made = numbered(vm, number, text).and_then(|args| make(vm, key, &args, None, None));
    raise_made(vm, made)
}

/// Raises what the check of the other side's certificate found.
#[cold]
pub fn raise_verdict(vm: &mut Vm, verdict: &Verdict) -> Raised {
    let message = &verdict.message;
    let text = format!("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {message} (_ssl)");
    let made = numbered(vm, NUMBER_SSL, &text).and_then(|args| {
        let exception = make(vm, VERIFICATION, &args, Some("SSL"), Some("CERTIFICATE_VERIFY_FAILED"))?;
        vm.set_attr(&exception, name!("verify_code"), Some(Value::from_i32(verdict.code)))?;
        let message = vm.new_str(message)?.into_value();
        vm.set_attr(&exception, name!("verify_message"), Some(message))?;
        Ok(exception)
    });
    raise_made(vm, made)
}

/// OpenSSL's name for an alert of the other side.
fn alert(description: AlertDescription) -> (&'static str, &'static str) {
    use AlertDescription as A;
    match description {
        A::UnexpectedMessage => ("SSLV3_ALERT_UNEXPECTED_MESSAGE", "ssl/tls alert unexpected message"),
        A::BadRecordMac => ("SSLV3_ALERT_BAD_RECORD_MAC", "ssl/tls alert bad record mac"),
        A::DecryptionFailed => ("TLSV1_ALERT_DECRYPTION_FAILED", "tlsv1 alert decryption failed"),
        A::RecordOverflow => ("TLSV1_ALERT_RECORD_OVERFLOW", "tlsv1 alert record overflow"),
        A::HandshakeFailure => ("SSLV3_ALERT_HANDSHAKE_FAILURE", "ssl/tls alert handshake failure"),
        A::NoCertificate => ("SSLV3_ALERT_NO_CERTIFICATE", "sslv3 alert no certificate"),
        A::BadCertificate => ("SSLV3_ALERT_BAD_CERTIFICATE", "ssl/tls alert bad certificate"),
        A::UnsupportedCertificate => ("SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", "ssl/tls alert unsupported certificate"),
        A::CertificateRevoked => ("SSLV3_ALERT_CERTIFICATE_REVOKED", "ssl/tls alert certificate revoked"),
        A::CertificateExpired => ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "ssl/tls alert certificate expired"),
        A::CertificateUnknown => ("SSLV3_ALERT_CERTIFICATE_UNKNOWN", "ssl/tls alert certificate unknown"),
        A::IllegalParameter => ("SSLV3_ALERT_ILLEGAL_PARAMETER", "ssl/tls alert illegal parameter"),
        A::UnknownCA => ("TLSV1_ALERT_UNKNOWN_CA", "tlsv1 alert unknown ca"),
        A::AccessDenied => ("TLSV1_ALERT_ACCESS_DENIED", "tlsv1 alert access denied"),
        A::DecodeError => ("TLSV1_ALERT_DECODE_ERROR", "tlsv1 alert decode error"),
        A::DecryptError => ("TLSV1_ALERT_DECRYPT_ERROR", "tlsv1 alert decrypt error"),
        A::ProtocolVersion => ("TLSV1_ALERT_PROTOCOL_VERSION", "tlsv1 alert protocol version"),
        A::InsufficientSecurity => ("TLSV1_ALERT_INSUFFICIENT_SECURITY", "tlsv1 alert insufficient security"),
        A::InternalError => ("TLSV1_ALERT_INTERNAL_ERROR", "tlsv1 alert internal error"),
        A::InappropriateFallback => ("TLSV1_ALERT_INAPPROPRIATE_FALLBACK", "tlsv1 alert inappropriate fallback"),
        A::UserCanceled => ("TLSV1_ALERT_USER_CANCELLED", "tlsv1 alert user cancelled"),
        A::NoRenegotiation => ("TLSV1_ALERT_NO_RENEGOTIATION", "tlsv1 alert no renegotiation"),
        A::UnsupportedExtension => ("TLSV1_UNSUPPORTED_EXTENSION", "tlsv1 unsupported extension"),
        A::UnrecognisedName => ("TLSV1_UNRECOGNIZED_NAME", "tlsv1 unrecognized name"),
        A::UnknownPSKIdentity => ("TLSV1_ALERT_UNKNOWN_PSK_IDENTITY", "tlsv1 alert unknown psk identity"),
        A::CertificateRequired => ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "tlsv13 alert certificate required"),
        A::NoApplicationProtocol => ("TLSV1_ALERT_NO_APPLICATION_PROTOCOL", "tlsv1 alert no application protocol"),
        _ => ("SSLV3_ALERT_HANDSHAKE_FAILURE", "ssl/tls alert handshake failure"),
    }
}

/// Raises what went wrong with the protocol.
#[cold]
pub fn raise_tls(vm: &mut Vm, error: &rustls::Error, verdict: Option<&Verdict>) -> Raised {
    use rustls::Error as E;
    let (reason, words) = match error {
        E::InvalidCertificate(error) => {
            let found = verdict.cloned().unwrap_or_else(|| Verdict::of(error, None));
            return raise_verdict(vm, &found);
        }
        E::AlertReceived(description) => alert(*description),
        E::InvalidMessage(InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion) => {
            ("WRONG_VERSION_NUMBER", "wrong version number")
        }
        E::InvalidMessage(InvalidMessage::MessageTooLarge) | E::PeerSentOversizedRecord => {
            ("RECORD_TOO_LARGE", "record layer failure")
        }
        E::InvalidMessage(_) => ("BAD_LENGTH", "bad length"),
        E::NoCertificatesPresented => ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "peer did not return a certificate"),
        E::DecryptError => ("DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "decryption failed or bad record mac"),
        E::PeerIncompatible(what) => match what {
            PeerIncompatible::NoCipherSuitesInCommon
            | PeerIncompatible::NoSignatureSchemesInCommon
            | PeerIncompatible::NoKxGroupsInCommon => ("NO_SHARED_CIPHER", "no shared cipher"),
            PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig => {
                ("UNSUPPORTED_PROTOCOL", "unsupported protocol")
            }
            _ => ("BAD_EXTENSION", "bad extension"),
        },
        E::PeerMisbehaved(PeerMisbehaved::SelectedUnofferedApplicationProtocol) | E::NoApplicationProtocol => {
            ("NO_APPLICATION_PROTOCOL", "no application protocol")
        }
        E::PeerMisbehaved(_) => ("UNEXPECTED_MESSAGE", "unexpected message"),
        E::InappropriateMessage { .. } | E::InappropriateHandshakeMessage { .. } => {
            ("UNEXPECTED_MESSAGE", "unexpected message")
        }
        E::General(text) if text.contains("no server certificate") => ("NO_SHARED_CIPHER", "no shared cipher"),
        other => return raise_reason(vm, "SSL", "INTERNAL_ERROR", &other.to_string()),
    };
    raise_reason(vm, "SSL", reason, words)
}

/// Raises an error of a library without a reason: `[SSL] PEM lib`.
#[cold]
pub fn raise_library(vm: &mut Vm, library: &str, words: &str) -> Raised {
    let text = format!("[{library}] {words} (_ssl)");
    let made = numbered(vm, NUMBER_SSL, &text).and_then(|args| make(vm, SSL, &args, Some(library), None));
    raise_made(vm, made)
}

/// Raises what a context cannot be used for.
#[cold]
pub fn raise_plain_reason(vm: &mut Vm, words: &str) -> Raised {
    let text = format!("{words} (_ssl)");
    let made = numbered(vm, NUMBER_SSL, &text).and_then(|args| make(vm, SSL, &args, None, None));
    raise_made(vm, made)
}
