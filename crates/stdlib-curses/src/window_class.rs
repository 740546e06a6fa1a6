//! `_curses.window`.

use crate::cell::{Cell, split, turn_off, turn_on};
use crate::constants::KEY_MIN;
use crate::module::{ERROR, fail, flush, null, number, read_key};
use crate::screen::{Screen, lock};
use crate::window::{Done, Fail, Id};
use crate::{cell, input};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, IntRef, Raised, Str, Tuple, TypeCell};
use taipan_vm::native::Args;
use taipan_vm::types::str::codec;
use taipan_vm::{Ref, Result, Value, Vm, name};

/// `_curses.window`.
pub static WINDOW: TypeCell<Window> = TypeCell::new("_curses.window");

/// The number of a window that ends with the object, unless it is the screen's.
pub struct Owned {
    pub id: Id,
    pub owned: bool,
}

impl Drop for Owned {
    fn drop(&mut self) {
        if self.owned {
            lock().windows.remove(self.id);
        }
    }
}

/// A window.
#[derive(Trace, Payload)]
#[payload(class = WINDOW)]
#[repr(C)]
pub struct Window {
    pub window: Opaque<Owned>,
    /// The outer window, which has to live as long.
    outer: Option<Value>,
    encoding: Value,
}

/// Methods of `window`.
pub struct WindowClass;

/// Makes the object of a window.
pub fn make(vm: &mut Vm, id: Id, outer: Option<Value>, owned: bool) -> Result<Ref<Window>> {
    let window = Opaque(Owned { id, owned });
    let encoding = vm.new_str("UTF-8")?.into_value();
    Ref::new(vm, Window { window, outer, encoding })
}

/// The number of an object's window.
pub fn id_of(vm: &Vm, this: &Ref<Window>) -> Id {
    this.get(vm).window.0.id
}

/// What is given where a character is expected.
#[derive(Clone, Copy)]
enum Ch {
    /// A `chtype`.
    Number(u32),
    Char(char),
}

const LONG: &str = "int doesn't fit in long";
const CHTYPE: &str = "byte doesn't fit in chtype";

/// A character as a number that a `chtype` holds.
pub fn chtype(vm: &mut Vm, v: &Value, encoding: Option<&Value>) -> Result<u32> {
    match character(vm, v, encoding, false)? {
        Ch::Number(n) => Ok(n),
        Ch::Char(c) => Ok(u32::from(c)),
    }
}

fn character(vm: &mut Vm, v: &Value, encoding: Option<&Value>, wide: bool) -> Result<Ch> {
    if let Some(n) = v.as_int() {
        // Numbers beyond 64 bits are said so only where characters may be wide.
        let n = match n.to_i64() {
            Some(n) => n,
            None => return Err(vm.raise_overflow_error(if encoding.is_some() { LONG } else { CHTYPE })),
        };
        return match u32::try_from(n) {
            Ok(n) => Ok(Ch::Number(n)),
            Err(_) => Err(vm.raise_overflow_error(CHTYPE)),
        };
    }
    if let Some(bytes) = v.downcast::<Bytes>() {
        if let &[byte] = bytes.as_bytes() {
            return Ok(Ch::Number(u32::from(byte)));
        }
        let count = bytes.as_bytes().len();
        return Err(wrong_length(vm, "bytes", count));
    }
    let Some(text) = v.downcast::<Str>() else {
        let text = format!("expect int or bytes or str of length 1, got {}", v.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    let mut points = text.data().code_points();
    let (first, more) = (points.next(), points.next().is_some());
    let Some(first) = first.filter(|_| !more) else {
        let count = text.data().code_points().count();
        return Err(wrong_length(vm, "str", count));
    };
    if first < 0x80 {
        return Ok(Ch::Number(first));
    }
    if wide && let Some(c) = char::from_u32(first) {
        return Ok(Ch::Char(c));
    }
    let encoding = encoding.and_then(|e| e.downcast::<Str>()).map_or("utf-8".to_owned(), |e| e.to_string_lossy());
    let text = text.clone();
    let bytes = codec::encode(vm, &text, Some(&encoding), None)?;
    match bytes.downcast::<Bytes>().map(|b| b.as_bytes().to_vec()).as_deref() {
        Some(&[byte]) => Ok(Ch::Number(u32::from(byte))),
        _ => Err(vm.raise_overflow_error(CHTYPE)),
    }
}

fn wrong_length(vm: &mut Vm, kind: &str, count: usize) -> Raised {
    vm.raise_type_error(&format!("expect int or bytes or str of length 1, got a {kind} of length {count}"))
}

/// Attributes as a number of any size.
pub fn attributes(vm: &mut Vm, v: &Value) -> Result<u32> {
    let n = vm.index(v)?;
    match n.as_int().and_then(IntRef::to_i64) {
        Some(n) => Ok(n as u32),
        None => Err(vm.raise_overflow_error("Python int too large to convert to C long")),
    }
}

/// A text that is shown.
enum Text {
    Chars(String),
    Bytes(Vec<u8>),
    /// Text with characters that nothing shows.
    Broken,
}

impl Text {
    /// The first characters, or bytes.
    fn cut(self, n: i32) -> Self {
        let Ok(n) = usize::try_from(n) else { return self };
        match self {
            Self::Chars(text) => Self::Chars(text.chars().take(n).collect()),
            Self::Bytes(bytes) => Self::Bytes(bytes[..n.min(bytes.len())].to_vec()),
            Self::Broken => Self::Broken,
        }
    }

    fn cells(&self) -> Vec<Cell> {
        match self {
            Self::Chars(text) => text.chars().map(|c| Cell::new(c, 0)).collect(),
            Self::Bytes(bytes) => String::from_utf8_lossy(bytes).chars().map(|c| Cell::new(c, 0)).collect(),
            Self::Broken => Vec::new(),
        }
    }
}

fn text(vm: &mut Vm, v: &Value) -> Result<Text> {
    if let Some(text) = v.downcast::<Str>() {
        if text.data().code_points().any(|c| c == 0) {
            return Err(vm.raise_value_error("embedded null character"));
        }
        return Ok(text.to_utf8().map_or(Text::Broken, |t| Text::Chars(t.to_owned())));
    }
    if let Some(bytes) = v.downcast::<Bytes>() {
        let bytes = bytes.as_bytes().to_vec();
        if bytes.contains(&0) {
            return Err(vm.raise_value_error("embedded null byte"));
        }
        return Ok(Text::Bytes(bytes));
    }
    let text = format!("expect bytes or str, got {}", v.ty().name());
    Err(vm.raise_type_error(&text))
}

fn requires(vm: &mut Vm, method: &str, least: usize, most: usize) -> Raised {
    vm.raise_type_error(&format!("_curses.window.{method} requires {least} to {most} arguments"))
}

/// Arguments of a method that may begin with a place.
fn placed<'a>(
    vm: &mut Vm,
    args: Args<'a>,
    method: &str,
    counts: (usize, usize),
    rest: (usize, usize),
) -> Result<(Option<(i32, i32)>, &'a [Value])> {
    args.no_keywords(vm, &format!("window.{method}"))?;
    let all = args.positional();
    match all.len() {
        n if (rest.0..=rest.1).contains(&n) => Ok((None, all)),
        n if (rest.0 + 2..=rest.1 + 2).contains(&n) => {
            let place = (number(vm, &all[0])?, number(vm, &all[1])?);
            Ok((Some(place), &all[2..]))
        }
        _ => Err(requires(vm, method, counts.0, counts.1)),
    }
}

/// Does something with a window and the screen.
fn with<T>(vm: &mut Vm, this: &Ref<Window>, act: impl FnOnce(&mut Screen, Id) -> T) -> T {
    let id = id_of(vm, this);
    act(&mut lock(), id)
}

/// Does something that changes a window; what has to follow the change follows it.
fn change(vm: &mut Vm, this: &Ref<Window>, called: &str, act: impl FnOnce(&mut Screen, Id) -> Done) -> Result<()> {
    let done = with(vm, this, |screen, id| {
        let done = act(screen, id);
        if done.is_ok() {
            follow(screen, id)?;
        }
        done
    });
    flush(vm)?;
    done.map_err(|_| fail(vm, called))
}

fn follow(screen: &mut Screen, id: Id) -> Done {
    let win = screen.windows.get(id)?;
    let (syncs, immediate) = (win.syncs, win.immediate);
    if syncs {
        screen.windows.sync_up(id)?;
    }
    if immediate {
        screen.show(id)?;
        screen.update()?;
    }
    Ok(())
}

fn go(screen: &mut Screen, id: Id, place: Option<(i32, i32)>) -> Done {
    match place {
        Some((y, x)) => screen.windows.move_to(id, y, x),
        None => Ok(()),
    }
}

fn add(screen: &mut Screen, id: Id, ch: Ch, attr: u32) -> Done {
    let tab = screen.tab;
    match ch {
        Ch::Number(n) => {
            let (byte, own) = split(n);
            screen.windows.add_byte(id, byte, own | attr, tab)
        }
        Ch::Char(c) => screen.windows.add(id, Cell::new(c, attr), tab),
    }
}

fn cell_of(ch: Ch, attr: u32) -> Cell {
    match ch {
        Ch::Number(n) => {
            let (byte, own) = split(n);
            Cell::new(char::from(byte), own | attr)
        }
        Ch::Char(c) => Cell::new(c, attr),
    }
}

/// Does something with other attributes of the window.
fn with_attr(screen: &mut Screen, id: Id, attr: Option<u32>, act: impl FnOnce(&mut Screen) -> Done) -> Done {
    let Some(attr) = attr else { return act(screen) };
    let old = std::mem::replace(&mut screen.windows.get_mut(id)?.attr, attr);
    let done = act(screen);
    screen.windows.get_mut(id)?.attr = old;
    done
}

fn optional_attr(vm: &mut Vm, v: Option<&Value>) -> Result<Option<u32>> {
    v.map(|v| attributes(vm, v)).transpose()
}

/// `addstr`, `addnstr`, `insstr`, `insnstr`.
fn put_text(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>, method: &str, limited: bool, inserts: bool) -> Result<()> {
    let n = usize::from(limited);
    let (place, rest) = placed(vm, args, method, (1 + n, 4 + n), (1 + n, 2 + n))?;
    let attr = optional_attr(vm, rest.get(1 + n))?;
    let limit = if limited { number(vm, &rest[1])? } else { -1 };
    let text = text(vm, &rest[0])?.cut(limit);
    let called = match (&text, limited, inserts) {
        (Text::Bytes(_), ..) => method,
        (_, false, false) => "addwstr",
        (_, true, false) => "addnwstr",
        (_, false, true) => "inswstr",
        (_, true, true) => "insn_wstr",
    };
    change(vm, this, called, |screen, id| {
        let tab = screen.tab;
        // The attributes are set before the cursor moves, and restored whatever comes of it.
        with_attr(screen, id, attr, |screen| {
            go(screen, id, place)?;
            match &text {
                Text::Broken => Err(Fail),
                text if inserts => screen.windows.insert(id, text.cells().into_iter(), tab),
                Text::Chars(text) => screen.windows.add_text(id, text, tab),
                Text::Bytes(bytes) if std::str::from_utf8(bytes).is_err() => Err(Fail),
                Text::Bytes(bytes) => bytes.iter().try_for_each(|b| screen.windows.add_byte(id, *b, 0, tab)),
            }
        })
    })
}

fn pair(vm: &mut Vm, a: i32, b: i32) -> Result<Ref<Tuple>> {
    vm.new_tuple(vec![Value::from_i32(a), Value::from_i32(b)])
}

fn bool_arg(vm: &mut Vm, v: &Value) -> Result<bool> {
    vm.index(v).map(|n| !matches!(n.as_int(), Some(IntRef::Small(0))))
}

/// Sets one of the window's options.
fn set(vm: &mut Vm, this: &Ref<Window>, flag: &Value, act: impl FnOnce(&mut crate::window::Win, bool)) -> Result<()> {
    let on = bool_arg(vm, flag)?;
    with(vm, this, |screen, id| {
        if let Ok(win) = screen.windows.get_mut(id) {
            act(win, on);
        }
    });
    Ok(())
}

/// `hline`, `vline`.
fn draw_line(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>, method: &str, down: bool) -> Result<()> {
    let (place, rest) = placed(vm, args, method, (2, 5), (2, 3))?;
    let n = number(vm, &rest[1])?;
    let attr = optional_attr(vm, rest.get(2))?.unwrap_or(0);
    let encoding = this.get(vm).encoding.clone();
    let ch = chtype(vm, &rest[0], Some(&encoding))?;
    let cell = (ch != 0 || attr != 0).then(|| cell_of(Ch::Number(ch), attr));
    change(vm, this, "wmove", |screen, id| {
        go(screen, id, place)?;
        screen.windows.draw_line(id, cell, n, down)
    })
}

fn border_cell(vm: &mut Vm, this: &Ref<Window>, v: Option<&Value>) -> Result<Option<Cell>> {
    let Some(v) = v else { return Ok(None) };
    let encoding = this.get(vm).encoding.clone();
    let ch = chtype(vm, v, Some(&encoding))?;
    Ok((ch != 0).then(|| cell_of(Ch::Number(ch), 0)))
}

/// A window inside of this one; the place is of the screen or of the window.
fn inner(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>, method: &str, on_screen: bool) -> Result<Ref<Window>> {
    args.no_keywords(vm, &format!("window.{method}"))?;
    let all = args.positional();
    if !matches!(all.len(), 2 | 4) {
        return Err(requires(vm, method, 2, 4));
    }
    let numbers = all.iter().map(|v| number(vm, v)).collect::<Result<Vec<_>>>()?;
    let (rows, cols, y, x) = match numbers[..] {
        [rows, cols, y, x] => (rows, cols, y, x),
        _ => (0, 0, numbers[0], numbers[1]),
    };
    let made = with(vm, this, |screen, id| {
        let win = screen.windows.get(id)?;
        let from = if on_screen && !win.is_pad { win.begin } else { (0, 0) };
        let (y, x) = (y.checked_sub(from.0).ok_or(Fail)?, x.checked_sub(from.1).ok_or(Fail)?);
        screen.windows.derive(id, rows, cols, y, x)
    });
    match made {
        Ok(id) => make(vm, id, Some(this.as_value().clone()), true),
        Err(_) => Err(null(vm)),
    }
}

/// Copies a window to the wanted screen.
fn show(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>, method: &str, update: bool) -> Result<()> {
    args.no_keywords(vm, &format!("window.{method}"))?;
    let all = args.positional();
    if !matches!(all.len(), 0 | 6) {
        return Err(requires(vm, method, 0, 6));
    }
    let is_pad = with(vm, this, |screen, id| screen.windows.get(id).is_ok_and(|w| w.is_pad));
    let numbers = all.iter().map(|v| number(vm, v)).collect::<Result<Vec<_>>>()?;
    let done = match (is_pad, &numbers[..]) {
        (false, []) => with(vm, this, |screen, id| screen.show(id)),
        (false, _) => return Err(vm.raise_type_error(&format!("{method}() takes no arguments (6 given)"))),
        (true, &[py, px, top, left, bottom, right]) => with(vm, this, |screen, id| {
            let win = screen.windows.get(id)?;
            let d = screen.display.as_ref().ok_or(Fail)?;
            let (py, px, top, left) = (py.max(0), px.max(0), top.max(0), left.max(0));
            if bottom < top || right < left || bottom >= d.lines as i32 || right >= d.cols as i32 {
                return Err(Fail);
            }
            let rows = (bottom - top + 1).min(win.rows as i32 - py).max(0);
            let cols = (right - left + 1).min(win.cols as i32 - px).max(0);
            screen.show_part(id, (top, left), (py as usize, px as usize), (rows as usize, cols as usize))
        }),
        (true, _) => {
            let called = if update { "refresh() for" } else { "noutrefresh() called for" };
            return Err(vm.raise_added(ERROR, &format!("{called} a pad requires 6 arguments")));
        }
    };
    let called = match (is_pad, update) {
        (true, true) => "prefresh",
        (true, false) => "pnoutrefresh",
        (false, true) => "wrefresh",
        (false, false) => "wnoutrefresh",
    };
    if done.is_err() {
        return Err(fail(vm, called));
    }
    if update {
        let _ = lock().update();
        flush(vm)?;
    }
    Ok(())
}

/// `overlay`, `overwrite`.
fn copy(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>, method: &str, blanks: bool) -> Result<()> {
    args.no_keywords(vm, &format!("window.{method}"))?;
    let all = args.positional();
    if !matches!(all.len(), 1 | 7) {
        return Err(requires(vm, method, 1, 7));
    }
    let Some(other) = all[0].downcast::<Window>().cloned() else {
        let given = all[0].ty().name();
        return Err(vm.raise_type_error(&format!("{method}() argument 1 must be _curses.window, not {given}")));
    };
    let numbers = all[1..].iter().map(|v| number(vm, v)).collect::<Result<Vec<_>>>()?;
    let to = id_of(vm, &other);
    let called = if numbers.is_empty() { method } else { "copywin" };
    let done = with(vm, this, |screen, id| match numbers[..] {
        [sy, sx, dy, dx, my, mx] => screen.windows.copy(id, to, (sy, sx), (dy, dx), (my, mx), blanks),
        _ => screen.windows.copy_over(id, to, blanks),
    });
    done.map_err(|_| fail(vm, called))
}

/// Moves the cursor before a key is read; whether that could be done.
fn place_for_key(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>, method: &str) -> Result<bool> {
    let (place, _) = placed(vm, args, method, (0, 2), (0, 0))?;
    Ok(with(vm, this, |screen, id| go(screen, id, place)).is_ok())
}

fn no_input(vm: &mut Vm) -> Raised {
    vm.raise_added(ERROR, "no input")
}

/// The count that some methods end with.
fn count(vm: &mut Vm, v: Option<&Value>) -> Result<usize> {
    const MOST: i64 = 2047;
    let Some(v) = v else { return Ok(MOST as usize) };
    let n = vm.index(v)?;
    match n.as_int() {
        Some(IntRef::Small(n)) if n >= 0 => Ok(n.min(MOST) as usize),
        Some(IntRef::Big { negative: false, .. }) => Ok(MOST as usize),
        _ => Err(vm.raise_value_error("Cannot convert negative int")),
    }
}

/// A line that is typed.
fn read_line(vm: &mut Vm, this: &Ref<Window>, most: usize) -> Result<Vec<u8>> {
    let id = id_of(vm, this);
    let (echo, erase, kill) = {
        let mut screen = lock();
        let shell = screen.modes.shell.as_ref();
        let special = |n: usize| shell.map_or(0, |s| s.special[n]);
        let keys = (i32::from(special(libc::VERASE)), i32::from(special(libc::VKILL)));
        (std::mem::replace(&mut screen.modes.echo, false), keys.0, keys.1)
    };
    let line = edit_line(vm, this, id, most, echo, (erase, kill));
    lock().modes.echo = echo;
    let line = line?;
    if let Ok(win) = lock().windows.get_mut(id) {
        win.x = 0;
        win.y = (win.y + 1).min(win.rows - 1);
        win.moved = true;
    }
    refresh(vm, id)?;
    Ok(line)
}

fn refresh(vm: &mut Vm, id: Id) -> Result<()> {
    {
        let mut screen = lock();
        if screen.windows.get(id).is_ok_and(|w| !w.is_pad) {
            let _ = screen.show(id).and_then(|()| screen.update());
        }
    }
    flush(vm)
}

fn edit_line(
    vm: &mut Vm,
    this: &Ref<Window>,
    id: Id,
    most: usize,
    echo: bool,
    (erase, kill): (i32, i32),
) -> Result<Vec<u8>> {
    let mut line: Vec<u8> = Vec::new();
    // Where the cursor was before each byte.
    let mut places: Vec<(usize, usize)> = Vec::new();
    let position = || lock().windows.get(id).map_or((0, 0), |w| (w.y, w.x));
    loop {
        let Some(key) = read_key(vm, this)? else { return Ok(line) };
        const ENTER: i32 = 343;
        const DOWN: i32 = 258;
        const LEFT: i32 = 260;
        const BACKSPACE: i32 = 263;
        match key {
            10 | 13 | ENTER | DOWN => return Ok(line),
            _ if key == erase || matches!(key, 8 | LEFT | BACKSPACE) || key == kill => {
                let mut end = position();
                let start = end;
                while let Some(byte) = line.pop() {
                    end = places.pop().unwrap_or(end);
                    // Of a character all bytes go.
                    if byte & 0xc0 != 0x80 && key != kill {
                        break;
                    }
                }
                if echo {
                    let mut screen = lock();
                    let tab = screen.tab;
                    let _ = screen.windows.move_to(id, end.0 as i32, end.1 as i32);
                    for _ in 0..200 {
                        let now = screen.windows.get(id).map_or(start, |w| (w.y, w.x));
                        if now >= start || screen.windows.add(id, Cell::BLANK, tab).is_err() {
                            break;
                        }
                    }
                    let _ = screen.windows.move_to(id, end.0 as i32, end.1 as i32);
                }
                refresh(vm, id)?;
            }
            _ if key >= KEY_MIN || line.len() >= most => {
                let mut screen = lock();
                if !screen.put("bel") {
                    screen.put("flash");
                }
                drop(screen);
                flush(vm)?;
            }
            _ => {
                places.push(position());
                line.push(key as u8);
                if echo {
                    let mut screen = lock();
                    let tab = screen.tab;
                    let text = if (key as u8).is_ascii_control() { cell::shown(key as u8) } else { String::new() };
                    let _ = match text.is_empty() {
                        true => screen.windows.add_byte(id, key as u8, 0, tab),
                        false => screen.windows.add_text(id, &text, tab),
                    };
                }
                refresh(vm, id)?;
            }
        }
    }
}

#[class(cell = WINDOW, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl WindowClass {
    /// addch([y, x,] ch, [attr=_curses.A_NORMAL])
    /// Put a character where the cursor is, and move the cursor on.
    #[method]
    fn addch(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        let (place, rest) = placed(vm, args, "addch", (1, 4), (1, 2))?;
        let attr = optional_attr(vm, rest.get(1))?.unwrap_or(0);
        let encoding = this.get(vm).encoding.clone();
        let ch = character(vm, &rest[0], Some(&encoding), true)?;
        let called = if rest[0].downcast::<Str>().is_some() { "add_wch" } else { "addch" };
        change(vm, this, called, |screen, id| {
            go(screen, id, place)?;
            add(screen, id, ch, attr)
        })
    }

    /// addstr([y, x,] str, [attr])
    /// Put text where the cursor is, and move the cursor behind it.
    #[method]
    fn addstr(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        put_text(vm, this, args, "addstr", false, false)
    }

    /// addnstr([y, x,] str, n, [attr])
    /// Put at most n characters of text where the cursor is.
    #[method]
    fn addnstr(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        put_text(vm, this, args, "addnstr", true, false)
    }

    /// insstr([y, x,] str, [attr])
    /// Insert text under the cursor, which stays.
    #[method]
    fn insstr(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        put_text(vm, this, args, "insstr", false, true)
    }

    /// insnstr([y, x,] str, n, [attr])
    /// Insert at most n characters of text under the cursor.
    #[method]
    fn insnstr(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        put_text(vm, this, args, "insnstr", true, true)
    }

    /// insch([y, x,] ch, [attr=_curses.A_NORMAL])
    /// Insert a character under the cursor; what follows in the line moves on.
    #[method]
    fn insch(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        let (place, rest) = placed(vm, args, "insch", (1, 4), (1, 2))?;
        let attr = optional_attr(vm, rest.get(1))?.unwrap_or(0);
        let encoding = this.get(vm).encoding.clone();
        let ch = chtype(vm, &rest[0], Some(&encoding))?;
        change(vm, this, "insch", |screen, id| {
            go(screen, id, place)?;
            let tab = screen.tab;
            screen.windows.insert(id, std::iter::once(cell_of(Ch::Number(ch), attr)), tab)
        })
    }

    /// Put a character where the cursor is and show the window.
    #[method("($self, ch, attr=_curses.A_NORMAL, /)")]
    fn echochar(vm: &mut Vm, this: &Ref<Window>, ch: &Value, attr: Option<&Value>) -> Result<()> {
        let attr = optional_attr(vm, attr)?.unwrap_or(0);
        let encoding = this.get(vm).encoding.clone();
        let ch = chtype(vm, ch, Some(&encoding))?;
        change(vm, this, "echochar", |screen, id| {
            add(screen, id, Ch::Number(ch), attr)?;
            screen.show(id)?;
            screen.update()
        })
    }

    /// hline([y, x,] ch, n, [attr=_curses.A_NORMAL])
    /// Draw a line of n characters to the right.
    #[method]
    fn hline(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        draw_line(vm, this, args, "hline", false)
    }

    /// vline([y, x,] ch, n, [attr=_curses.A_NORMAL])
    /// Draw a line of n characters down.
    #[method]
    fn vline(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        draw_line(vm, this, args, "vline", true)
    }

    /// Draw the window's edges: left, right, upper, lower, and the corners.
    #[method(
        "($self, ls=_curses.ACS_VLINE, rs=_curses.ACS_VLINE,\n       ts=_curses.ACS_HLINE, bs=_curses.ACS_HLINE,\n       tl=_curses.ACS_ULCORNER, tr=_curses.ACS_URCORNER,\n       bl=_curses.ACS_LLCORNER, br=_curses.ACS_LRCORNER, /)"
    )]
    fn border(
        vm: &mut Vm,
        this: &Ref<Window>,
        ls: Option<&Value>,
        rs: Option<&Value>,
        ts: Option<&Value>,
        bs: Option<&Value>,
        tl: Option<&Value>,
        tr: Option<&Value>,
        bl: Option<&Value>,
        br: Option<&Value>,
    ) -> Result<()> {
        let mut cells = [None; 8];
        for (to, from) in cells.iter_mut().zip([ls, rs, ts, bs, tl, tr, bl, br]) {
            *to = border_cell(vm, this, from)?;
        }
        change(vm, this, "wborder", |screen, id| screen.windows.border(id, cells))
    }

    /// box([verch=0, horch=0])
    /// Draw the window's edges, with the usual corners.
    #[method]
    fn r#box(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        args.no_keywords(vm, "window.box")?;
        let (v, h) = match args.positional() {
            [] => (None, None),
            [v, h] => (Some(v), Some(h)),
            _ => return Err(requires(vm, "box", 0, 2)),
        };
        let (v, h) = (border_cell(vm, this, v)?, border_cell(vm, this, h)?);
        change(vm, this, "box", |screen, id| screen.windows.border(id, [v, v, h, h, None, None, None, None]))
    }

    /// Turn an attribute on for what is written from now on.
    #[method("($self, attr, /)")]
    fn attron(vm: &mut Vm, this: &Ref<Window>, attr: &Value) -> Result<()> {
        let attr = attributes(vm, attr)?;
        change(vm, this, "wattron", |screen, id| {
            let win = screen.windows.get_mut(id)?;
            win.attr = turn_on(win.attr, split(attr).1);
            Ok(())
        })
    }

    /// Turn an attribute off for what is written from now on.
    #[method("($self, attr, /)")]
    fn attroff(vm: &mut Vm, this: &Ref<Window>, attr: &Value) -> Result<()> {
        let attr = attributes(vm, attr)?;
        change(vm, this, "wattroff", |screen, id| {
            let win = screen.windows.get_mut(id)?;
            win.attr = turn_off(win.attr, split(attr).1);
            Ok(())
        })
    }

    /// Set the attributes of what is written from now on.
    #[method("($self, attr, /)")]
    fn attrset(vm: &mut Vm, this: &Ref<Window>, attr: &Value) -> Result<()> {
        let attr = attributes(vm, attr)?;
        change(vm, this, "wattrset", |screen, id| {
            screen.windows.get_mut(id)?.attr = split(attr).1;
            Ok(())
        })
    }

    /// Turn the attribute A_STANDOUT on.
    #[method("($self, /)")]
    fn standout(vm: &mut Vm, this: &Ref<Window>) -> Result<()> {
        change(vm, this, "wstandout", |screen, id| {
            screen.windows.get_mut(id)?.attr |= cell::bits::STANDOUT;
            Ok(())
        })
    }

    /// Turn all attributes off.
    #[method("($self, /)")]
    fn standend(vm: &mut Vm, this: &Ref<Window>) -> Result<()> {
        change(vm, this, "wstandend", |screen, id| {
            screen.windows.get_mut(id)?.attr = 0;
            Ok(())
        })
    }

    /// Set the background, and have what is in the window take it.
    #[method("($self, ch, attr=_curses.A_NORMAL, /)")]
    fn bkgd(vm: &mut Vm, this: &Ref<Window>, ch: &Value, attr: Option<&Value>) -> Result<()> {
        let attr = optional_attr(vm, attr)?.unwrap_or(0);
        let encoding = this.get(vm).encoding.clone();
        let ch = chtype(vm, ch, Some(&encoding))?;
        change(vm, this, "wbkgd", |screen, id| screen.windows.apply_background(id, cell_of(Ch::Number(ch), attr)))
    }

    /// Set the background of what is written and erased from now on.
    #[method("($self, ch, attr=_curses.A_NORMAL, /)")]
    fn bkgdset(vm: &mut Vm, this: &Ref<Window>, ch: &Value, attr: Option<&Value>) -> Result<()> {
        let attr = optional_attr(vm, attr)?.unwrap_or(0);
        let encoding = this.get(vm).encoding.clone();
        let ch = chtype(vm, ch, Some(&encoding))?;
        with(vm, this, |screen, id| screen.windows.set_background(id, cell_of(Ch::Number(ch), attr)))
            .map_err(|_| fail(vm, "wbkgdset"))
    }

    /// The background's character and attributes.
    #[method("($self, /)")]
    fn getbkgd(vm: &mut Vm, this: &Ref<Window>) -> Result<i64> {
        let win = with(vm, this, |screen, id| screen.windows.get(id).map(|w| (w.bkgd_given, w.bkgd)));
        Ok(win.map_or(0, |(given, cell)| if given { i64::from(cell.to_chtype()) } else { 0 }))
    }

    /// chgat([y, x,] [n=-1,] attr)
    /// Set the attributes of n characters, or of those up to the end of the line.
    #[method]
    fn chgat(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        args.no_keywords(vm, "window.chgat")?;
        let all = args.positional();
        let (place, n, attr) = match all {
            [attr] => (None, None, attr),
            [n, attr] => (None, Some(n), attr),
            [y, x, attr] => (Some((y, x)), None, attr),
            [y, x, n, attr] => (Some((y, x)), Some(n), attr),
            _ => return Err(requires(vm, "chgat", 1, 4)),
        };
        let place = match place {
            Some((y, x)) => Some((number(vm, y)?, number(vm, x)?)),
            None => None,
        };
        let n = n.map_or(Ok(-1), |n| number(vm, n))?;
        let attr = split(attributes(vm, attr)?).1;
        change(vm, this, "chgat", |screen, id| {
            go(screen, id, place)?;
            screen.windows.change_attributes(id, n, attr)
        })
    }

    /// Erase the window, and write all of the screen anew when it is shown next.
    #[method("($self, /)")]
    fn clear(vm: &mut Vm, this: &Ref<Window>) -> Result<()> {
        change(vm, this, "wclear", |screen, id| {
            screen.windows.get_mut(id)?.clear = true;
            screen.windows.erase(id)
        })
    }

    /// Erase the window.
    #[method("($self, /)")]
    fn erase(vm: &mut Vm, this: &Ref<Window>) -> Result<()> {
        change(vm, this, "werase", |screen, id| screen.windows.erase(id))
    }

    /// Erase from the cursor to the end of the window.
    #[method("($self, /)")]
    fn clrtobot(vm: &mut Vm, this: &Ref<Window>) -> Result<()> {
        change(vm, this, "wclrtobot", |screen, id| screen.windows.clear_below(id))
    }

    /// Erase from the cursor to the end of the line.
    #[method("($self, /)")]
    fn clrtoeol(vm: &mut Vm, this: &Ref<Window>) -> Result<()> {
        change(vm, this, "wclrtoeol", |screen, id| {
            // Where the cursor was to leave the last line there is nothing to erase.
            let _ = screen.windows.clear_line(id);
            Ok(())
        })
    }

    /// delch([y, x])
    /// Delete the character under the cursor; what follows in the line moves back.
    #[method]
    fn delch(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        let (place, _) = placed(vm, args, "delch", (0, 2), (0, 0))?;
        let called = if place.is_some() { "mvwdelch" } else { "wdelch" };
        change(vm, this, called, |screen, id| {
            go(screen, id, place)?;
            screen.windows.delete_char(id)
        })
    }

    /// Delete the cursor's line; those below move up.
    #[method("($self, /)")]
    fn deleteln(vm: &mut Vm, this: &Ref<Window>) -> Result<()> {
        change(vm, this, "wdeleteln", |screen, id| screen.windows.insert_lines(id, -1))
    }

    /// Insert a blank line at the cursor; those below move down.
    #[method("($self, /)")]
    fn insertln(vm: &mut Vm, this: &Ref<Window>) -> Result<()> {
        change(vm, this, "winsertln", |screen, id| screen.windows.insert_lines(id, 1))
    }

    /// Insert lines at the cursor, or delete as many as a negative number says.
    #[method("($self, nlines, /)")]
    fn insdelln(vm: &mut Vm, this: &Ref<Window>, nlines: &Value) -> Result<()> {
        let n = number(vm, nlines)?;
        change(vm, this, "winsdelln", |screen, id| screen.windows.insert_lines(id, n))
    }

    /// scroll([lines=1])
    /// Move the lines of the scrolling region up, or down by a negative number.
    #[method]
    fn scroll(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        args.no_keywords(vm, "window.scroll")?;
        let n = match args.positional() {
            [] => 1,
            [n] => number(vm, n)?,
            _ => return Err(requires(vm, "scroll", 0, 1)),
        };
        change(vm, this, "scroll", |screen, id| screen.windows.scroll(id, n))
    }

    /// Say which lines scroll.
    #[method("($self, top, bottom, /)")]
    fn setscrreg(vm: &mut Vm, this: &Ref<Window>, top: &Value, bottom: &Value) -> Result<()> {
        let (top, bottom) = (number(vm, top)?, number(vm, bottom)?);
        change(vm, this, "wsetscrreg", |screen, id| {
            let win = screen.windows.get_mut(id)?;
            if top < 0 || bottom <= top || bottom >= win.rows as i32 {
                return Err(Fail);
            }
            win.region = (top as usize, bottom as usize);
            Ok(())
        })
    }

    /// inch([y, x])
    /// The character and the attributes of a place.
    #[method]
    fn inch(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<i64> {
        let (place, _) = placed(vm, args, "inch", (0, 2), (0, 0))?;
        let found = with(vm, this, |screen, id| {
            go(screen, id, place)?;
            let win = screen.windows.get(id)?;
            Ok::<_, Fail>(screen.windows.cell(id, win.y, win.x).to_chtype())
        });
        Ok(found.map_or(0xffff_ffff, i64::from))
    }

    /// instr([y, x,] n=2047)
    /// The text from a place to the end of the line, of at most n bytes.
    #[method]
    fn instr(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<Ref<Bytes>> {
        let (place, rest) = placed(vm, args, "instr", (0, 3), (0, 1))?;
        let n = count(vm, rest.first())?;
        let text = with(vm, this, |screen, id| {
            go(screen, id, place)?;
            screen.windows.text(id, n)
        });
        vm.new_bytes(&text.unwrap_or_default())
    }

    /// Move the cursor.
    #[method("($self, new_y, new_x, /)")]
    fn r#move(vm: &mut Vm, this: &Ref<Window>, new_y: &Value, new_x: &Value) -> Result<()> {
        let place = (number(vm, new_y)?, number(vm, new_x)?);
        with(vm, this, |screen, id| go(screen, id, Some(place))).map_err(|_| fail(vm, "wmove"))
    }

    /// The cursor's line and column.
    #[method("($self, /)")]
    fn getyx(vm: &mut Vm, this: &Ref<Window>) -> Result<Ref<Tuple>> {
        let (y, x) = with(vm, this, |s, id| s.windows.get(id).map_or((-1, -1), |w| (w.y as i32, w.x as i32)));
        pair(vm, y, x)
    }

    /// How many lines and columns there are.
    #[method("($self, /)")]
    fn getmaxyx(vm: &mut Vm, this: &Ref<Window>) -> Result<Ref<Tuple>> {
        let (y, x) = with(vm, this, |s, id| s.windows.get(id).map_or((-1, -1), |w| (w.rows as i32, w.cols as i32)));
        pair(vm, y, x)
    }

    /// Where on the screen the window begins.
    #[method("($self, /)")]
    fn getbegyx(vm: &mut Vm, this: &Ref<Window>) -> Result<Ref<Tuple>> {
        let (y, x) = with(vm, this, |s, id| s.windows.get(id).map_or((-1, -1), |w| w.begin));
        pair(vm, y, x)
    }

    /// Where in its outer window the window begins, or (-1, -1).
    #[method("($self, /)")]
    fn getparyx(vm: &mut Vm, this: &Ref<Window>) -> Result<Ref<Tuple>> {
        let (y, x) = with(vm, this, |s, id| s.windows.get(id).map_or((-1, -1), |w| w.place));
        pair(vm, y, x)
    }

    /// Whether a place of the screen is in the window.
    #[method("($self, y, x, /)")]
    fn enclose(vm: &mut Vm, this: &Ref<Window>, y: &Value, x: &Value) -> Result<bool> {
        let (y, x) = (number(vm, y)?, number(vm, x)?);
        Ok(with(vm, this, |screen, id| {
            screen.windows.get(id).is_ok_and(|w| {
                let (rows, cols) = (w.rows as i32, w.cols as i32);
                (w.begin.0..w.begin.0 + rows).contains(&y) && (w.begin.1..w.begin.1 + cols).contains(&x)
            })
        }))
    }

    /// Move the window on the screen.
    #[method("($self, new_y, new_x, /)")]
    fn mvwin(vm: &mut Vm, this: &Ref<Window>, new_y: &Value, new_x: &Value) -> Result<()> {
        let place = (number(vm, new_y)?, number(vm, new_x)?);
        with(vm, this, |screen, id| screen.move_window(id, place)).map_err(|_| fail(vm, "mvwin"))
    }

    /// Show another part of the outer window.
    #[method("($self, y, x, /)")]
    fn mvderwin(vm: &mut Vm, this: &Ref<Window>, y: &Value, x: &Value) -> Result<()> {
        let (y, x) = (number(vm, y)?, number(vm, x)?);
        with(vm, this, |screen, id| screen.windows.move_inside(id, y, x)).map_err(|_| fail(vm, "mvderwin"))
    }

    /// derwin([nlines=0, ncols=0,] begin_y, begin_x)
    /// A window inside of this one, whose place is told from this one's corner.
    #[method]
    fn derwin(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<Ref<Window>> {
        inner(vm, this, args, "derwin", false)
    }

    /// subwin([nlines=0, ncols=0,] begin_y, begin_x)
    /// A window inside of this one, whose place is told from the screen's corner.
    #[method]
    fn subwin(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<Ref<Window>> {
        inner(vm, this, args, "subwin", true)
    }

    /// subwin([nlines=0, ncols=0,] begin_y, begin_x)
    /// A pad inside of this one.
    #[method]
    fn subpad(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<Ref<Window>> {
        inner(vm, this, args, "subwin", true)
    }

    /// Make the window larger or smaller.
    #[method("($self, nlines, ncols, /)")]
    fn resize(vm: &mut Vm, this: &Ref<Window>, nlines: &Value, ncols: &Value) -> Result<()> {
        let (rows, cols) = (number(vm, nlines)?, number(vm, ncols)?);
        with(vm, this, |screen, id| screen.windows.resize(id, rows, cols)).map_err(|_| fail(vm, "wresize"))
    }

    /// refresh([pminrow, pmincol, sminrow, smincol, smaxrow, smaxcol])
    /// Show the window; of a pad the part that the numbers say.
    #[method]
    fn refresh(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        show(vm, this, args, "refresh", true)
    }

    /// noutrefresh([pminrow, pmincol, sminrow, smincol, smaxrow, smaxcol])
    /// Have the window shown by the next doupdate().
    #[method]
    fn noutrefresh(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        show(vm, this, args, "noutrefresh", false)
    }

    /// overlay(destwin, [sminrow, smincol, dminrow, dmincol, dmaxrow, dmaxcol])
    /// Copy what is not blank to another window.
    #[method]
    fn overlay(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        copy(vm, this, args, "overlay", false)
    }

    /// overwrite(destwin, [sminrow, smincol, dminrow, dmincol, dmaxrow, dmaxcol])
    /// Copy everything to another window.
    #[method]
    fn overwrite(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        copy(vm, this, args, "overwrite", true)
    }

    /// Say that lines of the screen are not what they should be.
    #[method("($self, beg, num, /)")]
    fn redrawln(vm: &mut Vm, this: &Ref<Window>, beg: &Value, num: &Value) -> Result<()> {
        let (begin, count) = (number(vm, beg)?, number(vm, num)?);
        with(vm, this, |screen, id| screen.redraw(id, begin, count)).map_err(|_| fail(vm, "redrawln"))
    }

    /// Say that the window's part of the screen is not what it should be.
    #[method("($self, /)")]
    fn redrawwin(vm: &mut Vm, this: &Ref<Window>) -> Result<()> {
        let done = with(vm, this, |screen, id| {
            let rows = screen.windows.get(id)?.rows as i32;
            screen.redraw(id, 0, rows)
        });
        done.map_err(|_| fail(vm, "redrawwin"))
    }

    /// touchline(start, count, [changed=True])
    /// Say that lines have changed, or have not.
    #[method]
    fn touchline(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<()> {
        args.no_keywords(vm, "window.touchline")?;
        let all = args.positional();
        if !matches!(all.len(), 2 | 3) {
            return Err(requires(vm, "touchline", 2, 3));
        }
        let (start, count) = (number(vm, &all[0])?, number(vm, &all[1])?);
        let changed = all.get(2).map_or(Ok(true), |v| vm.is_truthy(v))?;
        with(vm, this, |s, id| s.windows.touch(id, start, count, changed)).map_err(|_| fail(vm, "touchline"))
    }

    /// Say that all of the window has changed.
    #[method("($self, /)")]
    fn touchwin(vm: &mut Vm, this: &Ref<Window>) -> Result<()> {
        with(vm, this, |s, id| s.windows.touch_all(id, true)).map_err(|_| fail(vm, "touchwin"))
    }

    /// Say that nothing of the window has changed.
    #[method("($self, /)")]
    fn untouchwin(vm: &mut Vm, this: &Ref<Window>) -> Result<()> {
        with(vm, this, |s, id| s.windows.touch_all(id, false)).map_err(|_| fail(vm, "untouchwin"))
    }

    /// Whether a line has changed since the window was shown.
    #[method("($self, line, /)")]
    fn is_linetouched(vm: &mut Vm, this: &Ref<Window>, line: &Value) -> Result<bool> {
        let line = number(vm, line)?;
        let found = with(vm, this, |screen, id| {
            let changed = &screen.windows.get(id)?.changed;
            usize::try_from(line).ok().and_then(|y| changed.get(y)).map(Option::is_some).ok_or(Fail)
        });
        found.map_err(|_| vm.raise_type_error("is_linetouched: line number outside of boundaries"))
    }

    /// Whether the window has changed since it was shown.
    #[method("($self, /)")]
    fn is_wintouched(vm: &mut Vm, this: &Ref<Window>) -> Result<bool> {
        Ok(with(vm, this, |s, id| s.windows.get(id).is_ok_and(|w| w.changed.iter().any(Option::is_some))))
    }

    /// Tell the outer windows what has changed.
    #[method("($self, /)")]
    fn syncup(vm: &mut Vm, this: &Ref<Window>) -> Result<()> {
        with(vm, this, |s, id| s.windows.sync_up(id)).map_err(|_| fail(vm, "wsyncup"))
    }

    /// Learn from the outer windows what has changed.
    #[method("($self, /)")]
    fn syncdown(vm: &mut Vm, this: &Ref<Window>) -> Result<()> {
        with(vm, this, |s, id| s.windows.sync_down(id)).map_err(|_| fail(vm, "wsyncdown"))
    }

    /// Put the cursors of the outer windows where this one's is.
    #[method("($self, /)")]
    fn cursyncup(vm: &mut Vm, this: &Ref<Window>) -> Result<()> {
        with(vm, this, |s, id| s.windows.sync_cursor(id)).map_err(|_| fail(vm, "wcursyncup"))
    }

    /// Whether syncup() follows every change.
    #[method("($self, flag, /)")]
    fn syncok(vm: &mut Vm, this: &Ref<Window>, flag: &Value) -> Result<()> {
        set(vm, this, flag, |win, on| win.syncs = on && win.parent.is_some())
    }

    /// Whether all of the screen is written anew when the window is shown next.
    #[method("($self, flag, /)")]
    fn clearok(vm: &mut Vm, this: &Ref<Window>, flag: &Value) -> Result<()> {
        set(vm, this, flag, |win, on| win.clear = on)
    }

    /// Whether the terminal may insert and delete characters. It is not asked to.
    #[method("($self, flag, /)")]
    fn idcok(vm: &mut Vm, this: &Ref<Window>, flag: &Value) -> Result<()> {
        set(vm, this, flag, |_, _| ())
    }

    /// Whether the terminal may insert and delete lines. It is not asked to.
    #[method("($self, flag, /)")]
    fn idlok(vm: &mut Vm, this: &Ref<Window>, flag: &Value) -> Result<()> {
        set(vm, this, flag, |_, _| ())
    }

    /// Whether every change is shown at once.
    #[method("($self, flag, /)")]
    fn immedok(vm: &mut Vm, this: &Ref<Window>, flag: &Value) -> Result<()> {
        set(vm, this, flag, |win, on| win.immediate = on)
    }

    /// Whether the cursor is left where showing the window leaves it.
    #[method("($self, flag, /)")]
    fn leaveok(vm: &mut Vm, this: &Ref<Window>, flag: &Value) -> Result<()> {
        set(vm, this, flag, |win, on| win.leaves = on)
    }

    /// Whether the window scrolls when the cursor is to leave its last line.
    #[method("($self, flag, /)")]
    fn scrollok(vm: &mut Vm, this: &Ref<Window>, flag: &Value) -> Result<()> {
        set(vm, this, flag, |win, on| win.scrolls = on)
    }

    /// Whether what function keys send is read as one key.
    #[method("($self, flag, /)")]
    fn keypad(vm: &mut Vm, this: &Ref<Window>, flag: &Value) -> Result<()> {
        set(vm, this, flag, |win, on| win.keypad = on)?;
        with(vm, this, |screen, id| screen.use_keypad(id));
        flush(vm)
    }

    /// Whether reading a key waits for none.
    #[method("($self, flag, /)")]
    fn nodelay(vm: &mut Vm, this: &Ref<Window>, flag: &Value) -> Result<()> {
        set(vm, this, flag, |win, on| win.delay = if on { 0 } else { -1 })
    }

    /// Whether what begins like a function key waits for the rest as long as it takes.
    #[method("($self, flag, /)")]
    fn notimeout(vm: &mut Vm, this: &Ref<Window>, flag: &Value) -> Result<()> {
        set(vm, this, flag, |win, on| win.no_timeout = on)
    }

    /// How many milliseconds reading a key waits; negative is as long as it takes.
    #[method("($self, delay, /)")]
    fn timeout(vm: &mut Vm, this: &Ref<Window>, delay: &Value) -> Result<()> {
        let delay = number(vm, delay)?;
        with(vm, this, |screen, id| {
            if let Ok(win) = screen.windows.get_mut(id) {
                win.delay = delay.max(-1);
            }
        });
        Ok(())
    }

    /// getch([y, x])
    /// Read a key as a number, or -1.
    #[method]
    fn getch(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<i32> {
        if !place_for_key(vm, this, args, "getch")? {
            return Ok(input::NONE);
        }
        Ok(read_key(vm, this)?.unwrap_or(input::NONE))
    }

    /// getkey([y, x])
    /// Read a key as text: the character, or the key's name.
    #[method]
    fn getkey(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<String> {
        let placed = place_for_key(vm, this, args, "getkey")?;
        let key = if placed { read_key(vm, this)? } else { None };
        match key {
            None => Err(no_input(vm)),
            Some(key) => match u8::try_from(key) {
                Ok(byte) => Ok(char::from(byte).to_string()),
                Err(_) => {
                    let screen = lock();
                    let name = input::name(key, screen.term.as_ref(), true);
                    Ok(String::from_utf8_lossy(&name).into_owned())
                }
            },
        }
    }

    /// get_wch([y, x])
    /// Read a key: a character as text, others as numbers.
    #[method]
    fn get_wch(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result {
        let placed = place_for_key(vm, this, args, "get_wch")?;
        let key = if placed { read_key(vm, this)? } else { None };
        let Some(key) = key else { return Err(no_input(vm)) };
        let Ok(first) = u8::try_from(key) else { return vm.new_int(i64::from(key)) };
        let mut bytes = vec![first];
        while let Err(e) = std::str::from_utf8(&bytes) {
            if e.error_len().is_some() {
                return Err(no_input(vm));
            }
            let more = read_key(vm, this)?.and_then(|k| u8::try_from(k).ok());
            match more {
                Some(byte) => bytes.push(byte),
                None => return Err(no_input(vm)),
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        vm.new_str(&text).map(Ref::into_value)
    }

    /// getstr([[y, x,] n=2047])
    /// Read a line of at most n bytes, which can be corrected while it is typed.
    #[method]
    fn getstr(vm: &mut Vm, this: &Ref<Window>, args: Args<'_>) -> Result<Ref<Bytes>> {
        let (place, rest) = placed(vm, args, "instr", (0, 3), (0, 1))?;
        let n = count(vm, rest.first())?;
        let placed = with(vm, this, |screen, id| go(screen, id, place)).is_ok();
        let line = if placed { read_line(vm, this, n)? } else { Vec::new() };
        vm.new_bytes(&line)
    }

    /// Write the window to a file, for getwin().
    #[method("($self, file, /)")]
    fn putwin(vm: &mut Vm, this: &Ref<Window>, file: &Value) -> Result {
        let bytes = with(vm, this, |screen, id| crate::dump::write(&screen.windows, id));
        let Ok(bytes) = bytes else { return Err(fail(vm, "putwin")) };
        let bytes = vm.new_bytes(&bytes)?.into_value();
        vm.call_method(file, name!("write"), &[bytes])
    }

    /// How characters are read from bytes that are given for them.
    #[getter]
    fn encoding(vm: &mut Vm, this: &Ref<Window>) -> Result {
        Ok(this.get(vm).encoding.clone())
    }

    #[setter]
    fn set_encoding(vm: &mut Vm, this: &Ref<Window>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(vm.raise_type_error("encoding may not be deleted")) };
        let Some(text) = value.downcast::<Str>().cloned() else {
            return Err(vm.raise_type_error("setting encoding to a non-string"));
        };
        codec::encode(vm, &text, Some("ascii"), None)?;
        let old = std::mem::replace(&mut this.get_mut(vm).encoding, value.clone());
        drop(old);
        Ok(())
    }
}
