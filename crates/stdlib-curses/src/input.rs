//! Keys: bytes of the terminal, and what the terminal's description says that they mean.

use crate::constants::{FUNCTION_KEY, FUNCTION_KEYS, KEY_MAX, KEY_MOUSE, KEYS};
use crate::terminfo::Terminfo;
use std::collections::VecDeque;

/// A number that is no key: there is none.
pub const NONE: i32 = -1;

/// Bits of the mouse for a button's number from 0.
mod mouse {
    pub const RELEASED: u32 = 1;
    pub const PRESSED: u32 = 2;
    pub const CLICKED: u32 = 4;
    pub const DOUBLE: u32 = 8;
    pub const CTRL: u32 = 1 << 25;
    pub const SHIFT: u32 = 1 << 26;
    pub const ALT: u32 = 1 << 27;
    pub const POSITION: u32 = 1 << 28;

    pub const fn of(button: u32, what: u32) -> u32 {
        what << (5 * button)
    }
}

/// What the mouse did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MouseEvent {
    pub id: i16,
    pub x: i32,
    pub y: i32,
    pub z: i32,
    pub state: u32,
}

/// A button that is down and may become a click.
#[derive(Clone, Copy, Debug)]
struct Held {
    event: MouseEvent,
    button: u32,
    since: i64,
}

/// What has been read and not been asked for.
#[derive(Default)]
pub struct Input {
    /// Keys that were pushed back, the next one first.
    pub pushed: VecDeque<i32>,
    bytes: VecDeque<u8>,
    /// What keys send.
    keys: Option<Vec<(Vec<u8>, i32)>>,
    pub mouse_mask: u32,
    /// How long a click may take, in milliseconds.
    pub click_time: i32,
    pub events: VecDeque<MouseEvent>,
    held: Option<Held>,
    /// The last click: where, which button, when.
    clicked: Option<(i32, i32, u32, i64)>,
    /// Whether a part of a key is taken for what it is.
    impatient: bool,
}

/// What can be said of the next key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Key(i32),
    /// Nothing is there.
    Nothing,
    /// It depends on what follows within so many milliseconds.
    Maybe(i32),
}

impl Input {
    /// Takes bytes of the terminal.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    /// Says that nothing followed.
    pub fn time_out(&mut self) {
        self.impatient = true;
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
        self.pushed.clear();
        self.events.clear();
        self.held = None;
        self.impatient = false;
    }

    /// Learns the keys of a terminal.
    pub fn learn(&mut self, term: &Terminfo) {
        if self.keys.is_some() {
            return;
        }
        let mut keys: Vec<(Vec<u8>, i32)> = Vec::new();
        let mut add = |name: &str, key: i32| {
            if let Some(bytes) = term.string(name).filter(|b| !b.is_empty())
                && keys.iter().all(|(known, _)| known != bytes)
            {
                keys.push((bytes.to_vec(), key));
            }
        };
        for (_, key, name) in KEYS {
            add(name, *key);
        }
        for n in 0..FUNCTION_KEYS {
            add(&format!("kf{n}"), FUNCTION_KEY + n);
        }
        for (n, name) in term.extended.iter().enumerate().filter(|(_, name)| name.starts_with('k')) {
            add(name, KEY_MAX + n as i32);
        }
        self.keys = Some(keys);
    }

    pub fn knows(&self, key: i32) -> bool {
        self.keys.as_ref().is_some_and(|keys| keys.iter().any(|(_, k)| *k == key))
    }

    /// The next key; sequences of bytes are keys if `keypad`. `now` is a time in nanoseconds.
    pub fn next(&mut self, keypad: bool, escape_delay: i32, now: i64) -> Next {
        if let Some(key) = self.pushed.pop_front() {
            return Next::Key(key);
        }
        let impatient = std::mem::take(&mut self.impatient);
        loop {
            if self.bytes.is_empty() {
                let Some(held) = self.held else { return Next::Nothing };
                let left = held.since / 1_000_000 + i64::from(self.click_time) - now / 1_000_000;
                if left > 0 && !impatient {
                    return Next::Maybe(left as i32);
                }
                self.held = None;
                if self.queue(held.event) {
                    return Next::Key(KEY_MOUSE);
                }
                continue;
            }
            let first = self.bytes[0];
            if !keypad {
                self.bytes.pop_front();
                return Next::Key(i32::from(first));
            }
            let bytes = self.bytes.make_contiguous();
            let mut found: Option<(usize, i32)> = None;
            let mut longer = false;
            for (sequence, key) in self.keys.iter().flatten() {
                if bytes.starts_with(sequence) {
                    if found.is_none_or(|(length, _)| length < sequence.len()) {
                        found = Some((sequence.len(), *key));
                    }
                } else if sequence.starts_with(bytes) {
                    longer = true;
                }
            }
            if longer && !impatient {
                return Next::Maybe(escape_delay);
            }
            match found {
                None => {
                    self.bytes.pop_front();
                    return Next::Key(i32::from(first));
                }
                Some((length, KEY_MOUSE)) => match self.mouse(length, now) {
                    Some(true) => return Next::Key(KEY_MOUSE),
                    Some(false) => {}
                    None if impatient => {
                        self.bytes.pop_front();
                        return Next::Key(i32::from(first));
                    }
                    None => return Next::Maybe(escape_delay),
                },
                Some((length, key)) => {
                    self.bytes.drain(..length);
                    return Next::Key(key);
                }
            }
        }
    }

    fn queue(&mut self, event: MouseEvent) -> bool {
        let buttons = event.state & self.mouse_mask;
        if buttons == 0 {
            return false;
        }
        self.events.push_back(event);
        true
    }

    /// Reads a report of the mouse; `None` if it is not whole, else whether it is one that was asked for.
    fn mouse(&mut self, length: usize, now: i64) -> Option<bool> {
        let bytes = self.bytes.make_contiguous();
        let rest = &bytes[length..];
        let (code, x, y, released, used) = if bytes[length - 1] == b'<' {
            let end = rest.iter().position(|b| matches!(b, b'M' | b'm'))?;
            let text = String::from_utf8_lossy(&rest[..end]).into_owned();
            let numbers: Vec<i32> = text.split(';').filter_map(|n| n.parse().ok()).collect();
            let &[code, x, y] = &numbers[..] else {
                self.bytes.drain(..length + end + 1);
                return Some(false);
            };
            (code as u32, x - 1, y - 1, rest[end] == b'm', length + end + 1)
        } else {
            let &[code, x, y, ..] = rest else { return None };
            let code = u32::from(code.wrapping_sub(32));
            (code, i32::from(x) - 33, i32::from(y) - 33, code & 3 == 3 && code < 64, length + 3)
        };
        self.bytes.drain(..used);
        let keys = [(4, mouse::SHIFT), (8, mouse::ALT), (16, mouse::CTRL)];
        let modifiers = keys.iter().filter(|(bit, _)| code & bit != 0).fold(0, |all, (_, key)| all | key);
        let event = |state| MouseEvent { id: 0, x, y, z: 0, state };
        if code & 32 != 0 {
            return Some(self.queue(event(mouse::POSITION | modifiers)));
        }
        let button = match code & !(4 | 8 | 16) {
            64 => 3,
            65 => 4,
            n => n & 3,
        };
        if !released {
            let clicks = mouse::of(button, mouse::CLICKED | mouse::DOUBLE);
            let pressed = event(mouse::of(button, mouse::PRESSED) | modifiers);
            if self.mouse_mask & clicks != 0 && button < 3 && self.click_time > 0 {
                self.held = Some(Held { event: pressed, button, since: now });
                return Some(false);
            }
            return Some(self.queue(pressed));
        }
        let held = self.held.take();
        // The old protocol does not say which button it was.
        let button = if button == 3 { held.map_or(0, |h| h.button) } else { button };
        if let Some(h) = held.filter(|h| (h.event.x, h.event.y, h.button) == (x, y, button)) {
            let limit = i64::from(self.click_time) * 1_000_000;
            let twice = self.clicked.is_some_and(|(a, b, c, t)| (a, b, c) == (x, y, button) && h.since - t < limit);
            if twice && self.mouse_mask & mouse::of(button, mouse::DOUBLE) != 0 {
                self.clicked = None;
                return Some(self.queue(event(mouse::of(button, mouse::DOUBLE) | modifiers)));
            }
            self.clicked = Some((x, y, button, now));
            if self.mouse_mask & mouse::of(button, mouse::CLICKED) != 0 {
                return Some(self.queue(event(mouse::of(button, mouse::CLICKED) | modifiers)));
            }
        }
        let pressed = held.is_some_and(|h| self.queue(h.event));
        let released = self.queue(event(mouse::of(button, mouse::RELEASED) | modifiers));
        if pressed && released {
            self.pushed.push_front(KEY_MOUSE);
        }
        Some(pressed || released)
    }
}

/// The name of a key.
pub fn name(key: i32, term: Option<&Terminfo>, learned: bool) -> Vec<u8> {
    if let Some((name, ..)) = KEYS.iter().find(|(_, k, _)| *k == key) {
        return name.as_bytes().to_vec();
    }
    if (FUNCTION_KEY..FUNCTION_KEY + FUNCTION_KEYS).contains(&key) {
        return format!("KEY_F({})", key - FUNCTION_KEY).into_bytes();
    }
    if let Ok(byte) = u8::try_from(key) {
        return match byte {
            0..128 => crate::cell::shown(byte).into_bytes(),
            _ => format!("M-{}", crate::cell::shown(byte - 128)).into_bytes(),
        };
    }
    let extended = term.filter(|_| learned).and_then(|t| t.extended.get(usize::try_from(key - KEY_MAX).ok()?));
    extended.filter(|name| name.starts_with('k')).map(|name| name.clone().into_bytes()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(mask: u32) -> Input {
        let keys = vec![(b"\x1b[A".to_vec(), 259), (b"\x1b[<".to_vec(), KEY_MOUSE), (b"\x7f".to_vec(), 263)];
        Input { keys: Some(keys), mouse_mask: mask, click_time: 166, ..Input::default() }
    }

    #[test]
    fn sequences() {
        let mut i = input(0);
        i.feed(b"a\x1b[A\x7f\x1b[");
        assert_eq!(i.next(true, 25, 0), Next::Key(97));
        assert_eq!(i.next(true, 25, 0), Next::Key(259));
        assert_eq!(i.next(true, 25, 0), Next::Key(263));
        assert_eq!(i.next(true, 25, 0), Next::Maybe(25));
        i.time_out();
        assert_eq!(i.next(true, 25, 0), Next::Key(27));
        assert_eq!(i.next(true, 25, 0), Next::Key(91));
        assert_eq!(i.next(true, 25, 0), Next::Nothing);
        i.feed(b"\x1b[A");
        assert_eq!(i.next(false, 25, 0), Next::Key(27));
    }

    #[test]
    fn clicks() {
        let mut i = input(mouse::of(0, mouse::CLICKED) | mouse::of(0, mouse::PRESSED));
        i.feed(b"\x1b[<0;3;5M");
        assert_eq!(i.next(true, 25, 0), Next::Maybe(166));
        i.feed(b"\x1b[<0;3;5m");
        assert_eq!(i.next(true, 25, 10), Next::Key(KEY_MOUSE));
        assert_eq!(i.events.pop_front(), Some(MouseEvent { id: 0, x: 2, y: 4, z: 0, state: 4 }));
        i.feed(b"\x1b[<0;3;5M");
        assert_eq!(i.next(true, 25, 0), Next::Maybe(166));
        i.time_out();
        assert_eq!(i.next(true, 25, 0), Next::Key(KEY_MOUSE));
        assert_eq!(i.events.pop_front().map(|e| e.state), Some(2));
    }
}
