//! The embedded library as files, for programs that look at them.

use taipan_host::embedded::{Files, Node};

/// The library's files.
pub struct LibraryFiles;

impl Files for LibraryFiles {
    fn find(&self, path: &str) -> Option<Node> {
        if path.is_empty() {
            return Some(Node::Folder);
        }
        if let Some(entry) = taipan_pylib::find_source(path) {
            return Some(Node::File(entry.source_length() as u64));
        }
        if let Some(length) = taipan_pylib::data_length(path) {
            return Some(Node::File(length as u64));
        }
        let below = |file: &str| file.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        taipan_pylib::paths().any(below).then_some(Node::Folder)
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        match taipan_pylib::find_source(path) {
            Some(entry) => Some(entry.source().into_owned().into_bytes()),
            None => taipan_pylib::find_data(path),
        }
    }

    fn list(&self, path: &str) -> Vec<(String, Node)> {
        let mut names = std::collections::BTreeMap::new();
        for file in taipan_pylib::paths() {
            let Some(rest) = (if path.is_empty() {
                Some(file)
            } else {
                file.strip_prefix(path).and_then(|rest| rest.strip_prefix('/'))
            }) else {
                continue;
            };
            match rest.split_once('/') {
                Some((folder, _)) => names.insert(folder.to_owned(), Node::Folder),
                None => names.insert(rest.to_owned(), self.find(file).unwrap_or(Node::File(0))),
            };
        }
        names.into_iter().collect()
    }
}
