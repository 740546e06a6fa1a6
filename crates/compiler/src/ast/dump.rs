//! A tree as text, much as `ast.dump` shows it, with `@line:column-line:column` for the attributes and floats as bits:
//! for tests and for people.

use std::convert::Infallible;
use std::fmt::Write;

use super::{Export, Family, Ident, Loc, Mod, Occurs, Sink, Str};
use crate::Const;

struct Dump;

/// Text, and whether `ast.dump` leaves the field out when it has this value.
struct Piece {
    text: String,
    is_none: bool,
    is_empty_list: bool,
}

fn piece(text: String) -> Result<Piece, Infallible> {
    Ok(Piece { text, is_none: false, is_empty_list: false })
}

/// `repr` of text, with everything outside ASCII escaped.
fn ascii(points: impl Iterator<Item = u32>) -> String {
    let points: Vec<u32> = points.collect();
    let quote = if points.contains(&39) && !points.contains(&34) { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in points {
        let _ = match char::from_u32(c) {
            Some('\n') => write!(out, "\\n"),
            Some('\r') => write!(out, "\\r"),
            Some('\t') => write!(out, "\\t"),
            Some('\\') => write!(out, "\\\\"),
            Some(c) if c == quote => write!(out, "\\{c}"),
            Some(c @ ' '..='~') => write!(out, "{c}"),
            _ if c < 0x100 => write!(out, "\\x{c:02x}"),
            _ if c < 0x10000 => write!(out, "\\u{c:04x}"),
            _ => write!(out, "\\U{c:08x}"),
        };
    }
    out.push(quote);
    out
}

fn float(value: f64) -> String {
    format!("float:{:016x}", value.to_bits())
}

fn constant(value: &Const) -> String {
    match value {
        Const::None => "None".into(),
        Const::True => "True".into(),
        Const::False => "False".into(),
        Const::Ellipsis => "Ellipsis".into(),
        Const::Int(n) => n.to_string(),
        Const::BigInt(n) => {
            let bits: Vec<String> = n.digits.iter().rev().map(|d| format!("{d:030b}")).collect();
            format!("{}0b{}", if n.negative { "-" } else { "" }, bits.concat().trim_start_matches('0'))
        }
        Const::Float(value) => float(*value),
        Const::Complex { imag, .. } => format!("complex:{}", float(*imag)),
        Const::Str(text) => ascii(text.code_points()),
        Const::Bytes(bytes) => format!("b{}", ascii(bytes.iter().map(|&b| b as u32))),
        other => format!("{other:?}"),
    }
}

impl Sink for Dump {
    type Value = Piece;
    type Error = Infallible;

    fn none(&mut self) -> Result<Piece, Infallible> {
        Ok(Piece { text: "None".into(), is_none: true, is_empty_list: false })
    }

    fn identifier(&mut self, value: &Ident) -> Result<Piece, Infallible> {
        piece(ascii(value.as_str().chars().map(u32::from)))
    }

    fn string(&mut self, value: &Str) -> Result<Piece, Infallible> {
        piece(ascii(value.0.chars().map(u32::from)))
    }

    fn int(&mut self, value: i32) -> Result<Piece, Infallible> {
        piece(value.to_string())
    }

    fn constant(&mut self, value: &Const) -> Result<Piece, Infallible> {
        piece(constant(value))
    }

    fn list(&mut self, items: Vec<Piece>) -> Result<Piece, Infallible> {
        let texts: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
        Ok(Piece { text: format!("[{}]", texts.join(", ")), is_none: false, is_empty_list: items.is_empty() })
    }

    fn node(
        &mut self,
        family: &'static Family,
        class: usize,
        fields: Vec<Piece>,
        loc: Option<Loc>,
    ) -> Result<Piece, Infallible> {
        let class = &family.classes[class];
        let mut parts = Vec::new();
        for (field, value) in class.fields.iter().zip(fields) {
            let omitted = match field.ty.occurs {
                Occurs::Optional => value.is_none,
                Occurs::Many | Occurs::ManyOptional => value.is_empty_list,
                Occurs::Once => value.text == "Load()",
            };
            if !omitted {
                parts.push(format!("{}={}", field.name, value.text));
            }
        }
        if let Some(loc) = loc {
            parts.push(format!("@{}:{}-{}:{}", loc.line, loc.col, loc.end_line, loc.end_col));
        }
        piece(format!("{}({})", class.name, parts.join(", ")))
    }

    fn enter(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn leave(&mut self) {}
}

/// The tree as text. Uses native stack in proportion to the depth of the tree.
pub fn dump(tree: &Mod) -> String {
    match tree.export(&mut Dump) {
        Ok(piece) => piece.text,
    }
}
