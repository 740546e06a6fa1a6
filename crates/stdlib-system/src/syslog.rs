//! `syslog`: messages for the system's log, sent to the socket where it listens.

use crate::common::set_constants;
use crate::constants;
use taipan_host::net::{self, Address};
use taipan_host::{clock, fd, localtime, process, strftime};
use taipan_macros::module;
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::{List, Ref, Result, Str, Tuple, Value, Vm, name};

/// `syslog`.
pub struct Syslog;

/// Where the system's log listens.
const SOCKET: &[u8] = b"/dev/log";
/// Key of what `openlog` was told: identification, options, facility.
const OPEN: &str = "syslog.open";
/// Key of the mask of priorities that are sent.
const MASK: &str = "syslog.mask";
const ALL: i64 = 0xff;
/// Bits of a priority without its facility.
const PRIORITIES: i32 = 7;

/// What the program is called.
fn program_name(vm: &mut Vm) -> Option<Value> {
    let argv = vm.sys_attr(name!("argv"))?;
    let first = argv.downcast::<List>()?.items(vm).first().cloned()?;
    let text = first.downcast::<Str>()?.to_string_lossy();
    let short = text.rsplit('/').next().unwrap_or_default().to_owned();
    if short.is_empty() {
        return None;
    }
    vm.new_str(&short).ok().map(Ref::into_value)
}

fn open(vm: &mut Vm, ident: Option<Value>, options: i64, facility: i64) -> Result<()> {
    let ident = match ident {
        Some(ident) => Some(ident),
        None => program_name(vm),
    };
    let ident = ident.unwrap_or_else(Value::none);
    let (options, facility) = (vm.new_int(options)?, vm.new_int(facility)?);
    vm.audit("syslog.openlog", &[ident.clone(), options.clone(), facility.clone()])?;
    let kept = vm.new_tuple(vec![ident, options, facility])?.into_value();
    vm.state_mut().registry.insert(OPEN, kept);
    Ok(())
}

fn mask(vm: &Vm) -> i64 {
    vm.state().registry.get(MASK).and_then(Value::small_int).unwrap_or(ALL)
}

/// Sends one datagram; a log that does not listen loses it, as the C library has it.
fn send(bytes: &[u8]) -> taipan_host::Result<()> {
    let socket = net::socket(libc::AF_UNIX, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0)?;
    let done = net::sendto(socket, bytes, libc::MSG_NOSIGNAL, &Address::Unix(SOCKET.to_vec())).map(drop);
    let _ = fd::close(socket);
    done
}

/// Messages for the system's log.
#[module(name = "syslog")]
impl Syslog {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        set_constants(vm, module, constants::syslog::ALL)
    }

    /// Say how the messages that follow are marked.
    #[function("($module, /, ident=<unrepresentable>, logoption=0,\n        facility=LOG_USER)")]
    fn openlog(vm: &mut Vm, ident: Option<&Value>, logoption: Option<i64>, facility: Option<i64>) -> Result<()> {
        if let Some(ident) = ident
            && ident.downcast::<Str>().is_none()
        {
            let given = ident.ty().name();
            return Err(vm.raise_type_error(&format!("openlog() argument 'ident' must be str, not {given}")));
        }
        open(vm, ident.cloned(), logoption.unwrap_or(0), facility.unwrap_or(i64::from(libc::LOG_USER)))
    }

    /// syslog([priority=LOG_INFO,] message)
    /// Send a message.
    #[function]
    fn syslog(vm: &mut Vm, args: Args<'_>) -> Result<()> {
        args.no_keywords(vm, "syslog.syslog")?;
        let (priority, message, number) = match args.positional() {
            [message] => (libc::LOG_INFO, message, 1),
            [priority, message] => (vm.to_index_i64(priority, "int")? as i32, message, 2),
            _ => return Err(vm.raise_type_error("syslog.syslog requires 1 to 2 arguments")),
        };
        let Some(text) = message.downcast::<Str>() else {
            let given = message.ty().name();
            return Err(vm.raise_type_error(&format!("syslog() argument {number} must be str, not {given}")));
        };
        let bytes = vm.fs_encode(text)?;
        let shown = vm.new_int(i64::from(priority))?;
        vm.audit("syslog.syslog", &[shown, message.clone()])?;
        if !vm.state().registry.contains_key(OPEN) {
            open(vm, None, 0, i64::from(libc::LOG_USER))?;
        }
        if mask(vm) >> (priority & PRIORITIES) & 1 == 0 {
            return Ok(());
        }
        let kept = vm.state().registry.get(OPEN).and_then(|v| v.downcast::<Tuple>().cloned());
        let (ident, options, facility) = match kept.as_ref().map(|k| k.items()) {
            Some([ident, options, facility]) => {
                let ident = ident.downcast::<Str>().map(|s| s.to_string_lossy());
                (ident, options.small_int().unwrap_or(0), facility.small_int().unwrap_or(0))
            }
            _ => (None, 0, 0),
        };
        let facility = if priority & !PRIORITIES == 0 { facility as i32 } else { 0 };
        let now = localtime::localtime(clock::time_ns() / 1_000_000_000);
        let now = vm.system(now)?;
        let stamp = strftime::strftime(b"%b %e %H:%M:%S", &now).unwrap_or_default();
        let mut line = format!("<{}>", priority | facility).into_bytes();
        line.extend(stamp);
        line.push(b' ');
        line.extend(ident.unwrap_or_default().into_bytes());
        if options & i64::from(libc::LOG_PID) != 0 {
            line.extend(format!("[{}]", process::getpid()).into_bytes());
        }
        line.extend(b": ");
        line.extend(bytes);
        // Nobody may be listening.
        let _ = vm.detach(|| send(&line));
        Ok(())
    }

    /// Forget what openlog() was told.
    #[function("($module, /)")]
    fn closelog(vm: &mut Vm) -> Result<()> {
        vm.audit("syslog.closelog", &[])?;
        vm.state_mut().registry.remove(OPEN);
        Ok(())
    }

    /// Set which priorities are sent, and give which were.
    #[function("($module, maskpri, /)")]
    fn setlogmask(vm: &mut Vm, maskpri: i64) -> Result<i64> {
        let shown = vm.new_int(maskpri)?;
        vm.audit("syslog.setlogmask", std::slice::from_ref(&shown))?;
        let old = mask(vm);
        if maskpri != 0 {
            vm.state_mut().registry.insert(MASK, shown);
        }
        Ok(old)
    }

    /// The mask of one priority.
    #[function("($module, pri, /)")]
    fn LOG_MASK(_vm: &mut Vm, pri: i64) -> Result<i64> {
        Ok(1i64.checked_shl(pri as u32).unwrap_or(0))
    }

    /// The mask of a priority and all that are more urgent.
    #[function("($module, pri, /)")]
    fn LOG_UPTO(_vm: &mut Vm, pri: i64) -> Result<i64> {
        Ok(1i64.checked_shl(pri as u32 + 1).unwrap_or(0) - 1)
    }
}
