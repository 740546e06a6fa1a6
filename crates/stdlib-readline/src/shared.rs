//! What the process keeps: history, settings, bindings, the line that is being edited.

use crate::history::Lines;
use crate::keys::Action;
use rustyline::{Cmd, KeyCode, KeyEvent, Modifiers};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// Characters that end a word, as the module starts.
pub const DELIMITERS: &str = " \t\n`~!@#$%^&*()-=+[{]}\\|;:'\",<>/?";

/// See the module's documentation.
pub struct Shared {
    pub history: Lines,
    /// How many lines a history file may keep; negative is no limit.
    pub file_limit: i32,
    /// Whether a line that was read is added to the history.
    pub auto_history: bool,
    pub delimiters: String,
    /// The line as it was when Python code was called last, and the cursor's byte in it.
    pub line: String,
    pub cursor: usize,
    /// What `insert_text` has put there.
    pub inserted: String,
    /// The word that is being completed, in characters.
    pub word: (usize, usize),
    /// GNU readline's number of what is being done: 9 completes, 63 lists.
    pub completion_type: i32,
    /// What `set NAME VALUE` said.
    pub variables: HashMap<String, String>,
    /// What was bound, in order.
    pub bindings: Vec<(Vec<KeyEvent>, Action)>,
}

static SHARED: LazyLock<Mutex<Shared>> = LazyLock::new(|| {
    Mutex::new(Shared {
        history: Lines::default(),
        file_limit: -1,
        auto_history: true,
        delimiters: DELIMITERS.to_owned(),
        line: String::new(),
        cursor: 0,
        inserted: String::new(),
        word: (0, 0),
        completion_type: 0,
        variables: HashMap::new(),
        // The tabulator key completes only once it is told to.
        bindings: vec![
            (vec![KeyEvent(KeyCode::Tab, Modifiers::NONE)], Action::Command(Cmd::Insert(1, "\t".to_owned()))),
            (vec![KeyEvent(KeyCode::Tab, Modifiers::ALT)], Action::Complete),
        ],
    })
});

/// The process's state; to be let go of before Python code runs.
pub fn lock() -> MutexGuard<'static, Shared> {
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// Whether a variable is on.
    pub fn is_on(&self, name: &str, default: bool) -> bool {
        match self.variables.get(name) {
            // An empty value is "on".
            Some(value) => value.is_empty() || value == "1" || value.eq_ignore_ascii_case("on"),
            None => default,
        }
    }

    /// The number that a variable holds.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.variables.get(name)?.parse().ok()
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: &str) {
        let name = name.to_ascii_lowercase();
        if name == "history-size" {
            let size = value.parse::<i64>().unwrap_or(500);
            self.history.set_limit(usize::try_from(size).ok());
        }
        self.variables.insert(name, value.to_owned());
    }

    /// Puts text where the cursor is.
    pub fn insert(&mut self, text: &str) {
        let at = self.line.floor_char_boundary(self.cursor);
        self.line.insert_str(at, text);
        self.cursor = at + text.len();
        self.inserted.push_str(text);
    }

    /// Begins a line, or ends one.
    pub fn clear_line(&mut self) {
        self.line.clear();
        self.cursor = 0;
        self.inserted.clear();
    }
}
