//! Lines of GNU readline's init files: key bindings, variables, conditions.

use crate::keys::{self, Action};
use crate::shared::Shared;
use rustyline::Cmd;
use taipan_host::{Errno, env, fs};

/// How deep files may include others.
const DEPTH: usize = 10;

/// A character with the control key.
fn control(c: char) -> char {
    match c {
        '?' => '\x7f',
        c if c.is_ascii() => char::from(c.to_ascii_uppercase() as u8 & 0x1f),
        c => c,
    }
}

/// Takes up to `most` digits of a base.
fn number(rest: &mut &str, base: u32, most: usize) -> Option<char> {
    let count = rest.chars().take(most).take_while(|c| c.is_digit(base)).count();
    let value = u32::from_str_radix(rest.get(..count)?, base).ok()?;
    *rest = &rest[count..];
    char::from_u32(value & 0xff)
}

fn next(rest: &mut &str) -> Option<char> {
    let c = rest.chars().next()?;
    *rest = &rest[c.len_utf8()..];
    Some(c)
}

/// Reads what follows a backslash.
fn escape(rest: &mut &str, into: &mut String) {
    if let Some(after) = rest.strip_prefix("C-").or_else(|| rest.strip_prefix("c-")) {
        *rest = after;
        let mut inner = String::new();
        unit(rest, &mut inner);
        let mut inner = inner.chars();
        // `\C-\M-x` is an escape and the other with control.
        match (inner.next(), inner.next()) {
            (Some('\x1b'), Some(c)) => into.extend(['\x1b', control(c)]),
            (Some(c), _) => into.push(control(c)),
            _ => {}
        }
        return;
    }
    if let Some(after) = rest.strip_prefix("M-").or_else(|| rest.strip_prefix("m-")) {
        *rest = after;
        into.push('\x1b');
        return unit(rest, into);
    }
    if rest.starts_with(|c: char| c.is_digit(8)) {
        into.extend(number(rest, 8, 3));
        return;
    }
    let Some(c) = next(rest) else { return };
    into.push(match c {
        'a' => '\x07',
        'b' => '\x08',
        'd' => '\x7f',
        'e' => '\x1b',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        'x' => number(rest, 16, 2).unwrap_or('x'),
        other => other,
    });
}

/// Reads a character or an escape.
fn unit(rest: &mut &str, into: &mut String) {
    match next(rest) {
        Some('\\') => escape(rest, into),
        Some(c) => into.push(c),
        None => {}
    }
}

/// Reads text up to its quote; whether there was one.
fn quoted(rest: &mut &str, quote: char) -> (String, bool) {
    let mut text = String::new();
    while let Some(c) = rest.chars().next() {
        if c == quote {
            *rest = &rest[c.len_utf8()..];
            return (text, true);
        }
        unit(rest, &mut text);
    }
    (text, false)
}

/// The characters of a key by its name, like `Control-Meta-a` or `TAB`.
fn named(name: &str) -> String {
    let (mut is_control, mut is_meta) = (false, false);
    let mut rest = name;
    while let Some((word, after)) = rest.split_once('-').filter(|(_, after)| !after.is_empty()) {
        match word.to_ascii_lowercase().as_str() {
            "control" | "ctrl" | "c" => is_control = true,
            "meta" | "m" => is_meta = true,
            _ => break,
        }
        rest = after;
    }
    let key = match rest.to_ascii_lowercase().as_str() {
        "del" | "rubout" => Some('\x7f'),
        "esc" | "escape" => Some('\x1b'),
        "lfd" | "newline" => Some('\n'),
        "ret" | "return" => Some('\r'),
        "space" | "spc" => Some(' '),
        "tab" => Some('\t'),
        _ => rest.chars().next(),
    };
    let mut text = String::new();
    if is_meta {
        text.push('\x1b');
    }
    text.extend(key.map(|c| if is_control { control(c) } else { c }));
    text
}

/// What the right side of a binding does. Macros are text that is inserted; keys inside of them are not pressed.
fn bound(value: &str, keys: &str) -> Option<Action> {
    let mut rest = value;
    if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        rest = &rest[1..];
        let (text, _) = quoted(&mut rest, quote);
        let plain: String = text.chars().take_while(|c| !c.is_control() || *c == '\t').collect();
        return Some(Action::Command(Cmd::Insert(1, plain)));
    }
    let name = value.split_whitespace().next()?;
    if name.eq_ignore_ascii_case("self-insert") {
        return Some(Action::Command(Cmd::Insert(1, keys.to_owned())));
    }
    keys::action(name)
}

/// Takes one line; gives what is wrong with it.
pub fn line(shared: &mut Shared, line: &str) -> Result<(), String> {
    let text = line.trim();
    if text.is_empty() || text.starts_with('#') {
        return Ok(());
    }
    if let Some(rest) = text.strip_prefix("set").filter(|r| r.starts_with(char::is_whitespace)) {
        let rest = rest.trim_start();
        let (name, value) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        shared.set(name, value.trim());
        return Ok(());
    }
    let (keys, value) = if let Some(mut rest) = text.strip_prefix('"') {
        let (keys, closed) = quoted(&mut rest, '"');
        match rest.trim_start().strip_prefix(':') {
            Some(value) if closed => (keys, value),
            _ => return Err(format!("{text}: no key sequence terminator")),
        }
    } else {
        // A colon may be the key itself.
        match text.char_indices().skip(1).find(|(_, c)| *c == ':') {
            Some((at, _)) => (named(text[..at].trim_end()), &text[at + 1..]),
            None => return Err(format!("{text}: no key sequence terminator")),
        }
    };
    let events = keys::events(&keys);
    if let Some(action) = bound(value.trim_start(), &keys)
        && !events.is_empty()
    {
        shared.bindings.retain(|(known, _)| *known != events);
        shared.bindings.push((events, action));
    }
    Ok(())
}

/// Whether a condition of `$if` holds.
fn holds(shared: &Shared, condition: &str) -> bool {
    let condition = condition.trim();
    if let Some((name, value)) = condition.split_once('=') {
        let value = value.trim();
        let mode = shared.variables.get("editing-mode").map_or("emacs", String::as_str);
        return match name.trim() {
            "mode" => mode.eq_ignore_ascii_case(value),
            "term" => variable(b"TERM").is_some_and(|t| t == value || t.split('-').next() == Some(value)),
            _ => false,
        };
    }
    condition.eq_ignore_ascii_case("python")
}

/// Takes the lines of a file.
pub fn text(shared: &mut Shared, bytes: &[u8], depth: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    // For each `$if`: whether its lines count.
    let mut conditions: Vec<bool> = Vec::new();
    for entry in String::from_utf8_lossy(bytes).lines() {
        let entry = entry.trim();
        let counts = conditions.iter().all(|c| *c);
        let Some(directive) = entry.strip_prefix('$') else {
            if counts && let Err(message) = line(shared, entry) {
                wrong.push(message);
            }
            continue;
        };
        let (word, rest) = directive.split_once(char::is_whitespace).unwrap_or((directive, ""));
        match word {
            "if" => conditions.push(holds(shared, rest)),
            "else" => {
                if let Some(last) = conditions.last_mut() {
                    *last = !*last;
                }
            }
            "endif" => drop(conditions.pop()),
            "include" if counts && depth < DEPTH => {
                if let Ok(bytes) = fs::read_file(&expanded(rest.trim())) {
                    wrong.extend(text(shared, &bytes, depth + 1));
                }
            }
            _ => {}
        }
    }
    wrong
}

fn variable(name: &[u8]) -> Option<String> {
    let value = env::get(name)?;
    Some(String::from_utf8_lossy(&value).into_owned()).filter(|v| !v.is_empty())
}

/// A path whose beginning may be `~/`.
pub fn expanded(path: &str) -> Vec<u8> {
    match (path.strip_prefix("~/"), env::home()) {
        (Some(rest), Some(home)) => [&home, &b"/"[..], rest.as_bytes()].concat(),
        _ => path.as_bytes().to_vec(),
    }
}

/// The init files that are tried, the first that is there counts.
pub fn candidates() -> Vec<Vec<u8>> {
    if let Some(named) = variable(b"INPUTRC") {
        return vec![expanded(&named)];
    }
    vec![expanded("~/.inputrc"), b"/etc/inputrc".to_vec()]
}

/// Takes the user's init file; whether there was one.
pub fn read_default(shared: &mut Shared) -> taipan_host::Result<Vec<String>> {
    let mut last = Errno(libc::ENOENT);
    for path in candidates() {
        match fs::read_file(&path) {
            Ok(bytes) => return Ok(text(shared, &bytes, 0)),
            Err(e) => last = e,
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustyline::{KeyCode, KeyEvent, Modifiers};

    fn keys_of(text: &str) -> Vec<KeyEvent> {
        let mut rest = text;
        keys::events(&quoted(&mut rest, '"').0)
    }

    #[test]
    fn sequences() {
        assert_eq!(keys_of(r#"\C-x\C-r""#), [KeyEvent::ctrl('X'), KeyEvent::ctrl('R')]);
        assert_eq!(keys_of(r#"\e[A""#), [KeyEvent(KeyCode::Up, Modifiers::NONE)]);
        assert_eq!(keys_of(r#"\M-f""#), [KeyEvent::alt('f')]);
        assert_eq!(keys_of(r#"\t\011\x09""#), [KeyEvent(KeyCode::Tab, Modifiers::NONE); 3]);
    }

    #[test]
    fn names() {
        assert_eq!(named("Control-b"), "\x02");
        assert_eq!(named("tab"), "\t");
        assert_eq!(named("Meta-Rubout"), "\x1b\x7f");
        assert_eq!(named("-"), "-");
        assert_eq!(named("C--"), "\r");
    }
}
