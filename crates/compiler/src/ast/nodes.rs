//! The table of node classes. Order of classes and of fields is CPython's.

use super::schema::asdl;
use super::{Ident, Loc, Str};
use crate::Const;

asdl! {
    /// The root of a tree, one for each way to compile.
    sum Mod "mod" {
        Module { body: Vec<Stmt>, type_ignores: Vec<TypeIgnore> }
        Interactive { body: Vec<Stmt> }
        Expression { body: Box<Expr> }
        FunctionType { argtypes: Vec<Expr>, returns: Box<Expr> }
    }
    sum Stmt StmtKind "stmt" {
        FunctionDef { name: Ident, args: Box<Arguments>, body: Vec<Stmt>, decorator_list: Vec<Expr>, returns: Option<Box<Expr>>, type_comment: Option<Str>, type_params: Vec<TypeParam> }
        AsyncFunctionDef { name: Ident, args: Box<Arguments>, body: Vec<Stmt>, decorator_list: Vec<Expr>, returns: Option<Box<Expr>>, type_comment: Option<Str>, type_params: Vec<TypeParam> }
        ClassDef { name: Ident, bases: Vec<Expr>, keywords: Vec<Keyword>, body: Vec<Stmt>, decorator_list: Vec<Expr>, type_params: Vec<TypeParam> }
        Return { value: Option<Box<Expr>> }
        Delete { targets: Vec<Expr> }
        Assign { targets: Vec<Expr>, value: Box<Expr>, type_comment: Option<Str> }
        TypeAlias { name: Box<Expr>, type_params: Vec<TypeParam>, value: Box<Expr> }
        AugAssign { target: Box<Expr>, op: Operator, value: Box<Expr> }
        AnnAssign { target: Box<Expr>, annotation: Box<Expr>, value: Option<Box<Expr>>, simple: i32 }
        For { target: Box<Expr>, iter: Box<Expr>, body: Vec<Stmt>, orelse: Vec<Stmt>, type_comment: Option<Str> }
        AsyncFor { target: Box<Expr>, iter: Box<Expr>, body: Vec<Stmt>, orelse: Vec<Stmt>, type_comment: Option<Str> }
        While { test: Box<Expr>, body: Vec<Stmt>, orelse: Vec<Stmt> }
        If { test: Box<Expr>, body: Vec<Stmt>, orelse: Vec<Stmt> }
        With { items: Vec<WithItem>, body: Vec<Stmt>, type_comment: Option<Str> }
        AsyncWith { items: Vec<WithItem>, body: Vec<Stmt>, type_comment: Option<Str> }
        Match { subject: Box<Expr>, cases: Vec<MatchCase> }
        Raise { exc: Option<Box<Expr>>, cause: Option<Box<Expr>> }
        Try { body: Vec<Stmt>, handlers: Vec<ExceptHandler>, orelse: Vec<Stmt>, finalbody: Vec<Stmt> }
        TryStar { body: Vec<Stmt>, handlers: Vec<ExceptHandler>, orelse: Vec<Stmt>, finalbody: Vec<Stmt> }
        Assert { test: Box<Expr>, msg: Option<Box<Expr>> }
        Import { names: Vec<Alias> }
        ImportFrom { module: Option<Ident>, names: Vec<Alias>, level: Option<i32> }
        Global { names: Vec<Ident> }
        Nonlocal { names: Vec<Ident> }
        Expr { value: Box<Expr> }
        Pass {}
        Break {}
        Continue {}
    }
    sum Expr ExprKind "expr" {
        BoolOp { op: BoolOp, values: Vec<Expr> }
        NamedExpr { target: Box<Expr>, value: Box<Expr> }
        BinOp { left: Box<Expr>, op: Operator, right: Box<Expr> }
        UnaryOp { op: UnaryOp, operand: Box<Expr> }
        Lambda { args: Box<Arguments>, body: Box<Expr> }
        IfExp { test: Box<Expr>, body: Box<Expr>, orelse: Box<Expr> }
        Dict { keys: Vec<Option<Expr>>, values: Vec<Expr> }
        Set { elts: Vec<Expr> }
        ListComp { elt: Box<Expr>, generators: Vec<Comprehension> }
        SetComp { elt: Box<Expr>, generators: Vec<Comprehension> }
        DictComp { key: Box<Expr>, value: Box<Expr>, generators: Vec<Comprehension> }
        GeneratorExp { elt: Box<Expr>, generators: Vec<Comprehension> }
        Await { value: Box<Expr> }
        Yield { value: Option<Box<Expr>> }
        YieldFrom { value: Box<Expr> }
        Compare { left: Box<Expr>, ops: Vec<CmpOp>, comparators: Vec<Expr> }
        Call { func: Box<Expr>, args: Vec<Expr>, keywords: Vec<Keyword> }
        FormattedValue { value: Box<Expr>, conversion: i32, format_spec: Option<Box<Expr>> }
        Interpolation { value: Box<Expr>, str: Const, conversion: i32, format_spec: Option<Box<Expr>> }
        JoinedStr { values: Vec<Expr> }
        TemplateStr { values: Vec<Expr> }
        Constant { value: Const, kind: Option<Str> }
        Attribute { value: Box<Expr>, attr: Ident, ctx: ExprContext }
        Subscript { value: Box<Expr>, slice: Box<Expr>, ctx: ExprContext }
        Starred { value: Box<Expr>, ctx: ExprContext }
        Name { id: Ident, ctx: ExprContext }
        List { elts: Vec<Expr>, ctx: ExprContext }
        Tuple { elts: Vec<Expr>, ctx: ExprContext }
        Slice { lower: Option<Box<Expr>>, upper: Option<Box<Expr>>, step: Option<Box<Expr>> }
    }
    names ExprContext "expr_context" { Load Store Del }
    names BoolOp "boolop" { And Or }
    names Operator "operator" { Add Sub Mult MatMult Div Mod Pow LShift RShift BitOr BitXor BitAnd FloorDiv }
    names UnaryOp "unaryop" { Invert Not UAdd USub }
    names CmpOp "cmpop" { Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn }
    product Comprehension "comprehension" { target: Expr, iter: Expr, ifs: Vec<Expr>, is_async: i32 }
    single ExceptHandler "excepthandler" "ExceptHandler" located { r#type: Option<Box<Expr>>, name: Option<Ident>, body: Vec<Stmt> }
    product Arguments "arguments" { posonlyargs: Vec<Arg>, args: Vec<Arg>, vararg: Option<Box<Arg>>, kwonlyargs: Vec<Arg>, kw_defaults: Vec<Option<Expr>>, kwarg: Option<Box<Arg>>, defaults: Vec<Expr> }
    product Arg "arg" located { arg: Ident, annotation: Option<Box<Expr>>, type_comment: Option<Str> }
    product Keyword "keyword" located { arg: Option<Ident>, value: Expr }
    product Alias "alias" located { name: Ident, asname: Option<Ident> }
    product WithItem "withitem" { context_expr: Expr, optional_vars: Option<Box<Expr>> }
    product MatchCase "match_case" { pattern: Pattern, guard: Option<Box<Expr>>, body: Vec<Stmt> }
    sum Pattern PatternKind "pattern" {
        MatchValue { value: Box<Expr> }
        MatchSingleton { value: Const }
        MatchSequence { patterns: Vec<Pattern> }
        MatchMapping { keys: Vec<Expr>, patterns: Vec<Pattern>, rest: Option<Ident> }
        MatchClass { cls: Box<Expr>, patterns: Vec<Pattern>, kwd_attrs: Vec<Ident>, kwd_patterns: Vec<Pattern> }
        MatchStar { name: Option<Ident> }
        MatchAs { pattern: Option<Box<Pattern>>, name: Option<Ident> }
        MatchOr { patterns: Vec<Pattern> }
    }
    single TypeIgnore "type_ignore" "TypeIgnore" { lineno: i32, tag: Str }
    sum TypeParam TypeParamKind "type_param" {
        TypeVar { name: Ident, bound: Option<Box<Expr>>, default_value: Option<Box<Expr>> }
        ParamSpec { name: Ident, default_value: Option<Box<Expr>> }
        TypeVarTuple { name: Ident, default_value: Option<Box<Expr>> }
    }
}
