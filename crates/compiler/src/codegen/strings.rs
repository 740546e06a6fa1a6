//! f-strings, t-strings and docstrings.

use taipan_bytecode::oparg::Conversion;
use taipan_bytecode::{Const, Text};

use super::{Codegen, Failure, Result, STACK_USE_GUIDELINE};
use crate::ast::{Expr, ExprKind, Ident};
use crate::ir::{AssembleError, Loc, Op};

fn conversion_arg(conversion: i32) -> Result<Option<u32>> {
    let which = match u8::try_from(conversion) {
        Ok(b's') => Conversion::STR,
        Ok(b'r') => Conversion::REPR,
        Ok(b'a') => Conversion::ASCII,
        _ if conversion == -1 => return Ok(None),
        _ => {
            let msg = format!("Unrecognized conversion character {conversion}");
            return Err(Failure::Assemble(AssembleError::Internal(msg)));
        }
    };
    Ok(Some(which as u32))
}

impl<'a> Codegen<'a> {
    pub(super) fn formatted_value(
        &mut self,
        loc: Loc,
        value: &'a Expr,
        conversion: i32,
        spec: Option<&'a Expr>,
    ) -> Result {
        self.expr(value)?;
        if let Some(arg) = conversion_arg(conversion)? {
            self.op_i(loc, Op::CONVERT_VALUE, arg);
        }
        match spec {
            Some(spec) => {
                self.expr(spec)?;
                self.op(loc, Op::FORMAT_WITH_SPEC);
            }
            None => self.op(loc, Op::FORMAT_SIMPLE),
        }
        Ok(())
    }

    pub(super) fn interpolation(
        &mut self,
        loc: Loc,
        value: &'a Expr,
        source: &Const,
        conversion: i32,
        spec: Option<&'a Expr>,
    ) -> Result {
        self.expr(value)?;
        self.load_const(loc, source.clone());
        let mut arg = 2 | conversion_arg(conversion)?.unwrap_or(0) << 2;
        if let Some(spec) = spec {
            arg |= 1;
            self.expr(spec)?;
        }
        self.op_i(loc, Op::BUILD_INTERPOLATION, arg);
        Ok(())
    }

    pub(super) fn joined_str(&mut self, loc: Loc, values: &'a [Expr]) -> Result {
        if values.len() > STACK_USE_GUIDELINE {
            self.load_const(loc, Const::str(""));
            self.op_name_flags(loc, Op::LOAD_ATTR, &Ident::from("join"), 1, 1);
            self.op_i(loc, Op::BUILD_LIST, 0);
            for value in values {
                self.expr(value)?;
                self.op_i(loc, Op::LIST_APPEND, 1);
            }
            self.op_i(loc, Op::CALL, 1);
            return Ok(());
        }
        self.exprs(values)?;
        match values.len() {
            0 => self.load_const(loc, Const::str("")),
            1 => {}
            count => self.op_i(loc, Op::BUILD_STRING, count as u32),
        }
        Ok(())
    }

    /// The texts of a template, with empty ones between and around interpolations, then the interpolations.
    pub(super) fn template_str(&mut self, loc: Loc, values: &'a [Expr]) -> Result {
        let mut texts = 0;
        let mut after_text = false;
        for value in values {
            if matches!(value.kind, ExprKind::Interpolation { .. }) {
                if !after_text {
                    texts += 1;
                    self.load_const(loc, Const::str(""));
                }
                after_text = false;
            } else {
                self.expr(value)?;
                texts += 1;
                after_text = true;
            }
        }
        if !after_text {
            texts += 1;
            self.load_const(loc, Const::str(""));
        }
        self.op_i(loc, Op::BUILD_TUPLE, texts);
        let mut count = 0;
        for value in values.iter().filter(|value| matches!(value.kind, ExprKind::Interpolation { .. })) {
            self.expr(value)?;
            count += 1;
        }
        self.op_i(loc, Op::BUILD_TUPLE, count);
        self.op(loc, Op::BUILD_TEMPLATE);
        Ok(())
    }
}

/// A docstring with tabs expanded and without the indentation that all its lines but the first share.
pub fn clean_doc(doc: &Text) -> Text {
    let source = doc.as_bytes();
    let expanded;
    let bytes = match source.contains(&b'\t') {
        false => source,
        true => {
            expanded = expand_tabs(doc);
            &expanded
        }
    };
    let lines: Vec<&[u8]> = bytes.split(|&b| b == b'\n').collect();
    let indentation = |line: &[u8]| line.iter().take_while(|&&b| b == b' ').count();
    let margin = lines[1..].iter().filter(|line| indentation(line) < line.len()).map(|line| indentation(line)).min();
    let margin = margin.unwrap_or(0);
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(&lines[0][indentation(lines[0])..]);
    for line in &lines[1..] {
        out.push(b'\n');
        out.extend_from_slice(&line[margin.min(indentation(line))..]);
    }
    Text::from_wtf8(&out).unwrap_or_else(|| doc.clone())
}

fn expand_tabs(doc: &Text) -> Vec<u8> {
    let mut out = Vec::new();
    let mut column = 0;
    for &byte in doc.as_bytes() {
        match byte {
            b'\t' => {
                let fill = 8 - column % 8;
                out.resize(out.len() + fill, b' ');
                column += fill;
            }
            b'\n' | b'\r' => {
                out.push(byte);
                column = 0;
            }
            _ => {
                out.push(byte);
                column += (byte & 0xC0 != 0x80) as usize;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::clean_doc;

    #[test]
    fn indentation_goes() {
        for (doc, clean) in [
            ("  a", "a"),
            ("a\n    b\n  c\n", "a\n  b\nc\n"),
            ("a\n\tb\n        c", "a\nb\nc"),
            ("a\n  \n    b", "a\n\nb"),
            ("\n\n  x\n  ", "\n\nx\n"),
            ("", ""),
        ] {
            assert_eq!(clean_doc(&doc.into()), clean, "{doc:?}");
        }
    }
}
