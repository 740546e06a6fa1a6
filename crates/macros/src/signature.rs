//! Python signatures as they stand in `__text_signature__`: `($self, iterable, /, *, key=None, reverse=False)`.

pub struct Param {
    pub name: String,
    pub required: bool,
}

#[derive(Default)]
pub struct Signature {
    pub params: Vec<Param>,
    pub positional_only: usize,
    /// Parameters that may be given by position, keyword-only ones excluded.
    pub positional: usize,
    pub bound_self: bool,
}

/// Splits at commas that are not inside brackets or quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut quote, mut start, mut parts) = (0, None, 0, Vec::new());
    for (i, c) in text.char_indices() {
        match (quote, c) {
            (Some(q), _) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.into_iter().map(str::trim).filter(|p| !p.is_empty()).collect()
}

pub fn parse(text: &str) -> Result<Signature, String> {
    let inner = text
        .trim()
        .strip_prefix('(')
        .and_then(|t| t.strip_suffix(')'))
        .ok_or_else(|| format!("a signature is written in brackets: {text}"))?;
    // `sub[, start[, end]]`: parameters in brackets are optional and have no default to show.
    let inner = inner.replace("[, ", ", \u{1}").replace("]]", "").replace("],", ",");
    let mut s = Signature::default();
    let mut keyword_only = false;
    for part in split(&inner) {
        match part {
            "$self" | "$module" | "$type" => s.bound_self = part != "$module",
            "/" => s.positional_only = s.params.len(),
            "*" => keyword_only = true,
            _ if part.starts_with('*') => return Err(format!("take Args instead of a signature with {part}")),
            _ => {
                let (name, default) = match part.split_once('=') {
                    Some((name, _)) => (name.trim(), true),
                    None => (part.trim_start_matches('\u{1}'), part.starts_with('\u{1}')),
                };
                s.params.push(Param { name: name.to_owned(), required: !default });
                if !keyword_only {
                    s.positional = s.params.len();
                }
            }
        }
    }
    Ok(s)
}
