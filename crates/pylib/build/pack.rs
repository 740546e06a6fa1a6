//! Writes the blob that `src/lib.rs` reads. Its header says how it is laid out; change both together.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use taipan_bytecode::{Code, Text, marshal};
use taipan_compiler::parser::Mode;

use crate::collect::File;
use crate::prebuilt::Layout;

/// Native stack of a worker, in bytes: the compiler recurses.
const STACK: usize = 64 << 20;

/// Modules that every start reads. Their code lies together, so that a start touches few pages of the blob.
const START: [&str; 17] = [
    "importlib._bootstrap",
    "importlib._bootstrap_external",
    "zipimport",
    "encodings",
    "encodings.aliases",
    "encodings.utf_8",
    "codecs",
    "io",
    "abc",
    "site",
    "os",
    "stat",
    "posixpath",
    "genericpath",
    "_collections_abc",
    "_sitebuiltins",
    "linecache",
];

struct Item {
    name: String,
    is_package: bool,
    is_module: bool,
    code: Vec<u8>,
    /// For modules that are laid out for the executable.
    compiled: Option<Arc<Code>>,
    compressed: Vec<u8>,
    plain_length: usize,
    path: String,
}

/// What is made of the library.
pub struct Packed {
    pub blob: Vec<u8>,
    /// The start's code objects, for the assembler.
    pub prebuilt: String,
}

/// The start's code objects, laid out.
fn lay_out(items: &[Item]) -> String {
    let mut layout = Layout::default();
    layout.start_with(include_str!("../start.txt"));
    for name in START {
        let item = items.iter().find(|item| item.name == name).expect("the library has what a start imports");
        let code = item.compiled.as_ref().expect("a module has code");
        layout.module(name, &item.path, code);
    }
    layout.finish()
}

/// The blob: count, fixed-size records sorted by name, then names, paths, code and compressed text.
pub fn pack(files: Vec<File>) -> Packed {
    let mut items = build_items(files);
    items.sort_by(|a, b| a.name.cmp(&b.name));
    for pair in items.windows(2) {
        assert!(pair[0].name != pair[1].name, "{} twice", pair[0].path);
    }

    let record = 10 * 4;
    let mut records = Vec::with_capacity(items.len() * record);
    let mut body = Vec::new();
    let base = 4 + items.len() * record;
    let mut put = |bytes: &[u8]| {
        let at = base + body.len();
        body.extend_from_slice(bytes);
        [at as u32, bytes.len() as u32]
    };
    // Names lie together at the front: a look-up touches few pages.
    let names: Vec<_> = items.iter().map(|item| put(item.name.as_bytes())).collect();
    let paths: Vec<_> = items.iter().map(|item| put(item.path.as_bytes())).collect();
    let mut order: Vec<_> = (0..items.len()).collect();
    order.sort_by_key(|&i| START.iter().position(|name| *name == items[i].name).unwrap_or(START.len()));
    let mut codes = vec![[0; 2]; items.len()];
    for i in order {
        codes[i] = put(&items[i].code);
    }
    let texts: Vec<_> = items.iter().map(|item| put(&item.compressed)).collect();
    for (i, item) in items.iter().enumerate() {
        let flags = u32::from(item.is_module) | u32::from(item.is_package) << 1;
        let fields = [names[i], paths[i], codes[i], texts[i]].concat();
        for field in fields.into_iter().chain([item.plain_length as u32, flags]) {
            records.extend_from_slice(&field.to_le_bytes());
        }
    }
    let total = base + body.len();
    assert!(u32::try_from(total).is_ok(), "offsets are 32 bits");

    let mut blob = (items.len() as u32).to_le_bytes().to_vec();
    blob.append(&mut records);
    blob.append(&mut body);
    Packed { blob, prebuilt: lay_out(&items) }
}

/// Compiles and compresses on every core: most of the time of this build script. Large files first, so that the
/// workers end together.
fn build_items(mut files: Vec<File>) -> Vec<Item> {
    files.sort_by_key(|file| std::cmp::Reverse(file.text.len()));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push(build_item(file));
        }
        done
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers)
            .map(|_| std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).expect("threads start"))
            .collect();
        running.into_iter().flat_map(|thread| thread.join().expect("a worker failed")).collect()
    })
}

/// The code of a module. Warnings are for those who write the library.
fn compile(file: &File) -> Arc<Code> {
    let text = taipan_compiler::source::decode(&file.text, None, &mut |name, _| Err(format!("encoding {name}")));
    let text = text.unwrap_or_else(|error| panic!("{}: {error:?}", file.path));
    let filename = Text::from(file.path.as_str());
    let options = taipan_compiler::Options { stack: STACK / 2, ..Default::default() };
    let compiled = taipan_compiler::compile_source(&text, &filename, Mode::Exec, &options);
    let (code, _) = compiled.unwrap_or_else(|error| panic!("{}: {error:?}", file.path));
    Arc::new(code)
}

fn build_item(file: &File) -> Item {
    let module = file.path.strip_suffix(".py").map(|stem| stem.replace('/', "."));
    let is_module = module.is_some();
    let (name, is_package) = match module {
        Some(dotted) => match dotted.strip_suffix(".__init__") {
            Some(package) => (package.to_owned(), true),
            None => (dotted, false),
        },
        None => (file.path.clone(), false),
    };
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&file.text).expect("memory is writable");
    let compiled = is_module.then(|| compile(file));
    let marshalled = compiled.as_ref().map(marshal::write_code_deferring);
    let code = marshalled.map(|data| data.unwrap_or_else(|error| panic!("{}: {error}", file.path)));
    Item {
        compiled: compiled.filter(|_| START.contains(&name.as_str())),
        name,
        is_package,
        is_module,
        code: code.unwrap_or_default(),
        compressed: encoder.finish().expect("memory is writable"),
        plain_length: file.text.len(),
        path: file.path.clone(),
    }
}
