//! Functions of `posix` that take paths apart without looking at files.

use taipan_macros::module;
use taipan_object::Bytes;
use taipan_vm::{Ref, Result, Str, Value, Vm};

/// Functions on the text of paths.
pub struct PathText;

/// Where the root of a path ends. Two slashes at the start, not three, are a root of their own.
fn root_length(path: &[u8]) -> usize {
    match path {
        [b'/', b'/', b'/', ..] => 1,
        [b'/', b'/', ..] => 2,
        [b'/', ..] => 1,
        _ => 0,
    }
}

/// Removes `.`, empty parts and what `..` takes back.
fn normalized(path: &[u8]) -> Vec<u8> {
    let root = root_length(path);
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path[root..].split(|c| *c == b'/') {
        match part {
            b"" | b"." => {}
            b".." if root > 0 && parts.is_empty() => {}
            b".." if parts.last().is_some_and(|last| *last != b"..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let mut out = path[..root].to_vec();
    out.extend(parts.join(&b'/'));
    if out.is_empty() {
        out.push(b'.');
    }
    out
}

/// The path argument as `str` or `bytes` with its raw bytes; lone surrogates are kept as three bytes each.
fn text_of(vm: &mut Vm, v: &Value, function: &str, name: &str) -> Result<(Value, Vec<u8>)> {
    let path = if v.downcast::<Str>().is_some() || v.downcast::<Bytes>().is_some() {
        v.clone()
    } else {
        match vm.fs_path_of_object(v)? {
            Some(path) => path,
            None => {
                let given = v.ty().name();
                let text = format!("{function}: {name} should be string, bytes or os.PathLike, not {given}");
                return Err(vm.raise_type_error(&text));
            }
        }
    };
    let bytes = match path.downcast::<Str>() {
        Some(text) => match text.to_utf8() {
            Some(utf8) => taipan_object::room::copied(utf8.as_bytes())?,
            None => {
                let made = taipan_vm::types::str::codec::encode(vm, text, Some("utf-8"), Some("surrogatepass"))?;
                vm.bytes_of(&made)?
            }
        },
        None => vm.bytes_of(&path)?,
    };
    Ok((path, bytes))
}

/// Text in the type of the path that it comes from.
fn like(vm: &mut Vm, path: &Value, text: &[u8]) -> Result {
    if path.downcast::<Str>().is_none() {
        return vm.new_bytes(text).map(Ref::into_value);
    }
    if let Ok(text) = std::str::from_utf8(text) {
        return vm.new_str(text).map(Ref::into_value);
    }
    let bytes = vm.new_bytes(text)?.into_value();
    taipan_vm::types::str::codec::decode(vm, &bytes, Some("utf-8"), Some("surrogatepass")).map(Ref::into_value)
}

#[module(name = "posix")]
impl PathText {
    /// Normalize a path: what os.path.normpath does.
    #[function("($module, /, path)")]
    fn _path_normpath(vm: &mut Vm, path: &Value) -> Result {
        let (path, bytes) = text_of(vm, path, "_path_normpath", "path")?;
        // A slice for each part, and two copies.
        let parts = bytes.iter().filter(|b| **b == b'/').count();
        taipan_object::room::probe(parts.saturating_mul(48).saturating_add(bytes.len() * 2))?;
        like(vm, &path, &normalized(&bytes))
    }

    /// Take a path apart into drive, root and tail: what os.path.splitroot does.
    #[function("($module, /, p)")]
    fn _path_splitroot_ex(vm: &mut Vm, p: &Value) -> Result {
        let (path, bytes) = text_of(vm, p, "_path_splitroot_ex", "path")?;
        let (root, tail) = bytes.split_at(root_length(&bytes));
        let parts = vec![like(vm, &path, b"")?, like(vm, &path, root)?, like(vm, &path, tail)?];
        vm.new_tuple(parts).map(Ref::into_value)
    }
}

#[cfg(test)]
mod tests {
    use super::normalized;

    #[test]
    fn normal_forms() {
        for (path, wanted) in [
            ("", "."),
            ("/", "/"),
            ("//", "//"),
            ("///a", "/a"),
            ("a//b/./c/..", "a/b"),
            ("../a/../..", "../.."),
            ("/..//../a", "/a"),
            ("a/..", "."),
        ] {
            assert_eq!(normalized(path.as_bytes()), wanted.as_bytes(), "{path}");
        }
    }
}
