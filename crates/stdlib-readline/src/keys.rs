//! Keys and commands by the names that GNU readline's init files give them.

use rustyline::{Anchor, At, Cmd, KeyCode, KeyEvent, Modifiers, Movement, Word};

/// What a key does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A command of the editor.
    Command(Cmd),
    /// Completes the word before the cursor.
    Complete,
    /// Completes it with one candidate after the other.
    Cycle,
}

/// The command that a function's name means, if the editor has it.
pub fn action(name: &str) -> Option<Action> {
    let back = |word| Movement::BackwardWord(1, word);
    let forward = Movement::ForwardWord(1, At::AfterEnd, Word::Emacs);
    let command = match name.to_ascii_lowercase().as_str() {
        "complete" | "possible-completions" => return Some(Action::Complete),
        "menu-complete" | "old-menu-complete" => return Some(Action::Cycle),
        "abort" => Cmd::Abort,
        "accept-line" | "operate-and-get-next" => Cmd::AcceptLine,
        "backward-char" => Cmd::Move(Movement::BackwardChar(1)),
        "backward-delete-char" => Cmd::Kill(Movement::BackwardChar(1)),
        "backward-kill-line" | "unix-line-discard" => Cmd::Kill(Movement::BeginningOfLine),
        "backward-kill-word" => Cmd::Kill(back(Word::Emacs)),
        "backward-word" => Cmd::Move(back(Word::Emacs)),
        "beginning-of-history" => Cmd::BeginningOfHistory,
        "beginning-of-line" => Cmd::Move(Movement::BeginningOfLine),
        "capitalize-word" => Cmd::CapitalizeWord,
        "clear-screen" | "clear-display" => Cmd::ClearScreen,
        "delete-char" | "forward-backward-delete-char" => Cmd::Kill(Movement::ForwardChar(1)),
        "downcase-word" => Cmd::DowncaseWord,
        "end-of-file" => Cmd::EndOfFile,
        "end-of-history" => Cmd::EndOfHistory,
        "end-of-line" => Cmd::Move(Movement::EndOfLine),
        "forward-char" => Cmd::Move(Movement::ForwardChar(1)),
        "forward-search-history" => Cmd::ForwardSearchHistory,
        "forward-word" => Cmd::Move(forward),
        "history-search-backward" | "history-substring-search-backward" => Cmd::HistorySearchBackward,
        "history-search-forward" | "history-substring-search-forward" => Cmd::HistorySearchForward,
        "kill-line" => Cmd::Kill(Movement::EndOfLine),
        "kill-whole-line" => Cmd::Kill(Movement::WholeLine),
        "kill-word" => Cmd::Kill(forward),
        "next-history" => Cmd::NextHistory,
        "next-screen-line" => Cmd::LineDownOrNextHistory(1),
        "previous-history" => Cmd::PreviousHistory,
        "previous-screen-line" => Cmd::LineUpOrPreviousHistory(1),
        "quoted-insert" => Cmd::QuotedInsert,
        "redraw-current-line" => Cmd::Repaint,
        "reverse-search-history" => Cmd::ReverseSearchHistory,
        "revert-line" => Cmd::Undo(u16::MAX),
        "tab-insert" => Cmd::Insert(1, "\t".to_owned()),
        "transpose-chars" => Cmd::TransposeChars,
        "transpose-words" => Cmd::TransposeWords(1),
        "undo" => Cmd::Undo(1),
        "unix-word-rubout" | "unix-filename-rubout" => Cmd::Kill(back(Word::Big)),
        "upcase-word" => Cmd::UpcaseWord,
        "yank" => Cmd::Yank(1, Anchor::Before),
        "yank-pop" => Cmd::YankPop,
        _ => return None,
    };
    Some(Action::Command(command))
}

/// Sequences that terminals send for keys without a character.
const SEQUENCES: [(&str, KeyCode, Modifiers); 29] = [
    ("[1;5A", KeyCode::Up, Modifiers::CTRL),
    ("[1;5B", KeyCode::Down, Modifiers::CTRL),
    ("[1;5C", KeyCode::Right, Modifiers::CTRL),
    ("[1;5D", KeyCode::Left, Modifiers::CTRL),
    ("[1;3A", KeyCode::Up, Modifiers::ALT),
    ("[1;3B", KeyCode::Down, Modifiers::ALT),
    ("[1;3C", KeyCode::Right, Modifiers::ALT),
    ("[1;3D", KeyCode::Left, Modifiers::ALT),
    ("[1~", KeyCode::Home, Modifiers::NONE),
    ("[2~", KeyCode::Insert, Modifiers::NONE),
    ("[3~", KeyCode::Delete, Modifiers::NONE),
    ("[4~", KeyCode::End, Modifiers::NONE),
    ("[5~", KeyCode::PageUp, Modifiers::NONE),
    ("[6~", KeyCode::PageDown, Modifiers::NONE),
    ("[7~", KeyCode::Home, Modifiers::NONE),
    ("[8~", KeyCode::End, Modifiers::NONE),
    ("[A", KeyCode::Up, Modifiers::NONE),
    ("[B", KeyCode::Down, Modifiers::NONE),
    ("[C", KeyCode::Right, Modifiers::NONE),
    ("[D", KeyCode::Left, Modifiers::NONE),
    ("[H", KeyCode::Home, Modifiers::NONE),
    ("[F", KeyCode::End, Modifiers::NONE),
    ("[Z", KeyCode::BackTab, Modifiers::NONE),
    ("OA", KeyCode::Up, Modifiers::NONE),
    ("OB", KeyCode::Down, Modifiers::NONE),
    ("OC", KeyCode::Right, Modifiers::NONE),
    ("OD", KeyCode::Left, Modifiers::NONE),
    ("OH", KeyCode::Home, Modifiers::NONE),
    ("OF", KeyCode::End, Modifiers::NONE),
];

/// The keys that send these characters.
pub fn events(text: &str) -> Vec<KeyEvent> {
    let mut events = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c != '\x1b' {
            events.push(KeyEvent::new(c, Modifiers::NONE));
            continue;
        }
        if let Some((sequence, code, modifiers)) = SEQUENCES.iter().find(|(s, ..)| rest.starts_with(s)) {
            events.push(KeyEvent(*code, *modifiers));
            rest = &rest[sequence.len()..];
        } else if let Some(next) = rest.chars().next() {
            events.push(KeyEvent::new(next, Modifiers::ALT));
            rest = &rest[next.len_utf8()..];
        } else {
            events.push(KeyEvent::new(c, Modifiers::NONE));
        }
    }
    events.into_iter().map(KeyEvent::normalize).collect()
}
