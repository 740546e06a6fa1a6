//! `_uuid`: identifiers made of the time and the machine (version 1 of RFC 9562).

use taipan_host::{clock, dir, fs, random};
use taipan_macros::module;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Tuple, Value, Vm};

/// `_uuid`.
pub struct UuidModule;

/// 100-nanosecond steps from the beginning of the Gregorian calendar to that of Unix.
const EPOCH: u64 = 0x01b2_1dd2_1381_4000;
/// Kept for the interpreter: the clock sequence and the last time.
const STATE: &str = "_uuid.state";

/// The hardware address of a network interface; else random bytes, marked as such.
fn node() -> [u8; 6] {
    for name in dir::listdir(b"/sys/class/net").unwrap_or_default() {
        let path = [b"/sys/class/net/", &name[..], b"/address"].concat();
        let text = fs::read_file(&path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let parts: Vec<u8> = text.trim().split(':').filter_map(|p| u8::from_str_radix(p, 16).ok()).collect();
        if let Ok(address) = <[u8; 6]>::try_from(parts)
            && address != [0; 6]
        {
            return address;
        }
    }
    let mut address = [0; 6];
    let _ = random::fill(&mut address);
    address[0] |= 1;
    address
}

/// The clock sequence and the time of the last identifier.
fn kept_state(vm: &mut Vm, kept: &Ref<Tuple>) -> Result<Option<(u16, u64)>> {
    let [sequence, last] = kept.items() else { return Ok(None) };
    let (sequence, last) = (vm.to_index_i64(sequence, "int")?, vm.to_index_i64(last, "long")?);
    Ok(Some((sequence as u16, last as u64)))
}

/// Identifiers that are unique in time and space.
#[module(name = "_uuid")]
impl UuidModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        for (key, n) in [("has_uuid_generate_time_safe", 1), ("has_stable_extractable_node", 0)] {
            let n = vm.new_int(n)?;
            module.set(vm, key, n)?;
        }
        Ok(())
    }

    /// The bytes of a new identifier, and -1: nobody keeps other processes from the same one.
    #[function("($self, /)")]
    fn generate_time_safe(vm: &mut Vm) -> Result {
        let state = match vm.state().registry.get(STATE).and_then(|v| v.downcast::<Tuple>().cloned()) {
            Some(kept) => kept_state(vm, &kept)?,
            None => None,
        };
        let (mut sequence, last) = match state {
            Some(state) => state,
            None => {
                let mut bytes = [0; 2];
                let done = random::fill(&mut bytes);
                vm.system(done)?;
                (u16::from_ne_bytes(bytes) & 0x3fff, 0)
            }
        };
        let now = clock::time_ns() as u64 / 100 + EPOCH;
        if now <= last {
            sequence = (sequence + 1) & 0x3fff;
        }
        let kept = vec![vm.new_int(i64::from(sequence))?, vm.new_uint(now)?];
        let kept = vm.new_tuple(kept)?.into_value();
        vm.state_mut().registry.insert(STATE, kept);
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&(now as u32).to_be_bytes());
        bytes[4..6].copy_from_slice(&((now >> 32) as u16).to_be_bytes());
        bytes[6..8].copy_from_slice(&((now >> 48) as u16 & 0x0fff | 0x1000).to_be_bytes());
        bytes[8..10].copy_from_slice(&(sequence | 0x8000).to_be_bytes());
        bytes[10..].copy_from_slice(&node());
        let values = vec![vm.new_bytes(&bytes)?.into_value(), Value::from_i32(-1)];
        vm.new_tuple(values).map(Ref::into_value)
    }
}
