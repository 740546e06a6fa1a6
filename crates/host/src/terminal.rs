//! Terminals: attributes, window size, control.

use crate::fd::with_fd;
use crate::{Errno, Result};
use rustix::termios as t;

/// The attributes of a terminal, as `termios.tcgetattr` lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributes {
    pub input: u32,
    pub output: u32,
    pub control: u32,
    pub local: u32,
    /// Speeds as `B*` codes.
    pub input_speed: u32,
    pub output_speed: u32,
    pub line_discipline: u8,
    pub special: [u8; SPECIALS],
}

/// The number of special characters (`NCCS`).
pub const SPECIALS: usize = 32;

/// Indices of the special characters, each with its place in `cc`.
const PLACES: &[(usize, t::SpecialCodeIndex)] = &[
    (libc::VINTR, t::SpecialCodeIndex::VINTR),
    (libc::VQUIT, t::SpecialCodeIndex::VQUIT),
    (libc::VERASE, t::SpecialCodeIndex::VERASE),
    (libc::VKILL, t::SpecialCodeIndex::VKILL),
    (libc::VEOF, t::SpecialCodeIndex::VEOF),
    (libc::VTIME, t::SpecialCodeIndex::VTIME),
    (libc::VMIN, t::SpecialCodeIndex::VMIN),
    (libc::VSWTC, t::SpecialCodeIndex::VSWTC),
    (libc::VSTART, t::SpecialCodeIndex::VSTART),
    (libc::VSTOP, t::SpecialCodeIndex::VSTOP),
    (libc::VSUSP, t::SpecialCodeIndex::VSUSP),
    (libc::VEOL, t::SpecialCodeIndex::VEOL),
    (libc::VREPRINT, t::SpecialCodeIndex::VREPRINT),
    (libc::VDISCARD, t::SpecialCodeIndex::VDISCARD),
    (libc::VWERASE, t::SpecialCodeIndex::VWERASE),
    (libc::VLNEXT, t::SpecialCodeIndex::VLNEXT),
    (libc::VEOL2, t::SpecialCodeIndex::VEOL2),
];

/// `B*` codes with the speeds they stand for.
pub const SPEEDS: &[(u32, u32)] = &[
    (libc::B0, 0),
    (libc::B50, 50),
    (libc::B75, 75),
    (libc::B110, 110),
    (libc::B134, 134),
    (libc::B150, 150),
    (libc::B200, 200),
    (libc::B300, 300),
    (libc::B600, 600),
    (libc::B1200, 1200),
    (libc::B1800, 1800),
    (libc::B2400, 2400),
    (libc::B4800, 4800),
    (libc::B9600, 9600),
    (libc::B19200, 19200),
    (libc::B38400, 38400),
    (libc::B57600, 57600),
    (libc::B115200, 115_200),
    (libc::B230400, 230_400),
    (libc::B460800, 460_800),
    (libc::B500000, 500_000),
    (libc::B576000, 576_000),
    (libc::B921600, 921_600),
    (libc::B1000000, 1_000_000),
    (libc::B1152000, 1_152_000),
    (libc::B1500000, 1_500_000),
    (libc::B2000000, 2_000_000),
    (libc::B2500000, 2_500_000),
    (libc::B3000000, 3_000_000),
    (libc::B3500000, 3_500_000),
    (libc::B4000000, 4_000_000),
];

fn code(speed: u32) -> u32 {
    SPEEDS.iter().find(|(_, s)| *s == speed).map_or(speed, |(code, _)| *code)
}

fn speed(code: u32) -> Result<u32> {
    SPEEDS.iter().find(|(c, _)| *c == code).map(|(_, speed)| *speed).ok_or(Errno::EINVAL)
}

/// The attributes of a terminal.
pub fn get_attributes(fd: i32) -> Result<Attributes> {
    let c = with_fd(fd, |fd| Ok(t::tcgetattr(fd)?))?;
    let mut special = [0; SPECIALS];
    for (place, index) in PLACES {
        special[*place] = c.special_codes[*index];
    }
    Ok(Attributes {
        input: c.input_modes.bits(),
        output: c.output_modes.bits(),
        control: c.control_modes.bits(),
        local: c.local_modes.bits(),
        input_speed: code(c.input_speed()),
        output_speed: code(c.output_speed()),
        line_discipline: c.line_discipline,
        special,
    })
}

/// Sets them; `when` is `TCSANOW`, `TCSADRAIN` or `TCSAFLUSH`.
pub fn set_attributes(fd: i32, when: i32, attributes: &Attributes) -> Result<()> {
    let when = match when {
        libc::TCSANOW => t::OptionalActions::Now,
        libc::TCSADRAIN => t::OptionalActions::Drain,
        libc::TCSAFLUSH => t::OptionalActions::Flush,
        _ => return Err(Errno::EINVAL),
    };
    with_fd(fd, |fd| {
        let mut c = t::tcgetattr(fd)?;
        c.input_modes = t::InputModes::from_bits_retain(attributes.input);
        c.output_modes = t::OutputModes::from_bits_retain(attributes.output);
        c.control_modes = t::ControlModes::from_bits_retain(attributes.control);
        c.local_modes = t::LocalModes::from_bits_retain(attributes.local);
        c.set_output_speed(speed(attributes.output_speed)?)?;
        if attributes.input_speed != 0 {
            c.set_input_speed(speed(attributes.input_speed)?)?;
        }
        for (place, index) in PLACES {
            c.special_codes[*index] = attributes.special[*place];
        }
        Ok(t::tcsetattr(fd, when, &c)?)
    })
}

/// Whether the descriptor is a terminal.
pub fn isatty(fd: i32) -> bool {
    uapi::isatty(fd).is_ok()
}

/// The path of the terminal.
pub fn ttyname(fd: i32) -> Result<Vec<u8>> {
    with_fd(fd, |fd| Ok(t::ttyname(fd, Vec::new())?.into_bytes()))
}

/// Columns and rows.
pub fn size(fd: i32) -> Result<(u16, u16)> {
    let size = with_fd(fd, |fd| Ok(t::tcgetwinsize(fd)?))?;
    Ok((size.ws_col, size.ws_row))
}

/// Sets columns and rows.
pub fn set_size(fd: i32, columns: u16, rows: u16) -> Result<()> {
    with_fd(fd, |fd| {
        let old = t::tcgetwinsize(fd)?;
        Ok(t::tcsetwinsize(fd, t::Winsize { ws_col: columns, ws_row: rows, ..old })?)
    })
}

/// Sends a break.
pub fn send_break(fd: i32) -> Result<()> {
    with_fd(fd, |fd| Ok(t::tcsendbreak(fd)?))
}

/// Waits until all output is sent.
pub fn drain(fd: i32) -> Result<()> {
    with_fd(fd, |fd| Ok(t::tcdrain(fd)?))
}

/// Discards queued data (`TCIFLUSH`, `TCOFLUSH`, `TCIOFLUSH`).
pub fn flush(fd: i32, queue: i32) -> Result<()> {
    let queue = match queue {
        libc::TCIFLUSH => t::QueueSelector::IFlush,
        libc::TCOFLUSH => t::QueueSelector::OFlush,
        libc::TCIOFLUSH => t::QueueSelector::IOFlush,
        _ => return Err(Errno::EINVAL),
    };
    with_fd(fd, |fd| Ok(t::tcflush(fd, queue)?))
}

/// Suspends or resumes input or output (`TCOOFF`, `TCOON`, `TCIOFF`, `TCION`).
pub fn flow(fd: i32, action: i32) -> Result<()> {
    let action = match action {
        libc::TCOOFF => t::Action::OOff,
        libc::TCOON => t::Action::OOn,
        libc::TCIOFF => t::Action::IOff,
        libc::TCION => t::Action::IOn,
        _ => return Err(Errno::EINVAL),
    };
    with_fd(fd, |fd| Ok(t::tcflow(fd, action)?))
}

/// The foreground process group.
pub fn foreground_group(fd: i32) -> Result<i32> {
    with_fd(fd, |fd| Ok(rustix::process::Pid::as_raw(Some(t::tcgetpgrp(fd)?))))
}

/// Sets it.
pub fn set_foreground_group(fd: i32, group: i32) -> Result<()> {
    let group = rustix::process::Pid::from_raw(group).filter(|_| group > 0).ok_or(Errno::EINVAL)?;
    with_fd(fd, |fd| Ok(t::tcsetpgrp(fd, group)?))
}

/// Makes the terminal the controlling one of this session leader.
pub fn make_controlling(fd: i32) -> Result<()> {
    with_fd(fd, |fd| Ok(rustix::process::ioctl_tiocsctty(fd)?))
}
