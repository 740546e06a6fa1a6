//! Where things are: the prefix, the library, `sys.path`.

use taipan_vm::SysConfig;

/// The folder below a prefix that holds the library.
const LIBRARY: &[u8] = b"/lib/python3.14";

fn parent(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|&c| c == b'/') {
        Some(0) | None => b"/",
        Some(at) => &path[..at],
    }
}

fn is_file(path: &[u8]) -> bool {
    taipan_host::stat::stat(path).is_ok_and(|s| s.is_file())
}

/// What `sys` says about places, from where the program lies.
pub fn find() -> SysConfig {
    let executable = taipan_host::env::executable().unwrap_or_default();
    let folder = parent(&executable);
    let prefix = if folder.ends_with(b"/bin") { parent(folder) } else { folder };
    let library = [prefix, LIBRARY].concat();
    let on_disk = is_file(&[&library[..], b"/os.py"].concat());
    SysConfig {
        path: vec![[prefix, b"/lib/python314.zip"].concat(), library.clone()],
        prefix: prefix.to_vec(),
        stdlib_dir: Some(library),
        executable: Some(executable),
        embedded_library: !on_disk,
        use_frozen_modules: !on_disk,
        ..SysConfig::default()
    }
}
