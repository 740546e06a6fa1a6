//! The symbol table: what every name means in every block of a module, and the errors that depend on it.
//!
//! Two passes, as in CPython, because the second needs all bindings of the enclosing blocks:
//!
//! 1. `build` walks the tree, opens a [`Block`] for each scope and records in it how each name is used;
//! 2. `analyze` walks the blocks, decides the [`Scope`] of each symbol, and merges inlined comprehensions (PEP 709) into
//!    their outer block.
//!
//! Blocks are found again by the address of their node ([`Key`]), as nodes carry no identity of their own. So the tree
//! must stay where it is, unchanged, between [`SymbolTable::build`] and the end of code generation.
//!
//! The numbers of [`Flags`], [`Scope`] and [`BlockKind`] are those of CPython's `_symtable` module, which shows them.

mod analyze;
mod build;
mod expressions;
mod flags;
mod mangle;
mod statements;
mod symbols;

use std::fmt;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ast::{Arguments, Expr, Ident, Mod, Stmt, TypeParam};
use crate::ir::Loc;
use crate::stack::StackGuard;

use analyze::Analyzer;
use build::Builder;

pub use flags::{Flags, Scope};
pub use mangle::mangle;
pub use symbols::Symbols;

/// Index of a block in its [`SymbolTable`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct BlockId(pub u32);

impl fmt::Display for BlockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "block {}", self.0)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum BlockKind {
    /// A function, lambda expression or comprehension.
    Function = 0,
    Class = 1,
    Module = 2,
    /// The lazily evaluated annotations of a function, or of all annotated assignments of a block.
    Annotation = 3,
    TypeAlias = 4,
    /// Around a generic function, class or alias: holds its type parameters.
    TypeParameters = 5,
    /// The bound, constraints or default of one type parameter.
    TypeVariable = 6,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ComprehensionKind {
    List,
    Dict,
    Set,
    /// Never inlined.
    Generator,
}

/// Identifies the node that opened a block. Made with the associated functions; two nodes of different sorts may share an
/// address (a field lies at the start of its node), so the sort belongs to the key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Key {
    sort: u8,
    address: usize,
}

impl Key {
    fn new<T: ?Sized>(sort: u8, node: &T) -> Key {
        Key { sort, address: std::ptr::from_ref(node).cast::<u8>() as usize }
    }

    /// The body of a function or class, the value of a type alias.
    pub fn stmt(node: &Stmt) -> Key {
        Key::new(0, node)
    }

    /// A lambda expression or a comprehension.
    pub fn expr(node: &Expr) -> Key {
        Key::new(1, node)
    }

    /// The annotations of a function (not of a lambda expression). The block exists even if there are none;
    /// [`Block::annotations_used`] tells.
    pub fn annotations(node: &Arguments) -> Key {
        Key::new(2, node)
    }

    /// The type parameters of a generic function, class or alias: its field `type_params`, which is not empty.
    pub fn type_params(node: &[TypeParam]) -> Key {
        Key::new(3, node)
    }

    /// The bound or constraints of a type variable.
    pub fn type_param_bound(node: &TypeParam) -> Key {
        Key::new(4, node)
    }

    pub fn type_param_default(node: &TypeParam) -> Key {
        Key::new(5, node)
    }
}

/// One scope of the program.
#[derive(Debug)]
pub struct Block {
    pub kind: BlockKind,
    /// `top`, `lambda`, `genexpr`, `listcomp`, `setcomp`, `dictcomp`, `__annotate__`, or the name of the definition.
    pub name: Ident,
    /// Of the annotations of a function: the name of that function.
    pub function_name: Option<Ident>,
    pub loc: Loc,
    /// The block around this one; `None` for the module, and for annotations that are never evaluated.
    pub parent: Option<BlockId>,
    /// Inlined comprehensions are replaced by their own children.
    pub children: Vec<BlockId>,
    /// In the order of first appearance.
    pub symbols: Symbols,
    /// Parameters in the order positional-only, positional, keyword-only, `*args`, `**kwargs`; mangled.
    pub varnames: Vec<Ident>,
    /// The block of the annotated assignments of this module, class or function, if it has any.
    pub annotation_block: Option<BlockId>,
    /// `None` for anything but a comprehension.
    pub comprehension: Option<ComprehensionKind>,
    /// The comprehension has no code object of its own (PEP 709).
    pub comp_inlined: bool,
    /// Lies somewhere in a function or function-like block.
    pub nested: bool,
    /// Has an await, an asynchronous loop or with statement, or is an `async def`.
    pub coroutine: bool,
    /// Has a yield, or is a generator expression.
    pub generator: bool,
    pub varargs: bool,
    pub varkeywords: bool,
    /// A function directly in a class.
    pub method: bool,
    pub has_docstring: bool,
    /// Has a return statement with a value.
    pub returns_value: bool,
    /// Of an annotation block: some annotation was seen. Of another block: it has an annotated assignment.
    pub annotations_used: bool,
    /// The class needs a cell `__class__`.
    pub needs_class_closure: bool,
    /// The class needs a cell `__classdict__`.
    pub needs_classdict: bool,
    /// Names are looked up in the namespace of the enclosing class first.
    pub can_see_class_scope: bool,
    /// The module or class must record at run time which of its annotations were reached.
    pub has_conditional_annotations: bool,
    /// Index of the set of names that private-name mangling is limited to.
    mangled_names: Option<u32>,
}

impl Block {
    /// Whether the block runs as a function: everything but modules and classes.
    pub fn is_function_like(&self) -> bool {
        !matches!(self.kind, BlockKind::Class | BlockKind::Module)
    }

    /// The flags of a (mangled) name; empty if the block does not mention it.
    pub fn flags(&self, name: &str) -> Flags {
        self.symbols.get(name).unwrap_or(Flags::NONE)
    }

    /// `None` if the block does not mention the (mangled) name.
    pub fn scope(&self, name: &str) -> Option<Scope> {
        self.flags(name).scope()
    }

    /// The names of cells that symbols ask for, in the order of `co_cellvars`. A class adds `__class__`,
    /// `__classdict__` and `__conditional_annotations__` itself, from the flags of the block.
    pub fn cell_names(&self) -> Vec<Ident> {
        self.sorted(|flags| flags.scope() == Some(Scope::Cell) || flags.has(Flags::DEF_COMP_CELL))
    }

    /// The free names in the order of `co_freevars`.
    pub fn free_names(&self) -> Vec<Ident> {
        self.sorted(|flags| flags.scope() == Some(Scope::Free) || flags.has(Flags::DEF_FREE_CLASS))
    }

    /// CPython sorts, so that the order does not depend on the hash of names.
    fn sorted(&self, wanted: impl Fn(Flags) -> bool) -> Vec<Ident> {
        let mut names: Vec<Ident> =
            self.symbols.iter().filter(|(_, flags)| wanted(*flags)).map(|(name, _)| name.clone()).collect();
        names.sort_unstable();
        names
    }
}

/// What the builder must know beyond the tree.
#[derive(Clone, Debug)]
pub struct Options {
    /// `from __future__ import annotations`: annotations become text and leave no trace in the table.
    pub future_annotations: bool,
    /// Line and column of the last future statement at the head of the module: none may follow.
    pub future_end: (i32, i32),
    /// `PyCF_ALLOW_TOP_LEVEL_AWAIT`.
    pub allow_top_level_await: bool,
    /// Bytes of native stack that may be used before [`ErrorKind::Recursion`].
    pub stack_budget: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options { future_annotations: false, future_end: (0, 0), allow_top_level_await: false, stack_budget: 1 << 20 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `SyntaxError`, at [`Error::loc`].
    Syntax,
    /// `RecursionError`.
    Recursion,
    /// `RuntimeError`.
    Runtime,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub kind: ErrorKind,
    pub msg: String,
    pub loc: Loc,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.msg)
    }
}

impl std::error::Error for Error {}

/// All blocks of one module.
#[derive(Debug)]
pub struct SymbolTable {
    blocks: Vec<Block>,
    keys: FxHashMap<Key, BlockId>,
    mangled_names: Vec<FxHashSet<Ident>>,
}

impl SymbolTable {
    /// The block of the module itself.
    pub const TOP: BlockId = BlockId(0);

    /// Builds and analyses the table of a whole tree.
    pub fn build(module: &Mod, options: &Options) -> Result<SymbolTable, Error> {
        let mut builder = Builder::new(options);
        builder.module(module)?;
        let (mut table, directives) = (builder.table, builder.directives);
        Analyzer::new(&mut table, &directives, StackGuard::new(options.stack_budget)).block(Self::TOP, None)?;
        Ok(table)
    }

    /// The block opened by a node.
    pub fn find(&self, key: Key) -> Option<BlockId> {
        self.keys.get(&key).copied()
    }

    /// The name that `name` stands for inside `block` when the innermost class is `private`. Around a generic class only
    /// the type parameters are mangled.
    pub fn mangle(&self, private: Option<&Ident>, block: BlockId, name: &Ident) -> Ident {
        match self[block].mangled_names {
            Some(set) if !self.mangled_names[set as usize].contains(name) => name.clone(),
            _ => mangle(private.map(Ident::as_str), name),
        }
    }

    pub fn len(&self) -> usize {
        self.blocks.len()
    }
}

impl std::ops::Index<BlockId> for SymbolTable {
    type Output = Block;

    fn index(&self, id: BlockId) -> &Block {
        &self.blocks[id.0 as usize]
    }
}

impl std::ops::IndexMut<BlockId> for SymbolTable {
    fn index_mut(&mut self, id: BlockId) -> &mut Block {
        &mut self.blocks[id.0 as usize]
    }
}
