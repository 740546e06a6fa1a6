//! `from __future__ import ...` at the head of a module.

use taipan_bytecode::{CodeFlags, Const};

use super::Failure;
use crate::ast::{ExprKind, Mod, Stmt, StmtKind};

/// The future statements of a module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Future {
    pub flags: CodeFlags,
    /// Line and column of the last one: none may follow.
    pub end: (i32, i32),
}

/// Reads the future statements: the first statements, but for a docstring.
pub fn read(tree: &Mod) -> Result<Future, Failure> {
    let mut future = Future::default();
    let (Mod::Module { body, .. } | Mod::Interactive { body }) = tree else { return Ok(future) };
    let is_docstring = |stmt: &Stmt| match &stmt.kind {
        StmtKind::Expr { value } => matches!(value.kind, ExprKind::Constant { value: Const::Str(_), .. }),
        _ => false,
    };
    let skipped = body.first().is_some_and(is_docstring) as usize;
    for stmt in &body[skipped..] {
        let StmtKind::ImportFrom { module: Some(module), names, level } = &stmt.kind else { break };
        if *module != "__future__" || level.unwrap_or(0) != 0 {
            break;
        }
        for alias in names {
            let flag = match alias.name.as_str() {
                // Mandatory for so long that they have no flag in the code object any more.
                "nested_scopes" | "generators" | "division" | "absolute_import" | "with_statement"
                | "print_function" | "unicode_literals" | "generator_stop" => CodeFlags::NONE,
                "barry_as_FLUFL" => CodeFlags::FUTURE_BARRY_AS_BDFL,
                "annotations" => CodeFlags::FUTURE_ANNOTATIONS,
                "braces" => return Err(Failure::Syntax { msg: "not a chance".to_owned(), loc: alias.loc }),
                other => {
                    let msg = format!("future feature {other} is not defined");
                    return Err(Failure::Syntax { msg, loc: alias.loc });
                }
            };
            future.flags.insert(flag);
        }
        future.end = (stmt.loc.line, stmt.loc.col);
    }
    Ok(future)
}
