//! Functions, lambda expressions and classes.

use taipan_bytecode::Const;
use taipan_bytecode::oparg::{Intrinsic1, Intrinsic2, function_attribute as attribute};

use super::blocks::FrameKind;
use super::scope::{Entry, Parameters, ScopeKind};
use super::{Access, Codegen, Result, docstring, strings, text};
use crate::ast::{Arguments, Expr, Ident, Stmt, StmtKind, TypeParam};
use crate::ir::{Loc, Op};
use crate::symtable::{Block, Key};

fn parameters(args: &Arguments) -> Parameters {
    Parameters {
        positional_only: args.posonlyargs.len() as u32,
        positional: args.args.len() as u32,
        keyword_only: args.kwonlyargs.len() as u32,
    }
}

/// The line that a definition begins with.
fn first_line(loc: Loc, decorators: &[Expr]) -> i32 {
    decorators.first().map_or(loc.line, |decorator| decorator.loc.line)
}

impl<'a> Codegen<'a> {
    fn apply_decorators(&mut self, decorators: &[Expr]) {
        for decorator in decorators.iter().rev() {
            self.op_i(decorator.loc, Op::CALL, 0);
        }
    }

    /// Pushes the tuple and dict of default values that there are; returns which.
    fn defaults(&mut self, loc: Loc, args: &'a Arguments) -> Result<u32> {
        let mut attributes = 0;
        if !args.defaults.is_empty() {
            self.exprs(&args.defaults)?;
            self.op_i(loc, Op::BUILD_TUPLE, args.defaults.len() as u32);
            attributes |= attribute::DEFAULTS;
        }
        let mut count = 0;
        for (arg, default) in args.kwonlyargs.iter().zip(&args.kw_defaults) {
            if let Some(default) = default {
                let name = self.mangle(&arg.arg);
                self.load_text(loc, &name);
                self.expr(default)?;
                count += 1;
            }
        }
        if count > 0 {
            self.op_i(loc, Op::BUILD_MAP, count);
            attributes |= attribute::KWDEFAULTS;
        }
        Ok(attributes)
    }

    pub(super) fn function(&mut self, s: &'a Stmt) -> Result {
        let (StmtKind::FunctionDef { name, args, body, decorator_list, returns, type_params, .. }
        | StmtKind::AsyncFunctionDef { name, args, body, decorator_list, returns, type_params, .. }) = &s.kind
        else {
            return Ok(());
        };
        let loc = s.loc;
        self.exprs(decorator_list)?;
        let line = first_line(loc, decorator_list);
        let mut attributes = self.defaults(loc, args)?;
        // Defaults are evaluated outside and passed on to the scope of the type parameters.
        let passed = (attributes & (attribute::DEFAULTS | attribute::KWDEFAULTS)).count_ones();
        let generic = !type_params.is_empty();
        if generic {
            if passed == 2 {
                self.op_i(loc, Op::SWAP, 2);
            }
            let positional = Parameters { positional: passed, ..Parameters::default() };
            self.enter_type_params(name, type_params, line, None, positional)?;
            self.type_params(type_params)?;
            for i in 0..passed {
                self.op_i(loc, Op::LOAD_FAST, i);
            }
        }
        attributes |= self.function_annotations(loc, args, returns.as_deref())?;
        self.function_body(s, name, args, body, attributes, line)?;
        if generic {
            self.op_i(loc, Op::SWAP, 2);
            self.op_i(loc, Op::CALL_INTRINSIC_2, Intrinsic2::SET_FUNCTION_TYPE_PARAMS as u32);
            self.leave_as_function(loc, false, 0)?;
            if passed > 0 {
                self.op_i(loc, Op::SWAP, passed + 1);
                self.op_i(loc, Op::CALL, passed - 1);
            } else {
                self.op(loc, Op::PUSH_NULL);
                self.op_i(loc, Op::CALL, 0);
            }
        }
        self.apply_decorators(decorator_list);
        self.variable(loc, name, Access::Store)
    }

    fn function_body(
        &mut self,
        s: &'a Stmt,
        name: &Ident,
        args: &Arguments,
        body: &'a [Stmt],
        attributes: u32,
        line: i32,
    ) -> Result {
        let is_async = matches!(s.kind, StmtKind::AsyncFunctionDef { .. });
        self.enter(Entry {
            name: name.clone(),
            kind: if is_async { ScopeKind::AsyncFunction } else { ScopeKind::Function },
            block: self.find_block(Key::stmt(s))?,
            line,
            private: None,
            parameters: parameters(args),
        })?;
        let mut rest = body;
        if let Some((doc, _)) = docstring(body) {
            // The first constant, marked by a flag of the code object.
            let clean = if self.settings.optimize < 2 { Const::Str(strings::clean_doc(doc)) } else { Const::None };
            self.unit().consts.add(clean);
            rest = &body[1..];
        }
        let Block { coroutine, generator, .. } = *self.block();
        if coroutine || generator {
            self.push_frame(Loc::NONE, FrameKind::StopIteration)?;
        }
        self.stmts(rest)?;
        if coroutine || generator {
            self.wrap_stop_iteration();
            self.pop_frame();
        }
        self.leave_as_function(s.loc, true, attributes)
    }

    pub(super) fn lambda(&mut self, e: &'a Expr, args: &'a Arguments, body: &'a Expr) -> Result {
        let loc = e.loc;
        let attributes = self.defaults(loc, args)?;
        self.enter(Entry {
            name: Ident::from("<lambda>"),
            kind: ScopeKind::Lambda,
            block: self.find_block(Key::expr(e))?,
            line: loc.line,
            private: None,
            parameters: parameters(args),
        })?;
        self.expr(body)?;
        let generator = self.block().generator;
        if !generator {
            self.op(body.loc, Op::RETURN_VALUE);
        }
        self.leave_as_function(loc, !generator, attributes)
    }

    pub(super) fn class(&mut self, s: &'a Stmt) -> Result {
        let StmtKind::ClassDef { name, bases, keywords, body, decorator_list, type_params } = &s.kind else {
            return Ok(());
        };
        let loc = s.loc;
        self.exprs(decorator_list)?;
        let line = first_line(loc, decorator_list);
        let generic = !type_params.is_empty();
        if generic {
            self.enter_type_params(name, type_params, line, Some(name.clone()), Parameters::default())?;
            self.type_params(type_params)?;
            self.name(loc, ".type_params", Access::Store)?;
        }
        self.class_body(s, name, body, type_params, line)?;
        if generic {
            self.name(loc, ".type_params", Access::Load)?;
            self.op_i(loc, Op::CALL_INTRINSIC_1, Intrinsic1::SUBSCRIPT_GENERIC as u32);
            let base = Ident::from(".generic_base");
            self.variable(loc, &base, Access::Store)?;
            self.arguments(loc, 2, bases, Some(&base), keywords)?;
            self.leave_as_function(loc, false, 0)?;
            self.op(loc, Op::PUSH_NULL);
            self.op_i(loc, Op::CALL, 0);
        } else {
            self.arguments(loc, 2, bases, None, keywords)?;
        }
        self.apply_decorators(decorator_list);
        self.variable(loc, name, Access::Store)
    }

    /// Loads the function that builds classes, the one that runs the body, and the name.
    fn class_body(
        &mut self,
        s: &'a Stmt,
        name: &Ident,
        body: &'a [Stmt],
        type_params: &[TypeParam],
        line: i32,
    ) -> Result {
        self.enter(Entry {
            name: name.clone(),
            kind: ScopeKind::Class,
            block: self.find_block(Key::stmt(s))?,
            line,
            private: Some(name.clone()),
            parameters: Parameters::default(),
        })?;
        let loc = Loc::line_start(line);
        self.name(loc, "__name__", Access::Load)?;
        self.name(loc, "__module__", Access::Store)?;
        let qualname = self.unit().qualname.clone();
        self.load_const(loc, Const::Str(qualname));
        self.name(loc, "__qualname__", Access::Store)?;
        self.load_const(loc, Const::Int(line.into()));
        self.name(loc, "__firstlineno__", Access::Store)?;
        if !type_params.is_empty() {
            self.name(loc, ".type_params", Access::Load)?;
            self.name(loc, "__type_params__", Access::Store)?;
        }
        let block = self.block();
        if block.needs_classdict {
            self.op(loc, Op::LOAD_LOCALS);
            self.class_cell(loc, Op::STORE_DEREF, "__classdict__")?;
        }
        if block.has_conditional_annotations {
            self.op_i(loc, Op::BUILD_SET, 0);
            self.class_cell(loc, Op::STORE_DEREF, "__conditional_annotations__")?;
        }
        self.body(loc, body, false)?;
        let mut attributes = std::mem::take(&mut self.scope_mut().static_attributes);
        attributes.sort();
        let attributes = attributes.iter().map(|name| Const::Str(text(name))).collect();
        self.load_const(Loc::NONE, Const::tuple(attributes));
        self.name(Loc::NONE, "__static_attributes__", Access::Store)?;
        if block.needs_classdict {
            self.class_cell(Loc::NONE, Op::LOAD_CLOSURE, "__classdict__")?;
            self.name(Loc::NONE, "__classdictcell__", Access::Store)?;
        }
        if block.needs_class_closure {
            self.class_cell(Loc::NONE, Op::LOAD_CLOSURE, "__class__")?;
            self.op_i(Loc::NONE, Op::COPY, 1);
            self.name(Loc::NONE, "__classcell__", Access::Store)?;
        } else {
            self.load_none(Loc::NONE);
        }
        self.op(Loc::NONE, Op::RETURN_VALUE);
        let code = self.leave(true)?;
        self.op(s.loc, Op::LOAD_BUILD_CLASS);
        self.op(s.loc, Op::PUSH_NULL);
        self.make_function(s.loc, code, 0)?;
        self.load_text(s.loc, name);
        Ok(())
    }

    /// One of the cells that a class has beside its names.
    pub(super) fn class_cell(&mut self, loc: Loc, op: Op, name: &str) -> Result {
        let index = self.cell_index(&name.into(), true)?;
        self.op_i(loc, op, index);
        Ok(())
    }
}
