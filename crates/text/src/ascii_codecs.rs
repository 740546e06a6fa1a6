//! The rest of module `binascii`: uuencoded lines, quoted-printable, and the two checksums.

use crate::units::{OutOfMemory, try_extend, try_push, try_vec};

/// The words of a `binascii.Error`; `None` for want of memory.
pub type WordsError = Option<&'static str>;

/// `binascii.a2b_uu`: one line.
pub fn uu_decode(line: &[u8]) -> Result<Vec<u8>, WordsError> {
    let (&first, mut rest) = line.split_first().ok_or(Some("Missing length byte"))?;
    let len = usize::from(first.wrapping_sub(b' ') & 63);
    let mut out = try_vec(len).map_err(|_| None)?;
    let (mut held, mut bits) = (0u32, 0);
    while out.len() < len {
        // A line may be cut short: trailing blanks are often lost.
        let v = match rest.split_first() {
            None => 0,
            Some((b'\n' | b'\r', after)) => {
                rest = after;
                0
            }
            Some((b @ b' '..=b'`', after)) => {
                rest = after;
                (b - b' ') & 63
            }
            Some(_) => return Err(Some("Illegal char")),
        };
        held = held << 6 | u32::from(v);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    if rest.iter().any(|b| !matches!(b, b' ' | b'`' | b'\n' | b'\r')) {
        return Err(Some("Trailing garbage"));
    }
    Ok(out)
}

/// `binascii.b2a_uu`: one line of at most 45 bytes; zeros as blanks or as backticks.
pub fn uu_encode(bytes: &[u8], backtick: bool) -> Result<Vec<u8>, WordsError> {
    if bytes.len() > 45 {
        return Err(Some("At most 45 bytes at once"));
    }
    let digit = |v: u32| if v == 0 && backtick { b'`' } else { b' ' + v as u8 };
    let mut out = try_vec(2 + bytes.len().div_ceil(3) * 4).map_err(|_| None)?;
    out.push(digit(bytes.len() as u32));
    for part in bytes.chunks(3) {
        let at = |i: usize| u32::from(part.get(i).copied().unwrap_or(0));
        let n = at(0) << 16 | at(1) << 8 | at(2);
        out.extend([18, 12, 6, 0].map(|shift| digit(n >> shift & 63)));
    }
    out.push(b'\n');
    Ok(out)
}

/// `binascii.a2b_qp`
pub fn qp_decode(bytes: &[u8], header: bool) -> Result<Vec<u8>, OutOfMemory> {
    let mut out = try_vec(bytes.len())?;
    let value = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    let mut i = 0;
    while let Some(&b) = bytes.get(i) {
        i += 1;
        match b {
            b'=' => match bytes[i..] {
                [] => break,
                [b'\n' | b'\r', ..] => {
                    // A soft line break, whatever stands before the newline.
                    i = memchr::memchr(b'\n', &bytes[i..]).map_or(bytes.len(), |n| i + n + 1);
                }
                [b'=', ..] => {
                    out.push(b'=');
                    i += 1;
                }
                [a, c, ..] => match (value(a), value(c)) {
                    (Some(high), Some(low)) => {
                        out.push(high << 4 | low);
                        i += 2;
                    }
                    _ => out.push(b'='),
                },
                _ => out.push(b'='),
            },
            b'_' if header => out.push(b' '),
            _ => out.push(b),
        }
    }
    Ok(out)
}

/// `binascii.b2a_qp`
pub fn qp_encode(bytes: &[u8], quote_tabs: bool, is_text: bool, header: bool) -> Result<Vec<u8>, OutOfMemory> {
    const LINE: usize = 76;
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let crlf = memchr::memchr(b'\n', bytes).is_some_and(|n| n > 0 && bytes[n - 1] == b'\r');
    let mut out = try_vec(bytes.len())?;
    let quoted = |b: u8| [b'=', HEX[(b >> 4) as usize], HEX[(b & 15) as usize]];
    let newline: &[u8] = if crlf { b"\r\n" } else { b"\n" };
    let soft: &[u8] = if crlf { b"=\r\n" } else { b"=\n" };
    let (mut i, mut column) = (0, 0);
    while let Some(&b) = bytes.get(i) {
        let next = bytes.get(i + 1).copied();
        let quote = match b {
            127.. | b'=' => true,
            b'_' => header,
            b'.' => column == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0)),
            b'\n' | b'\r' => !is_text,
            b'\t' | b' ' => quote_tabs || next.is_none(),
            _ => b < 33,
        };
        if quote {
            if column + 3 >= LINE {
                try_extend(&mut out, soft)?;
                column = 0;
            }
            try_extend(&mut out, &quoted(b))?;
            column += 3;
            i += 1;
        } else if is_text && (b == b'\n' || (b == b'\r' && next == Some(b'\n'))) {
            column = 0;
            // Blanks at the end of a line would be lost.
            if let Some(&last @ (b' ' | b'\t')) = out.last() {
                out.pop();
                try_extend(&mut out, &quoted(last))?;
            }
            try_extend(&mut out, newline)?;
            i += if b == b'\r' { 2 } else { 1 };
        } else {
            if next.is_some_and(|n| n != b'\n') && column + 1 >= LINE {
                try_extend(&mut out, soft)?;
                column = 0;
            }
            column += 1;
            try_push(&mut out, if header && b == b' ' { b'_' } else { b })?;
            i += 1;
        }
    }
    Ok(out)
}

/// Eight tables: entry `t[k][b]` is the checksum of byte `b` followed by `k` zeros.
static CRC32: [[u32; 256]; 8] = {
    let mut t = [[0u32; 256]; 8];
    let mut b = 0;
    while b < 256 {
        let mut c = b as u32;
        let mut k = 0;
        while k < 8 {
            c = if c & 1 == 1 { c >> 1 ^ 0xEDB8_8320 } else { c >> 1 };
            k += 1;
        }
        t[0][b] = c;
        b += 1;
    }
    let mut k = 1;
    while k < 8 {
        let mut b = 0;
        while b < 256 {
            t[k][b] = t[k - 1][b] >> 8 ^ t[0][(t[k - 1][b] & 0xFF) as usize];
            b += 1;
        }
        k += 1;
    }
    t
};

/// `binascii.crc32` (and `zlib.crc32`), eight bytes a step.
pub fn crc32(bytes: &[u8], start: u32) -> u32 {
    let mut c = !start;
    let mut words = bytes.chunks_exact(8);
    for w in &mut words {
        let low = c ^ w.iter().take(4).rev().fold(0, |n, b| n << 8 | u32::from(*b));
        c = CRC32[7][(low & 0xFF) as usize]
            ^ CRC32[6][(low >> 8 & 0xFF) as usize]
            ^ CRC32[5][(low >> 16 & 0xFF) as usize]
            ^ CRC32[4][(low >> 24) as usize]
            ^ CRC32[3][w[4] as usize]
            ^ CRC32[2][w[5] as usize]
            ^ CRC32[1][w[6] as usize]
            ^ CRC32[0][w[7] as usize];
    }
    for &b in words.remainder() {
        c = c >> 8 ^ CRC32[0][((c ^ u32::from(b)) & 0xFF) as usize];
    }
    !c
}

/// `binascii.crc_hqx`: CRC-CCITT, polynomial 0x1021.
pub fn crc_hqx(bytes: &[u8], start: u32) -> u32 {
    let mut c = (start & 0xFFFF) as u16;
    for &b in bytes {
        c ^= u16::from(b) << 8;
        for _ in 0..8 {
            c = if c & 0x8000 != 0 { c << 1 ^ 0x1021 } else { c << 1 };
        }
    }
    c.into()
}
