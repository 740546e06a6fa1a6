//! `_curses`: the functions that are no window's.

use crate::cell::{bits, shown, split};
use crate::constants::{FUNCTION_KEY, FUNCTION_KEYS, KEY_MAX, KEY_MIN, KEY_MOUSE, KEY_RESIZE, KEYS, LINES, OTHERS};
use crate::input::{self, MouseEvent, Next};
use crate::screen::{Screen, lock, set_cbreak, set_raw};
use crate::window::{Done, Fail, Id};
use crate::window_class::{Window, WindowClass, attributes, chtype, id_of, make};
use crate::{dump, tparm};
use taipan_host::signal::{self, Disposition};
use taipan_host::terminal::{self, Attributes};
use taipan_host::{Errno, clock, env, fd, poll, stdio};
use taipan_macros::module;
use taipan_object::{Bytes, IntRef, Raised, Str, Tuple};
use taipan_vm::errors::EXCEPTION;
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm, name};

/// `_curses`.
pub struct Curses;

pub const ERROR: &str = "_curses.error";
/// Where the module itself is kept, whose names the screen's beginning adds to.
const MODULE: &str = "_curses";
const STDIN: i32 = 0;
/// The version of the C module whose interface this is, and of ncurses.
const VERSION: &[u8] = b"2.2";
const NCURSES: [i32; 3] = [6, 6, 0];

/// Raises the module's error about a function.
pub fn fail(vm: &mut Vm, called: &str) -> Raised {
    vm.raise_added(ERROR, &format!("{called}() returned ERR"))
}

pub fn null(vm: &mut Vm) -> Raised {
    vm.raise_added(ERROR, "curses function returned NULL")
}

/// A number that fits C's `int`.
pub fn number(vm: &mut Vm, v: &Value) -> Result<i32> {
    if let Some(n) = v.small_int().and_then(|n| i32::try_from(n).ok()) {
        return Ok(n);
    }
    let n = vm.index(v)?;
    let (n, negative) = match n.as_int() {
        Some(IntRef::Small(n)) => (i32::try_from(n).ok(), n < 0),
        Some(IntRef::Big { negative, .. }) => (None, negative),
        None => (None, false),
    };
    match (n, negative) {
        (Some(n), _) => Ok(n),
        (None, false) => Err(vm.raise_overflow_error("signed integer is greater than maximum")),
        (None, true) => Err(vm.raise_overflow_error("signed integer is less than minimum")),
    }
}

fn short(vm: &mut Vm, v: &Value) -> Result<i16> {
    let n = number(vm, v)?;
    match i16::try_from(n) {
        Ok(n) => Ok(n),
        Err(_) if n > 0 => Err(vm.raise_overflow_error("signed short integer is greater than maximum")),
        Err(_) => Err(vm.raise_overflow_error("signed short integer is less than minimum")),
    }
}

/// Sends what was written to the terminal.
pub fn flush(vm: &mut Vm) -> Result<()> {
    let (out, fd) = {
        let mut screen = lock();
        (std::mem::take(&mut screen.out), screen.fd)
    };
    for (bytes, ms) in out {
        if !bytes.is_empty() {
            // A terminal that is gone is nobody's error, as in C.
            let _ = vm.detach(|| stdio::write_all(fd, &bytes));
        }
        if ms > 0 {
            sleep(vm, ms)?;
        }
    }
    Ok(())
}

fn sleep(vm: &mut Vm, ms: u32) -> Result<()> {
    let deadline = clock::monotonic_ns() + i64::from(ms) * 1_000_000;
    vm.blocking_call(|| clock::sleep_until(deadline))
}

fn need_screen(vm: &mut Vm) -> Result<()> {
    // Raising is no business of whoever holds the screen.
    let there = lock().display.is_some();
    match there {
        true => Ok(()),
        false => Err(vm.raise_added(ERROR, "must call initscr() first")),
    }
}

fn need_term(vm: &mut Vm) -> Result<()> {
    // Raising is no business of whoever holds the screen.
    let there = lock().term.is_some();
    match there {
        true => Ok(()),
        false => Err(vm.raise_added(ERROR, "must call setupterm() first")),
    }
}

fn need_color(vm: &mut Vm) -> Result<()> {
    need_screen(vm)?;
    // Raising is no business of whoever holds the screen.
    let there = lock().colors.is_some();
    match there {
        true => Ok(()),
        false => Err(vm.raise_added(ERROR, "must call start_color() first")),
    }
}

/// Does something with the screen that was begun.
fn act(vm: &mut Vm, called: &str, what: impl FnOnce(&mut Screen) -> Done) -> Result<()> {
    need_screen(vm)?;
    let done = what(&mut lock());
    flush(vm)?;
    done.map_err(|_| fail(vm, called))
}

fn modes(vm: &mut Vm, called: &str, change: impl FnOnce(&mut Attributes)) -> Result<()> {
    act(vm, called, |screen| screen.change_modes(change))
}

/// The bytes of an argument.
fn bytes_of(vm: &mut Vm, v: &Value) -> Result<Vec<u8>> {
    if v.downcast::<Str>().is_some() {
        return Err(vm.raise_type_error("a bytes-like object is required, not 'str'"));
    }
    vm.bytes_of(v)
}

fn capability(vm: &mut Vm, v: &Value, function: &str) -> Result<String> {
    let Some(text) = v.downcast::<Str>() else {
        let text = format!("{function}() argument must be str, not {}", v.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    let text = text.to_string_lossy();
    if text.contains('\0') {
        return Err(vm.raise_value_error("embedded null character"));
    }
    need_term(vm)?;
    Ok(text)
}

/// Sets a name of the module.
fn set(vm: &mut Vm, key: &str, value: i64) -> Result<()> {
    let Some(module) = vm.state().registry.get(MODULE).and_then(|m| m.downcast::<Module>()).cloned() else {
        return Ok(());
    };
    let value = vm.new_int(value)?;
    module.set(vm, key, value)
}

fn set_size(vm: &mut Vm) -> Result<()> {
    let (lines, cols) = lock().display.as_ref().map_or((0, 0), |d| (d.lines, d.cols));
    let package = match vm.state().modules.clone() {
        Some(modules) => modules.get(vm).get_str(name!("curses")).cloned(),
        None => None,
    };
    for (key, value) in [("LINES", lines), ("COLS", cols)] {
        set(vm, key, value as i64)?;
        // The package has copies of the names.
        if let Some(package) = package.as_ref().and_then(|m| m.downcast::<Module>()).cloned() {
            let value = vm.new_int(value as i64)?;
            package.set(vm, key, value)?;
        }
    }
    Ok(())
}

/// A pair's number that is none below 0 and none beyond the terminal's.
fn pair_number(vm: &mut Vm, v: &Value) -> Result<i32> {
    let n = vm.index(v)?;
    let n = match n.as_int() {
        Some(IntRef::Small(n)) => n,
        Some(IntRef::Big { negative: true, .. }) => -1,
        _ => i64::MAX,
    };
    let (pairs, colors) = lock().colors.as_ref().map_or((0, 0), |c| (c.pair_count, c.count));
    if n < 0 {
        return Err(vm.raise_value_error("Color pair is less than 0."));
    }
    let Ok(n) = i32::try_from(n) else {
        return Err(vm.raise_value_error("Color pair is greater than maximum (2147483647)."));
    };
    // With default colours there are some more.
    if i64::from(n) > i64::from(pairs) + 2 * i64::from(colors) {
        return Err(vm.raise_value_error(&format!("Color pair is greater than COLOR_PAIRS-1 ({}).", pairs - 1)));
    }
    Ok(n)
}

/// A color's number; below 0 is the terminal's own, where that may be.
fn color_number(vm: &mut Vm, v: &Value, default: bool) -> Result<i32> {
    let n = vm.index(v)?;
    let n = match n.as_int() {
        Some(IntRef::Small(n)) => n,
        Some(IntRef::Big { negative: true, .. }) => -1,
        _ => i64::MAX,
    };
    let count = lock().colors.as_ref().map_or(0, |c| c.count);
    if n < 0 {
        return if default { Ok(-1) } else { Err(vm.raise_value_error("Color number is less than 0.")) };
    }
    if n >= i64::from(count) {
        return Err(vm.raise_value_error(&format!("Color number is greater than COLORS-1 ({}).", count - 1)));
    }
    Ok(n as i32)
}

fn component(vm: &mut Vm, v: &Value) -> Result<i32> {
    let n = vm.index(v)?;
    match n.as_int() {
        Some(IntRef::Small(n)) if n < 0 => Err(vm.raise_value_error("Color component is less than 0")),
        Some(IntRef::Small(n)) if n <= 1000 => Ok(n as i32),
        Some(IntRef::Big { negative: true, .. }) => Err(vm.raise_value_error("Color component is less than 0")),
        _ => Err(vm.raise_value_error("Color component is greater than 1000")),
    }
}

impl Screen {
    /// Moves a window that stays on the screen.
    pub fn move_window(&mut self, id: Id, place: (i32, i32)) -> Done {
        let d = self.display.as_ref().ok_or(Fail)?;
        let (lines, cols) = (d.lines as i32, d.cols as i32);
        let win = self.windows.get(id)?;
        let fits = |at: i32, size: usize, all: i32| at >= 0 && at + size as i32 <= all;
        if win.is_pad || !fits(place.0, win.rows, lines) || !fits(place.1, win.cols, cols) {
            return Err(Fail);
        }
        self.windows.get_mut(id)?.begin = place;
        self.windows.touch_all(id, true)
    }

    /// Says that lines of a window are not on the screen as they should be.
    pub fn redraw(&mut self, id: Id, begin: i32, count: i32) -> Done {
        self.windows.touch(id, begin, count, true)?;
        let top = self.windows.get(id)?.begin.0;
        self.forget_lines(top + begin, count);
        Ok(())
    }

    /// Has the terminal send what keys are, or not, as a window wants it.
    pub fn use_keypad(&mut self, id: Id) {
        let Ok(win) = self.windows.get(id) else { return };
        let on = win.keypad;
        if on && let Some(term) = &self.term {
            self.input.learn(term);
        }
        if on != self.modes.keypad {
            self.modes.keypad = on;
            self.put(if on { "smkx" } else { "rmkx" });
        }
    }

    /// Takes over the terminal's size where it has changed.
    fn follow_size(&mut self) -> bool {
        let told = terminal::size(self.fd).ok();
        let Some(d) = &mut self.display else { return false };
        if told.is_none() || d.system_size == told {
            return false;
        }
        d.system_size = told;
        let (lines, cols) = self.size();
        self.resize(lines, cols).is_ok()
    }
}

/// Reads a key for a window; `None` if none came in time.
pub fn read_key(vm: &mut Vm, this: &Ref<Window>) -> Result<Option<i32>> {
    let id = id_of(vm, this);
    let started = clock::monotonic_ns();
    let waits = {
        let mut screen = lock();
        let Ok(win) = screen.windows.get(id) else { return Ok(None) };
        let (is_pad, delay) = (win.is_pad, win.delay);
        if !is_pad && (win.moved || win.changed.iter().any(Option::is_some)) {
            let _ = screen.show(id).and_then(|()| screen.update());
        }
        screen.use_keypad(id);
        match screen.modes.half_delay {
            Some(tenths) if delay < 0 => tenths as i32 * 100,
            _ => delay,
        }
    };
    flush(vm)?;
    loop {
        let resized = lock().follow_size();
        if resized {
            set_size(vm)?;
            return Ok(Some(KEY_RESIZE));
        }
        let now = clock::monotonic_ns();
        let (next, pushed, forever) = {
            let mut screen = lock();
            let pushed = !screen.input.pushed.is_empty();
            let delay = screen.escape_delay;
            let Ok(win) = screen.windows.get(id) else { return Ok(None) };
            let (keypad, forever) = (win.keypad, win.no_timeout);
            (screen.input.next(keypad, delay, now), pushed, forever)
        };
        let left = match next {
            Next::Key(key) => return typed(vm, id, key, pushed).map(Some),
            Next::Maybe(_) if forever => -1,
            Next::Maybe(ms) => ms,
            Next::Nothing if waits < 0 => -1,
            Next::Nothing => (i64::from(waits) - (now - started) / 1_000_000).max(0) as i32,
        };
        // What has come while the window was shown ends no waiting that begins only now.
        vm.check_signals()?;
        let read = vm.detach(|| -> taipan_host::Result<Option<Vec<u8>>> {
            match poll::poll(&mut [poll::slot(STDIN, libc::POLLIN)], left)? {
                0 => Ok(None),
                // One at a time: what follows may be for another program.
                _ => fd::read_vec(STDIN, 1).map(Some),
            }
        });
        match read {
            Ok(Some(bytes)) if bytes.is_empty() => return Ok(None),
            Ok(Some(bytes)) => lock().input.feed(&bytes),
            Ok(None) if matches!(next, Next::Maybe(_)) => lock().input.time_out(),
            Ok(None) => return Ok(None),
            Err(Errno::EINTR) => vm.check_signals()?,
            Err(Errno::EAGAIN) if left < 0 => {}
            Err(_) => return Ok(None),
        }
    }
}

/// A key as it is told, which may be shown.
fn typed(vm: &mut Vm, id: Id, key: i32, pushed: bool) -> Result<i32> {
    if pushed {
        return Ok(key);
    }
    let key = {
        let mut screen = lock();
        let key = if key == 13 && screen.modes.newlines { 10 } else { key };
        let shows = screen.modes.echo && key < KEY_MIN - 1 && screen.windows.get(id).is_ok_and(|w| !w.is_pad);
        if !shows {
            return Ok(key);
        }
        let tab = screen.tab;
        let _ = screen.windows.add_byte(id, key as u8, 0, tab);
        let _ = screen.show(id).and_then(|()| screen.update());
        key
    };
    flush(vm)?;
    Ok(key)
}

/// The descriptor that `sys.stdout` writes to.
fn stdout(vm: &mut Vm) -> Result<i32> {
    let Some(stream) = vm.sys_attr(name!("stdout")).filter(|s| !s.is_none()) else {
        return Err(vm.raise_added(ERROR, "lost sys.stdout"));
    };
    let fd = vm.call_method(&stream, name!("fileno"), &[])?;
    number(vm, &fd)
}

#[module(name = "_curses")]
impl Curses {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_exception_class(module, ERROR, EXCEPTION.as_type(), "")?;
        vm.add_class(module, &WindowClass::class_def())?;
        for (key, value) in OTHERS {
            let value = vm.new_int(*value)?;
            module.set(vm, key, value)?;
        }
        for (key, value, _) in KEYS {
            module.set(vm, key, Value::from_i32(*value))?;
        }
        for n in 0..FUNCTION_KEYS {
            module.set(vm, &format!("KEY_F{n}"), Value::from_i32(FUNCTION_KEY + n))?;
        }
        module.set(vm, "KEY_MIN", Value::from_i32(KEY_MIN))?;
        module.set(vm, "KEY_MAX", Value::from_i32(KEY_MAX))?;
        for key in ["version", "__version__"] {
            let version = vm.new_bytes(VERSION)?.into_value();
            module.set(vm, key, version)?;
        }
        const FIELDS: &[(&str, &str)] =
            &[("major", "Major release number"), ("minor", "Minor release number"), ("patch", "Patch")];
        let class = vm.new_structseq_type("curses.ncurses_version", "The version of ncurses.", FIELDS, FIELDS.len())?;
        vm.forbid_structseq_instances(&class);
        let version = vm.new_structseq(&class, NCURSES.map(Value::from_i32).to_vec())?;
        module.set(vm, "ncurses_version", version)?;
        vm.state_mut().registry.insert(MODULE, module.as_value().clone());
        Ok(())
    }

    /// Begin the screen, and give the window that is as large as it.
    #[function("($module, /)")]
    fn initscr(vm: &mut Vm) -> Result<Ref<Window>> {
        let begun = lock().display.as_ref().map(|d| d.main);
        if let Some(main) = begun {
            {
                let mut screen = lock();
                let _ = screen.show(main).and_then(|()| screen.update());
            }
            flush(vm)?;
            return make(vm, main, None, false);
        }
        let name = env::get(b"TERM").unwrap_or_else(|| b"unknown".to_vec());
        let main = {
            let mut screen = lock();
            let fd = if screen.term.is_some() { screen.fd } else { stdio::STDOUT };
            screen.set_up(&name, fd).and_then(|()| screen.begin())
        };
        let Ok(main) = main else {
            let text = format!("initscr: could not find terminal {}", String::from_utf8_lossy(&name));
            return Err(vm.raise_added(ERROR, &text));
        };
        // Waiting for a key has to end when the terminal's size changes.
        if signal::disposition(libc::SIGWINCH) == Ok(Disposition::Default) {
            let _ = signal::set_disposition(libc::SIGWINCH, Disposition::Noted);
        }
        flush(vm)?;
        for (key, c) in LINES {
            set(vm, key, i64::from(bits::ALTCHARSET | u32::from(*c)))?;
        }
        set_size(vm)?;
        make(vm, main, None, false)
    }

    /// Give the terminal back.
    #[function("($module, /)")]
    fn endwin(vm: &mut Vm) -> Result<()> {
        act(vm, "endwin", Screen::end)
    }

    /// Whether endwin() was called last.
    #[function("($module, /)")]
    fn isendwin(vm: &mut Vm) -> Result<bool> {
        need_screen(vm)?;
        Ok(lock().display.as_ref().is_some_and(|d| d.ended))
    }

    /// Write what the screen that is wanted differs from the one that is there.
    #[function("($module, /)")]
    fn doupdate(vm: &mut Vm) -> Result<()> {
        act(vm, "doupdate", Screen::update)
    }

    /// A window with a number of lines and columns, which begins at a place of the screen.
    #[function]
    fn newwin(vm: &mut Vm, args: Args<'_>) -> Result<Ref<Window>> {
        args.no_keywords(vm, "_curses.newwin")?;
        let all = args.positional();
        if !matches!(all.len(), 2 | 4) {
            return Err(vm.raise_type_error("_curses.newwin requires 2 to 4 arguments"));
        }
        let numbers = all.iter().map(|v| number(vm, v)).collect::<Result<Vec<_>>>()?;
        need_screen(vm)?;
        let (y, x) = (numbers.get(2).copied().unwrap_or(0), numbers.get(3).copied().unwrap_or(0));
        let made = {
            let mut screen = lock();
            let (lines, cols) = screen.display.as_ref().map_or((0, 0), |d| (d.lines as i32, d.cols as i32));
            let size = |given: i32, all: i32, at: i32| {
                let n = if given == 0 { all - at } else { given };
                usize::try_from(n).ok().filter(|n| *n > 0).ok_or(Fail)
            };
            match (y >= 0 && x >= 0).then_some(()) {
                None => Err(Fail),
                Some(()) => size(numbers[0], lines, y).and_then(|rows| {
                    let cols = size(numbers[1], cols, x)?;
                    screen.windows.create(rows, cols, (y, x), false)
                }),
            }
        };
        match made {
            Ok(id) => make(vm, id, None, true),
            Err(_) => Err(null(vm)),
        }
    }

    /// A window that may be larger than the screen, which shows parts of it.
    #[function("($module, nlines, ncols, /)")]
    fn newpad(vm: &mut Vm, nlines: &Value, ncols: &Value) -> Result<Ref<Window>> {
        let (rows, cols) = (number(vm, nlines)?, number(vm, ncols)?);
        need_screen(vm)?;
        let made = match (usize::try_from(rows), usize::try_from(cols)) {
            (Ok(rows), Ok(cols)) if rows > 0 && cols > 0 => lock().windows.create(rows, cols, (0, 0), true),
            _ => Err(Fail),
        };
        match made {
            Ok(id) => make(vm, id, None, true),
            Err(_) => Err(null(vm)),
        }
    }

    /// Read a window from a file that putwin() has written.
    #[function("($module, file, /)")]
    fn getwin(vm: &mut Vm, file: &Value) -> Result<Ref<Window>> {
        need_screen(vm)?;
        let data = vm.call_method(file, name!("read"), &[])?;
        let Some(bytes) = data.downcast::<Bytes>() else {
            let text = format!("f.read() returned {} instead of bytes", data.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let bytes = bytes.as_bytes().to_vec();
        let made = dump::read(&mut lock().windows, &bytes);
        match made {
            Ok(id) => make(vm, id, None, true),
            Err(_) => Err(null(vm)),
        }
    }

    /// Find the description of a terminal.
    #[function("($module, /, term=None, fd=-1)")]
    fn setupterm(vm: &mut Vm, term: Option<&Value>, fd: Option<&Value>) -> Result<()> {
        let name = match term.filter(|t| !t.is_none()) {
            None => env::get(b"TERM").unwrap_or_else(|| b"unknown".to_vec()),
            Some(term) => match term.downcast::<Str>() {
                Some(text) => vm.fs_encode(text)?,
                None => {
                    let text = format!("setupterm() argument 'term' must be str or None, not {}", term.ty().name());
                    return Err(vm.raise_type_error(&text));
                }
            },
        };
        let fd = match fd {
            Some(fd) => number(vm, fd)?,
            None => -1,
        };
        let fd = if fd == -1 { stdout(vm)? } else { fd };
        let done = {
            let mut screen = lock();
            if screen.term.is_some() { Ok(()) } else { screen.set_up(&name, fd) }
        };
        done.map_err(|_| vm.raise_added(ERROR, "setupterm: could not find terminal"))
    }

    /// A capability of the terminal that is there or not; -1 if the name is none of such.
    #[function("($module, capname, /)")]
    fn tigetflag(vm: &mut Vm, capname: &Value) -> Result<i32> {
        let name = capability(vm, capname, "tigetflag")?;
        Ok(lock().term.as_ref().and_then(|t| t.flag(&name)).map_or(-1, i32::from))
    }

    /// A number of the terminal; -1 if it has none, -2 if the name is none of a number.
    #[function("($module, capname, /)")]
    fn tigetnum(vm: &mut Vm, capname: &Value) -> Result<i32> {
        let name = capability(vm, capname, "tigetnum")?;
        Ok(lock().term.as_ref().map_or(-2, |t| t.number(&name)))
    }

    /// A string of the terminal, or None.
    #[function("($module, capname, /)")]
    fn tigetstr(vm: &mut Vm, capname: &Value) -> Result<Option<Ref<Bytes>>> {
        let name = capability(vm, capname, "tigetstr")?;
        let found = lock().string(&name).map(<[u8]>::to_vec);
        found.map(|bytes| vm.new_bytes(&bytes)).transpose()
    }

    /// A string of the terminal with its parameters.
    #[function("($module, str, i1=0, i2=0, i3=0, i4=0, i5=0, i6=0, i7=0, i8=0,\n      i9=0, /)")]
    fn tparm(
        vm: &mut Vm,
        str: &Value,
        i1: Option<i32>,
        i2: Option<i32>,
        i3: Option<i32>,
        i4: Option<i32>,
        i5: Option<i32>,
        i6: Option<i32>,
        i7: Option<i32>,
        i8: Option<i32>,
        i9: Option<i32>,
    ) -> Result<Ref<Bytes>> {
        let text = bytes_of(vm, str)?;
        need_term(vm)?;
        let given = [i1, i2, i3, i4, i5, i6, i7, i8, i9].map(Option::unwrap_or_default);
        let expanded = tparm::expand(&text, &given, &mut lock().variables);
        vm.new_bytes(&expanded)
    }

    /// Write a string of the terminal.
    #[function("($module, string, /)")]
    fn putp(vm: &mut Vm, string: &Value) -> Result<()> {
        let bytes = bytes_of(vm, string)?;
        lock().write(&bytes);
        flush(vm)
    }

    /// The name of the terminal's description.
    #[function("($module, /)")]
    fn termname(vm: &mut Vm) -> Result<Ref<Bytes>> {
        need_screen(vm)?;
        let name = lock().term_name.clone();
        vm.new_bytes(&name[..name.len().min(14)])
    }

    /// The terminal's name for people.
    #[function("($module, /)")]
    fn longname(vm: &mut Vm) -> Result<Ref<Bytes>> {
        need_screen(vm)?;
        let name = lock().term.as_ref().map(|t| t.long_name().to_vec()).unwrap_or_default();
        vm.new_bytes(&name)
    }

    /// All attributes that the terminal has.
    #[function("($module, /)")]
    fn termattrs(vm: &mut Vm) -> Result<i64> {
        need_screen(vm)?;
        let screen = lock();
        let names = [
            (bits::ALTCHARSET, "smacs"),
            (bits::BLINK, "blink"),
            (bits::BOLD, "bold"),
            (bits::DIM, "dim"),
            (bits::REVERSE, "rev"),
            (bits::STANDOUT, "smso"),
            (bits::PROTECT, "prot"),
            (bits::UNDERLINE, "smul"),
            (bits::INVIS, "invis"),
            (bits::ITALIC, "sitm"),
        ];
        let all = names.iter().filter(|(_, name)| screen.string(name).is_some()).fold(0, |all, (bit, _)| all | bit);
        Ok(i64::from(all | if screen.colors.is_some() { bits::COLOR } else { 0 }))
    }

    /// How many bits a second the terminal takes.
    #[function("($module, /)")]
    fn baudrate(vm: &mut Vm) -> Result<i64> {
        need_screen(vm)?;
        let code = lock().modes.program.as_ref().map(|m| m.output_speed);
        let speed = code.and_then(|code| terminal::SPEEDS.iter().find(|(c, _)| *c == code)).map_or(0, |(_, s)| *s);
        Ok(i64::from(speed))
    }

    /// The character that erases what was typed last.
    #[function("($module, /)")]
    fn erasechar(vm: &mut Vm) -> Result<Ref<Bytes>> {
        need_screen(vm)?;
        let c = lock().modes.shell.as_ref().map_or(8, |m| m.special[libc::VERASE]);
        vm.new_bytes(&[c])
    }

    /// The character that erases a line.
    #[function("($module, /)")]
    fn killchar(vm: &mut Vm) -> Result<Ref<Bytes>> {
        need_screen(vm)?;
        let c = lock().modes.shell.as_ref().map_or(21, |m| m.special[libc::VKILL]);
        vm.new_bytes(&[c])
    }

    /// Whether the terminal inserts and deletes characters.
    #[function("($module, /)")]
    fn has_ic(vm: &mut Vm) -> Result<bool> {
        need_screen(vm)?;
        let screen = lock();
        let has = |name| screen.string(name).is_some();
        Ok((has("ich1") || has("ich") || has("smir")) && (has("dch1") || has("dch")))
    }

    /// Whether the terminal inserts and deletes lines, or has lines that scroll.
    #[function("($module, /)")]
    fn has_il(vm: &mut Vm) -> Result<bool> {
        need_screen(vm)?;
        let screen = lock();
        let has = |name| screen.string(name).is_some();
        Ok((has("il1") || has("il")) && (has("dl1") || has("dl")) || has("csr"))
    }

    /// Make a sound.
    #[function("($module, /)")]
    fn beep(vm: &mut Vm) -> Result<()> {
        act(vm, "beep", |screen| if screen.put("bel") || screen.put("flash") { Ok(()) } else { Err(Fail) })
    }

    /// Have the screen flash.
    #[function("($module, /)")]
    fn flash(vm: &mut Vm) -> Result<()> {
        act(vm, "flash", |screen| if screen.put("flash") || screen.put("bel") { Ok(()) } else { Err(Fail) })
    }

    /// Show the cursor: 0 not, 1 normally, 2 very; give what it was.
    #[function("($module, visibility, /)")]
    fn curs_set(vm: &mut Vm, visibility: &Value) -> Result<i32> {
        let n = number(vm, visibility)?;
        let mut old = 0;
        act(vm, "curs_set", |screen| {
            old = screen.modes.cursor;
            let name = match n {
                0 => "civis",
                1 => "cnorm",
                2 => "cvvis",
                _ => return Err(Fail),
            };
            if n != old && !screen.put(name) {
                return Err(Fail);
            }
            screen.modes.cursor = n;
            Ok(())
        })?;
        Ok(old)
    }

    /// Read keys as they are typed; those of signals do what they do.
    #[function("($module, flag=True, /)")]
    fn cbreak(vm: &mut Vm, flag: Option<bool>) -> Result<()> {
        let on = flag.unwrap_or(true);
        lock().modes.half_delay = None;
        modes(vm, if on { "cbreak" } else { "nocbreak" }, |a| set_cbreak(a, on))
    }

    /// Read keys when a line is whole.
    #[function("($module, /)")]
    fn nocbreak(vm: &mut Vm) -> Result<()> {
        lock().modes.half_delay = None;
        modes(vm, "nocbreak", |a| set_cbreak(a, false))
    }

    /// Read all keys as they are typed.
    #[function("($module, flag=True, /)")]
    fn raw(vm: &mut Vm, flag: Option<bool>) -> Result<()> {
        let on = flag.unwrap_or(true);
        modes(vm, if on { "raw" } else { "noraw" }, |a| set_raw(a, on))
    }

    /// Undo raw().
    #[function("($module, /)")]
    fn noraw(vm: &mut Vm) -> Result<()> {
        modes(vm, "noraw", |a| set_raw(a, false))
    }

    /// Show what is typed.
    #[function("($module, flag=True, /)")]
    fn echo(vm: &mut Vm, flag: Option<bool>) -> Result<()> {
        act(vm, "echo", |screen| {
            screen.modes.echo = flag.unwrap_or(true);
            Ok(())
        })
    }

    /// Do not show what is typed.
    #[function("($module, /)")]
    fn noecho(vm: &mut Vm) -> Result<()> {
        act(vm, "noecho", |screen| {
            screen.modes.echo = false;
            Ok(())
        })
    }

    /// Read the return key as a newline.
    #[function("($module, flag=True, /)")]
    fn nl(vm: &mut Vm, flag: Option<bool>) -> Result<()> {
        act(vm, "nl", |screen| {
            screen.modes.newlines = flag.unwrap_or(true);
            Ok(())
        })
    }

    /// Read the return key as it is.
    #[function("($module, /)")]
    fn nonl(vm: &mut Vm) -> Result<()> {
        act(vm, "nonl", |screen| {
            screen.modes.newlines = false;
            Ok(())
        })
    }

    /// Read keys as they are typed, waiting for some tenths of a second.
    #[function("($module, tenths, /)")]
    fn halfdelay(vm: &mut Vm, tenths: &Value) -> Result<()> {
        let n = number(vm, tenths)?;
        if n > 255 {
            return Err(vm.raise_overflow_error("unsigned byte integer is greater than maximum"));
        }
        if n < 0 {
            return Err(vm.raise_overflow_error("unsigned byte integer is less than minimum"));
        }
        need_screen(vm)?;
        if n == 0 {
            return Err(fail(vm, "halfdelay"));
        }
        lock().modes.half_delay = Some(n as u32);
        // Without a terminal there are no modes; the delay counts all the same.
        let _ = lock().change_modes(|a| set_cbreak(a, true));
        Ok(())
    }

    /// Whether keys of signals throw away what was written and not shown.
    #[function("($module, flag=True, /)")]
    fn qiflush(vm: &mut Vm, flag: Option<bool>) -> Result<()> {
        need_screen(vm)?;
        let on = flag.unwrap_or(true);
        let _ = lock().change_modes(|a| a.local = if on { a.local & !libc::NOFLSH } else { a.local | libc::NOFLSH });
        Ok(())
    }

    /// Undo qiflush().
    #[function("($module, /)")]
    fn noqiflush(vm: &mut Vm) -> Result<()> {
        need_screen(vm)?;
        let _ = lock().change_modes(|a| a.local |= libc::NOFLSH);
        Ok(())
    }

    /// Whether keys of signals throw away what was written and not shown.
    #[function("($module, flag, /)")]
    fn intrflush(vm: &mut Vm, flag: bool) -> Result<()> {
        modes(vm, "intrflush", |a| a.local = if flag { a.local & !libc::NOFLSH } else { a.local | libc::NOFLSH })
    }

    /// Whether the terminal sends eight bits.
    #[function("($module, yes, /)")]
    fn meta(vm: &mut Vm, yes: bool) -> Result<()> {
        act(vm, "meta", |screen| {
            screen.put(if yes { "smm" } else { "rmm" });
            Ok(())
        })
    }

    /// Forget what was typed and not read.
    #[function("($module, /)")]
    fn flushinp(vm: &mut Vm) -> Result<()> {
        need_screen(vm)?;
        lock().input.clear();
        let _ = terminal::flush(STDIN, libc::TCIFLUSH);
        Ok(())
    }

    /// Say by which descriptor it is seen that something was typed. It has no effect.
    #[function("($module, fd, /)")]
    fn typeahead(vm: &mut Vm, fd: &Value) -> Result<()> {
        number(vm, fd)?;
        need_screen(vm)
    }

    /// Keep the terminal's modes as the program's.
    #[function("($module, /)")]
    fn def_prog_mode(vm: &mut Vm) -> Result<()> {
        act(vm, "def_prog_mode", |screen| {
            screen.modes.program = Some(terminal::get_attributes(screen.fd).map_err(|_| Fail)?);
            Ok(())
        })
    }

    /// Keep the terminal's modes as the shell's.
    #[function("($module, /)")]
    fn def_shell_mode(vm: &mut Vm) -> Result<()> {
        act(vm, "def_shell_mode", |screen| {
            screen.modes.shell = Some(terminal::get_attributes(screen.fd).map_err(|_| Fail)?);
            Ok(())
        })
    }

    /// Give the terminal the modes of the program.
    #[function("($module, /)")]
    fn reset_prog_mode(vm: &mut Vm) -> Result<()> {
        act(vm, "reset_prog_mode", |screen| screen.reset_modes(true))
    }

    /// Give the terminal the modes of the shell.
    #[function("($module, /)")]
    fn reset_shell_mode(vm: &mut Vm) -> Result<()> {
        act(vm, "reset_shell_mode", |screen| screen.reset_modes(false))
    }

    /// Keep the terminal's modes for resetty().
    #[function("($module, /)")]
    fn savetty(vm: &mut Vm) -> Result<()> {
        act(vm, "savetty", |screen| {
            screen.modes.saved = Some(terminal::get_attributes(screen.fd).map_err(|_| Fail)?);
            Ok(())
        })
    }

    /// Give the terminal the modes that savetty() has kept.
    #[function("($module, /)")]
    fn resetty(vm: &mut Vm) -> Result<()> {
        act(vm, "resetty", |screen| {
            if let Some(saved) = screen.modes.saved.clone() {
                terminal::set_attributes(screen.fd, libc::TCSADRAIN, &saved).map_err(|_| Fail)?;
                screen.modes.program = Some(saved);
            }
            Ok(())
        })
    }

    /// Wait for some milliseconds.
    #[function("($module, ms, /)")]
    fn napms(vm: &mut Vm, ms: &Value) -> Result<i32> {
        let ms = number(vm, ms)?;
        need_screen(vm)?;
        sleep(vm, u32::try_from(ms).unwrap_or(0))?;
        Ok(0)
    }

    /// Wait for some milliseconds before anything else is written.
    #[function("($module, ms, /)")]
    fn delay_output(vm: &mut Vm, ms: &Value) -> Result<()> {
        let ms = number(vm, ms)?;
        need_screen(vm)?;
        flush(vm)?;
        sleep(vm, u32::try_from(ms).unwrap_or(0))
    }

    /// Use one line only; to be called before initscr().
    #[function("($module, /)")]
    fn filter(_vm: &mut Vm) -> Result<()> {
        lock().filter = true;
        Ok(())
    }

    /// Whether LINES and COLUMNS of the environment say how large the screen is.
    #[function("($module, flag, /)")]
    fn use_env(_vm: &mut Vm, flag: bool) -> Result<()> {
        lock().use_env = flag;
        Ok(())
    }

    /// Have LINES and COLS say how large the screen is.
    #[function("($module, /)")]
    fn update_lines_cols(vm: &mut Vm) -> Result<()> {
        set_size(vm)
    }

    /// Whether the screen has another size.
    #[function("($module, nlines, ncols, /)")]
    fn is_term_resized(vm: &mut Vm, nlines: &Value, ncols: &Value) -> Result<bool> {
        let (lines, cols) = (number(vm, nlines)?, number(vm, ncols)?);
        need_screen(vm)?;
        let size = lock().display.as_ref().map_or((0, 0), |d| (d.lines as i32, d.cols as i32));
        Ok(lines > 0 && cols > 0 && size != (lines, cols))
    }

    /// Give the screen and its windows another size.
    #[function("($module, nlines, ncols, /)")]
    fn resize_term(vm: &mut Vm, nlines: &Value, ncols: &Value) -> Result<()> {
        let (lines, cols) = (short(vm, nlines)?, short(vm, ncols)?);
        resize(vm, "resize_term", lines, cols, false)
    }

    /// Give the screen and its windows another size, and have that read as a key.
    #[function("($module, nlines, ncols, /)")]
    fn resizeterm(vm: &mut Vm, nlines: &Value, ncols: &Value) -> Result<()> {
        let (lines, cols) = (short(vm, nlines)?, short(vm, ncols)?);
        resize(vm, "resizeterm", lines, cols, true)
    }

    /// Where the cursor of the wanted screen is; (-1, -1) if that does not matter.
    #[function("($module, /)")]
    fn getsyx(vm: &mut Vm) -> Result<Ref<Tuple>> {
        need_screen(vm)?;
        let (y, x) = lock().display.as_ref().map_or((-1, -1), |d| match d.wanted.leaves {
            true => (-1, -1),
            false => (d.wanted.cursor.0 as i32, d.wanted.cursor.1 as i32),
        });
        vm.new_tuple(vec![Value::from_i32(y), Value::from_i32(x)])
    }

    /// Say where the cursor of the wanted screen is.
    #[function("($module, y, x, /)")]
    fn setsyx(vm: &mut Vm, y: &Value, x: &Value) -> Result<()> {
        let (y, x) = (number(vm, y)?, number(vm, x)?);
        need_screen(vm)?;
        if let Some(d) = &mut lock().display {
            d.wanted.leaves = (y, x) == (-1, -1);
            if (0..d.lines as i32).contains(&y) && (0..d.cols as i32).contains(&x) {
                d.wanted.cursor = (y as usize, x as usize);
            }
        }
        Ok(())
    }

    /// How long what begins like a function key waits for the rest, in milliseconds.
    #[function("($module, /)")]
    fn get_escdelay(_vm: &mut Vm) -> Result<i32> {
        Ok(lock().escape_delay)
    }

    /// Set how long what begins like a function key waits for the rest.
    #[function("($module, ms, /)")]
    fn set_escdelay(vm: &mut Vm, ms: &Value) -> Result<()> {
        let ms = number(vm, ms)?;
        if ms <= 0 {
            return Err(vm.raise_value_error("ms must be > 0"));
        }
        lock().escape_delay = ms;
        Ok(())
    }

    /// How many columns there are from a tab stop to the next.
    #[function("($module, /)")]
    fn get_tabsize(_vm: &mut Vm) -> Result<i32> {
        Ok(lock().tab as i32)
    }

    /// Set how many columns there are from a tab stop to the next.
    #[function("($module, size, /)")]
    fn set_tabsize(vm: &mut Vm, size: &Value) -> Result<()> {
        let size = number(vm, size)?;
        if size <= 0 {
            return Err(vm.raise_value_error("size must be > 0"));
        }
        lock().tab = size as usize;
        Ok(())
    }

    /// Whether the terminal has colours.
    #[function("($module, /)")]
    fn has_colors(vm: &mut Vm) -> Result<bool> {
        need_screen(vm)?;
        Ok(lock().has_colors())
    }

    /// Whether there may be more than 256 colours.
    #[function("($module, /)")]
    fn has_extended_color_support(_vm: &mut Vm) -> Result<bool> {
        Ok(true)
    }

    /// Whether colours can be mixed.
    #[function("($module, /)")]
    fn can_change_color(vm: &mut Vm) -> Result<bool> {
        need_screen(vm)?;
        Ok(lock().term.as_ref().is_some_and(|t| t.has("ccc")))
    }

    /// Begin colours; COLORS and COLOR_PAIRS say how many there are.
    #[function("($module, /)")]
    fn start_color(vm: &mut Vm) -> Result<()> {
        act(vm, "start_color", Screen::start_color)?;
        let counts = lock().colors.as_ref().map(|c| (c.count, c.pair_count));
        if let Some((colors, pairs)) = counts {
            set(vm, "COLORS", i64::from(colors))?;
            set(vm, "COLOR_PAIRS", i64::from(pairs))?;
        }
        Ok(())
    }

    /// A color's parts of red, green and blue, of 1000.
    #[function("($module, color_number, /)")]
    fn color_content(vm: &mut Vm, color_number: &Value) -> Result<Ref<Tuple>> {
        need_screen(vm)?;
        let color = self::color_number(vm, color_number, false)?;
        need_color(vm)?;
        let (r, g, b) = lock().color_content(color);
        vm.new_tuple([r, g, b].map(Value::from_i32).to_vec())
    }

    /// Mix a colour of parts of red, green and blue, of 1000.
    #[function("($module, color_number, r, g, b, /)")]
    fn init_color(vm: &mut Vm, color_number: &Value, r: &Value, g: &Value, b: &Value) -> Result<()> {
        need_screen(vm)?;
        let color = self::color_number(vm, color_number, false)?;
        let parts = (component(vm, r)?, component(vm, g)?, component(vm, b)?);
        need_color(vm)?;
        act(vm, "init_extended_color", |screen| {
            if !screen.term()?.has("ccc") || !screen.put_with("initc", &[color, parts.0, parts.1, parts.2]) {
                return Err(Fail);
            }
            if let Some(colors) = &mut screen.colors {
                colors.mixed.insert(color, parts);
            }
            Ok(())
        })
    }

    /// A pair's two colours.
    #[function("($module, pair_number, /)")]
    fn pair_content(vm: &mut Vm, pair_number: &Value) -> Result<Ref<Tuple>> {
        need_screen(vm)?;
        let pair = self::pair_number(vm, pair_number)?;
        need_color(vm)?;
        let (front, back) = lock().colors.as_ref().and_then(|c| c.pairs.get(&pair).copied()).unwrap_or((0, 0));
        vm.new_tuple(vec![Value::from_i32(front), Value::from_i32(back)])
    }

    /// Say which two colours a pair is.
    #[function("($module, pair_number, fg, bg, /)")]
    fn init_pair(vm: &mut Vm, pair_number: &Value, fg: &Value, bg: &Value) -> Result<()> {
        need_screen(vm)?;
        let pair = self::pair_number(vm, pair_number)?;
        let colors = (color_number(vm, fg, true)?, color_number(vm, bg, true)?);
        need_color(vm)?;
        act(vm, "init_extended_pair", |screen| {
            let all = screen.colors.as_mut().ok_or(Fail)?;
            if pair == 0 || (colors.0.min(colors.1) < 0 && !all.defaults) {
                return Err(Fail);
            }
            let old = all.pairs.insert(pair, colors);
            if old.is_some_and(|old| old != colors) {
                screen.forget_pair(pair as u32);
            }
            Ok(())
        })
    }

    /// The attribute of a pair of colours.
    #[function("($module, pair_number, /)")]
    fn color_pair(vm: &mut Vm, pair_number: &Value) -> Result<i64> {
        let n = number(vm, pair_number)?;
        need_color(vm)?;
        Ok(i64::from((n as u32) << 8 & bits::COLOR))
    }

    /// The number of an attribute's pair of colours.
    #[function("($module, attr, /)")]
    fn pair_number(vm: &mut Vm, attr: &Value) -> Result<i64> {
        let attr = attributes(vm, attr)?;
        need_color(vm)?;
        Ok(i64::from((attr & bits::COLOR) >> 8))
    }

    /// Allow the terminal's own colours, as number -1.
    #[function("($module, /)")]
    fn use_default_colors(vm: &mut Vm) -> Result<()> {
        need_color(vm)?;
        act(vm, "use_default_colors", |screen| screen.assume(-1, -1))
    }

    /// Allow the terminal's own colours, and say what pair 0 is.
    #[function("($module, fg, bg, /)")]
    fn assume_default_colors(vm: &mut Vm, fg: &Value, bg: &Value) -> Result<()> {
        let (front, back) = (number(vm, fg)?, number(vm, bg)?);
        need_color(vm)?;
        act(vm, "assume_default_colors", |screen| screen.assume(front.max(-1), back.max(-1)))
    }

    /// A key's name.
    #[function("($module, key, /)")]
    fn keyname(vm: &mut Vm, key: i32) -> Result<Ref<Bytes>> {
        need_screen(vm)?;
        if key < 0 {
            return Err(vm.raise_value_error("invalid key number"));
        }
        let name = {
            let screen = lock();
            input::name(key, screen.term.as_ref(), screen.modes.keypad)
        };
        vm.new_bytes(&name)
    }

    /// Whether the terminal has a key.
    #[function("($module, key, /)")]
    fn has_key(vm: &mut Vm, key: i32) -> Result<bool> {
        need_screen(vm)?;
        Ok(lock().input.knows(key))
    }

    /// How a character is shown.
    #[function("($module, ch, /)")]
    fn unctrl(vm: &mut Vm, ch: &Value) -> Result<Ref<Bytes>> {
        need_screen(vm)?;
        let ch = chtype(vm, ch, None)?;
        vm.new_bytes(shown(split(ch).0).as_bytes())
    }

    /// Have a key read next.
    #[function("($module, ch, /)")]
    fn ungetch(vm: &mut Vm, ch: &Value) -> Result<()> {
        need_screen(vm)?;
        let ch = chtype(vm, ch, None)?;
        lock().input.pushed.push_front(ch as i32);
        Ok(())
    }

    /// Have a character read next.
    #[function("($module, ch, /)")]
    fn unget_wch(vm: &mut Vm, ch: &Value) -> Result<()> {
        need_screen(vm)?;
        let code = match (ch.downcast::<Str>(), ch.as_int()) {
            (Some(text), _) => {
                let points: Vec<u32> = text.data().code_points().collect();
                let &[point] = &points[..] else {
                    let text = format!("expect int or str of length 1, got a str of length {}", points.len());
                    return Err(vm.raise_type_error(&text));
                };
                i64::from(point)
            }
            (None, Some(n)) => n.to_i64().unwrap_or(i64::MAX),
            _ => {
                let text = format!("expect int or str of length 1, got {}", ch.ty().name());
                return Err(vm.raise_type_error(&text));
            }
        };
        if i32::try_from(code).is_err() {
            return Err(vm.raise_overflow_error("character doesn't fit in wchar_t"));
        }
        let Some(c) = u32::try_from(code).ok().and_then(char::from_u32) else { return Err(fail(vm, "unget_wch")) };
        let mut screen = lock();
        for byte in c.encode_utf8(&mut [0; 4]).bytes().rev() {
            screen.input.pushed.push_front(i32::from(byte));
        }
        Ok(())
    }

    /// Say what of the mouse is read as keys; give what of it can be, and what was.
    #[function("($module, newmask, /)")]
    fn mousemask(vm: &mut Vm, newmask: &Value) -> Result<Ref<Tuple>> {
        const EVENTS: u32 = 0x1fff_ffff;
        let Some(n) = newmask.as_int() else {
            let text = format!("mousemask() argument must be int, not {}", newmask.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let mask = n.to_i64().map_or(u32::MAX, |n| n as u32);
        need_screen(vm)?;
        let (now, old) = {
            let mut screen = lock();
            let old = screen.input.mouse_mask;
            let now = if screen.string("kmous").is_some() { mask & EVENTS } else { 0 };
            if let Some(term) = screen.term.clone().filter(|_| now != 0) {
                screen.input.learn(&term);
            }
            screen.input.mouse_mask = now;
            if screen.input.click_time == 0 {
                screen.input.click_time = 166;
            }
            if (now != 0) != (old != 0) {
                screen.report_mouse(now != 0);
            }
            (now, old)
        };
        flush(vm)?;
        let values = vec![vm.new_int(i64::from(now))?, vm.new_int(i64::from(old))?];
        vm.new_tuple(values)
    }

    /// How long a click may take, in milliseconds.
    #[function("($module, interval, /)")]
    fn mouseinterval(vm: &mut Vm, interval: &Value) -> Result<()> {
        let n = number(vm, interval)?;
        need_screen(vm)?;
        if n >= 0 {
            // 0 is not to be taken for a time that was never set.
            lock().input.click_time = n.max(1);
        }
        Ok(())
    }

    /// What the mouse did: its number, the place, and the buttons.
    #[function("($module, /)")]
    fn getmouse(vm: &mut Vm) -> Result<Ref<Tuple>> {
        need_screen(vm)?;
        let event = lock().input.events.pop_front();
        let Some(e) = event else { return Err(fail(vm, "getmouse")) };
        let mut values = [i32::from(e.id), e.x, e.y, e.z].map(Value::from_i32).to_vec();
        values.push(vm.new_int(i64::from(e.state))?);
        vm.new_tuple(values)
    }

    /// Have the mouse do something next.
    #[function("($module, id, x, y, z, bstate, /)")]
    fn ungetmouse(vm: &mut Vm, id: &Value, x: &Value, y: &Value, z: &Value, bstate: &Value) -> Result<()> {
        let event = MouseEvent {
            id: short(vm, id)?,
            x: number(vm, x)?,
            y: number(vm, y)?,
            z: number(vm, z)?,
            state: attributes(vm, bstate)?,
        };
        need_screen(vm)?;
        let mut screen = lock();
        screen.input.events.push_front(event);
        screen.input.pushed.push_front(KEY_MOUSE);
        Ok(())
    }
}

fn resize(vm: &mut Vm, called: &str, lines: i16, cols: i16, key: bool) -> Result<()> {
    act(vm, called, |screen| {
        if lines <= 0 || cols <= 0 {
            return Err(Fail);
        }
        let (lines, cols) = (lines as usize, cols as usize);
        if screen.display.as_ref().is_some_and(|d| (d.lines, d.cols) != (lines, cols)) {
            screen.resize(lines, cols)?;
            if key {
                screen.input.pushed.push_front(KEY_RESIZE);
            }
        }
        Ok(())
    })?;
    set_size(vm)
}

impl Screen {
    /// Allows the terminal's own colours.
    fn assume(&mut self, front: i32, back: i32) -> Done {
        if self.string("op").is_none() && self.string("oc").is_none() {
            return Err(Fail);
        }
        let colors = self.colors.as_mut().ok_or(Fail)?;
        colors.defaults = true;
        if colors.pairs.insert(0, (front, back)) != Some((front, back)) {
            self.forget_pair(0);
        }
        Ok(())
    }
}
