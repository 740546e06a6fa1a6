//! The abstract syntax tree: the shape of CPython 3.14's `ast` module, node for node and field for field.
//!
//! It is our own rather than the parser's because `compile(tree)` and `ast.parse` go both ways with arbitrary
//! positions and arbitrary (even ill-typed) trees, and because the compiler's locations are CPython's.
//!
//! Everything is written once, in the table of `nodes.rs`; the classes, their bases, fields, field types and
//! attributes (`CLASSES`), the conversion to any other representation (`Export`) and back (`Import`) are generated.
//!
//! Invariant: dropping a tree uses a bounded native stack however long a chain of operators, calls or attributes is
//! (`Drop for Expr`); all other nesting is bounded by the parser.

mod dump;
mod nodes;
mod schema;
mod validate;

pub use dump::dump;
pub use nodes::*;
pub use schema::*;
pub use validate::validate;

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

pub use crate::ir::Loc;

/// An identifier: cheap to clone, compared by text.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ident(Arc<str>);

impl Ident {
    pub fn new(text: &str) -> Ident {
        Ident(Arc::from(text))
    }

    /// The shared text.
    pub fn shared(&self) -> Arc<str> {
        self.0.clone()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Ident {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Ident {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Ident {
    fn from(text: &str) -> Ident {
        Ident::new(text)
    }
}

impl From<String> for Ident {
    fn from(text: String) -> Ident {
        Ident(Arc::from(text))
    }
}

impl PartialEq<str> for Ident {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Ident {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

/// A field of ASDL type `string`: a type comment, the tag of a `# type: ignore`, the `u` prefix of a literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Str(pub Arc<str>);

impl From<&str> for Str {
    fn from(text: &str) -> Str {
        Str(Arc::from(text))
    }
}

impl Expr {
    pub fn new(kind: ExprKind, loc: Loc) -> Expr {
        Expr { kind, loc }
    }

    pub fn boxed(kind: ExprKind, loc: Loc) -> Box<Expr> {
        Box::new(Expr { kind, loc })
    }

    fn is_leaf(&self) -> bool {
        matches!(self.kind, ExprKind::Constant { .. } | ExprKind::Name { .. })
    }

    /// Takes the expression out, leaving a constant behind.
    pub fn take(&mut self) -> Expr {
        std::mem::replace(
            self,
            Expr { kind: ExprKind::Constant { value: crate::Const::None, kind: None }, loc: self.loc },
        )
    }

    /// The children that lie in a box: the only ones a parser nests without bound.
    fn boxes(&mut self) -> [Option<&mut Box<Expr>>; 3] {
        use ExprKind::*;
        match &mut self.kind {
            BinOp { left, right, .. } => [Some(left), Some(right), None],
            NamedExpr { target, value } => [Some(target), Some(value), None],
            UnaryOp { operand, .. } => [Some(operand), None, None],
            Lambda { body, .. } => [Some(body), None, None],
            IfExp { test, body, orelse } => [Some(test), Some(body), Some(orelse)],
            Await { value } | YieldFrom { value } | Starred { value, .. } | Attribute { value, .. } => {
                [Some(value), None, None]
            }
            Yield { value } => [value.as_mut(), None, None],
            Compare { left, .. } => [Some(left), None, None],
            Call { func, .. } => [Some(func), None, None],
            Subscript { value, slice, .. } => [Some(value), Some(slice), None],
            _ => [None, None, None],
        }
    }
}

impl Drop for Expr {
    fn drop(&mut self) {
        let deep = self.boxes().into_iter().flatten().any(|child| !child.is_leaf());
        if !deep {
            return;
        }
        let mut pending: Vec<Expr> = self.boxes().into_iter().flatten().map(|child| child.take()).collect();
        while let Some(mut expr) = pending.pop() {
            pending.extend(expr.boxes().into_iter().flatten().filter(|c| !c.is_leaf()).map(|child| child.take()));
        }
    }
}

impl Stmt {
    pub fn new(kind: StmtKind, loc: Loc) -> Stmt {
        Stmt { kind, loc }
    }
}
