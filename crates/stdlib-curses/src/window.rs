//! Windows: rectangles of cells, some of which are parts of others, with a cursor, attributes and a background.
//!
//! Windows are known by number. A window inside of another one has no cells of its own: it says where in those of the
//! outermost one it lies, but what it has changed is its own affair. Nothing here knows of the screen.

use crate::cell::{self, Cell, bits, line, turn_off, turn_on};

/// What was asked for cannot be done; the caller knows its name.
#[derive(Clone, Copy, Debug)]
pub struct Fail;
pub type Done<T = ()> = Result<T, Fail>;

/// A window's number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Id(usize);

/// The most lines or columns there may be, those of C's `short`.
const LONGEST: usize = 0x7fff;

/// Rows of cells.
#[derive(Clone, Debug)]
pub struct Grid {
    pub rows: usize,
    pub cols: usize,
    cells: Vec<Cell>,
}

impl Grid {
    pub fn new(rows: usize, cols: usize) -> Option<Self> {
        let count = rows.checked_mul(cols).filter(|_| rows <= LONGEST && cols <= LONGEST)?;
        let mut cells = Vec::new();
        cells.try_reserve_exact(count).ok()?;
        cells.resize(count, Cell::BLANK);
        Some(Self { rows, cols, cells })
    }

    pub fn row(&self, y: usize) -> &[Cell] {
        self.cells.get(y * self.cols..(y + 1) * self.cols).unwrap_or_default()
    }

    pub fn row_mut(&mut self, y: usize) -> &mut [Cell] {
        self.cells.get_mut(y * self.cols..(y + 1) * self.cols).unwrap_or_default()
    }

    /// Moves the lines from `top` to `bottom` up by `n`, or down by a negative number; those that nothing comes to are blank.
    pub fn scroll(&mut self, top: usize, bottom: usize, n: isize) {
        let part = &mut self.cells[top * self.cols..(bottom + 1) * self.cols];
        let count = n.unsigned_abs() * self.cols;
        if n > 0 {
            part.copy_within(count.., 0);
            let end = part.len() - count;
            part[end..].fill(Cell::BLANK);
        } else {
            part.copy_within(..part.len() - count, count);
            part[..count].fill(Cell::BLANK);
        }
    }

    /// A grid of another size with what fits of this one.
    pub fn resized(&self, rows: usize, cols: usize, blank: Cell) -> Option<Self> {
        let mut new = Self::new(rows, cols)?;
        new.cells.fill(blank);
        let common = cols.min(self.cols);
        for y in 0..rows.min(self.rows) {
            new.row_mut(y)[..common].copy_from_slice(&self.row(y)[..common]);
        }
        Some(new)
    }

    /// Puts a character where it is as wide as the cells given; what it half covers becomes blank.
    pub fn put(&mut self, y: usize, x: usize, cells: &[Cell]) {
        let row = self.row_mut(y);
        let end = x + cells.len();
        if end > row.len() {
            return;
        }
        let begin = (0..=x).rev().find(|i| row[*i].tail == 0).unwrap_or(x);
        for c in &mut row[begin..x] {
            *c = Cell::new(' ', c.attr);
        }
        for c in row[end..].iter_mut().take_while(|c| c.tail != 0) {
            *c = Cell::new(' ', c.attr);
        }
        row[x..end].copy_from_slice(cells);
    }
}

/// Attributes with those of a background, whose colours count where there are no others.
fn under(attr: u32, ground: u32) -> u32 {
    if attr & bits::COLOR != 0 { attr | ground & !bits::COLOR } else { attr | ground }
}

/// The cells of a character.
pub fn cells_of(cell: Cell) -> ([Cell; 2], usize) {
    let wide = cell::width(cell.first()) == 2 && cell.attr & bits::ALTCHARSET == 0;
    let mut second = cell;
    second.tail = 1;
    ([cell, second], 1 + usize::from(wide))
}

/// A window.
#[derive(Clone, Debug)]
pub struct Win {
    pub rows: usize,
    pub cols: usize,
    /// Where it is on the screen.
    pub begin: (i32, i32),
    /// The cursor.
    pub y: usize,
    pub x: usize,
    pub attr: u32,
    pub bkgd: Cell,
    pub bkgd_given: bool,
    pub parent: Option<Id>,
    /// Where it is in its parent; -1 without one.
    pub place: (i32, i32),
    /// The window that has the cells, and where in it this one begins.
    root: Id,
    offset: (usize, usize),
    grid: Option<Grid>,
    /// For each line the first and the last column that has changed.
    pub changed: Vec<Option<(usize, usize)>>,
    pub is_pad: bool,
    pub scrolls: bool,
    pub clear: bool,
    pub leaves: bool,
    pub keypad: bool,
    pub immediate: bool,
    pub syncs: bool,
    pub no_timeout: bool,
    /// The cursor was to leave the last line.
    wrapped: bool,
    pub moved: bool,
    /// Milliseconds that input is waited for; -1 for as long as it takes.
    pub delay: i32,
    /// The lines that scroll.
    pub region: (usize, usize),
    /// Bytes of a character that is not whole yet.
    pending: Vec<u8>,
}

/// All windows.
#[derive(Default)]
pub struct Windows {
    all: Vec<Option<Win>>,
}

impl Windows {
    fn keep(&mut self, win: Win) -> Id {
        let free = self.all.iter().position(Option::is_none).unwrap_or_else(|| {
            self.all.push(None);
            self.all.len() - 1
        });
        self.all[free] = Some(win);
        Id(free)
    }

    pub fn get(&self, id: Id) -> Done<&Win> {
        self.all.get(id.0).and_then(Option::as_ref).ok_or(Fail)
    }

    pub fn get_mut(&mut self, id: Id) -> Done<&mut Win> {
        self.all.get_mut(id.0).and_then(Option::as_mut).ok_or(Fail)
    }

    pub fn remove(&mut self, id: Id) {
        if let Some(place) = self.all.get_mut(id.0) {
            *place = None;
        }
    }

    /// A window or pad with cells of its own.
    pub fn create(&mut self, rows: usize, cols: usize, begin: (i32, i32), is_pad: bool) -> Done<Id> {
        let grid = Grid::new(rows, cols).ok_or(Fail)?;
        let id = self.keep(Win {
            rows,
            cols,
            begin,
            y: 0,
            x: 0,
            attr: 0,
            bkgd: Cell::BLANK,
            bkgd_given: false,
            parent: None,
            place: (-1, -1),
            root: Id(usize::MAX),
            offset: (0, 0),
            grid: Some(grid),
            changed: vec![Some((0, cols - 1)); rows],
            is_pad,
            scrolls: false,
            clear: false,
            leaves: false,
            keypad: false,
            immediate: false,
            syncs: false,
            no_timeout: false,
            wrapped: false,
            moved: false,
            delay: -1,
            region: (0, rows - 1),
            pending: Vec::new(),
        });
        self.get_mut(id)?.root = id;
        Ok(id)
    }

    /// A window inside of another one; sizes of 0 go to its end.
    pub fn derive(&mut self, id: Id, rows: i32, cols: i32, y: i32, x: i32) -> Done<Id> {
        let parent = self.get(id)?;
        let size = |given: i32, all: usize, at: i32| -> Done<usize> {
            let at = usize::try_from(at).map_err(|_| Fail)?;
            let given = usize::try_from(given).map_err(|_| Fail)?;
            let room = all.checked_sub(at).filter(|r| *r > 0 && given <= *r).ok_or(Fail)?;
            Ok(if given == 0 { room } else { given })
        };
        let (rows, cols) = (size(rows, parent.rows, y)?, size(cols, parent.cols, x)?);
        let offset = (parent.offset.0 + y as usize, parent.offset.1 + x as usize);
        let begin = if parent.is_pad { (y, x) } else { (parent.begin.0 + y, parent.begin.1 + x) };
        let win = Win {
            rows,
            cols,
            begin,
            y: 0,
            x: 0,
            parent: Some(id),
            place: (y, x),
            offset,
            grid: None,
            changed: vec![Some((0, cols - 1)); rows],
            region: (0, rows - 1),
            scrolls: false,
            clear: false,
            leaves: false,
            keypad: false,
            immediate: false,
            syncs: false,
            no_timeout: false,
            wrapped: false,
            moved: false,
            delay: -1,
            pending: Vec::new(),
            attr: parent.attr,
            bkgd: parent.bkgd,
            bkgd_given: parent.bkgd_given,
            root: parent.root,
            is_pad: parent.is_pad,
        };
        Ok(self.keep(win))
    }

    fn grid(&self, root: Id) -> Done<&Grid> {
        self.get(root)?.grid.as_ref().ok_or(Fail)
    }

    fn grid_mut(&mut self, root: Id) -> Done<&mut Grid> {
        self.get_mut(root)?.grid.as_mut().ok_or(Fail)
    }

    /// The cells of a line; none where the outer window has become smaller.
    pub fn row(&self, id: Id, y: usize) -> &[Cell] {
        let Ok(win) = self.get(id) else { return &[] };
        let Ok(grid) = self.grid(win.root) else { return &[] };
        let row = if win.offset.0 + y < grid.rows { grid.row(win.offset.0 + y) } else { &[] };
        let end = (win.offset.1 + win.cols).min(row.len());
        row.get(win.offset.1..end).unwrap_or_default()
    }

    fn row_mut(&mut self, id: Id, y: usize) -> &mut [Cell] {
        let Ok(win) = self.get(id) else { return &mut [] };
        let (root, offset, cols) = (win.root, win.offset, win.cols);
        let Ok(grid) = self.grid_mut(root) else { return &mut [] };
        let row = if offset.0 + y < grid.rows { grid.row_mut(offset.0 + y) } else { &mut [] };
        let end = (offset.1 + cols).min(row.len());
        row.get_mut(offset.1..end).unwrap_or_default()
    }

    pub fn cell(&self, id: Id, y: usize, x: usize) -> Cell {
        self.row(id, y).get(x).copied().unwrap_or(Cell::BLANK)
    }

    /// Notes that columns have changed.
    pub fn mark(&mut self, id: Id, y: usize, from: usize, to: usize) {
        if let Ok(win) = self.get_mut(id)
            && let Some(line) = win.changed.get_mut(y)
        {
            *line = Some(line.map_or((from, to), |(a, b)| (a.min(from), b.max(to))));
        }
    }

    fn put(&mut self, id: Id, y: usize, x: usize, cell: Cell) -> Done {
        let (cells, count) = cells_of(cell);
        let win = self.get(id)?;
        let (root, offset, cols) = (win.root, win.offset, win.cols);
        self.grid_mut(root)?.put(offset.0 + y, offset.1 + x, &cells[..count]);
        self.mark(id, y, x.saturating_sub(1), (x + count).min(cols - 1));
        Ok(())
    }

    fn fill(&mut self, id: Id, y: usize, from: usize, to: usize, cell: Cell) {
        if from >= to {
            return;
        }
        let row = self.row_mut(id, y);
        let end = to.min(row.len());
        // What is cut in two is blank.
        if let Some(x) = from.checked_sub(1)
            && row.get(from).is_some_and(|c| c.tail != 0)
        {
            row[x] = Cell::new(' ', row[x].attr);
        }
        for c in row.iter_mut().skip(end).take_while(|c| c.tail != 0) {
            *c = Cell::new(' ', c.attr);
        }
        if let Some(part) = row.get_mut(from..end) {
            part.fill(cell);
        }
        self.mark(id, y, from.saturating_sub(1), to - 1);
    }

    pub fn move_to(&mut self, id: Id, y: i32, x: i32) -> Done {
        let win = self.get_mut(id)?;
        let (y, x) = (usize::try_from(y).map_err(|_| Fail)?, usize::try_from(x).map_err(|_| Fail)?);
        if y >= win.rows || x >= win.cols {
            return Err(Fail);
        }
        (win.y, win.x) = (y, x);
        win.wrapped = false;
        win.moved = true;
        Ok(())
    }

    /// A character as it looks with the window's attributes and its background.
    fn rendered(win: &Win, cell: Cell) -> Cell {
        if cell.is_blank() && cell.attr == 0 {
            return win.bkgd.with_attr(turn_on(win.bkgd.attr, win.attr));
        }
        cell.with_attr(under(under(cell.attr, win.attr), win.bkgd.attr))
    }

    /// Scrolls lines up, or down by a negative count.
    fn shift(&mut self, id: Id, n: i32, top: usize, bottom: usize) -> Done {
        let win = self.get(id)?;
        let (blank, cols) = (win.bkgd, win.cols);
        let height = bottom + 1 - top;
        let count = (n.unsigned_abs() as usize).min(height);
        let lines: Vec<Vec<Cell>> = (top..=bottom).map(|y| self.row(id, y).to_vec()).collect();
        for y in top..=bottom {
            let i = y - top;
            let from = if n > 0 { Some(i + count).filter(|i| *i < height) } else { i.checked_sub(count) };
            match from {
                Some(from) => {
                    let line = &lines[from];
                    let row = self.row_mut(id, y);
                    let both = row.len().min(line.len());
                    row[..both].copy_from_slice(&line[..both]);
                }
                None => self.row_mut(id, y).fill(blank),
            }
            self.mark(id, y, 0, cols - 1);
        }
        Ok(())
    }

    pub fn scroll(&mut self, id: Id, n: i32) -> Done {
        let win = self.get(id)?;
        if !win.scrolls {
            return Err(Fail);
        }
        let (top, bottom) = win.region;
        self.shift(id, n, top, bottom)
    }

    pub fn insert_lines(&mut self, id: Id, n: i32) -> Done {
        let win = self.get(id)?;
        let (y, last) = (win.y, win.rows - 1);
        self.shift(id, -n, y, last)
    }

    /// Goes on to the next line; whether it had to scroll for that.
    fn next_line(&mut self, id: Id) -> Done {
        let win = self.get_mut(id)?;
        if win.y == win.region.1 {
            if !win.scrolls {
                return Err(Fail);
            }
            let (top, bottom) = win.region;
            return self.shift(id, 1, top, bottom);
        }
        if win.y + 1 < win.rows {
            win.y += 1;
        }
        Ok(())
    }

    fn wrap(&mut self, id: Id) -> Done {
        let last = self.get(id)?.cols - 1;
        self.get_mut(id)?.wrapped = true;
        let done = self.next_line(id);
        self.get_mut(id)?.x = if done.is_err() { last } else { 0 };
        done
    }

    fn add_mark(&mut self, id: Id, mark: char) -> Done {
        let win = self.get(id)?;
        let (y, x) = match (win.y, win.x) {
            (0, 0) => return Ok(()),
            (y, 0) => (y - 1, win.cols - 1),
            (y, x) => (y, x - 1),
        };
        let row = self.row_mut(id, y);
        let base = (0..=x).rev().find(|i| row.get(*i).is_some_and(|c| c.tail == 0)).unwrap_or(x);
        if let Some(cell) = row.get_mut(base) {
            cell.combine(mark);
        }
        self.mark(id, y, base, x);
        Ok(())
    }

    /// Adds what is no control character.
    fn add_plain(&mut self, id: Id, cell: Cell) -> Done {
        let wide = match cell.attr & bits::ALTCHARSET {
            0 => cell::width(cell.first()),
            _ => 1,
        };
        if wide == 0 {
            return self.add_mark(id, cell.first());
        }
        let win = self.get(id)?;
        if win.x + wide > win.cols {
            if wide > win.cols {
                return Err(Fail);
            }
            let (y, x, cols, blank) = (win.y, win.x, win.cols, win.bkgd);
            self.fill(id, y, x, cols, blank);
            self.wrap(id)?;
        }
        let win = self.get(id)?;
        let (y, x, cols, cell) = (win.y, win.x, win.cols, Self::rendered(win, cell));
        self.put(id, y, x, cell)?;
        if x + wide >= cols {
            return self.wrap(id);
        }
        self.get_mut(id)?.x = x + wide;
        Ok(())
    }

    /// Adds a character where the cursor is.
    pub fn add(&mut self, id: Id, cell: Cell, tab: usize) -> Done {
        let c = cell.first();
        if cell.attr & bits::ALTCHARSET != 0 || !c.is_control() {
            return self.add_plain(id, cell);
        }
        let win = self.get_mut(id)?;
        match c {
            '\t' => {
                let next = win.x + tab - win.x % tab;
                let (y, x, cols) = (win.y, win.x, win.cols);
                let last_line = !win.scrolls && win.y == win.region.1;
                if last_line || next < cols {
                    for _ in x..next {
                        self.add_plain(id, Cell::new(' ', cell.attr))?;
                    }
                    return Ok(());
                }
                let blank = win.bkgd;
                self.fill(id, y, x, cols, blank);
                self.wrap(id)
            }
            '\n' => {
                // Fails where the cursor was to leave the last line, which does not matter.
                let _ = self.clear_line(id);
                self.next_line(id)?;
                let win = self.get_mut(id)?;
                win.x = 0;
                win.wrapped = false;
                Ok(())
            }
            '\r' => {
                win.x = 0;
                win.wrapped = false;
                Ok(())
            }
            '\x08' => {
                if win.x > 0 {
                    win.x -= 1;
                    win.wrapped = false;
                }
                Ok(())
            }
            _ => {
                for c in cell::shown(u32::from(c) as u8).chars() {
                    self.add_plain(id, Cell::new(c, cell.attr))?;
                }
                Ok(())
            }
        }
    }

    /// Adds a byte; those of a character are gathered.
    pub fn add_byte(&mut self, id: Id, byte: u8, attr: u32, tab: usize) -> Done {
        if byte < 0x80 || attr & bits::ALTCHARSET != 0 {
            self.get_mut(id)?.pending.clear();
            return self.add(id, Cell::new(char::from(byte), attr), tab);
        }
        let pending = &mut self.get_mut(id)?.pending;
        pending.push(byte);
        match std::str::from_utf8(pending) {
            Ok(text) => {
                let c = text.chars().next();
                pending.clear();
                c.map_or(Ok(()), |c| self.add(id, Cell::new(c, attr), tab))
            }
            Err(e) if e.error_len().is_none() => Ok(()),
            Err(_) => {
                for byte in std::mem::take(pending) {
                    for c in cell::shown(byte).chars() {
                        self.add_plain(id, Cell::new(c, attr))?;
                    }
                }
                Ok(())
            }
        }
    }

    pub fn add_text(&mut self, id: Id, text: &str, tab: usize) -> Done {
        text.chars().try_for_each(|c| self.add(id, Cell::new(c, 0), tab))
    }

    /// Inserts a character under the cursor, which goes on behind it.
    fn insert_plain(&mut self, id: Id, cell: Cell) -> Done {
        let win = self.get(id)?;
        let wide = cell::width(cell.first());
        if wide == 0 {
            return self.add_mark(id, cell.first());
        }
        let (y, x, cols, cell) = (win.y, win.x, win.cols, Self::rendered(win, cell));
        if x + wide > cols {
            return Err(Fail);
        }
        let row = self.row_mut(id, y);
        if x + wide <= row.len() {
            let end = row.len() - wide;
            row.copy_within(x..end, x + wide);
            // A wide character that has lost its second half.
            if let Some(last) = row.last_mut()
                && last.tail == 0
                && cell::width(last.first()) == 2
            {
                *last = Cell::new(' ', last.attr);
            }
        }
        self.put(id, y, x, cell)?;
        self.mark(id, y, x, cols - 1);
        let win = self.get_mut(id)?;
        win.x = (x + wide).min(cols);
        Ok(())
    }

    fn insert_one(&mut self, id: Id, cell: Cell, tab: usize) -> Done {
        let c = cell.first();
        if cell.attr & bits::ALTCHARSET != 0 || !c.is_control() {
            return self.insert_plain(id, cell);
        }
        match c {
            '\t' => {
                let win = self.get(id)?;
                let count = (tab - win.x % tab).min(win.cols - win.x.min(win.cols));
                (0..count).try_for_each(|_| self.insert_plain(id, Cell::new(' ', cell.attr)))
            }
            '\n' | '\r' | '\x08' => self.add(id, cell, tab),
            _ => {
                let text = cell::shown(u32::from(c) as u8);
                text.chars().try_for_each(|c| self.insert_plain(id, Cell::new(c, cell.attr)))
            }
        }
    }

    /// Inserts characters; the cursor stays.
    pub fn insert(&mut self, id: Id, cells: impl Iterator<Item = Cell>, tab: usize) -> Done {
        let (y, x) = {
            let win = self.get(id)?;
            (win.y, win.x)
        };
        for cell in cells {
            let win = self.get(id)?;
            if win.x >= win.cols {
                break;
            }
            if self.insert_one(id, cell, tab).is_err() {
                break;
            }
        }
        let win = self.get_mut(id)?;
        (win.y, win.x) = (y, x);
        Ok(())
    }

    pub fn delete_char(&mut self, id: Id) -> Done {
        let win = self.get(id)?;
        let (y, x, cols, blank) = (win.y, win.x, win.cols, win.bkgd);
        let row = self.row(id, y);
        let begin = (0..=x).rev().find(|i| row.get(*i).is_some_and(|c| c.tail == 0)).unwrap_or(x);
        let count = 1 + row.iter().skip(begin + 1).take_while(|c| c.tail != 0).count();
        let row = self.row_mut(id, y);
        let len = row.len();
        if begin + count <= len {
            row.copy_within(begin + count.., begin);
            row[len - count..].fill(blank);
        }
        self.mark(id, y, begin, cols - 1);
        Ok(())
    }

    pub fn clear_line(&mut self, id: Id) -> Done {
        let win = self.get_mut(id)?;
        if win.wrapped && win.y + 1 < win.rows {
            win.wrapped = false;
        }
        if win.wrapped {
            return Err(Fail);
        }
        let (y, x, cols, blank) = (win.y, win.x, win.cols, win.bkgd);
        self.fill(id, y, x, cols, blank);
        Ok(())
    }

    pub fn clear_below(&mut self, id: Id) -> Done {
        let win = self.get(id)?;
        let (top, rows, cols, blank) = (win.y, win.rows, win.cols, win.bkgd);
        let mut from = win.x;
        for y in top..rows {
            self.fill(id, y, from, cols, blank);
            from = 0;
        }
        Ok(())
    }

    pub fn erase(&mut self, id: Id) -> Done {
        let win = self.get_mut(id)?;
        let (rows, cols, blank) = (win.rows, win.cols, win.bkgd);
        (win.y, win.x) = (0, 0);
        win.wrapped = false;
        for y in 0..rows {
            self.fill(id, y, 0, cols, blank);
        }
        Ok(())
    }

    /// A line of a character to the right or down; the cursor stays.
    pub fn draw_line(&mut self, id: Id, cell: Option<Cell>, n: i32, down: bool) -> Done {
        let win = self.get(id)?;
        let default = line(if down { 'x' } else { 'q' });
        let cell = Self::rendered(win, cell.unwrap_or(default));
        let n = usize::try_from(n).unwrap_or(0);
        let (y, x) = (win.y, win.x);
        let (rows, cols) = if down { (n.min(win.rows - y), 1) } else { (1, n.min(win.cols - x)) };
        for y in y..y + rows {
            for x in x..x + cols {
                self.put(id, y, x, cell)?;
            }
        }
        Ok(())
    }

    /// Left, right, upper, lower, and the corners: upper left and right, lower left and right.
    pub fn border(&mut self, id: Id, given: [Option<Cell>; 8]) -> Done {
        let win = self.get(id)?;
        let mut cells = [Cell::BLANK; 8];
        for (i, default) in "xxqqlkmj".chars().enumerate() {
            cells[i] = Self::rendered(win, given[i].unwrap_or(line(default)));
        }
        let (bottom, right) = (win.rows - 1, win.cols - 1);
        for x in 0..=right {
            self.put(id, 0, x, cells[2])?;
            self.put(id, bottom, x, cells[3])?;
        }
        for y in 0..=bottom {
            self.put(id, y, 0, cells[0])?;
            self.put(id, y, right, cells[1])?;
        }
        for (i, (y, x)) in [(0, 0), (0, right), (bottom, 0), (bottom, right)].into_iter().enumerate() {
            self.put(id, y, x, cells[4 + i])?;
        }
        Ok(())
    }

    pub fn set_background(&mut self, id: Id, cell: Cell) -> Done {
        let win = self.get_mut(id)?;
        win.attr = turn_on(turn_off(win.attr, win.bkgd.attr), cell.attr);
        win.bkgd = if cell.first() == '\0' { Cell::new(' ', cell.attr) } else { cell };
        win.bkgd_given = true;
        Ok(())
    }

    /// Sets the background and has what is there take it.
    pub fn apply_background(&mut self, id: Id, cell: Cell) -> Done {
        let old = self.get(id)?.bkgd;
        if old == cell {
            return Ok(());
        }
        self.set_background(id, cell)?;
        let win = self.get_mut(id)?;
        let (rows, cols, new) = (win.rows, win.cols, win.bkgd);
        win.attr = win.attr & bits::COLOR | new.attr & !bits::COLOR;
        for y in 0..rows {
            for c in self.row_mut(id, y) {
                let mut attr = c.attr & !(old.attr & !bits::COLOR) | new.attr & !bits::COLOR;
                if c.attr & bits::COLOR == 0 || c.attr & bits::COLOR == old.attr & bits::COLOR {
                    attr = attr & !bits::COLOR | new.attr & bits::COLOR;
                }
                *c = if *c == old { new } else { c.with_attr(attr) };
            }
            self.mark(id, y, 0, cols - 1);
        }
        Ok(())
    }

    pub fn change_attributes(&mut self, id: Id, n: i32, attr: u32) -> Done {
        let win = self.get(id)?;
        let (y, x, cols) = (win.y, win.x, win.cols);
        let count = usize::try_from(n).unwrap_or(cols).min(cols - x);
        for c in self.row_mut(id, y).iter_mut().skip(x).take(count) {
            *c = c.with_attr(attr);
        }
        if count > 0 {
            self.mark(id, y, x, x + count - 1);
        }
        Ok(())
    }

    /// The text from the cursor to the end of the line, at most so many bytes.
    pub fn text(&self, id: Id, most: usize) -> Done<Vec<u8>> {
        let win = self.get(id)?;
        let mut text = Vec::new();
        for cell in self.row(id, win.y).iter().skip(win.x).filter(|c| c.tail == 0) {
            let chars: String = cell.chars().filter(|c| *c != '\0').collect();
            if text.len() + chars.len() > most {
                break;
            }
            text.extend_from_slice(chars.as_bytes());
        }
        Ok(text)
    }

    /// Copies a rectangle of one window to another, blanks too or not.
    pub fn copy(
        &mut self,
        from: Id,
        to: Id,
        source: (i32, i32),
        least: (i32, i32),
        most: (i32, i32),
        blanks: bool,
    ) -> Done {
        let (a, b) = (self.get(from)?, self.get(to)?);
        let size = (most.0 - least.0, most.1 - least.1);
        let inside = |at: i32, length: i32, all: usize| at >= 0 && i64::from(at) + i64::from(length) < all as i64;
        if size.0 < 0 || size.1 < 0 {
            return Err(Fail);
        }
        if !inside(source.0, size.0, a.rows) || !inside(source.1, size.1, a.cols) {
            return Err(Fail);
        }
        if !inside(least.0, size.0, b.rows) || !inside(least.1, size.1, b.cols) {
            return Err(Fail);
        }
        let ground = b.bkgd.attr;
        let width = size.1 as usize + 1;
        for i in 0..=size.0 as usize {
            let (x, into) = (source.1 as usize, least.1 as usize);
            let line: Vec<Cell> = self.row(from, source.0 as usize + i).iter().skip(x).take(width).copied().collect();
            let y = least.0 as usize + i;
            for (k, cell) in line.iter().enumerate().filter(|(_, c)| blanks || !c.is_blank()) {
                let attr = if blanks { cell.attr } else { under(cell.attr, ground) };
                if cell.tail == 0 && cells_of(*cell).1 <= line.len() - k && *cell != self.cell(to, y, into + k) {
                    self.put(to, y, into + k, cell.with_attr(attr))?;
                }
            }
        }
        Ok(())
    }

    /// Copies what lies over another window on the screen.
    pub fn copy_over(&mut self, from: Id, to: Id, blanks: bool) -> Done {
        let (a, b) = (self.get(from)?, self.get(to)?);
        let top = a.begin.0.max(b.begin.0);
        let left = a.begin.1.max(b.begin.1);
        let bottom = (a.begin.0 + a.rows as i32).min(b.begin.0 + b.rows as i32) - 1;
        let right = (a.begin.1 + a.cols as i32).min(b.begin.1 + b.cols as i32) - 1;
        if top > bottom || left > right {
            return Err(Fail);
        }
        let source = (top - a.begin.0, left - a.begin.1);
        let least = (top - b.begin.0, left - b.begin.1);
        let most = (bottom - b.begin.0, right - b.begin.1);
        self.copy(from, to, source, least, most, blanks)
    }

    pub fn touch(&mut self, id: Id, y: i32, n: i32, changed: bool) -> Done {
        let win = self.get_mut(id)?;
        let y = usize::try_from(y).ok().filter(|y| *y < win.rows).ok_or(Fail)?;
        let n = usize::try_from(n).map_err(|_| Fail)?;
        let last = win.cols - 1;
        for line in win.changed.iter_mut().skip(y).take(n) {
            *line = changed.then_some((0, last));
        }
        Ok(())
    }

    pub fn touch_all(&mut self, id: Id, changed: bool) -> Done {
        let rows = self.get(id)?.rows as i32;
        self.touch(id, 0, rows, changed)
    }

    /// Tells the outer windows what has changed.
    pub fn sync_up(&mut self, id: Id) -> Done {
        let mut inner = id;
        while let Some(outer) = self.get(inner)?.parent {
            let win = self.get(inner)?;
            let place = (win.place.0.max(0) as usize, win.place.1.max(0) as usize);
            for (y, line) in win.changed.clone().into_iter().enumerate() {
                if let Some((from, to)) = line {
                    self.mark(outer, place.0 + y, place.1 + from, place.1 + to);
                }
            }
            inner = outer;
        }
        Ok(())
    }

    /// Learns from the outer windows what has changed.
    pub fn sync_down(&mut self, id: Id) -> Done {
        let Some(outer) = self.get(id)?.parent else { return Ok(()) };
        self.sync_down(outer)?;
        let changed = self.get(outer)?.changed.clone();
        let win = self.get(id)?;
        let (rows, cols) = (win.rows, win.cols);
        let place = (win.place.0.max(0) as usize, win.place.1.max(0) as usize);
        for y in 0..rows {
            if let Some(Some((from, to))) = changed.get(place.0 + y)
                && *to >= place.1
                && *from < place.1 + cols
            {
                self.mark(id, y, from.saturating_sub(place.1), (to - place.1).min(cols - 1));
            }
        }
        Ok(())
    }

    pub fn sync_cursor(&mut self, id: Id) -> Done {
        let mut inner = id;
        while let Some(outer) = self.get(inner)?.parent {
            let win = self.get(inner)?;
            let at = (win.place.0 + win.y as i32, win.place.1 + win.x as i32);
            self.move_to(outer, at.0, at.1)?;
            inner = outer;
        }
        Ok(())
    }

    /// Moves the part of the outer window that an inner one shows.
    pub fn move_inside(&mut self, id: Id, y: i32, x: i32) -> Done {
        let win = self.get(id)?;
        let outer = self.get(win.parent.ok_or(Fail)?)?;
        let at = (usize::try_from(y).map_err(|_| Fail)?, usize::try_from(x).map_err(|_| Fail)?);
        if at.0 + win.rows > outer.rows || at.1 + win.cols > outer.cols {
            return Err(Fail);
        }
        let offset = (outer.offset.0 + at.0, outer.offset.1 + at.1);
        let win = self.get_mut(id)?;
        win.place = (y, x);
        win.offset = offset;
        self.touch_all(id, true)
    }

    /// Makes a window larger or smaller.
    pub fn resize(&mut self, id: Id, rows: i32, cols: i32) -> Done {
        let size = |n: i32| usize::try_from(n).ok().filter(|n| *n > 0).ok_or(Fail);
        let (rows, cols) = (size(rows)?, size(cols)?);
        let win = self.get(id)?;
        if let Some(outer) = win.parent {
            let outer = self.get(outer)?;
            let place = (win.place.0.max(0) as usize, win.place.1.max(0) as usize);
            if place.0 + rows > outer.rows || place.1 + cols > outer.cols {
                return Err(Fail);
            }
        }
        let blank = win.bkgd;
        let grid = win.grid.as_ref().map(|grid| grid.resized(rows, cols, blank).ok_or(Fail)).transpose()?;
        let old_rows = win.rows;
        let win = self.get_mut(id)?;
        if grid.is_some() {
            win.grid = grid;
        }
        (win.rows, win.cols) = (rows, cols);
        win.changed.clear();
        win.changed.resize(rows, Some((0, cols - 1)));
        if win.region.1 + 1 == old_rows || win.region.1 >= rows {
            win.region.1 = rows - 1;
        }
        win.region.0 = win.region.0.min(win.region.1);
        (win.y, win.x) = (win.y.min(rows - 1), win.x.min(cols - 1));
        self.fit_inner(id)
    }

    /// Makes windows inside of one that has become smaller fit into it.
    fn fit_inner(&mut self, id: Id) -> Done {
        let (rows, cols) = {
            let win = self.get(id)?;
            (win.rows, win.cols)
        };
        for n in 0..self.all.len() {
            let Some(inner) = self.all[n].as_mut().filter(|w| w.parent == Some(id)) else { continue };
            let place = (inner.place.0.max(0) as usize, inner.place.1.max(0) as usize);
            let fit = |size: usize, at: usize, all: usize| size.min(all.saturating_sub(at)).max(1);
            let size = (fit(inner.rows, place.0, rows), fit(inner.cols, place.1, cols));
            if size == (inner.rows, inner.cols) {
                continue;
            }
            (inner.rows, inner.cols) = size;
            inner.changed.clear();
            inner.changed.resize(size.0, Some((0, size.1 - 1)));
            inner.region = (0, size.0 - 1);
            (inner.y, inner.x) = (inner.y.min(size.0 - 1), inner.x.min(size.1 - 1));
            self.fit_inner(Id(n))?;
        }
        Ok(())
    }

    /// The windows that are there.
    pub fn ids(&self) -> Vec<Id> {
        self.all.iter().enumerate().filter(|(_, w)| w.is_some()).map(|(n, _)| Id(n)).collect()
    }

    /// Replaces a line, as a file of a window has it.
    pub fn set_row(&mut self, id: Id, y: usize, cells: &[Cell]) {
        let row = self.row_mut(id, y);
        let both = row.len().min(cells.len());
        row[..both].copy_from_slice(&cells[..both]);
    }
}
