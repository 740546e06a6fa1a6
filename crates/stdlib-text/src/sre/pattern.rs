//! `re.Pattern`.

use super::matched::{self, Match};
use super::run::Run;
use super::scanner;
use super::template;
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::room;
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_sre::{Matcher, Mode, Program};
use taipan_vm::slots::CompareOp;
use taipan_vm::types::generic_alias;
use taipan_vm::types::mappingproxy;
use taipan_vm::{Dict, List, Ref, Result, Tuple, Value, Vm};

/// `re.Pattern`.
pub static PATTERN: TypeCell<Pattern> = TypeCell::new("re.Pattern");

/// A compiled pattern.
#[derive(Trace, Payload)]
#[payload(class = PATTERN)]
#[repr(C)]
pub struct Pattern {
    /// The source text, or None.
    pub pattern: Value,
    /// Group numbers by name.
    pub groupindex: Ref<Dict>,
    /// Group names by number.
    pub indexgroup: Ref<Tuple>,
    pub flags: i32,
    /// Capturing groups.
    pub groups: usize,
    /// Whether it is for bytes; without source text it is for anything.
    pub is_bytes: Option<bool>,
    /// What it was compiled to, for comparison.
    pub code: Opaque<Vec<u32>>,
    pub program: Opaque<Program>,
    /// Working memory, when no walk has it.
    pub matcher: Opaque<Option<Box<Matcher>>>,
}

const FLAGS: &[(&str, i32)] = &[
    ("re.IGNORECASE", 2),
    ("re.LOCALE", 4),
    ("re.MULTILINE", 8),
    ("re.DOTALL", 16),
    ("re.UNICODE", 32),
    ("re.VERBOSE", 64),
    ("re.DEBUG", 128),
    ("re.ASCII", 256),
];

fn one(
    vm: &mut Vm,
    this: &Ref<Pattern>,
    string: &Value,
    pos: Option<isize>,
    endpos: Option<isize>,
    mode: Mode,
) -> Result<Option<Ref<Match>>> {
    let mut run = Run::open(vm, this, string, pos.unwrap_or(0), endpos.unwrap_or(isize::MAX))?;
    let result = match run.next(vm, mode) {
        Ok(Some(_)) => matched::from_run(vm, &run, string).map(Some),
        Ok(None) => Ok(None),
        Err(raised) => Err(raised),
    };
    run.close(vm);
    result
}

fn find_all(vm: &mut Vm, run: &mut Run) -> Result<Ref<List>> {
    let groups = run.pattern().get(vm).groups;
    let empty = if run.subject.is_bytes() { vm.new_bytes(b"")?.into_value() } else { vm.empty_str().into_value() };
    let mut found = Vec::new();
    while let Some(range) = run.next(vm, Mode::Search)? {
        let item = match groups {
            0 => run.subject.slice(vm, range)?,
            1 => run.group_text(vm, 1, &empty)?,
            _ => {
                let mut parts = Vec::with_capacity(groups);
                for i in 1..=groups {
                    parts.push(run.group_text(vm, i, &empty)?);
                }
                vm.new_tuple(parts)?.into_value()
            }
        };
        room::push(&mut found, item)?;
    }
    vm.new_list(found)
}

fn split_up(vm: &mut Vm, run: &mut Run, maxsplit: isize) -> Result<Ref<List>> {
    let groups = run.pattern().get(vm).groups;
    let none = Value::none();
    let mut parts = Vec::new();
    let (mut done, mut n) = (0, 0);
    while maxsplit == 0 || n < maxsplit {
        let Some(range) = run.next(vm, Mode::Search)? else { break };
        room::push(&mut parts, run.subject.slice(vm, done..range.start)?)?;
        for i in 1..=groups {
            room::push(&mut parts, run.group_text(vm, i, &none)?)?;
        }
        done = range.end;
        n += 1;
    }
    room::push(&mut parts, run.subject.slice(vm, done..run.endpos)?)?;
    vm.new_list(parts)
}

/// Ends a walk, whatever came of it.
fn close<T>(vm: &mut Vm, run: Run, result: Result<T>) -> Result<T> {
    run.close(vm);
    result
}

/// Methods of `re.Pattern`.
pub struct PatternClass;

/// Compiled regular expression object.
#[class(cell = PATTERN, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF | DISALLOW_INSTANTIATION)]
impl PatternClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Pattern>) -> Result {
        let p = this.get(vm);
        let (pattern, mut flags, is_bytes) = (p.pattern.clone(), p.flags, p.is_bytes);
        if is_bytes == Some(false) && flags & (4 | 32 | 256) == 32 {
            flags &= !32;
        }
        let mut names: Vec<String> = Vec::new();
        for (name, bit) in FLAGS {
            if flags & bit != 0 {
                names.push((*name).to_owned());
                flags &= !bit;
            }
        }
        if flags != 0 {
            names.push(format!("{flags:#x}"));
        }
        let shown = vm.repr(&pattern)?;
        let shown = vm.str_part(&shown, 0..shown.len().min(200))?.into_value();
        let rest = if names.is_empty() { ")".to_owned() } else { format!(", {})", names.join("|")) };
        let (head, rest) = (vm.new_str("re.compile(")?, vm.new_str(&rest)?);
        let parts = vm.new_list(vec![head.into_value(), shown, rest.into_value()])?.into_value();
        let empty = vm.empty_str().into_value();
        vm.call_method(&empty, taipan_vm::name!("join"), &[parts])
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<Pattern>) -> Result<i64> {
        let p = this.get(vm);
        let code: Vec<u8> = p.code.0.iter().flat_map(|w| w.to_le_bytes()).collect();
        let (flags, is_bytes, pattern) = (p.flags, p.is_bytes, p.pattern.clone());
        let kind = is_bytes.map_or(-1, i64::from);
        let hash = vm.hash(&pattern)? ^ taipan_object::str::hash_bytes(&code) ^ i64::from(flags) ^ kind;
        Ok(if hash == -1 { -2 } else { hash })
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(a), Some(b)) = (a.downcast::<Pattern>(), b.downcast::<Pattern>()) else {
            return Ok(Value::not_implemented());
        };
        let wanted = match op {
            CompareOp::Eq => true,
            CompareOp::Ne => false,
            _ => return Ok(Value::not_implemented()),
        };
        let (x, y) = (a.get(vm), b.get(vm));
        let same = x.flags == y.flags && x.is_bytes == y.is_bytes && x.code.0 == y.code.0;
        let (x, y) = (x.pattern.clone(), y.pattern.clone());
        let same = a.is(b) || same && vm.equal(&x, &y)?;
        Ok(Value::bool(same == wanted))
    }

    /// Matches zero or more characters at the beginning of the string.
    #[method("($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn match_(
        vm: &mut Vm,
        this: &Ref<Pattern>,
        string: &Value,
        pos: Option<isize>,
        endpos: Option<isize>,
    ) -> Result<Option<Ref<Match>>> {
        one(vm, this, string, pos, endpos, Mode::Match)
    }

    /// Matches against all of the string.
    #[method("($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn fullmatch(
        vm: &mut Vm,
        this: &Ref<Pattern>,
        string: &Value,
        pos: Option<isize>,
        endpos: Option<isize>,
    ) -> Result<Option<Ref<Match>>> {
        one(vm, this, string, pos, endpos, Mode::FullMatch)
    }

    /// Scan through string looking for a match, and return a corresponding match object instance.
    ///
    /// Return None if no position in the string matches.
    #[method("($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn search(
        vm: &mut Vm,
        this: &Ref<Pattern>,
        string: &Value,
        pos: Option<isize>,
        endpos: Option<isize>,
    ) -> Result<Option<Ref<Match>>> {
        one(vm, this, string, pos, endpos, Mode::Search)
    }

    /// Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.
    #[method("($self, /, repl, string, count=0)")]
    fn sub(vm: &mut Vm, this: &Ref<Pattern>, repl: &Value, string: &Value, count: Option<isize>) -> Result {
        template::substitute(vm, this, repl, string, count.unwrap_or(0)).map(|(text, _)| text)
    }

    /// Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl.
    #[method("($self, /, repl, string, count=0)")]
    fn subn(
        vm: &mut Vm,
        this: &Ref<Pattern>,
        repl: &Value,
        string: &Value,
        count: Option<isize>,
    ) -> Result<Ref<Tuple>> {
        let (text, n) = template::substitute(vm, this, repl, string, count.unwrap_or(0))?;
        let n = vm.new_uint(n as u64)?;
        vm.new_tuple(vec![text, n])
    }

    /// Return a list of all non-overlapping matches of pattern in string.
    #[method("($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn findall(
        vm: &mut Vm,
        this: &Ref<Pattern>,
        string: &Value,
        pos: Option<isize>,
        endpos: Option<isize>,
    ) -> Result<Ref<List>> {
        let mut run = Run::open(vm, this, string, pos.unwrap_or(0), endpos.unwrap_or(isize::MAX))?;
        let found = find_all(vm, &mut run);
        close(vm, run, found)
    }

    /// Return an iterator over all non-overlapping matches for the RE pattern in string.
    ///
    /// For each match, the iterator returns a match object.
    #[method("($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn finditer(vm: &mut Vm, this: &Ref<Pattern>, string: &Value, pos: Option<isize>, endpos: Option<isize>) -> Result {
        scanner::new_iterator(vm, this, string, pos.unwrap_or(0), endpos.unwrap_or(isize::MAX))
    }

    #[method("($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn scanner(vm: &mut Vm, this: &Ref<Pattern>, string: &Value, pos: Option<isize>, endpos: Option<isize>) -> Result {
        scanner::new_scanner(vm, this, string, pos.unwrap_or(0), endpos.unwrap_or(isize::MAX))
    }

    /// Split string by the occurrences of pattern.
    #[method("($self, /, string, maxsplit=0)")]
    fn split(vm: &mut Vm, this: &Ref<Pattern>, string: &Value, maxsplit: Option<isize>) -> Result<Ref<List>> {
        let mut run = Run::open(vm, this, string, 0, isize::MAX)?;
        let parts = split_up(vm, &mut run, maxsplit.unwrap_or(0));
        close(vm, run, parts)
    }

    #[method("($self, /)")]
    fn __copy__(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[method("($self, memo, /)")]
    fn __deepcopy__(_vm: &mut Vm, this: &Value, _memo: &Value) -> Result {
        Ok(this.clone())
    }

    /// Patterns are generic over the type of string they handle (str or bytes)
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        generic_alias::new_alias(vm, class.clone(), object.clone())
    }

    /// The pattern string from which the RE object was compiled.
    #[getter]
    fn pattern(vm: &mut Vm, this: &Ref<Pattern>) -> Result {
        Ok(this.get(vm).pattern.clone())
    }

    /// The regex matching flags.
    #[getter]
    fn flags(vm: &mut Vm, this: &Ref<Pattern>) -> Result<i32> {
        Ok(this.get(vm).flags)
    }

    /// The number of capturing groups in the pattern.
    #[getter]
    fn groups(vm: &mut Vm, this: &Ref<Pattern>) -> Result<usize> {
        Ok(this.get(vm).groups)
    }

    /// A dictionary mapping group names to group numbers.
    #[getter]
    fn groupindex(vm: &mut Vm, this: &Ref<Pattern>) -> Result {
        let names = this.get(vm).groupindex.clone();
        if names.get(vm).len() == 0 {
            return vm.new_dict().map(Ref::into_value);
        }
        let names = names.into_value();
        mappingproxy::new_proxy(vm, names)
    }
}
