//! UTF-8. Valid input, ASCII above all, goes through the standard library's vectorised validation in one piece.

use super::{Decoded, Decoding, Encoded, Encoding, Errors, Handler};
use crate::buf::{TextBuf, push_utf8_run};
use crate::units::{Unit, Units, is_surrogate, try_extend, try_vec};
use crate::with_units;

/// Decodes UTF-8.
pub fn decode<H: Handler>(input: &[u8], errors: Errors, last: bool, handler: &mut H) -> Decoded<H::Error> {
    if let Ok(s) = std::str::from_utf8(input) {
        return Ok((TextBuf::from_str(s)?, input.len()));
    }
    let mut d = Decoding::new("utf-8", input, errors, handler);
    let mut at = 0;
    loop {
        let (input, out) = d.parts();
        let rest = &input[at.min(input.len())..];
        let error = match std::str::from_utf8(rest) {
            Ok(s) => {
                let n = s.len();
                out.push_str(s)?;
                return Ok((d.out, at + n));
            }
            Err(error) => error,
        };
        let (valid, bad) = rest.split_at(error.valid_up_to());
        // The prefix was just found valid.
        out.push_str(std::str::from_utf8(valid).unwrap_or(""))?;
        at += valid.len();
        let (n, reason) = match (error.error_len(), bad.first()) {
            (None, _) if !last => return Ok((d.out, at)),
            (None, _) => (bad.len(), "unexpected end of data"),
            // Half a surrogate: whether it may pass is known when the rest comes.
            (Some(_), _) if !last && matches!(bad, [0xED, 0xA0..=0xBF]) => return Ok((d.out, at)),
            (Some(n), Some(0x80..=0xC1 | 0xF5..)) => (n, "invalid start byte"),
            (Some(n), _) => (n, "invalid continuation byte"),
        };
        at = d.fail(at, at + n, reason)?;
    }
}

/// Appends Latin-1 text.
pub fn extend_from_latin1(out: &mut Vec<u8>, mut text: &[u8]) {
    while let Some(n) = text.iter().position(|b| *b >= 0x80) {
        out.extend_from_slice(&text[..n]);
        out.extend([0xC0 | text[n] >> 6, 0x80 | text[n] & 0x3F]);
        text = &text[n + 1..];
    }
    out.extend_from_slice(text);
}

/// Encodes as UTF-8.
pub fn encode<H: Handler>(text: Units<'_>, errors: Errors, handler: &mut H) -> Encoded<H::Error> {
    match text {
        Units::Ascii(s) => {
            let mut out = try_vec(s.len())?;
            out.extend_from_slice(s);
            return Ok(out);
        }
        Units::Latin1(s) => {
            let high = s.iter().filter(|b| **b >= 0x80).count();
            let mut out = try_vec(s.len() + high)?;
            extend_from_latin1(&mut out, s);
            return Ok(out);
        }
        _ => {}
    }
    let mut e = Encoding::new("utf-8", text, errors, handler)?;
    let mut at = 0;
    while at < text.len() {
        // Up to the next surrogate, then the run of surrogates.
        let bad = with_units!(text, s => {
            let run = &s[at..];
            let i = at + run.iter().position(|u| is_surrogate(u.code())).unwrap_or(run.len());
            push_utf8_run(&mut e.out, &s[at..i])?;
            let end = s[i..].iter().position(|&u| !is_surrogate(u.code())).map_or(s.len(), |n| i + n);
            i..end
        });
        if bad.is_empty() {
            break;
        }
        at = e.fail(bad.start, bad.end, "surrogates not allowed", |_, out, c| {
            if c < 0x80 {
                try_extend(out, &[c as u8])?;
            }
            Ok(c < 0x80)
        })?;
    }
    Ok(e.out)
}
