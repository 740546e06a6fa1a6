//! Asks Python code for completions, and shows it what there is.

use crate::shared::{self, Shared};
use taipan_host::{dir, env, stat};
use taipan_vm::{Ref, Str, Value, Vm};

/// Keys of what was set.
pub const COMPLETER: &str = "readline.completer";
pub const DISPLAY: &str = "readline.display";

/// GNU readline's numbers of what is being done.
const COMPLETING: i32 = 9;
const LISTING: i32 = 63;

/// What completes a word.
#[derive(Debug, Default)]
pub struct Found {
    /// Where the word begins, in bytes.
    pub start: usize,
    pub candidates: Vec<String>,
    /// What `insert_text` was given meanwhile.
    pub inserted: String,
}

impl Found {
    /// What all candidates begin with.
    pub fn common(&self) -> &str {
        let Some(first) = self.candidates.first() else { return "" };
        let mut count = first.len();
        for other in &self.candidates[1..] {
            count = first.bytes().zip(other.bytes()).take(count).take_while(|(a, b)| a == b).count();
        }
        &first[..first.floor_char_boundary(count)]
    }
}

/// Finds the word before the cursor.
fn word_start(shared: &Shared, line: &str, cursor: usize) -> usize {
    let before = &line[..cursor];
    let delimiter = before.char_indices().rev().find(|(_, c)| shared.delimiters.contains(*c));
    delimiter.map_or(0, |(at, c)| at + c.len_utf8())
}

/// Calls a function of the program; its exceptions are nobody's.
pub fn quietly(vm: &mut Vm, function: &Value, args: &[Value]) -> Option<Value> {
    match vm.call(function, args) {
        Ok(value) => Some(value),
        Err(raised) => {
            drop(vm.take_raised(raised));
            None
        }
    }
}

/// Calls the completer until it has no more.
fn from_python(vm: &mut Vm, completer: &Value, word: &str) -> Vec<String> {
    let mut all = Vec::new();
    for state in 0.. {
        let Ok(text) = vm.new_str(word) else { break };
        let answer = quietly(vm, completer, &[text.into_value(), Value::from_i32(state)]);
        let Some(answer) = answer.filter(|a| !a.is_none()) else { break };
        let Some(text) = answer.downcast::<Str>() else { break };
        all.push(text.to_string_lossy());
    }
    all
}

/// The files whose names begin so; folders end in a slash.
fn files(word: &str) -> Vec<String> {
    let (folder, begin) = match word.rfind('/') {
        Some(at) => word.split_at(at + 1),
        None => ("", word),
    };
    let place = match (folder.strip_prefix("~/"), env::home()) {
        (Some(rest), Some(home)) => [&home, &b"/"[..], rest.as_bytes()].concat(),
        _ if folder.is_empty() => b"./".to_vec(),
        _ => folder.as_bytes().to_vec(),
    };
    let Ok(names) = dir::listdir(&place) else { return Vec::new() };
    let mut all = Vec::new();
    for bytes in names {
        let name = String::from_utf8_lossy(&bytes);
        if name.starts_with(begin) && (!begin.is_empty() || !name.starts_with('.')) {
            let is_dir = stat::stat(&[&place, &b"/"[..], &bytes].concat()).is_ok_and(|s| s.is_dir());
            let slash = if is_dir { "/" } else { "" };
            all.push(format!("{folder}{name}{slash}"));
        }
    }
    all
}

/// Completes the word before the cursor.
pub fn find(vm: &mut Vm, line: String, cursor: usize) -> Found {
    let (word, start) = {
        let mut shared = shared::lock();
        let start = word_start(&shared, &line, cursor);
        shared.word = (line[..start].chars().count(), line[..cursor].chars().count());
        shared.completion_type = COMPLETING;
        shared.inserted.clear();
        shared.cursor = cursor;
        let word = line[start..cursor].to_owned();
        shared.line = line;
        (word, start)
    };
    let completer = vm.state().registry.get(COMPLETER).cloned();
    let mut candidates = match completer {
        Some(completer) => from_python(vm, &completer, &word),
        None => vm.detach(|| files(&word)),
    };
    candidates.sort_unstable();
    candidates.dedup();
    let inserted = std::mem::take(&mut shared::lock().inserted);
    Found { start, candidates, inserted }
}

/// Lets the program show the candidates itself.
pub fn show(vm: &mut Vm, word: &str, candidates: &[String]) -> Found {
    {
        let mut shared = shared::lock();
        shared.completion_type = LISTING;
        shared.inserted.clear();
    }
    let Some(hook) = vm.state().registry.get(DISPLAY).cloned() else { return Found::default() };
    let longest = candidates.iter().map(String::len).max().unwrap_or(0);
    let args = (|| {
        let word = vm.new_str(word)?.into_value();
        let all = candidates.iter().map(|c| vm.new_str(c).map(Ref::into_value)).collect::<Result<Vec<_>, _>>()?;
        let all = vm.new_list(all)?.into_value();
        taipan_vm::Result::Ok([word, all, Value::from_i32(i32::try_from(longest).unwrap_or(i32::MAX))])
    })();
    match args {
        Ok(args) => drop(quietly(vm, &hook, &args)),
        Err(raised) => drop(vm.take_raised(raised)),
    }
    Found { inserted: std::mem::take(&mut shared::lock().inserted), ..Found::default() }
}
