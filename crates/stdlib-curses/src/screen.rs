//! The terminal: what it is to show and what it shows, its colours and its modes.
//!
//! There is one for a process, as there is in the C library whose interface this is ([`lock`]). Windows are copied to the
//! screen that is wanted; [`Screen::update`] writes what that differs from the one that is there.

use crate::cell::{Cell, bits};
use crate::input::Input;
use crate::panel::Stack;
use crate::terminfo::Terminfo;
use crate::tparm::{self, Variables};
use crate::window::{Done, Fail, Grid, Id, Windows};
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use taipan_host::terminal::{self, Attributes};
use taipan_host::{env, stdio};

/// What is to be written, and how long to wait then.
pub type Output = Vec<(Vec<u8>, u32)>;

/// The screen that is wanted.
pub struct Wanted {
    pub grid: Grid,
    pub cursor: (usize, usize),
    pub leaves: bool,
    pub clear: bool,
    /// Lines that may differ from those that are shown.
    pub touched: Vec<bool>,
}

/// The screen that is there.
pub struct Shown {
    pub grid: Grid,
    /// Lines of which nothing is known.
    pub unknown: Vec<bool>,
    pub cursor: Option<(usize, usize)>,
    /// The attributes that are on.
    pub attr: u32,
    /// The colours, unless they are the terminal's own.
    pub colors: Option<(i32, i32)>,
}

/// What exists once the screen was begun.
pub struct Display {
    pub main: Id,
    pub lines: usize,
    pub cols: usize,
    pub wanted: Wanted,
    pub shown: Shown,
    /// Whether the terminal was given back.
    pub ended: bool,
    /// The size that the system told last.
    pub system_size: Option<(u16, u16)>,
}

/// Colours, once they were begun.
#[derive(Default)]
pub struct Colors {
    pub count: i32,
    pub pair_count: i32,
    pub pairs: HashMap<i32, (i32, i32)>,
    pub defaults: bool,
    pub mixed: HashMap<i32, (i32, i32, i32)>,
}

/// The modes that are kept here.
pub struct Modes {
    pub echo: bool,
    pub newlines: bool,
    /// Tenths of a second that input is waited for.
    pub half_delay: Option<u32>,
    pub keypad: bool,
    pub cursor: i32,
    pub shell: Option<Attributes>,
    pub program: Option<Attributes>,
    pub saved: Option<Attributes>,
}

/// See the module.
pub struct Screen {
    pub term: Option<Terminfo>,
    pub term_name: Vec<u8>,
    pub fd: i32,
    pub windows: Windows,
    pub display: Option<Display>,
    pub colors: Option<Colors>,
    pub modes: Modes,
    pub input: Input,
    pub variables: Variables,
    pub tab: usize,
    pub escape_delay: i32,
    pub use_env: bool,
    pub filter: bool,
    pub stack: Stack,
    /// What is not written yet.
    pub out: Output,
}

static SCREEN: LazyLock<Mutex<Screen>> = LazyLock::new(|| {
    Mutex::new(Screen {
        term: None,
        term_name: Vec::new(),
        fd: stdio::STDOUT,
        windows: Windows::default(),
        display: None,
        colors: None,
        modes: Modes {
            echo: true,
            newlines: true,
            half_delay: None,
            keypad: false,
            cursor: 1,
            shell: None,
            program: None,
            saved: None,
        },
        input: Input::default(),
        variables: [0; 26],
        tab: 8,
        escape_delay: 1000,
        use_env: true,
        filter: false,
        stack: Stack::default(),
        out: Vec::new(),
    })
});

/// The process's screen; to be let go of before Python code runs, and before anything is waited for.
pub fn lock() -> MutexGuard<'static, Screen> {
    SCREEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The eight colours' parts of red, green and blue.
const PALETTE: [(i32, i32, i32); 8] =
    [(0, 0, 0), (680, 0, 0), (0, 680, 0), (680, 680, 0), (0, 0, 680), (680, 0, 680), (0, 680, 680), (680, 680, 680)];

/// What is shown for a line's piece by terminals that have no other characters: in ASCII, and in Unicode.
const LINES: &[(char, char, char)] = &[
    ('}', 'f', '£'),
    ('.', 'v', '↓'),
    (',', '<', '←'),
    ('+', '>', '→'),
    ('-', '^', '↑'),
    ('h', '#', '▒'),
    ('~', 'o', '·'),
    ('a', ':', '▒'),
    ('f', '\\', '°'),
    ('`', '+', '◆'),
    ('z', '>', '≥'),
    ('{', '*', 'π'),
    ('q', '-', '─'),
    ('i', '#', '␋'),
    ('n', '+', '┼'),
    ('y', '<', '≤'),
    ('m', '+', '└'),
    ('j', '+', '┘'),
    ('|', '!', '≠'),
    ('g', '#', '±'),
    ('o', '~', '⎺'),
    ('p', '-', '⎻'),
    ('r', '-', '⎼'),
    ('s', '_', '⎽'),
    ('0', '#', '▮'),
    ('w', '+', '┬'),
    ('u', '+', '┤'),
    ('t', '+', '├'),
    ('v', '+', '┴'),
    ('l', '+', '┌'),
    ('k', '+', '┐'),
    ('x', '|', '│'),
];

/// Attributes with the capability that turns each on, and the number of each in `ncv`.
const STYLES: [(u32, &str, u32); 9] = [
    (bits::ALTCHARSET, "smacs", 8),
    (bits::BLINK, "blink", 3),
    (bits::BOLD, "bold", 5),
    (bits::DIM, "dim", 4),
    (bits::REVERSE, "rev", 2),
    (bits::STANDOUT, "smso", 0),
    (bits::PROTECT, "prot", 7),
    (bits::UNDERLINE, "smul", 1),
    (bits::INVIS, "invis", 6),
];
const ITALIC_IN_NCV: u32 = 15;

fn number(name: &[u8]) -> Option<usize> {
    String::from_utf8(env::get(name)?).ok()?.trim().parse().ok().filter(|n| (1..=32767).contains(n))
}

/// Fewer lines than this are written anew instead of being moved.
const WORTH: usize = 3;
/// Screens with more lines are not searched.
const SEARCHED: usize = 300;

/// Finds the lines that are wanted elsewhere on the screen: the first and the last that the move is about, and by how many
/// lines up they go.
fn moved_lines(display: &Display) -> Option<(usize, usize, isize)> {
    let lines = display.lines;
    let changes = |y: usize| display.wanted.touched[y] && display.wanted.grid.row(y) != display.shown.grid.row(y);
    let changed: Vec<bool> = (0..lines).map(changes).collect();
    let count = changed.iter().filter(|c| **c).count();
    if count < WORTH || lines > SEARCHED || display.shown.unknown.contains(&true) {
        return None;
    }
    let hash = |row: &[Cell]| BuildHasherDefault::<DefaultHasher>::default().hash_one(row);
    let wanted: Vec<u64> = (0..lines).map(|y| hash(display.wanted.grid.row(y))).collect();
    let shown: Vec<u64> = (0..lines).map(|y| hash(display.shown.grid.row(y))).collect();
    let mut best = (0, None);
    for n in (1 - lines as isize)..lines as isize {
        let mut run: Option<usize> = None;
        for y in 0..=lines {
            let from = y.checked_add_signed(n).filter(|f| *f < lines && y < lines && n != 0);
            if from.is_some_and(|f| {
                wanted.get(y) == shown.get(f) && display.wanted.grid.row(y) == display.shown.grid.row(f)
            }) {
                run.get_or_insert(y);
                continue;
            }
            let Some(first) = run.take() else { continue };
            // Lines that are blank, or stay what they are, are no gain; those that come to nothing are a loss.
            let gain = (first..y).filter(|y| changed[*y] && display.wanted.grid.row(*y).iter().any(|c| !c.is_blank()));
            let gain = gain.count().saturating_sub(n.unsigned_abs() / 2);
            if gain > best.0 {
                let ends = (first, first.saturating_add_signed(n), y - 1, (y - 1).saturating_add_signed(n));
                best = (gain, Some((ends.0.min(ends.1), ends.2.max(ends.3), n)));
            }
        }
    }
    best.1.filter(|_| best.0 >= WORTH)
}

impl Screen {
    pub fn term(&self) -> Done<&Terminfo> {
        self.term.as_ref().ok_or(Fail)
    }

    pub fn string(&self, name: &str) -> Option<&[u8]> {
        self.term.as_ref()?.string(name)
    }

    /// A capability with its parameters.
    pub fn expanded(&mut self, name: &str, params: &[i32]) -> Option<Vec<u8>> {
        let text = self.term.as_ref()?.string(name)?;
        Some(tparm::expand(text, params, &mut self.variables))
    }

    /// Writes bytes, delays in them kept.
    pub fn write(&mut self, bytes: &[u8]) {
        for (part, ms) in tparm::delays(bytes) {
            match self.out.last_mut() {
                Some((last, 0)) => {
                    last.extend(part);
                    self.out.last_mut().expect("just seen").1 = ms;
                }
                _ => self.out.push((part, ms)),
            }
        }
    }

    /// Writes a capability; whether there is one.
    pub fn put(&mut self, name: &str) -> bool {
        self.put_with(name, &[])
    }

    pub fn put_with(&mut self, name: &str, params: &[i32]) -> bool {
        match self.expanded(name, params) {
            Some(text) => {
                self.write(&text);
                true
            }
            None => false,
        }
    }

    /// Takes a terminal's description.
    pub fn set_up(&mut self, name: &[u8], fd: i32) -> Done {
        let mut term = Terminfo::find(name).ok_or(Fail)?;
        if self.filter {
            for gone in ["clear", "cup", "vpa", "cud", "cud1", "cuu", "cuu1", "ed", "csr", "smcup", "rmcup", "home"] {
                term.set_string(gone, None);
            }
        }
        self.term = Some(term);
        self.term_name = name.to_vec();
        self.fd = fd;
        if self.modes.shell.is_none() {
            self.modes.shell = terminal::get_attributes(fd).ok();
            self.modes.program = self.modes.shell.clone();
        }
        Ok(())
    }

    /// Lines and columns: of the environment, of the system, of the description.
    pub fn size(&self) -> (usize, usize) {
        let told = terminal::size(self.fd).ok().filter(|(c, r)| *c > 0 && *r > 0);
        let of_term = |name, other| match self.term.as_ref().map_or(-1, |t| t.number(name)) {
            n if n > 0 => n as usize,
            _ => other,
        };
        let (mut lines, mut cols) = match told {
            Some((cols, lines)) => (usize::from(lines), usize::from(cols)),
            None => (of_term("lines", 24), of_term("cols", 80)),
        };
        if self.use_env {
            lines = number(b"LINES").unwrap_or(lines);
            cols = number(b"COLUMNS").unwrap_or(cols);
        }
        if self.filter {
            lines = 1;
        }
        (lines, cols)
    }

    /// Begins the screen.
    pub fn begin(&mut self) -> Done<Id> {
        let (lines, cols) = self.size();
        let main = self.windows.create(lines, cols, (0, 0), false)?;
        let grid = Grid::new(lines, cols).ok_or(Fail)?;
        self.windows.get_mut(main)?.clear = true;
        self.display = Some(Display {
            main,
            lines,
            cols,
            wanted: Wanted {
                grid: grid.clone(),
                cursor: (0, 0),
                leaves: false,
                clear: false,
                touched: vec![true; lines],
            },
            shown: Shown { grid, unknown: vec![true; lines], cursor: None, attr: 0, colors: None },
            ended: false,
            system_size: terminal::size(self.fd).ok(),
        });
        self.modes.half_delay = None;
        let _ = self.change_modes(|a| {
            set_cbreak(a, true);
            a.local &= !(libc::ECHO | libc::ECHONL);
            a.input &= !(libc::ICRNL | libc::INLCR | libc::IGNCR);
            a.output &= !libc::ONLCR;
        });
        self.enter();
        Ok(main)
    }

    /// Makes the terminal the program's.
    fn enter(&mut self) {
        self.put("smcup");
        let lines = self.display.as_ref().map_or(1, |d| d.lines) as i32;
        if self.string("csr").is_some() {
            self.put_with("csr", &[0, lines - 1]);
        }
        self.put("sgr0");
        self.put("rmir");
        self.put("smam");
        if self.modes.keypad {
            self.put("smkx");
        }
        match self.modes.cursor {
            0 => drop(self.put("civis")),
            2 => drop(self.put("cvvis")),
            _ => {}
        }
        if self.input.mouse_mask != 0 {
            self.report_mouse(true);
        }
        if let Some(d) = &mut self.display {
            d.shown.cursor = None;
            d.shown.attr = 0;
            d.shown.colors = None;
        }
    }

    /// Gives the terminal back.
    pub fn end(&mut self) -> Done {
        let display = self.display.as_mut().filter(|d| !d.ended).ok_or(Fail)?;
        display.ended = true;
        let last = display.lines as i32 - 1;
        self.set_attributes(0);
        if self.colors.is_some() {
            self.put("op");
        }
        if self.input.mouse_mask != 0 {
            self.report_mouse(false);
        }
        if self.modes.cursor != 1 {
            self.put("cnorm");
        }
        self.put_with("cup", &[last, 0]);
        self.put("el");
        self.put("rmcup");
        self.write(b"\r");
        if self.modes.keypad {
            self.put("rmkx");
        }
        self.reset_modes(false)
    }

    /// Takes the terminal again.
    fn resume(&mut self) {
        let _ = self.reset_modes(true);
        self.enter();
        if let Some(d) = &mut self.display {
            d.ended = false;
            d.wanted.clear = true;
        }
    }

    /// Changes the modes of the program.
    pub fn change_modes(&mut self, change: impl FnOnce(&mut Attributes)) -> Done {
        let attributes = self.modes.program.as_mut().ok_or(Fail)?;
        change(attributes);
        terminal::set_attributes(self.fd, libc::TCSADRAIN, attributes).map_err(|_| Fail)
    }

    /// Sets the modes of the program or of the shell.
    pub fn reset_modes(&mut self, program: bool) -> Done {
        let modes = if program { &self.modes.program } else { &self.modes.shell };
        match modes {
            Some(modes) => terminal::set_attributes(self.fd, libc::TCSADRAIN, modes).map_err(|_| Fail),
            None => Ok(()),
        }
    }

    pub fn report_mouse(&mut self, on: bool) {
        if self.string("XM").is_some() {
            self.put_with("XM", &[i32::from(on)]);
        } else {
            self.write(if on { b"\x1b[?1000h" } else { b"\x1b[?1000l" });
        }
    }

    /// Copies what has changed of a window to the wanted screen.
    pub fn show(&mut self, id: Id) -> Done {
        let win = self.windows.get(id)?;
        let rectangle = (win.begin, (0, 0), (win.rows, win.cols));
        self.show_part(id, rectangle.0, rectangle.1, rectangle.2)
    }

    /// Copies a part of a window, which begins at `from` and is of that size, to a place of the screen.
    pub fn show_part(&mut self, id: Id, at: (i32, i32), from: (usize, usize), size: (usize, usize)) -> Done {
        let display = self.display.as_mut().ok_or(Fail)?;
        let win = self.windows.get(id)?;
        let (clear, leaves) = (win.clear, win.leaves);
        let cursor = (win.y, win.x);
        let is_pad = win.is_pad;
        if clear {
            display.wanted.clear = true;
        }
        for i in 0..size.0 {
            let Ok(y) = usize::try_from(at.0 + i as i32) else { continue };
            let source = from.0 + i;
            let win = self.windows.get(id)?;
            if y >= display.lines || source >= win.rows {
                continue;
            }
            let range = if clear || is_pad { Some((0, win.cols - 1)) } else { win.changed[source] };
            let Some((first, last)) = range else { continue };
            let row = self.windows.row(id, source);
            let begin = first.max(from.1);
            let end = (last + 1).min(from.1 + size.1).min(row.len());
            let mut k = begin;
            while k < end {
                let count = 1 + row[k + 1..end].iter().take_while(|c| c.tail != 0).count();
                let x = at.1 + (k - from.1) as i32;
                if let Ok(x) = usize::try_from(x)
                    && row[k].tail == 0
                    && x + count <= display.cols
                {
                    display.wanted.grid.put(y, x, &row[k..k + count]);
                }
                k += count;
            }
            display.wanted.touched[y] = true;
            self.windows.get_mut(id)?.changed[source] = None;
        }
        let win = self.windows.get_mut(id)?;
        win.clear = false;
        win.moved = false;
        display.wanted.leaves = leaves;
        if !leaves {
            let y = at.0 + cursor.0 as i32 - from.0 as i32;
            let x = at.1 + cursor.1 as i32 - from.1 as i32;
            if (0..display.lines as i32).contains(&y) && (0..display.cols as i32).contains(&x) {
                display.wanted.cursor = (y as usize, x as usize);
            }
        }
        Ok(())
    }

    /// Says that nothing is known of lines of the screen.
    pub fn forget_lines(&mut self, begin: i32, count: i32) {
        if let Some(d) = &mut self.display {
            let lines = d.lines;
            for y in (begin.max(0) as usize)..((begin.saturating_add(count)).max(0) as usize).min(lines) {
                d.shown.unknown[y] = true;
            }
        }
    }

    /// Writes what the wanted screen differs from the one that is there.
    pub fn update(&mut self) -> Done {
        let display = self.display.as_ref().ok_or(Fail)?;
        if display.ended {
            self.resume();
        }
        let Some(mut display) = self.display.take() else { return Err(Fail) };
        // What is called below finds the terminal's state in `shown` only.
        if display.wanted.clear {
            self.clear(&mut display);
        }
        if let Some(lines) = moved_lines(&display) {
            self.scroll(&mut display, lines);
        }
        for y in 0..display.lines {
            if display.wanted.touched[y] || display.shown.unknown[y] {
                self.update_line(&mut display, y);
            }
        }
        if !display.wanted.leaves {
            let (y, x) = display.wanted.cursor;
            self.go(&mut display.shown, y, x);
        }
        self.style(&mut display.shown, 0);
        self.display = Some(display);
        Ok(())
    }

    fn clear(&mut self, display: &mut Display) {
        display.wanted.clear = false;
        self.style(&mut display.shown, 0);
        let (lines, cols) = (display.lines, display.cols);
        display.wanted.touched.fill(true);
        let done = self.put("clear") || {
            self.go(&mut display.shown, 0, 0);
            self.put("ed")
        };
        if done && self.erases_to(&Cell::BLANK) {
            if let Some(grid) = Grid::new(lines, cols) {
                display.shown.grid = grid;
            }
            display.shown.unknown.fill(false);
            display.shown.cursor = Some((0, 0));
        } else {
            display.shown.unknown.fill(true);
            display.shown.cursor = None;
        }
    }

    /// Has the terminal move lines, where it can.
    fn scroll(&mut self, display: &mut Display, (top, bottom, n): (usize, usize, isize)) {
        let has = |name| self.string(name).is_some();
        let whole = (top, bottom) == (0, display.lines - 1);
        let (one, many) = if n > 0 { ("ind", "indn") } else { ("ri", "rin") };
        if !(has("csr") && (has(one) || has(many)) && self.erases_to(&Cell::BLANK)) {
            return;
        }
        let single = has(one);
        self.style(&mut display.shown, 0);
        if !whole {
            self.put_with("csr", &[top as i32, bottom as i32]);
            display.shown.cursor = None;
        }
        self.go(&mut display.shown, if n > 0 { bottom } else { top }, 0);
        let count = n.unsigned_abs();
        if count == 1 && single || !self.put_with(many, &[count as i32]) {
            for _ in 0..count {
                self.put(one);
            }
        }
        if !whole {
            self.put_with("csr", &[0, display.lines as i32 - 1]);
            display.shown.cursor = None;
        }
        display.shown.grid.scroll(top, bottom, n);
        display.wanted.touched[top..=bottom].fill(true);
    }

    /// Whether erasing leaves such cells.
    fn erases_to(&self, cell: &Cell) -> bool {
        cell.is_blank()
            && cell.attr & !bits::COLOR == 0
            && (self.colors_of(cell.pair()).is_none() || self.term.as_ref().is_some_and(|t| t.has("bce")))
    }

    fn update_line(&mut self, display: &mut Display, y: usize) {
        let new = display.wanted.grid.row(y).to_vec();
        display.wanted.touched[y] = false;
        let unknown = std::mem::take(&mut display.shown.unknown[y]);
        let old = display.shown.grid.row(y).to_vec();
        let differs = |x: usize| unknown || new[x] != old[x];
        let cols = new.len();
        let Some(first) = (0..cols).find(|x| differs(*x)) else { return };
        let last = (0..cols).rev().find(|x| differs(*x)).unwrap_or(first);
        // The end of the line may be erased at once.
        let mut end = last + 1;
        let mut erase = None;
        let ground = new[cols - 1];
        if self.erases_to(&ground) && self.string("el").is_some() {
            let begin = (0..cols).rev().find(|x| new[*x] != ground).map_or(0, |x| x + 1);
            if begin.max(first) + 4 < end {
                erase = Some(begin.max(first));
                end = begin.max(first);
            }
        }
        let mut x = first;
        while x < end {
            if !differs(x) {
                // Few cells are written once more, many are skipped.
                let same = (x..end).take_while(|x| !differs(*x)).count();
                if same > 6 || new[x].tail != 0 {
                    x += same;
                    continue;
                }
            }
            if new[x].tail != 0 {
                x += 1;
                continue;
            }
            let count = 1 + new[x + 1..].iter().take_while(|c| c.tail != 0).count();
            self.write_cell(display, y, x, new[x], count);
            x += count;
        }
        if let Some(from) = erase {
            self.go(&mut display.shown, y, from);
            self.style(&mut display.shown, ground.attr);
            self.put("el");
        }
        display.shown.grid.row_mut(y).copy_from_slice(&new);
    }

    fn write_cell(&mut self, display: &mut Display, y: usize, x: usize, cell: Cell, width: usize) {
        let last_column = x + width >= display.cols;
        let term = self.term.as_ref();
        let wraps = term.is_some_and(|t| t.has("am"));
        let lazy = term.is_some_and(|t| t.has("xenl"));
        let corner = last_column && y + 1 == display.lines && wraps && !lazy;
        if corner && !(self.string("rmam").is_some() && self.string("smam").is_some()) {
            // Writing there would scroll.
            return;
        }
        self.go(&mut display.shown, y, x);
        let (text, attr) = self.text_of(cell);
        self.style(&mut display.shown, attr);
        if corner {
            self.put("rmam");
        }
        self.write_text(&text);
        if corner {
            self.put("smam");
        }
        display.shown.cursor = if last_column { None } else { Some((y, x + width)) };
    }

    fn write_text(&mut self, text: &str) {
        match self.out.last_mut() {
            Some((last, 0)) => last.extend_from_slice(text.as_bytes()),
            _ => self.out.push((text.as_bytes().to_vec(), 0)),
        }
    }

    /// What is written for a cell, and with which attributes.
    fn text_of(&self, cell: Cell) -> (String, u32) {
        if cell.attr & bits::ALTCHARSET == 0 {
            return (cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(), cell.attr);
        }
        let c = cell.first();
        let known = LINES.iter().find(|(name, ..)| *name == c);
        let plain = cell.attr & !bits::ALTCHARSET;
        let unicode = self.term.as_ref().is_some_and(|t| t.number("U8") == 1);
        let pairs = self.string("acsc").filter(|_| !unicode && self.string("smacs").is_some());
        if let Some(pair) = pairs.and_then(|p| p.chunks_exact(2).find(|p| u32::from(p[0]) == u32::from(c))) {
            return (char::from(pair[1]).to_string(), cell.attr);
        }
        match known {
            Some((_, _, line)) if unicode || pairs.is_none() => (line.to_string(), plain),
            Some((_, ascii, _)) => (ascii.to_string(), plain),
            None => (c.to_string(), plain),
        }
    }

    /// Moves the cursor, by the shortest way of some.
    fn go(&mut self, shown: &mut Shown, y: usize, x: usize) {
        if shown.cursor == Some((y, x)) {
            return;
        }
        let mut best = self.expanded("cup", &[y as i32, x as i32]);
        let mut offer = |way: Option<Vec<u8>>| {
            if let Some(way) = way
                && best.as_ref().is_none_or(|b| way.len() < b.len())
            {
                best = Some(way);
            }
        };
        if let Some((from, column)) = shown.cursor {
            let repeated = |text: Option<&[u8]>, n: usize| text.map(|t| t.repeat(n)).filter(|_| n < 8);
            if from == y {
                if x == 0 {
                    offer(self.string("cr").map(<[u8]>::to_vec));
                }
                if x < column {
                    offer(repeated(self.string("cub1"), column - x));
                } else {
                    offer(repeated(self.string("cuf1"), x - column));
                    offer(self.expanded("cuf", &[(x - column) as i32]));
                }
                offer(self.expanded("hpa", &[x as i32]));
            } else if x == column {
                if y > from {
                    offer(repeated(self.string("cud1"), y - from));
                } else {
                    offer(repeated(self.string("cuu1"), from - y));
                }
                offer(self.expanded("vpa", &[y as i32]));
            } else if x == 0 && y == from + 1 {
                offer(self.string("cr").zip(self.string("cud1")).map(|(a, b)| [a, b].concat()));
            }
        }
        if best.is_none() {
            // Terminals whose cursor goes nowhere: at least the column may be right.
            let mut way = b"\r".to_vec();
            match self.expanded("cuf", &[x as i32]) {
                Some(right) if x > 0 => way.extend(right),
                _ => way.extend(self.string("cuf1").unwrap_or(b" ").repeat(x)),
            }
            best = Some(way);
        }
        self.write(&best.unwrap_or_default());
        shown.cursor = Some((y, x));
    }

    /// Turns attributes on and off, outside of an update.
    pub fn set_attributes(&mut self, attr: u32) {
        if let Some(mut display) = self.display.take() {
            self.style(&mut display.shown, attr);
            self.display = Some(display);
        }
    }

    /// What a pair of colours is on the terminal: `None` for the terminal's own colours.
    fn colors_of(&self, pair: u32) -> Option<(i32, i32)> {
        let colors = self.colors.as_ref()?;
        let found = colors.pairs.get(&(pair as i32)).copied();
        Some(found.unwrap_or((0, 0))).filter(|c| *c != (-1, -1))
    }

    fn style(&mut self, shown: &mut Shown, wanted: u32) {
        let pair = (wanted & bits::COLOR) >> 8;
        let mut attr = wanted & !bits::COLOR;
        if pair != 0 {
            let never = self.term.as_ref().map_or(0, |t| t.number("ncv").max(0)) as u32;
            for (bit, _, n) in STYLES {
                if never >> n & 1 != 0 {
                    attr &= !bit;
                }
            }
            if never >> ITALIC_IN_NCV & 1 != 0 {
                attr &= !bits::ITALIC;
            }
        }
        let off = shown.attr & !attr;
        if off == bits::ALTCHARSET && self.string("rmacs").is_some() {
            self.put("rmacs");
            shown.attr &= !bits::ALTCHARSET;
        } else if off != 0 {
            let resets = self.string("sgr0").is_some_and(|s| s.windows(2).any(|w| w == b"[m" || w == b"[0"));
            if shown.colors.is_some() && !resets {
                self.put("op");
            }
            if !self.put("sgr0") {
                for (bit, name) in [(bits::STANDOUT, "rmso"), (bits::UNDERLINE, "rmul"), (bits::ALTCHARSET, "rmacs")] {
                    if off & bit != 0 {
                        self.put(name);
                    }
                }
            }
            shown.attr = 0;
            shown.colors = None;
        }
        let colors = self.colors_of(pair);
        if shown.colors != colors {
            self.color(shown.colors.is_some(), colors.unwrap_or((-1, -1)));
            shown.colors = colors;
        }
        let on = attr & !shown.attr;
        for (bit, name, _) in STYLES {
            if on & bit != 0 {
                self.put(name);
            }
        }
        if on & bits::ITALIC != 0 {
            self.put("sitm");
        }
        shown.attr = attr;
    }

    fn color(&mut self, colored: bool, (front, back): (i32, i32)) {
        if (front < 0 || back < 0) && colored && !self.put("op") {
            self.put("oc");
        }
        for (color, ansi, other) in [(front, "setaf", "setf"), (back, "setab", "setb")] {
            if color < 0 {
                continue;
            }
            if !self.put_with(ansi, &[color]) {
                // Red and blue have each other's places there.
                let swapped = color & !0b101 | (color & 1) << 2 | color >> 2 & 1;
                self.put_with(other, &[swapped]);
            }
        }
    }

    /// Begins colours.
    pub fn start_color(&mut self) -> Done {
        let term = self.term()?;
        let (count, pair_count) = (term.number("colors"), term.number("pairs"));
        if count <= 0 || pair_count <= 0 {
            return Err(Fail);
        }
        if self.colors.is_none() {
            let pairs = HashMap::from([(0, (7, 0))]);
            self.colors = Some(Colors { count, pair_count, pairs, defaults: false, mixed: HashMap::new() });
        }
        if !self.put("op") {
            self.put("oc");
        }
        Ok(())
    }

    pub fn has_colors(&self) -> bool {
        let Some(t) = &self.term else { return false };
        let sets = t.string("setaf").is_some() && t.string("setab").is_some()
            || t.string("setf").is_some() && t.string("setb").is_some();
        t.number("colors") > 0 && t.number("pairs") > 0 && sets
    }

    /// A color's parts.
    pub fn color_content(&self, color: i32) -> (i32, i32, i32) {
        if let Some(mixed) = self.colors.as_ref().and_then(|c| c.mixed.get(&color)) {
            return *mixed;
        }
        let base = PALETTE[(color & 7) as usize];
        let bright = |n: i32| if n > 0 { 1000 } else { 0 };
        if color < 8 { base } else { (bright(base.0), bright(base.1), bright(base.2)) }
    }

    /// Has all cells with a pair of colours drawn anew.
    pub fn forget_pair(&mut self, pair: u32) {
        let Some(d) = &mut self.display else { return };
        for y in 0..d.lines {
            if d.shown.grid.row(y).iter().any(|c| c.pair() == pair) {
                d.shown.unknown[y] = true;
            }
        }
    }

    /// Gives the screen, and what fills it, another size.
    pub fn resize(&mut self, lines: usize, cols: usize) -> Done {
        let display = self.display.as_mut().ok_or(Fail)?;
        let (old_lines, old_cols) = (display.lines, display.cols);
        let wanted = display.wanted.grid.resized(lines, cols, Cell::BLANK).ok_or(Fail)?;
        let shown = Grid::new(lines, cols).ok_or(Fail)?;
        display.wanted.grid = wanted;
        display.shown.grid = shown;
        display.wanted.touched = vec![true; lines];
        display.shown.unknown = vec![true; lines];
        display.shown.cursor = None;
        display.wanted.clear = true;
        let cursor = display.wanted.cursor;
        display.wanted.cursor = (cursor.0.min(lines - 1), cursor.1.min(cols - 1));
        (display.lines, display.cols) = (lines, cols);
        for id in self.windows.ids() {
            let win = self.windows.get(id)?;
            if win.is_pad || win.parent.is_some() {
                continue;
            }
            let fit = |begin: i32, size: usize, old: usize, new: usize| {
                let end = begin + size as i32;
                if end >= old as i32 && size == old || end > new as i32 {
                    (new as i32 - begin).max(1)
                } else {
                    size as i32
                }
            };
            let rows = fit(win.begin.0, win.rows, old_lines, lines);
            let columns = fit(win.begin.1, win.cols, old_cols, cols);
            if (rows, columns) != (win.rows as i32, win.cols as i32) {
                self.windows.resize(id, rows, columns)?;
            }
            self.windows.touch_all(id, true)?;
        }
        Ok(())
    }
}

/// Input character by character, or line by line.
pub fn set_cbreak(a: &mut Attributes, on: bool) {
    if on {
        a.local &= !libc::ICANON;
        a.input &= !libc::ICRNL;
        a.local |= libc::ISIG;
        a.special[libc::VMIN] = 1;
        a.special[libc::VTIME] = 0;
    } else {
        a.local |= libc::ICANON;
        a.input |= libc::ICRNL;
    }
}

/// Input as it comes, keys of signals included.
pub fn set_raw(a: &mut Attributes, on: bool) {
    const COOKED: u32 = libc::IXON | libc::BRKINT | libc::PARMRK;
    if on {
        a.local &= !(libc::ICANON | libc::ISIG | libc::IEXTEN);
        a.input &= !COOKED;
        a.special[libc::VMIN] = 1;
        a.special[libc::VTIME] = 0;
    } else {
        a.local |= libc::ISIG | libc::ICANON | libc::IEXTEN;
        a.input |= COOKED & !libc::PARMRK;
    }
}
