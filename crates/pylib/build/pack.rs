//! Writes the blob that `src/lib.rs` reads. Its header says how it is laid out; change both together.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::collect::File;

struct Item {
    name: String,
    is_package: bool,
    is_module: bool,
    code: Vec<u8>,
    compressed: Vec<u8>,
    plain_length: usize,
    path: String,
}

/// The blob: count, fixed-size records sorted by name, then names, paths, code and compressed text.
pub fn pack(files: Vec<File>) -> Vec<u8> {
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
    let codes: Vec<_> = items.iter().map(|item| put(&item.code)).collect();
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
    blob
}

/// Compresses on every core: most of the time of this build script.
fn build_items(files: Vec<File>) -> Vec<Item> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut shares: Vec<Vec<File>> = (0..workers).map(|_| Vec::new()).collect();
    for (i, file) in files.into_iter().enumerate() {
        shares[i % workers].push(file);
    }
    std::thread::scope(|scope| {
        let running: Vec<_> = shares
            .into_iter()
            .map(|share| scope.spawn(|| share.into_iter().map(build_item).collect::<Vec<_>>()))
            .collect();
        running.into_iter().flat_map(|thread| thread.join().expect("a worker failed")).collect()
    })
}

fn build_item(file: File) -> Item {
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
    Item {
        name,
        is_package,
        is_module,
        code: Vec::new(),
        compressed: encoder.finish().expect("memory is writable"),
        plain_length: file.text.len(),
        path: file.path,
    }
}
