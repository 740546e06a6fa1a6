//! Files of windows, as `putwin` writes and `getwin` reads them. The format is this crate's own.

use crate::cell::{Cell, width};
use crate::window::{Done, Fail, Id, Windows};

const MARK: &[u8] = b"taipan window 1\n";
/// A file cannot ask for more cells.
const MOST: usize = 1 << 24;

/// The bytes of a file.
pub fn write(windows: &Windows, id: Id) -> Done<Vec<u8>> {
    let win = windows.get(id)?;
    let mut out = MARK.to_vec();
    let numbers = [win.rows as u32, win.cols as u32, win.begin.0 as u32, win.begin.1 as u32];
    let more = [win.y as u32, win.x as u32, win.attr, win.bkgd.attr, u32::from(win.bkgd.first())];
    for n in numbers.into_iter().chain(more).chain([u32::from(win.is_pad), u32::from(win.scrolls)]) {
        out.extend(n.to_le_bytes());
    }
    for y in 0..win.rows {
        for x in 0..win.cols {
            let cell = windows.cell(id, y, x);
            let text: String = cell.chars().collect();
            out.extend(cell.attr.to_le_bytes());
            out.push(cell.tail);
            out.push(text.len() as u8);
            out.extend_from_slice(text.as_bytes());
        }
    }
    Ok(out)
}

/// Makes the window of a file.
pub fn read(windows: &mut Windows, bytes: &[u8]) -> Done<Id> {
    let mut rest = bytes.strip_prefix(MARK).ok_or(Fail)?;
    let mut take = |n: usize| -> Done<&[u8]> {
        let (taken, after) = rest.split_at_checked(n).ok_or(Fail)?;
        rest = after;
        Ok(taken)
    };
    let mut numbers = [0u32; 11];
    for n in &mut numbers {
        *n = take(4)?.try_into().map(u32::from_le_bytes).map_err(|_| Fail)?;
    }
    let [rows, cols, top, left, y, x, attr, ground, blank, is_pad, scrolls] = numbers;
    let (rows, cols) = (rows as usize, cols as usize);
    if rows == 0 || cols == 0 || rows.checked_mul(cols).is_none_or(|n| n > MOST) {
        return Err(Fail);
    }
    let mut lines = Vec::new();
    for _ in 0..rows {
        let mut line = Vec::new();
        while line.len() < cols {
            let attr = take(4)?.try_into().map(u32::from_le_bytes).map_err(|_| Fail)?;
            let (tail, length) = (take(1)?[0], take(1)?[0]);
            let text = std::str::from_utf8(take(usize::from(length))?).map_err(|_| Fail)?;
            let mut chars = text.chars();
            let mut cell = Cell::new(chars.next().ok_or(Fail)?, attr);
            chars.for_each(|c| cell.combine(c));
            // The second half of a character stands behind the first.
            let after_wide = line.last().is_some_and(|c: &Cell| c.tail == 0 && width(c.first()) == 2);
            if tail > 1 || (tail == 1) != after_wide {
                return Err(Fail);
            }
            cell.tail = tail;
            line.push(cell);
        }
        lines.push(line);
    }
    let id = windows.create(rows, cols, (top as i32, left as i32), is_pad != 0)?;
    for (y, line) in lines.iter().enumerate() {
        windows.set_row(id, y, line);
    }
    let win = windows.get_mut(id)?;
    (win.y, win.x) = ((y as usize).min(rows - 1), (x as usize).min(cols - 1));
    win.attr = attr;
    win.bkgd = Cell::new(char::from_u32(blank).filter(|c| !c.is_control()).unwrap_or(' '), ground);
    win.scrolls = scrolls != 0;
    Ok(id)
}
