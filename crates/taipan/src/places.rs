//! Where things are: the program, the prefix, the library, `sys.path`.

use crate::options::Options;
use taipan_vm::SysConfig;

/// The folder below a prefix that holds the library.
const LIBRARY: &[u8] = b"python3.14";
/// The marker of a virtual environment.
const ENVIRONMENT: &[u8] = b"pyvenv.cfg";

fn parent(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|&c| c == b'/') {
        Some(0) => b"/",
        Some(at) => &path[..at],
        None => b"",
    }
}

fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&c| c == b'/').next().unwrap_or(path)
}

pub fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    match folder {
        _ if name.starts_with(b"/") || folder.is_empty() => name.to_vec(),
        _ if folder.ends_with(b"/") => [folder, name].concat(),
        _ => [folder, b"/", name].concat(),
    }
}

fn is_file(path: &[u8]) -> bool {
    taipan_host::stat::stat(path).is_ok_and(|s| s.is_file())
}

/// The path from the root, without a `.` in front.
fn absolute(path: &[u8]) -> Vec<u8> {
    if path == b"." { as_written(b"") } else { as_written(path.strip_prefix(b"./").unwrap_or(path)) }
}

/// The path from the root, as it was written otherwise.
pub fn as_written(path: &[u8]) -> Vec<u8> {
    if path.starts_with(b"/") {
        return path.to_vec();
    }
    match taipan_host::fs::getcwd() {
        Ok(folder) if path.is_empty() => folder,
        Ok(folder) => join(&folder, path),
        Err(_) => path.to_vec(),
    }
}

/// `sys.executable`: how the program was called, from the root; links stay.
fn executable(called: &[u8]) -> Vec<u8> {
    if called.contains(&b'/') {
        return absolute(called);
    }
    if !called.is_empty()
        && let Some(path) = taipan_host::env::get(b"PATH")
    {
        for folder in path.split(|&c| c == b':') {
            let full = absolute(&join(folder, called));
            if is_file(&full) && taipan_host::fs::access(taipan_host::fs::CWD, &full, 1, 0).is_ok() {
                return full;
            }
        }
    }
    taipan_host::env::executable().unwrap_or_default()
}

/// The last target of a chain of links.
fn without_links(path: &[u8]) -> Vec<u8> {
    let mut path = path.to_vec();
    for _ in 0..40 {
        match taipan_host::fs::readlink(taipan_host::fs::CWD, &path) {
            Ok(target) => path = join(parent(&path), &target),
            Err(_) => break,
        }
    }
    path
}

/// A path from the root without `.` and `..`, as `site` writes the entries of `sys.path`.
fn without_dots(path: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|&c| c == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let mut all = b"/".to_vec();
    all.extend(parts.join(&b'/'));
    all
}

/// The value of a key in `pyvenv.cfg`.
fn setting(text: &[u8], wanted: &str) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(text);
    let value = text.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim().eq_ignore_ascii_case(wanted)).then(|| value.trim().as_bytes().to_vec())
    });
    value.filter(|v| !v.is_empty())
}

/// The prefix that a program in this folder belongs to.
fn prefix_of(folder: &[u8]) -> &[u8] {
    if file_name(folder) == b"bin" { parent(folder) } else { folder }
}

/// Reads the file `<program>._pth`, if there is one: it lists all of `sys.path`, and keeps the environment and, unless it
/// has a line `import site`, the site out.
pub fn read_path_file(options: &mut Options) {
    let called = options.orig_argv.first().map(Vec::as_slice).unwrap_or_default();
    let executable = executable(called);
    let Ok(text) = taipan_host::fs::read_file(&[&executable[..], b"._pth"].concat()) else { return };
    let lines = || text.split(|&c| c == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty() && l[0] != b'#');
    let folder = parent(&executable);
    let flags = &mut options.flags;
    flags.no_site |= !lines().any(|line| line == b"import site");
    (flags.isolated, flags.ignore_environment, flags.safe_path, flags.no_user_site) = (true, true, true, true);
    options.fixed_path = Some(
        lines().filter(|line| !line.starts_with(b"import ")).map(|line| without_dots(&join(folder, line))).collect(),
    );
    (options.home, options.python_path, options.startup) = (None, None, None);
}

/// What `sys` says about places.
pub fn find(options: &Options) -> SysConfig {
    let called = options.orig_argv.first().map(Vec::as_slice).unwrap_or_default();
    let executable = executable(called);
    let folder = parent(&executable).to_vec();
    let mut base_executable = executable.clone();
    let mut environment = None;
    let mut home = None;
    if options.home.is_none() {
        for place in [&folder[..], parent(&folder)] {
            let Ok(text) = taipan_host::fs::read_file(&join(place, ENVIRONMENT)) else { continue };
            environment = Some(place.to_vec());
            if let Some(found) = setting(&text, "home") {
                base_executable = join(&found, file_name(&executable));
                if !is_file(&base_executable) {
                    base_executable = join(&found, file_name(&without_links(&executable)));
                }
                home = Some(found);
            }
            break;
        }
    }
    let real_folder = match home {
        Some(home) => home,
        None => without_dots(parent(&without_links(&executable))),
    };
    let (base_prefix, base_exec_prefix) = match &options.home {
        Some(home) => match home.iter().position(|&c| c == b':') {
            Some(at) => (home[..at].to_vec(), home[at + 1..].to_vec()),
            None => (home.clone(), home.clone()),
        },
        None => {
            // What was compiled where it lies is no installation: the folder of the program is as good as any.
            let prefix = prefix_of(&real_folder).to_vec();
            (prefix.clone(), prefix)
        }
    };
    let platlibdir = options.platlibdir.clone().unwrap_or_else(|| b"lib".to_vec());
    let libraries = join(&base_prefix, b"lib");
    let library = join(&libraries, LIBRARY);
    let on_disk = is_file(&join(&library, b"os.py"));
    let path = options.fixed_path.clone().unwrap_or_else(|| {
        let given = options.python_path.iter().flat_map(|given| given.split(|&c| c == b':').map(absolute));
        let own = [join(&join(&base_prefix, &platlibdir), b"python314.zip"), library.clone()];
        given.chain(own).collect()
    });
    SysConfig {
        argv: options.argv.clone(),
        orig_argv: options.orig_argv.clone(),
        path,
        warn_options: options.warn_options.clone(),
        x_options: options.x_options.clone(),
        executable: Some(executable),
        base_executable: Some(base_executable),
        prefix: environment.clone().unwrap_or_else(|| base_prefix.clone()),
        exec_prefix: environment.unwrap_or_else(|| base_exec_prefix.clone()),
        base_prefix,
        base_exec_prefix,
        platlibdir: Some(platlibdir),
        home: options.home.clone(),
        stdlib_dir: Some(library),
        pycache_prefix: options.pycache_prefix.clone(),
        embedded_library: !on_disk,
        use_frozen_modules: options.frozen_modules.unwrap_or(!on_disk),
        check_hash_pycs: options.check_hash_pycs,
        cpu_count: options.cpu_count,
        import_time: options.import_time,
        remote_debug: options.remote_debug,
        no_debug_ranges: !options.debug_ranges,
    }
}
