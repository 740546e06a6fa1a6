//! Parameters of capabilities: the small language of `terminfo(5)` in which a string says where they go.

/// What is remembered between expansions: the variables `A` to `Z`.
pub type Variables = [i64; 26];

/// A number's form: `%[[:]flags][width[.precision]][doxXs]`.
#[derive(Clone, Copy, Default)]
struct Form {
    left: bool,
    plus: bool,
    space: bool,
    other: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

/// Widths beyond this are somebody's mistake.
const WIDEST: usize = 10_000;

impl Form {
    fn write(self, kind: u8, n: i64, out: &mut Vec<u8>) {
        let n = n as i32;
        let mut digits = match kind {
            b'd' => n.unsigned_abs().to_string(),
            b'o' => format!("{n:o}"),
            b'x' => format!("{n:x}"),
            b'X' => format!("{n:X}"),
            // Numbers are no strings.
            _ => String::new(),
        };
        if let Some(precision) = self.precision.filter(|_| kind != b's') {
            while digits.len() < precision {
                digits.insert(0, '0');
            }
        }
        let sign = match kind {
            b'd' if n < 0 => "-",
            b'd' if self.plus => "+",
            b'd' if self.space => " ",
            b'o' if self.other => "0",
            b'x' if self.other => "0x",
            b'X' if self.other => "0X",
            _ => "",
        };
        let missing = self.width.saturating_sub(digits.len() + sign.len());
        let (before, zeros, after) = match (self.left, self.zero && self.precision.is_none()) {
            (true, _) => (0, 0, missing),
            (false, true) => (0, missing, 0),
            (false, false) => (missing, 0, 0),
        };
        out.extend(std::iter::repeat_n(b' ', before));
        out.extend_from_slice(sign.as_bytes());
        out.extend(std::iter::repeat_n(b'0', zeros));
        out.extend_from_slice(digits.as_bytes());
        out.extend(std::iter::repeat_n(b' ', after));
    }
}

/// Skips to behind the `%e` or `%;` that belongs here.
fn skip(text: &[u8], mut at: usize, stop_at_else: bool) -> usize {
    let mut depth = 0;
    while at + 1 < text.len() {
        if text[at] != b'%' {
            at += 1;
            continue;
        }
        match text[at + 1] {
            b'?' => depth += 1,
            b';' if depth == 0 => return at + 2,
            b';' => depth -= 1,
            b'e' if depth == 0 && stop_at_else => return at + 2,
            _ => {}
        }
        at += 2;
    }
    text.len()
}

fn digits(text: &[u8], at: &mut usize) -> usize {
    let mut n = 0;
    while let Some(d) = text.get(*at).filter(|b| b.is_ascii_digit()) {
        n = (n * 10 + usize::from(d - b'0')).min(WIDEST);
        *at += 1;
    }
    n
}

/// Puts parameters into a string.
pub fn expand(text: &[u8], given: &[i32], kept: &mut Variables) -> Vec<u8> {
    let mut params = [0i64; 9];
    for (to, from) in params.iter_mut().zip(given) {
        *to = i64::from(*from);
    }
    let mut local: Variables = [0; 26];
    let mut stack: Vec<i64> = Vec::new();
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let b = text[at];
        at += 1;
        if b != b'%' {
            out.push(b);
            continue;
        }
        let Some(&op) = text.get(at) else { break };
        at += 1;
        match op {
            b'%' => out.push(b'%'),
            b'c' => out.push(match stack.pop().unwrap_or(0) as u8 {
                // A zero would end the string.
                0 => 0x80,
                c => c,
            }),
            b'p' => {
                let n = text.get(at).copied().unwrap_or(0);
                at += 1;
                stack.push(params.get(usize::from(n.wrapping_sub(b'1'))).copied().unwrap_or(0));
            }
            b'P' | b'g' => {
                let name = text.get(at).copied().unwrap_or(0);
                at += 1;
                let place = match name {
                    b'A'..=b'Z' => &mut kept[usize::from(name - b'A')],
                    b'a'..=b'z' => &mut local[usize::from(name - b'a')],
                    _ => continue,
                };
                match op {
                    b'P' => *place = stack.pop().unwrap_or(0),
                    _ => stack.push(*place),
                }
            }
            b'\'' => {
                stack.push(text.get(at).copied().map_or(0, i64::from));
                at += 2;
            }
            b'{' => {
                let minus = text.get(at) == Some(&b'-');
                at += usize::from(minus);
                let n = digits(text, &mut at) as i64;
                stack.push(if minus { -n } else { n });
                at += 1;
            }
            b'l' => {
                stack.pop();
                stack.push(0);
            }
            b'i' => {
                params[0] += 1;
                params[1] += 1;
            }
            b'!' | b'~' => {
                let n = stack.pop().unwrap_or(0);
                stack.push(if op == b'!' { i64::from(n == 0) } else { !n });
            }
            b'+' | b'-' | b'*' | b'/' | b'm' | b'&' | b'|' | b'^' | b'=' | b'<' | b'>' | b'A' | b'O' => {
                let right = stack.pop().unwrap_or(0);
                let left = stack.pop().unwrap_or(0);
                stack.push(match op {
                    b'+' => left.wrapping_add(right),
                    b'-' => left.wrapping_sub(right),
                    b'*' => left.wrapping_mul(right),
                    b'/' => left.checked_div(right).unwrap_or(0),
                    b'm' => left.checked_rem(right).unwrap_or(0),
                    b'&' => left & right,
                    b'|' => left | right,
                    b'^' => left ^ right,
                    b'=' => i64::from(left == right),
                    b'<' => i64::from(left < right),
                    b'>' => i64::from(left > right),
                    b'A' => i64::from(left != 0 && right != 0),
                    _ => i64::from(left != 0 || right != 0),
                });
            }
            b'?' | b';' => {}
            b't' => {
                if stack.pop().unwrap_or(0) == 0 {
                    at = skip(text, at, true);
                }
            }
            b'e' => at = skip(text, at, false),
            _ => {
                let mut form = Form::default();
                at -= 1;
                let colon = text[at] == b':';
                at += usize::from(colon);
                while let Some(&flag) = text.get(at) {
                    match flag {
                        b'-' if colon => form.left = true,
                        b'+' if colon => form.plus = true,
                        b'#' => form.other = true,
                        b' ' => form.space = true,
                        b'0' => form.zero = true,
                        _ => break,
                    }
                    at += 1;
                }
                form.width = digits(text, &mut at);
                if text.get(at) == Some(&b'.') {
                    at += 1;
                    form.precision = Some(digits(text, &mut at));
                }
                let Some(&kind) = text.get(at) else { break };
                at += 1;
                if matches!(kind, b'd' | b'o' | b'x' | b'X' | b's') {
                    form.write(kind, stack.pop().unwrap_or(0), &mut out);
                }
            }
        }
    }
    out
}

/// Takes the delays, `$<5/>`, out of a string: what is between them, and how many milliseconds to wait after each part. Only
/// delays that have to be are kept; the others are for terminals without flow control.
pub fn delays(text: &[u8]) -> Vec<(Vec<u8>, u32)> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if let Some(inner) = text[at..].strip_prefix(b"$<")
            && let Some(end) = inner.iter().position(|b| *b == b'>')
            && inner[..end].iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'*' | b'/'))
            && end > 0
        {
            let inner = &inner[..end];
            let ms = inner
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .fold(0u32, |n, d| n.saturating_mul(10).saturating_add(u32::from(d - b'0')).min(10_000));
            let ms = if inner.contains(&b'/') { ms } else { 0 };
            parts.push((std::mem::take(&mut part), ms));
            at += end + 3;
            continue;
        }
        part.push(text[at]);
        at += 1;
    }
    parts.push((part, 0));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str, params: &[i32]) -> String {
        String::from_utf8_lossy(&expand(text.as_bytes(), params, &mut [0; 26])).into_owned()
    }

    #[test]
    fn language() {
        assert_eq!(show("\x1b[%i%p1%d;%p2%dH", &[5, 7]), "\x1b[6;8H");
        assert_eq!(
            show("%p1%{10}%+%d %p1%c %p2%x %p1%2d %p3%:-6dZ %?%p1%t yes%e no%;", &[65, 255, 3]),
            "75 A ff 65 3     Z  yes"
        );
        assert_eq!(show("%p1%03d%p2%o%%", &[7, 8]), "00710%");
        assert_eq!(show("%?%p1%{8}%<%t3%p1%d%e%p1%{16}%<%t9%p1%{8}%-%d%e38;5;%p1%d%;m", &[200]), "38;5;200m");
        assert_eq!(show("%'a'%c%P1", &[]), "a");
        assert_eq!(show("%", &[]), "");
    }

    #[test]
    fn waits() {
        assert_eq!(delays(b"a$<100/>b$<5>"), [(b"a".to_vec(), 100), (b"b".to_vec(), 0), (Vec::new(), 0)]);
        assert_eq!(delays(b"$<x>"), [(b"$<x>".to_vec(), 0)]);
    }
}
