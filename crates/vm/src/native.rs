//! How native code is declared and called: arguments, signatures, conversions, the tables that classes and modules
//! are set up from.

use crate::slots::Slots;
use crate::{Result, Vm};
use taipan_object::{Downcast, Raised, Ref, Str, Type, TypeFlags, Value};

/// The arguments of a call: positional ones, then the values of the keywords that `names` lists.
///
/// They lie on the value stack or in the caller, which keeps them alive for the call.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    all: &'a [Value],
    names: &'a [Value],
}

impl<'a> Args<'a> {
    /// Positional arguments only.
    #[inline(always)]
    pub const fn positional_only(all: &'a [Value]) -> Args<'a> {
        Args { all, names: &[] }
    }

    /// `all` ends with one value for each of `names`, which are strings.
    #[inline(always)]
    pub const fn new(all: &'a [Value], names: &'a [Value]) -> Args<'a> {
        Args { all, names }
    }

    /// The positional arguments.
    #[inline(always)]
    pub fn positional(&self) -> &'a [Value] {
        &self.all[..self.all.len() - self.names.len()]
    }

    /// The keyword names.
    #[inline(always)]
    pub fn names(&self) -> &'a [Value] {
        self.names
    }

    /// The values of the keywords, in the order of the names.
    pub fn keyword_values(&self) -> &'a [Value] {
        &self.all[self.all.len() - self.names.len()..]
    }

    /// Positional arguments followed by keyword values.
    #[inline(always)]
    pub fn all(&self) -> &'a [Value] {
        self.all
    }

    /// The keywords.
    pub fn keywords(&self) -> impl Iterator<Item = (&'a Value, &'a Value)> + use<'a> {
        self.names.iter().zip(self.keyword_values())
    }

    /// The value of a keyword.
    pub fn keyword(&self, name: &str) -> Option<&'a Value> {
        self.keywords().find(|(k, _)| k.downcast::<Str>().is_some_and(|k| k.to_utf8() == Some(name))).map(|(_, v)| v)
    }

    /// The first positional argument, and the others.
    pub fn split_first(&self) -> Option<(&'a Value, Args<'a>)> {
        let (first, rest) = self.positional().split_first()?;
        Some((first, Args { all: &self.all[1..][..rest.len() + self.names.len()], names: self.names }))
    }

    /// The receiver of a method, and the arguments.
    #[inline(always)]
    pub fn split_receiver(self, vm: &mut Vm, name: &str) -> Result<(&'a Value, Args<'a>)> {
        match self.split_first() {
            Some(split) => Ok(split),
            None => Err(vm.raise_type_error(&format!("unbound method {name}() needs an argument"))),
        }
    }

    /// Refuses keywords: `name() takes no keyword arguments`.
    pub fn no_keywords(&self, vm: &mut Vm, name: &str) -> Result<()> {
        if self.names.is_empty() {
            return Ok(());
        }
        Err(vm.raise_type_error(&format!("{name}() takes no keyword arguments")))
    }

    /// The arguments of a function that takes `least..=most` of them by position, in the words of functions that take
    /// their arguments apart themselves.
    pub fn parsed(&self, vm: &mut Vm, name: &str, least: usize, most: usize) -> Result<&'a [Value]> {
        self.no_keywords(vm, name)?;
        let n = self.all.len();
        let (word, limit) = match (least == most, n < least) {
            _ if (least..=most).contains(&n) => return Ok(self.all),
            (true, _) => ("exactly", least),
            (false, true) => ("at least", least),
            (false, false) => ("at most", most),
        };
        let s = if limit == 1 { "" } else { "s" };
        Err(vm.raise_type_error(&format!("{name}() takes {word} {limit} argument{s} ({n} given)")))
    }

    /// Refuses keywords to a constructor of `base`, unless a subclass with another `__new__` or `__init__` may know them.
    pub fn no_keywords_for(&self, vm: &mut Vm, class: &Type, base: &Type, name: &str) -> Result<()> {
        let (own, theirs) = (crate::slots::of(class), crate::slots::of(base));
        let same = own.new.map(|f| f as usize) == theirs.new.map(|f| f as usize)
            && own.init.map(|f| f as usize) == theirs.init.map(|f| f as usize);
        if same { self.no_keywords(vm, name) } else { Ok(()) }
    }

    /// Refuses a number of positional arguments outside `least..=most`, and keywords.
    pub fn expect(&self, vm: &mut Vm, name: &str, least: usize, most: usize) -> Result<&'a [Value]> {
        self.no_keywords(vm, name)?;
        let n = self.all.len();
        if n >= least && n <= most {
            return Ok(self.all);
        }
        let (bound, limit) = match (least == most, n < least) {
            (true, _) => ("", least),
            (false, true) => ("at least ", least),
            (false, false) => ("at most ", most),
        };
        let s = if limit == 1 { "" } else { "s" };
        Err(vm.raise_type_error(&format!("{name} expected {bound}{limit} argument{s}, got {n}")))
    }
}

/// A native function that takes its arguments from the value stack.
pub type NativeFn = fn(&mut Vm, Args<'_>) -> Result;

/// A native function that is called without keywords.
pub type PositionalFn = fn(&mut Vm, &[Value]) -> Result;

/// How a declared function is found on its class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FnKind {
    /// Takes the instance first.
    Method,
    /// Takes the class first.
    Class,
    /// Takes neither.
    Static,
    /// Belongs to a module.
    Function,
}

/// A function or method written in Rust.
pub struct FnDef {
    /// `__name__`.
    pub name: &'static str,
    /// `__text_signature__`.
    pub signature: Option<&'static str>,
    /// What it binds its arguments to, unless it takes them apart itself.
    pub parameters: Option<&'static Signature>,
    /// `__doc__`.
    pub doc: &'static str,
    /// How it is found.
    pub kind: FnKind,
    /// The code.
    pub call: NativeFn,
    /// The same for calls without keywords, whose arguments lie on the value stack: nothing of the call goes through memory.
    pub positional: PositionalFn,
}

/// An attribute computed by Rust.
pub struct GetSetDef {
    /// `__name__`.
    pub name: &'static str,
    /// `__doc__`.
    pub doc: &'static str,
    /// Reads it.
    pub get: fn(&mut Vm, &Value) -> Result,
    /// Sets it, or with `None` deletes it.
    pub set: Option<fn(&mut Vm, &Value, Option<&Value>) -> Result<()>>,
    /// Shown as `member_descriptor` rather than `getset_descriptor`.
    pub member: bool,
}

/// What stands before the name of a native function in the errors of a call that has nothing to do with its arguments'
/// names: `list.append() takes exactly one argument (0 given)`.
#[derive(Clone, Copy)]
pub enum Qualifier<'a> {
    /// Nothing.
    None,
    /// The class that declares it.
    Class(fn() -> &'static Type),
    /// The class, or the class of the instance, that the method is bound to.
    Receiver(&'a Value),
    /// The module that declares it; `builtins` is not shown.
    Module(&'static str),
}

impl Qualifier<'_> {
    fn show(self, vm: &mut Vm, name: &str) -> String {
        match self {
            Qualifier::None | Qualifier::Module("builtins") => name.to_owned(),
            Qualifier::Class(class) => format!("{}.{name}", class().short_name()),
            Qualifier::Receiver(receiver) => {
                format!("{}.{name}", vm.qualified_name(receiver.as_type().unwrap_or(receiver.ty())))
            }
            Qualifier::Module(module) => format!("{module}.{name}"),
        }
    }
}

/// What a native class is set up from. Made by `#[class]`.
#[derive(Clone, Copy)]
pub struct ClassDef {
    /// The static type.
    pub ty: &'static Type,
    /// Fills in the layout.
    pub set_layout: fn(),
    /// The base; `None` means `object`.
    pub base: Option<&'static Type>,
    /// `tp_flags` besides those that follow from the base.
    pub flags: TypeFlags,
    /// `__text_signature__` of the class.
    pub signature: Option<&'static str>,
    /// `__doc__`.
    pub doc: &'static str,
    /// Methods.
    pub functions: &'static [FnDef],
    /// Computed attributes.
    pub getsets: &'static [GetSetDef],
    /// The bits of their names, by [`name_bits`].
    pub name_bits: u128,
    /// Fills in the slots that the class implements itself.
    pub slots: fn(&mut Slots),
}

impl ClassDef {
    /// The same class with other computed attributes.
    pub fn with_getsets(self, getsets: &'static [GetSetDef]) -> ClassDef {
        ClassDef { getsets, name_bits: name_bits(self.functions, getsets), ..self }
    }

    /// Whether it has a method or computed attribute of that name.
    pub fn has(&self, name: &str) -> bool {
        // Most names that a class is asked for are not its own.
        if self.name_bits & name_bit(name) == 0 {
            return false;
        }
        self.functions.iter().any(|f| f.name == name) || self.getsets.iter().any(|g| g.name == name)
    }
}

/// The bit that stands for a name, and for others.
const fn name_bit(name: &str) -> u128 {
    let text = name.as_bytes();
    let [first, .., before_last, last] = *text else { return 1 };
    let mix = text.len() as u32 * 29 + first as u32 * 7 + before_last as u32 * 13 + last as u32 * 3;
    1 << (mix % 128)
}

/// The bits of the names of a class's methods and computed attributes.
pub const fn name_bits(functions: &[FnDef], getsets: &[GetSetDef]) -> u128 {
    let mut bits = 0;
    let mut i = 0;
    while i < functions.len() {
        bits |= name_bit(functions[i].name);
        i += 1;
    }
    let mut i = 0;
    while i < getsets.len() {
        bits |= name_bit(getsets[i].name);
        i += 1;
    }
    bits
}

/// What a native module is set up from. Made by `#[module]`.
#[derive(Clone, Copy)]
pub struct ModuleDef {
    /// `__name__`.
    pub name: &'static str,
    /// `__doc__`.
    pub doc: &'static str,
    /// Functions.
    pub functions: &'static [FnDef],
    /// Fills in the rest of the namespace.
    pub exec: Option<fn(&mut Vm, &Ref<crate::types::module::Module>) -> Result<()>>,
}

/// The parameters of a native function.
pub struct Signature {
    /// Name of the function, for messages.
    pub name: &'static str,
    /// Names of the parameters.
    pub params: &'static [&'static str],
    /// Which of them have no default.
    pub required: &'static [bool],
    /// How many have no default.
    pub required_count: usize,
    /// How many cannot be given by keyword.
    pub positional_only: usize,
    /// How many can be given by position.
    pub positional: usize,
}

/// Lays the arguments out in the order of the parameters.
#[inline]
pub fn bind<'a, const N: usize>(vm: &mut Vm, s: &'static Signature, args: Args<'a>) -> Result<[Option<&'a Value>; N]> {
    bind_of(vm, s, Qualifier::None, args)
}

/// The same for a function of a class or a module.
#[inline]
pub fn bind_of<'a, const N: usize>(
    vm: &mut Vm,
    s: &'static Signature,
    owner: Qualifier<'_>,
    args: Args<'a>,
) -> Result<[Option<&'a Value>; N]> {
    let mut bound = [None; N];
    let positional = args.positional();
    if args.names.is_empty() && positional.len() <= s.positional && positional.len() >= s.required_count {
        for (to, from) in bound.iter_mut().zip(positional) {
            *to = Some(from);
        }
        // Keyword-only parameters without a default make the count above insufficient.
        if s.positional == N || (s.positional..N).all(|i| !s.required[i]) {
            return Ok(bound);
        }
    }
    bind_slow(vm, s, owner, args, &mut bound)?;
    Ok(bound)
}

/// Lays arguments without keywords out in the order of the parameters.
#[inline(always)]
pub fn bind_positional<'a, const N: usize>(
    vm: &mut Vm,
    s: &'static Signature,
    owner: Qualifier<'_>,
    all: &'a [Value],
) -> Result<[Option<&'a Value>; N]> {
    let mut bound = [None; N];
    // Keyword-only parameters without a default make the count insufficient.
    let all_optional = s.positional == N || (s.positional..N).all(|i| !s.required[i]);
    if all.len() <= s.positional && all.len() >= s.required_count && all_optional {
        for (i, to) in bound.iter_mut().enumerate() {
            *to = all.get(i);
        }
        return Ok(bound);
    }
    bind_slow(vm, s, owner, Args::positional_only(all), &mut bound)?;
    Ok(bound)
}

/// The receiver of a method, and the arguments.
#[inline(always)]
pub fn split_receiver<'a>(vm: &mut Vm, all: &'a [Value], name: &str) -> Result<(&'a Value, &'a [Value])> {
    match all.split_first() {
        Some(split) => Ok(split),
        None => Args::positional_only(all).split_receiver(vm, name).map(|(first, rest)| (first, rest.all())),
    }
}

/// Refuses keywords to a function none of whose parameters has a name.
#[cold]
pub fn refuse_names(vm: &mut Vm, s: &'static Signature, owner: Qualifier<'_>, args: Args<'_>) -> Raised {
    let mut bound = vec![None; s.params.len()];
    match bind_slow(vm, s, owner, args, &mut bound) {
        Err(raised) => raised,
        Ok(()) => vm.raise_type_error(&format!("{}() takes no keyword arguments", s.name)),
    }
}

#[cold]
fn bind_slow<'a>(
    vm: &mut Vm,
    s: &'static Signature,
    owner: Qualifier<'_>,
    args: Args<'a>,
    bound: &mut [Option<&'a Value>],
) -> Result<()> {
    let positional = args.positional();
    let name = s.name;
    if let Some(text) = wrong_count(vm, s, owner, positional.len(), args.names.len()) {
        return Err(vm.raise_type_error(&text));
    }
    for (to, from) in bound.iter_mut().zip(positional) {
        *to = Some(from);
    }
    let mut misfit = None;
    for (key, value) in args.keywords() {
        let text = key.downcast::<Str>().and_then(|k| k.to_utf8()).unwrap_or_default();
        let found = s.params[s.positional_only..].iter().position(|p| *p == text).map(|i| i + s.positional_only);
        match found {
            Some(i) if bound[i].is_none() => bound[i] = Some(value),
            found if misfit.is_none() => misfit = Some((key, found)),
            _ => {}
        }
    }
    for (i, value) in bound.iter().enumerate() {
        if value.is_none() && s.required[i] {
            let (name, param) = (s.name, s.params[i]);
            return Err(vm.raise_type_error(&format!("{name}() missing required argument '{param}' (pos {})", i + 1)));
        }
    }
    let Some((key, found)) = misfit else { return Ok(()) };
    let Some(i) = found else {
        return Err(raise_unexpected_keyword(vm, name, key, &s.params[s.positional_only..], true));
    };
    let text = key.downcast::<Str>().map(|k| k.to_string_lossy()).unwrap_or_default();
    Err(vm.raise_type_error(&format!("argument for {name}() given by name ('{text}') and position ({})", i + 1)))
}

/// Called when a function bound to `receiver` raised. If it was because of its arguments' number or names, the error is
/// raised again with the class of `receiver` in it: before that only the declaring class was known.
#[cold]
pub fn name_receiver(vm: &mut Vm, def: &FnDef, receiver: &Value, args: Args<'_>, raised: Raised) -> Raised {
    let Some(s) = def.parameters.filter(|_| def.kind == FnKind::Method) else { return raised };
    if !vm.raised_is(crate::errors::TYPE_ERROR.as_type()) {
        return raised;
    }
    let first = vm.take_raised(raised);
    let mut bound = vec![None; s.params.len()];
    match bind_slow(vm, s, Qualifier::Receiver(receiver), args, &mut bound) {
        Err(raised) => raised,
        Ok(()) => vm.raise(first),
    }
}

/// Raises `f() got an unexpected keyword argument 'x'`, perhaps with a hint.
#[cold]
pub fn raise_unexpected_keyword(vm: &mut Vm, function: &str, key: &Value, known: &[&str], hint: bool) -> Raised {
    // A key of a subclass of `str` may claim to equal a known name without being found as such.
    if key.downcast_exact::<Str>().is_none() {
        for name in known {
            let equal = vm.new_str(name).and_then(|name| vm.equal(name.as_value(), key));
            match equal {
                Ok(false) => {}
                Ok(true) => return vm.raise_type_error(&format!("invalid keyword argument for {function}()")),
                Err(raised) => return raised,
            }
        }
    }
    let text = key.downcast::<Str>().map(|k| k.to_string_lossy()).unwrap_or_default();
    let hint = crate::errors::suggest(&text, known).filter(|_| hint);
    let hint = hint.map(|h| format!(". Did you mean '{h}'?")).unwrap_or_default();
    vm.raise_type_error(&format!("{function}() got an unexpected keyword argument '{text}'{hint}"))
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// What is wrong with the number of arguments, if anything is: before it is known which they are.
fn wrong_count(vm: &mut Vm, s: &Signature, owner: Qualifier<'_>, given: usize, keywords: usize) -> Option<String> {
    let (name, total) = (s.name, s.params.len());
    if s.positional_only == total {
        return wrong_count_unnamed(vm, s, owner, given, keywords);
    }
    if given + keywords > total {
        let kind = if given == 0 { "keyword " } else { "" };
        let given = given + keywords;
        return Some(format!("{name}() takes at most {total} {kind}argument{} ({given} given)", plural(total)));
    }
    if given > s.positional {
        let most = s.positional;
        if most == 0 {
            return Some(format!("{name}() takes no positional arguments"));
        }
        let bound = if s.required[..most].iter().all(|r| *r) { "exactly" } else { "at most" };
        return Some(format!("{name}() takes {bound} {most} positional argument{} ({given} given)", plural(most)));
    }
    let least = s.required[..s.positional_only].iter().filter(|r| **r).count();
    if given < least {
        let bound = if least < s.positional { "at least" } else { "exactly" };
        return Some(format!("{name}() takes {bound} {least} positional argument{} ({given} given)", plural(least)));
    }
    None
}

/// The same for a function whose parameters cannot be named.
fn wrong_count_unnamed(
    vm: &mut Vm,
    s: &Signature,
    owner: Qualifier<'_>,
    given: usize,
    keywords: usize,
) -> Option<String> {
    let (name, least, most) = (s.name, s.required_count, s.params.len());
    if keywords > 0 {
        return Some(format!("{}() takes no keyword arguments", owner.show(vm, name)));
    }
    if (least..=most).contains(&given) {
        return None;
    }
    Some(match (least, most) {
        (_, 0) => format!("{}() takes no arguments ({given} given)", owner.show(vm, name)),
        (1, 1) => format!("{}() takes exactly one argument ({given} given)", owner.show(vm, name)),
        _ if least == most => format!("{name} expected {most} arguments, got {given}"),
        _ if given > most => format!("{name} expected at most {most} argument{}, got {given}", plural(most)),
        _ => format!("{name} expected at least {least} argument{}, got {given}", plural(least)),
    })
}

/// Which argument is being converted, for messages.
#[derive(Clone, Copy)]
pub struct Place {
    /// Name of the function.
    pub function: &'static str,
    /// Name of the parameter.
    pub name: &'static str,
    /// Counted from 1; 0 is the receiver.
    pub number: usize,
    sole: bool,
    /// Whether messages call the parameter by its name.
    named: bool,
}

impl Place {
    /// The instance a method is called on.
    pub const fn receiver(function: &'static str) -> Place {
        Place { function, name: "self", number: 0, sole: false, named: true }
    }

    /// An argument by its index.
    #[inline(always)]
    pub fn argument(s: &'static Signature, index: usize) -> Place {
        let (name, named) = (s.params[index], index >= s.positional_only);
        Place { function: s.name, name, number: index + 1, sole: s.params.len() == 1, named }
    }

    /// Raises `f() argument 1 must be WANTED, not GIVEN`.
    #[cold]
    pub fn wrong_type(self, vm: &mut Vm, wanted: &str, given: &Value) -> Raised {
        let function = self.function;
        let given = if given.is_none() { "None".to_owned() } else { given.ty().name() };
        if self.number == 0 {
            return vm.raise_type_error(&format!(
                "descriptor '{function}' requires a '{wanted}' object but received a '{given}'"
            ));
        }
        let which = if self.named {
            format!("argument '{}'", self.name)
        } else if self.sole {
            "argument".to_owned()
        } else {
            format!("argument {}", self.number)
        };
        vm.raise_type_error(&format!("{function}() {which} must be {wanted}, not {given}"))
    }
}

/// What a parameter of a native function can be.
pub trait FromArg<'a>: Sized {
    /// Converts an argument; `None` is one that was left out, which only optional parameters see.
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<Self>;
}

#[inline(always)]
fn required<'a>(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<&'a Value> {
    match arg {
        Some(v) => Ok(v),
        None => Err(missing(vm, place)),
    }
}

#[cold]
fn missing(vm: &mut Vm, place: Place) -> Raised {
    vm.raise_type_error(&format!("{}() missing argument {}", place.function, place.number))
}

impl<'a> FromArg<'a> for &'a Value {
    #[inline(always)]
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<Self> {
        match arg {
            Some(v) => Ok(v),
            None => Err(missing(vm, place)),
        }
    }
}

impl<'a> FromArg<'a> for Value {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<Self> {
        required(vm, arg, place).cloned()
    }
}

impl<'a, T: FromArg<'a>> FromArg<'a> for Option<T> {
    #[inline(always)]
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<Self> {
        match arg {
            None => Ok(None),
            Some(_) => T::from_arg(vm, arg, place).map(Some),
        }
    }
}

impl<'a, T: Downcast> FromArg<'a> for &'a Ref<T> {
    #[inline]
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<Self> {
        let v = required(vm, arg, place)?;
        match T::cast(v) {
            Some(r) => Ok(r),
            None => Err(place.wrong_type(vm, &T::class_name(), v)),
        }
    }
}

impl<'a> FromArg<'a> for bool {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<Self> {
        let v = required(vm, arg, place)?;
        vm.is_truthy(v)
    }
}

impl<'a> FromArg<'a> for f64 {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<Self> {
        let v = required(vm, arg, place)?;
        vm.to_f64(v)
    }
}

/// The text of a `str` argument; lone surrogates are a `UnicodeEncodeError`.
/// A size that has to be an int, where `__index__` is not asked for one.
pub struct ExactSize(pub isize);

impl<'a> FromArg<'a> for ExactSize {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<Self> {
        let v = required(vm, arg, place)?;
        if v.as_int().is_none() {
            return Err(vm.raise_type_error("an integer is required"));
        }
        isize::from_arg(vm, arg, place).map(ExactSize)
    }
}

impl<'a> FromArg<'a> for &'a str {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<Self> {
        let v = required(vm, arg, place)?;
        match v.downcast::<Str>() {
            Some(s) => match s.to_utf8() {
                Some(text) => Ok(text),
                None => Err(vm.raise_surrogates_not_allowed(s)),
            },
            None => Err(place.wrong_type(vm, "str", v)),
        }
    }
}

macro_rules! int_arguments {
    ($($t:ty: $c:literal),*) => { $(
        impl<'a> FromArg<'a> for $t {
            #[inline]
            fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<Self> {
                let v = required(vm, arg, place)?;
                if let Some(n) = v.small_int() && let Ok(n) = <$t>::try_from(n) {
                    return Ok(n);
                }
                let n = vm.to_index_i64(v, $c)?;
                match <$t>::try_from(n) {
                    Ok(n) => Ok(n),
                    Err(_) => Err(vm.raise_overflow_error(concat!("Python int too large to convert to C ", $c))),
                }
            }
        }
    )* };
}
int_arguments!(i64: "long", i32: "int", u8: "unsigned char", u16: "unsigned short", u32: "unsigned int",
    u64: "unsigned long", isize: "ssize_t", usize: "size_t");

/// What a native function can return.
pub trait IntoResult {
    /// The Python value.
    fn into_result(self, vm: &mut Vm) -> Result;
}

impl IntoResult for Value {
    #[inline(always)]
    fn into_result(self, _: &mut Vm) -> Result {
        Ok(self)
    }
}

impl<T> IntoResult for Ref<T> {
    #[inline]
    fn into_result(self, _: &mut Vm) -> Result {
        Ok(self.into_value())
    }
}

impl IntoResult for () {
    #[inline]
    fn into_result(self, _: &mut Vm) -> Result {
        Ok(Value::none())
    }
}

impl IntoResult for bool {
    #[inline]
    fn into_result(self, _: &mut Vm) -> Result {
        Ok(Value::bool(self))
    }
}

impl IntoResult for f64 {
    fn into_result(self, vm: &mut Vm) -> Result {
        vm.new_float(self)
    }
}

impl IntoResult for &str {
    fn into_result(self, vm: &mut Vm) -> Result {
        vm.new_str(self).map(Ref::into_value)
    }
}

impl IntoResult for String {
    fn into_result(self, vm: &mut Vm) -> Result {
        vm.new_str(&self).map(Ref::into_value)
    }
}

impl<T: IntoResult> IntoResult for Option<T> {
    fn into_result(self, vm: &mut Vm) -> Result {
        match self {
            Some(v) => v.into_result(vm),
            None => Ok(Value::none()),
        }
    }
}

macro_rules! int_results {
    ($($t:ty),*) => { $(impl IntoResult for $t {
        fn into_result(self, vm: &mut Vm) -> Result { vm.new_int(self as i64) }
    })* };
}
int_results!(i64, i32, u8, u16, u32, isize);

impl IntoResult for u64 {
    fn into_result(self, vm: &mut Vm) -> Result {
        vm.new_uint(self)
    }
}

impl IntoResult for usize {
    fn into_result(self, vm: &mut Vm) -> Result {
        vm.new_uint(self as u64)
    }
}
