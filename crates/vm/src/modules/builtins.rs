//! The module `builtins`.

use super::compile::{Request, flags};
use super::{build_class, print, sum};
use crate::eval::{Items, Wanted};
use crate::native::Args;
use crate::slots::{self, BinaryOp, CompareOp};
use crate::types::int::view;
use crate::types::module::Module;
use crate::{List, ModuleRef, Ref, Result, Str, Value, Vm, name};
use taipan_compiler::parser::Mode;
use taipan_macros::module;
use taipan_object::statics::{ELLIPSIS, LIST};
use taipan_object::{Bytes, IntRef, StrData};

/// Functions of `builtins`.
pub struct Builtins;

/// The classes of the module besides the exceptions.
const CLASSES: [&str; 26] = [
    "bool",
    "memoryview",
    "bytearray",
    "bytes",
    "classmethod",
    "complex",
    "dict",
    "enumerate",
    "filter",
    "float",
    "frozenset",
    "property",
    "int",
    "list",
    "map",
    "object",
    "range",
    "reversed",
    "set",
    "slice",
    "staticmethod",
    "str",
    "super",
    "tuple",
    "type",
    "zip",
];

/// An attribute name, interned as lookups want it.
fn attribute_name(vm: &mut Vm, name: &Value) -> Result<Ref<Str>> {
    match name.downcast::<Str>() {
        Some(s) if s.is_interned() => Ok(s.clone()),
        Some(s) => Ok(vm.intern(s)),
        None => {
            let text = format!("attribute name must be string, not '{}'", name.ty().name());
            Err(vm.raise_type_error(&text))
        }
    }
}

/// Whether this is a `bytearray` or an instance of a subclass.
fn is_bytearray(v: &Value) -> bool {
    v.ty().mro_types().any(|t| t.static_name() == "bytearray")
}

/// An int in a base that is a power of two, with its prefix.
fn in_base(vm: &mut Vm, number: &Value, radix: u32, prefix: &str) -> Result<String> {
    let n = vm.index(number)?;
    let Some(n) = view(&n) else { return Err(vm.raise_type_error("an integer is required")) };
    match taipan_num::int::to_radix(n, radix, false, &mut || vm.attend().is_err()) {
        Ok(text) => match text.strip_prefix('-') {
            Some(digits) => taipan_object::room::joined(&["-", prefix, digits]),
            None => taipan_object::room::joined(&[prefix, &text]),
        },
        Err(e) => Err(vm.raise_num(e)),
    }
}

/// `max` and `min`: what is better than all others comes out, the first of equals.
fn extreme(vm: &mut Vm, args: Args<'_>, function: &str, better: CompareOp) -> Result {
    let (mut key, mut default) = (None, None);
    let positional = args.positional();
    if positional.is_empty() {
        return Err(vm.raise_type_error(&format!("{function} expected at least 1 argument, got 0")));
    }
    let keywords = args.names().len();
    if keywords > 2 {
        let text = format!("{function}() takes at most 2 keyword arguments ({keywords} given)");
        return Err(vm.raise_type_error(&text));
    }
    for (k, value) in args.keywords() {
        match k.downcast::<Str>().map(|k| k.to_string_lossy()).as_deref() {
            Some("key") => key = Some(value).filter(|v| !v.is_none()),
            Some("default") => default = Some(value.clone()),
            _ => return Err(crate::native::raise_unexpected_keyword(vm, function, k, &["key", "default"], false)),
        }
    }
    let several = positional.len() > 1;
    if several && default.is_some() {
        let text = format!("Cannot specify a default for {function}() with multiple positional arguments");
        return Err(vm.raise_type_error(&text));
    }
    let mut best: Option<(Value, Value)> = None;
    let consider = |vm: &mut Vm, item: Value, best: &mut Option<(Value, Value)>| -> Result<()> {
        let measure = match key {
            Some(key) => vm.call(key, std::slice::from_ref(&item))?,
            None => item.clone(),
        };
        if match best.as_ref() {
            Some((_, record)) => vm.compare_bool(&measure, record, better)?,
            None => true,
        } {
            *best = Some((item, measure));
        }
        Ok(())
    };
    if several {
        for item in positional {
            consider(vm, item.clone(), &mut best)?;
        }
    } else {
        let it = vm.iter(&positional[0])?;
        let mut items = Items::new(&it, Wanted::Numbers);
        loop {
            // Nobody sees when numbers are compared.
            let among_numbers = key.is_none() && best.as_ref().is_none_or(|(item, _)| !item.is_heap());
            let item = if among_numbers { items.next(vm)? } else { items.next_alone(vm)? };
            let Some(item) = item else { break };
            consider(vm, item, &mut best)?;
        }
    }
    match best.map(|(item, _)| item).or(default) {
        Some(v) => Ok(v),
        None => Err(vm.raise_value_error(&format!("{function}() iterable argument is empty"))),
    }
}

/// The local names of the caller.
fn caller_locals(vm: &mut Vm, function: &str) -> Result {
    match vm.scope_locals()? {
        Some(locals) => Ok(locals),
        None => Err(vm.raise_system_error(&format!("{function}(): frame does not exist"))),
    }
}

/// Built-in functions, types, exceptions, and other objects.
///
/// This module provides direct access to all 'built-in'
/// identifiers of Python; for example, builtins.len is
/// the full name for the built-in function len().
///
/// This module is not normally accessed explicitly by most
/// applications, but can be useful in modules that provide
/// objects with the same name as a built-in value, but in
/// which the built-in of that name is also needed.
#[module(name = "builtins")]
impl Builtins {
    #[exec]
    fn exec_module(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        module.set(vm, "None", Value::none())?;
        module.set(vm, "Ellipsis", ELLIPSIS.value())?;
        module.set(vm, "NotImplemented", Value::not_implemented())?;
        module.set(vm, "False", Value::bool(false))?;
        module.set(vm, "True", Value::bool(true))?;
        let all = crate::types::class_defs();
        for name in CLASSES {
            if let Some(def) = all.iter().find(|d| d.ty.static_name() == name) {
                module.set(vm, name, def.ty.to_value())?;
            }
        }
        module.set(vm, "__debug__", Value::bool(true))?;
        for (name, class) in crate::errors::all() {
            module.set(vm, name, class.to_value())?;
        }
        for alias in ["EnvironmentError", "IOError"] {
            module.set(vm, alias, crate::errors::OS_ERROR.as_type().to_value())?;
        }
        Ok(())
    }

    /// __build_class__(func, name, /, *bases, [metaclass], **kwds) -> class
    ///
    /// Internal helper function used by the class statement.
    #[function]
    fn __build_class__(vm: &mut Vm, args: Args<'_>) -> Result {
        build_class::build_class(vm, args)
    }

    /// Import a module.
    ///
    /// Because this function is meant for use by the Python
    /// interpreter and not for general use, it is better to use
    /// importlib.import_module() to programmatically import a module.
    ///
    /// The globals argument is only used to determine the context;
    /// they are not modified.  The locals argument is unused.  The fromlist
    /// should be a list of names to emulate ``from name import ...``, or an
    /// empty list to emulate ``import name``.
    /// When importing a module from a package, note that __import__('A.B', ...)
    /// returns package A when fromlist is empty, but its submodule B when
    /// fromlist is not empty.  The level argument is used to determine whether
    /// to perform absolute or relative imports: 0 is absolute, while a positive
    /// number is the number of parent directories to search relative to the
    /// current module.
    #[function("($module, /, name, globals=None, locals=None, fromlist=(), level=0)")]
    fn __import__(
        vm: &mut Vm,
        name: &Value,
        globals: Option<&Value>,
        _locals: Option<&Value>,
        fromlist: Option<&Value>,
        level: Option<i32>,
    ) -> Result {
        vm.import_module_level(name, globals, fromlist, level.unwrap_or(0))
    }

    /// Return the absolute value of the argument.
    #[function("($module, x, /)")]
    fn abs(vm: &mut Vm, x: &Value) -> Result {
        vm.abs(x)
    }

    /// Return True if bool(x) is True for all values x in the iterable.
    ///
    /// If the iterable is empty, return True.
    #[function("($module, iterable, /)")]
    fn all(vm: &mut Vm, iterable: &Value) -> Result<bool> {
        let it = vm.iter(iterable)?;
        while let Some(item) = vm.next_but(&it, true)? {
            if !vm.is_truthy(&item)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Return True if bool(x) is True for any x in the iterable.
    ///
    /// If the iterable is empty, return False.
    #[function("($module, iterable, /)")]
    fn any(vm: &mut Vm, iterable: &Value) -> Result<bool> {
        let it = vm.iter(iterable)?;
        while let Some(item) = vm.next_but(&it, false)? {
            if vm.is_truthy(&item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Return an ASCII-only representation of an object.
    ///
    /// As repr(), return a string containing a printable representation of an
    /// object, but escape the non-ASCII characters in the string returned by
    /// repr() using \\x, \\u or \\U escapes. This generates a string similar
    /// to that returned by repr() in Python 2.
    #[function("($module, obj, /)")]
    fn ascii(vm: &mut Vm, obj: &Value) -> Result<Ref<Str>> {
        vm.ascii(obj)
    }

    /// Return the binary representation of an integer.
    ///
    ///    >>> bin(2796202)
    ///    '0b1010101010101010101010'
    #[function("($module, number, /)")]
    fn bin(vm: &mut Vm, number: &Value) -> Result<String> {
        in_base(vm, number, 2, "0b")
    }

    /// Call sys.breakpointhook(*args, **kws).  sys.breakpointhook() must accept
    /// whatever arguments are passed.
    ///
    /// By default, this drops you into the pdb debugger.
    #[function("($module, /, *args, **kws)")]
    fn breakpoint(vm: &mut Vm, args: Args<'_>) -> Result {
        match vm.sys_attr(name!("breakpointhook")) {
            Some(hook) => vm.call_args(&hook, args),
            None => Err(vm.raise_runtime_error("lost sys.breakpointhook")),
        }
    }

    /// Return whether the object is callable (i.e., some kind of function).
    ///
    /// Note that classes are callable, as are instances of classes with a
    /// __call__() method.
    #[function("($module, obj, /)")]
    fn callable(vm: &mut Vm, obj: &Value) -> Result<bool> {
        Ok(vm.is_callable(obj))
    }

    /// Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff.
    #[function("($module, i, /)")]
    fn chr(vm: &mut Vm, i: &Value) -> Result<Ref<Str>> {
        let i = vm.index(i)?;
        let code = match i.as_int() {
            Some(IntRef::Small(n)) => u32::try_from(n).ok().filter(|c| *c < 0x11_0000),
            _ => None,
        };
        match code {
            Some(c) if c < 0x100 => vm.char_str(c),
            Some(c) => match char::from_u32(c) {
                Some(c) => vm.new_str(c.encode_utf8(&mut [0; 4])),
                None => vm.new_str_data(StrData::Ucs2(&[c as u16])),
            },
            None => Err(vm.raise_value_error("chr() arg not in range(0x110000)")),
        }
    }

    /// Compile source into a code object that can be executed by exec() or eval().
    ///
    /// The source code may represent a Python module, statement or
    /// expression.
    /// The filename will be used for run-time error messages.
    /// The mode must be 'exec' to compile a module, 'single' to compile a
    /// single (interactive) statement, or 'eval' to compile an expression.
    /// The flags argument, if present, controls which future statements
    /// influence the compilation of the code.
    /// The dont_inherit argument, if true, stops the compilation inheriting
    /// the effects of any future statements in effect in the code calling
    /// compile; if absent or false these statements do influence the
    /// compilation, in addition to any features explicitly specified.
    #[function(
        "($module, /, source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)"
    )]
    #[expect(clippy::too_many_arguments, reason = "Python's signature")]
    fn compile(
        vm: &mut Vm,
        source: &Value,
        filename: &Value,
        mode: &str,
        flags: Option<i32>,
        dont_inherit: Option<bool>,
        optimize: Option<i32>,
        feature_version: Option<i32>,
    ) -> Result {
        let filename = vm.fs_decode(filename)?;
        let mut all = flags.unwrap_or(0) as u32;
        if all & !flags::ALL != 0 {
            return Err(vm.raise_value_error("compile(): unrecognised flags"));
        }
        let optimize = optimize.unwrap_or(-1);
        if !(-1..=2).contains(&optimize) {
            return Err(vm.raise_value_error("compile(): invalid optimize value"));
        }
        if !dont_inherit.unwrap_or(false) {
            all |= vm.current_code_flags() & flags::FUTURE;
        }
        let only_ast = all & flags::ONLY_AST != 0;
        let mode = match mode {
            "exec" => Mode::Exec,
            "eval" => Mode::Eval,
            "single" => Mode::Single,
            "func_type" if only_ast => Mode::FuncType,
            "func_type" => {
                return Err(vm.raise_value_error("compile() mode 'func_type' requires flag PyCF_ONLY_AST"));
            }
            _ if only_ast => {
                let text = "compile() mode must be 'exec', 'eval', 'single' or 'func_type'";
                return Err(vm.raise_value_error(text));
            }
            _ => return Err(vm.raise_value_error("compile() mode must be 'exec', 'eval' or 'single'")),
        };
        // Only trees may ask for an older language.
        let feature_version = if only_ast { feature_version.unwrap_or(-1) } else { -1 };
        let request = Request { mode, flags: all, optimize, feature_version, skip_blanks: false, from_file: false };
        vm.compile(source, &filename, request, "compile", "string, bytes or AST object")
    }

    /// Deletes the named attribute from the given object.
    ///
    /// delattr(x, 'y') is equivalent to ``del x.y``
    #[function("($module, obj, name, /)")]
    fn delattr(vm: &mut Vm, obj: &Value, name: &Value) -> Result<()> {
        let name = attribute_name(vm, name)?;
        vm.set_attr(obj, &name, None)
    }

    /// dir([object]) -> list of strings
    ///
    /// If called without an argument, return the names in the current scope.
    /// Else, return an alphabetized list of names comprising (some of) the
    /// attributes of the given object, and of attributes reachable from it.
    /// If the object supplies a method named __dir__, it will be used;
    /// otherwise the default dir() logic is used and returns:
    ///   for a module object: the module's attributes.
    ///   for a class object:  its attributes, and recursively the attributes
    ///     of its bases.
    ///   for any other object: its attributes, its class's attributes, and
    ///     recursively the attributes of its class's base classes.
    #[function]
    fn dir(vm: &mut Vm, args: Args<'_>) -> Result {
        let names = match args.expect(vm, "dir", 0, 1)? {
            [] => {
                let locals = caller_locals(vm, "dir")?;
                vm.call_method(&locals, name!("keys"), &[])?
            }
            [obj, ..] => match vm.lookup_special(obj, name!("__dir__"))? {
                Some(method) => vm.call(&method, &[])?,
                None => return Err(vm.raise_type_error("object does not provide __dir__")),
            },
        };
        let names = vm.collect(&names)?;
        let (names, sorted) = vm.sort_values(names, None, false);
        sorted?;
        vm.new_list(names).map(Ref::into_value)
    }

    /// Return the tuple (x//y, x%y).  Invariant: div*y + mod == x.
    #[function("($module, x, y, /)")]
    fn divmod(vm: &mut Vm, x: &Value, y: &Value) -> Result {
        vm.binary(BinaryOp::DIVMOD, x, y)
    }

    /// Evaluate the given source in the context of globals and locals.
    ///
    /// The source may be a string representing a Python expression
    /// or a code object as returned by compile().
    /// The globals must be a dictionary and locals can be any mapping,
    /// defaulting to the current globals and locals.
    /// If only globals is given, locals defaults to it.
    #[function("($module, source, /, globals=None, locals=None)")]
    fn eval(vm: &mut Vm, source: &Value, globals: Option<&Value>, locals: Option<&Value>) -> Result {
        vm.eval_builtin(source, globals, locals)
    }

    /// Execute the given source in the context of globals and locals.
    ///
    /// The source may be a string representing one or more Python statements
    /// or a code object as returned by compile().
    /// The globals must be a dictionary and locals can be any mapping,
    /// defaulting to the current globals and locals.
    /// If only globals is given, locals defaults to it.
    /// The closure must be a tuple of cellvars, and can only be used
    /// when source is a code object requiring exactly that many cellvars.
    #[function("($module, source, /, globals=None, locals=None, *, closure=None)")]
    fn exec(
        vm: &mut Vm,
        source: &Value,
        globals: Option<&Value>,
        locals: Option<&Value>,
        closure: Option<&Value>,
    ) -> Result<()> {
        vm.exec_builtin(source, globals, locals, closure)
    }

    /// Return type(value).__format__(value, format_spec)
    ///
    /// Many built-in types implement format_spec according to the
    /// Format Specification Mini-language. See help('FORMATTING').
    ///
    /// If type(value) does not supply a method named __format__
    /// and format_spec is empty, then str(value) is returned.
    /// See also help('SPECIALMETHODS').
    #[function("($module, value, format_spec='', /)")]
    fn format(vm: &mut Vm, value: &Value, format_spec: Option<&Ref<Str>>) -> Result<Ref<Str>> {
        vm.format(value, format_spec.unwrap_or(name!("")))
    }

    /// getattr(object, name[, default]) -> value
    ///
    /// Get a named attribute from an object.
    ///
    /// getattr(x, 'y') is equivalent to x.y.
    /// When a default argument is given, it is returned when the attribute
    /// doesn't exist; without it, an exception is raised in that case.
    #[function]
    fn getattr(vm: &mut Vm, args: Args<'_>) -> Result {
        match args.expect(vm, "getattr", 2, 3)? {
            [object, name, default] => {
                if let Some(found) = name.downcast_exact::<Str>().and_then(|n| crate::eval::quick_lookup(vm, object, n))
                {
                    return Ok(found.unwrap_or_else(|| default.clone()));
                }
                let name = attribute_name(vm, name)?;
                Ok(vm.get_attr_opt(object, &name)?.unwrap_or_else(|| default.clone()))
            }
            [object, name, ..] => {
                if let Some(found) = name.downcast_exact::<Str>().and_then(|n| crate::eval::quick_attr(vm, object, n)) {
                    return Ok(found);
                }
                let name = attribute_name(vm, name)?;
                vm.get_attr(object, &name)
            }
            _ => Err(vm.raise_system_error("bad argument count")),
        }
    }

    /// Return the dictionary containing the current scope's global variables.
    ///
    /// NOTE: Updates to this dictionary *will* affect name lookups in the
    /// current global scope and vice-versa.
    #[function("($module, /)")]
    fn globals(vm: &mut Vm) -> Result {
        match vm.scope_globals() {
            Some(g) => Ok(g.into_value()),
            None => Err(vm.raise_system_error("globals(): frame does not exist")),
        }
    }

    /// Return whether the object has an attribute with the given name.
    ///
    /// This is done by calling getattr(obj, name) and catching AttributeError.
    #[function("($module, obj, name, /)")]
    fn hasattr(vm: &mut Vm, obj: &Value, name: &Value) -> Result<bool> {
        if let Some(found) = name.downcast_exact::<Str>().and_then(|n| crate::eval::quick_lookup(vm, obj, n)) {
            return Ok(found.is_some());
        }
        let name = attribute_name(vm, name)?;
        Ok(vm.get_attr_opt(obj, &name)?.is_some())
    }

    /// Return the integer hash value for the given object.
    ///
    /// Two objects that compare equal must also have the same hash value, but
    /// the reverse is not necessarily true.  Hash values may differ between
    /// Python processes.  Not all objects are hashable; calling hash() on an
    /// unhashable object raises TypeError.
    #[function("($module, obj, /)")]
    fn hash(vm: &mut Vm, obj: &Value) -> Result<i64> {
        vm.hash(obj)
    }

    /// Return the hexadecimal representation of an integer.
    ///
    ///    >>> hex(12648430)
    ///    '0xc0ffee'
    #[function("($module, number, /)")]
    fn hex(vm: &mut Vm, number: &Value) -> Result<String> {
        in_base(vm, number, 16, "0x")
    }

    /// Return the identity of an object.
    ///
    /// This is guaranteed to be unique among simultaneously existing objects.
    /// (CPython uses the object's memory address.)
    #[function("($module, obj, /)")]
    fn id(_vm: &mut Vm, obj: &Value) -> Result<u64> {
        Ok(obj.bits())
    }

    /// Read a string from standard input.  The trailing newline is stripped.
    ///
    /// The prompt string, if given, is printed to standard output without a
    /// trailing newline before reading input.
    ///
    /// If the user hits EOF (*nix: Ctrl-D, Windows: Ctrl-Z+Return), raise
    /// EOFError.
    /// On *nix systems, readline is used if available.
    #[function("($module, prompt='', /)")]
    fn input(vm: &mut Vm, prompt: Option<&Value>) -> Result {
        print::input(vm, prompt)
    }

    /// Return whether an object is an instance of a class or of a subclass thereof.
    ///
    /// A tuple, as in ``isinstance(x, (A, B, ...))``, may be given as the
    /// target to check against.  This is equivalent to ``isinstance(x, A) or
    /// isinstance(x, B) or ...`` etc.
    #[function("($module, obj, class_or_tuple, /)")]
    fn isinstance(vm: &mut Vm, obj: &Value, class_or_tuple: &Value) -> Result<bool> {
        vm.is_instance(obj, class_or_tuple)
    }

    /// Return whether 'cls' is derived from another class or is the same class.
    ///
    /// A tuple, as in ``issubclass(x, (A, B, ...))``, may be given as the
    /// target to check against.  This is equivalent to ``issubclass(x, A) or
    /// issubclass(x, B) or ...``.
    #[function("($module, cls, class_or_tuple, /)")]
    fn issubclass(vm: &mut Vm, cls: &Value, class_or_tuple: &Value) -> Result<bool> {
        vm.is_subclass(cls, class_or_tuple)
    }

    /// iter(iterable) -> iterator
    /// iter(callable, sentinel) -> iterator
    ///
    /// Get an iterator from an object.  In the first form, the argument must
    /// supply its own iterator, or be a sequence.
    /// In the second form, the callable is called until it returns the
    /// sentinel.
    #[function]
    fn iter(vm: &mut Vm, args: Args<'_>) -> Result {
        match args.expect(vm, "iter", 1, 2)? {
            [callable, sentinel] if vm.is_callable(callable) => {
                crate::types::iterator::new_callable_iterator(vm, callable.clone(), sentinel.clone())
            }
            [_, _] => Err(vm.raise_type_error("iter(v, w): v must be callable")),
            all => vm.iter(&all[0]),
        }
    }

    /// Return an AsyncIterator for an AsyncIterable object.
    #[function("($module, async_iterable, /)")]
    fn aiter(vm: &mut Vm, async_iterable: &Value) -> Result {
        let Some(f) = slots::of(async_iterable.ty()).aiter else {
            let text = format!("'{}' object is not an async iterable", async_iterable.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let it = f(vm, async_iterable)?;
        if slots::of(it.ty()).anext.is_none() {
            let text = format!("aiter() returned not an async iterator of type '{}'", it.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        Ok(it)
    }

    /// Return the next item from the async iterator.
    ///
    /// If default is given and the async iterator is exhausted,
    /// it is returned instead of raising StopAsyncIteration.
    #[function("($module, aiterator, default=<unrepresentable>, /)")]
    fn anext(vm: &mut Vm, aiterator: &Value, default: Option<&Value>) -> Result {
        let Some(f) = slots::of(aiterator.ty()).anext else {
            let text = format!("'{}' object is not an async iterator", aiterator.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let awaitable = f(vm, aiterator)?;
        match default {
            None => Ok(awaitable),
            Some(default) => crate::types::anext_awaitable::new(vm, awaitable, default.clone()),
        }
    }

    /// Return the number of items in a container.
    #[function("($module, obj, /)")]
    fn len(vm: &mut Vm, obj: &Value) -> Result<usize> {
        vm.len(obj)
    }

    /// Return a dictionary containing the current scope's local variables.
    ///
    /// NOTE: Whether or not updates to this dictionary will affect name
    /// lookups in the local scope and vice-versa is *implementation
    /// dependent* and not covered by any backwards compatibility
    /// guarantees.
    #[function("($module, /)")]
    fn locals(vm: &mut Vm) -> Result {
        caller_locals(vm, "locals")
    }

    /// max(iterable, *[, default=obj, key=func]) -> value
    /// max(arg1, arg2, *args, *[, key=func]) -> value
    ///
    /// With a single iterable argument, return its biggest item. The
    /// default keyword-only argument specifies an object to return if
    /// the provided iterable is empty.
    /// With two or more positional arguments, return the largest argument.
    #[function]
    fn max(vm: &mut Vm, args: Args<'_>) -> Result {
        extreme(vm, args, "max", CompareOp::Gt)
    }

    /// min(iterable, *[, default=obj, key=func]) -> value
    /// min(arg1, arg2, *args, *[, key=func]) -> value
    ///
    /// With a single iterable argument, return its smallest item. The
    /// default keyword-only argument specifies an object to return if
    /// the provided iterable is empty.
    /// With two or more positional arguments, return the smallest argument.
    #[function]
    fn min(vm: &mut Vm, args: Args<'_>) -> Result {
        extreme(vm, args, "min", CompareOp::Lt)
    }

    /// next(iterator[, default])
    ///
    /// Return the next item from the iterator.  If default is given and the
    /// iterator is exhausted, it is returned instead of raising StopIteration.
    #[function]
    fn next(vm: &mut Vm, args: Args<'_>) -> Result {
        let args = args.expect(vm, "next", 1, 2)?;
        let Some(f) = slots::of(args[0].ty()).next else {
            let text = format!("'{}' object is not an iterator", args[0].ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let Some(default) = args.get(1) else {
            return match f(vm, &args[0])? {
                Some(item) => Ok(item),
                None => Err(vm.raise_stop_iteration(None)),
            };
        };
        match f(vm, &args[0]) {
            Ok(Some(item)) => Ok(item),
            Ok(None) => Ok(default.clone()),
            Err(raised) => {
                let ended = vm.stop_iteration_to_none(Err(raised))?;
                Ok(ended.unwrap_or_else(|| default.clone()))
            }
        }
    }

    /// Return the octal representation of an integer.
    ///
    ///    >>> oct(342391)
    ///    '0o1234567'
    #[function("($module, number, /)")]
    fn oct(vm: &mut Vm, number: &Value) -> Result<String> {
        in_base(vm, number, 8, "0o")
    }

    /// Open file and return a stream.  Raise OSError upon failure.
    #[function(
        "($module, /, file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)"
    )]
    fn open(vm: &mut Vm, args: Args<'_>) -> Result {
        let io = vm.import("_io")?;
        let open = vm.get_attr(&io, name!("open"))?;
        vm.call_args(&open, args)
    }

    /// Return the ordinal value of a character.
    ///
    /// If the argument is a one-character string, return the Unicode code
    /// point of that character.
    ///
    /// If the argument is a bytes or bytearray object of length 1, return its
    /// single byte value.
    #[function("($module, character, /)")]
    fn ord(vm: &mut Vm, character: &Value) -> Result<u32> {
        let length = if let Some(s) = character.downcast::<Str>() {
            if let (1, Some(c)) = (s.len(), s.data().get(0)) {
                return Ok(c);
            }
            s.len()
        } else if character.downcast::<Bytes>().is_some() || is_bytearray(character) {
            let bytes = vm.bytes_of(character)?;
            if let [b] = bytes[..] {
                return Ok(b.into());
            }
            bytes.len()
        } else {
            let text = format!("ord() expected string of length 1, but {} found", character.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let text = format!("ord() expected a character, but string of length {length} found");
        Err(vm.raise_type_error(&text))
    }

    /// Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments
    ///
    /// Some types, such as ints, are able to use a more efficient algorithm
    /// when invoked using the three argument form.
    #[function("($module, /, base, exp, mod=None)")]
    fn pow(vm: &mut Vm, base: &Value, exp: &Value, modulus: Option<&Value>) -> Result {
        vm.power(base, exp, modulus)
    }

    /// Prints the values to a stream, or to sys.stdout by default.
    ///
    ///   sep
    ///     string inserted between values, default a space.
    ///   end
    ///     string appended after the last value, default a newline.
    ///   file
    ///     a file-like object (stream); defaults to the current sys.stdout.
    ///   flush
    ///     whether to forcibly flush the stream.
    #[function("($module, /, *args, sep=' ', end='\\n', file=None, flush=False)")]
    fn print(vm: &mut Vm, args: Args<'_>) -> Result<()> {
        print::print(vm, args)
    }

    /// Return the canonical string representation of the object.
    ///
    /// For many object types, including most builtins, eval(repr(obj)) == obj.
    #[function("($module, obj, /)")]
    fn repr(vm: &mut Vm, obj: &Value) -> Result<Ref<Str>> {
        vm.repr(obj)
    }

    /// Round a number to a given precision in decimal digits.
    ///
    /// The return value is an integer if ndigits is omitted or None.
    /// Otherwise the return value has the same type as the number.  ndigits
    /// may be negative.
    #[function("($module, /, number, ndigits=None)")]
    fn round(vm: &mut Vm, number: &Value, ndigits: Option<&Value>) -> Result {
        let Some(round) = vm.lookup_special(number, name!("__round__"))? else {
            let text = format!("type {} doesn't define __round__ method", number.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        match ndigits.filter(|n| !n.is_none()) {
            Some(n) => vm.call(&round, std::slice::from_ref(n)),
            None => vm.call(&round, &[]),
        }
    }

    /// Sets the named attribute on the given object to the specified value.
    ///
    /// setattr(x, 'y', v) is equivalent to ``x.y = v``
    #[function("($module, obj, name, value, /)")]
    fn setattr(vm: &mut Vm, obj: &Value, name: &Value, value: &Value) -> Result<()> {
        let name = attribute_name(vm, name)?;
        vm.set_attr(obj, &name, Some(value.clone()))
    }

    /// Return a new list containing all items from the iterable in ascending order.
    ///
    /// A custom key function can be supplied to customize the sort order, and the
    /// reverse flag can be set to request the result in descending order.
    #[function("($module, iterable, /, *, key=None, reverse=False)")]
    fn sorted(vm: &mut Vm, args: Args<'_>) -> Result {
        let [iterable] = args.positional() else {
            let n = args.positional().len();
            return Err(vm.raise_type_error(&format!("sorted expected 1 argument, got {n}")));
        };
        let items = vm.collect_for_list(iterable)?;
        let list: Ref<List> = vm.new_list(items)?;
        let Some(sort) = vm.lookup_type_attr(LIST.as_type(), name!("sort")) else {
            return Err(vm.raise_runtime_error("lost list.sort"));
        };
        vm.call_unbound_args(&sort, list.as_value(), Args::new(args.keyword_values(), args.names()))?;
        Ok(list.into_value())
    }

    /// Return the sum of a 'start' value (default: 0) plus an iterable of numbers
    ///
    /// When the iterable is empty, return the start value.
    /// This function is intended specifically for use with numeric values and
    /// may reject non-numeric types.
    #[function("($module, iterable, /, start=0)")]
    fn sum(vm: &mut Vm, iterable: &Value, start: Option<&Value>) -> Result {
        let Some(start) = start else { return sum::sum(vm, iterable, Value::from_i32(0)) };
        let refused = if start.downcast::<Str>().is_some() {
            "sum() can't sum strings [use ''.join(seq) instead]"
        } else if start.downcast::<Bytes>().is_some() {
            "sum() can't sum bytes [use b''.join(seq) instead]"
        } else if is_bytearray(start) {
            "sum() can't sum bytearray [use b''.join(seq) instead]"
        } else {
            return sum::sum(vm, iterable, start.clone());
        };
        // That the first argument cannot be iterated comes first.
        vm.iter(iterable)?;
        Err(vm.raise_type_error(refused))
    }

    /// vars([object]) -> dictionary
    ///
    /// Without arguments, equivalent to locals().
    /// With an argument, equivalent to object.__dict__.
    #[function]
    fn vars(vm: &mut Vm, args: Args<'_>) -> Result {
        match args.expect(vm, "vars", 0, 1)? {
            [] => caller_locals(vm, "vars"),
            [obj, ..] => match vm.get_attr_opt(obj, name!("__dict__"))? {
                Some(dict) => Ok(dict),
                None => Err(vm.raise_type_error("vars() argument must have __dict__ attribute")),
            },
        }
    }
}
