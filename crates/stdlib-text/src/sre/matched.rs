//! `re.Match`.

use super::pattern::Pattern;
use super::run::Run;
use super::subject::Subject;
use super::template;
use std::ops::Range;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{IntRef, Str, TypeCell};
use taipan_vm::native::Args;
use taipan_vm::types::generic_alias;
use taipan_vm::{Dict, Ref, Result, Tuple, Value, Vm};

/// `re.Match`.
pub static MATCH: TypeCell<Match> = TypeCell::new("re.Match");

/// Starts and ends of a match and its groups; most patterns have few groups.
enum Spans {
    Few([isize; 8], u8),
    Many(Box<[isize]>),
}

impl Spans {
    fn new(all: &[isize]) -> Spans {
        let mut few = [-1; 8];
        match few.get_mut(..all.len()) {
            Some(part) => {
                part.copy_from_slice(all);
                Spans::Few(few, all.len() as u8)
            }
            None => Spans::Many(all.into()),
        }
    }

    fn all(&self) -> &[isize] {
        match self {
            Spans::Few(few, n) => &few[..usize::from(*n)],
            Spans::Many(all) => all,
        }
    }
}

/// The result of a match.
#[derive(Trace, Payload)]
#[payload(class = MATCH, frozen)]
#[repr(C)]
pub struct Match {
    pub string: Value,
    pub pattern: Ref<Pattern>,
    pos: Opaque<usize>,
    endpos: Opaque<usize>,
    spans: Opaque<Spans>,
    lastindex: Opaque<Option<usize>>,
}

impl Match {
    /// The groups of the pattern, without the whole match.
    pub fn group_count(&self) -> usize {
        self.spans.0.all().len() / 2 - 1
    }

    /// Where a group matched.
    pub fn range(&self, index: usize) -> Option<Range<usize>> {
        match self.spans.0.all().get(2 * index..2 * index + 2) {
            Some(&[start, end]) if start >= 0 => Some(start as usize..end as usize),
            _ => None,
        }
    }

    fn ends(&self, index: usize) -> (isize, isize) {
        match self.spans.0.all().get(2 * index..2 * index + 2) {
            Some(&[start, end]) => (start, end),
            _ => (-1, -1),
        }
    }
}

/// The match that a walk has just found.
pub fn from_run(vm: &mut Vm, run: &Run, string: &Value) -> Result<Ref<Match>> {
    let m = Match {
        string: string.clone(),
        pattern: run.pattern().clone(),
        pos: Opaque(run.pos),
        endpos: Opaque(run.endpos),
        spans: Opaque(Spans::new(run.spans())),
        lastindex: Opaque(run.lastindex()),
    };
    Ref::new(vm, m)
}

fn slice(vm: &mut Vm, m: &Ref<Match>, index: usize, missing: &Value) -> Result {
    let Some(range) = m.range(index) else { return Ok(missing.clone()) };
    if let Some(s) = m.string.downcast::<Str>() {
        return vm.str_part(s, range).map(Ref::into_value);
    }
    let subject = Subject::open(vm, &m.string)?;
    let part = subject.slice(vm, range);
    subject.close(vm);
    part
}

/// The number of a group, given by number or name.
fn group_index(vm: &mut Vm, m: &Ref<Match>, which: Option<&Value>) -> Result<usize> {
    let Some(which) = which else { return Ok(0) };
    let number = if which.as_int().is_some() || taipan_vm::slots::of(which.ty()).index.is_some() {
        Some(vm.to_index_clamped(which)?)
    } else {
        let names = m.pattern.get(vm).groupindex.clone();
        match vm.dict_get(&names, which)? {
            Some(n) => match n.as_int() {
                Some(IntRef::Small(n)) => Some(n as isize),
                _ => None,
            },
            None => None,
        }
    };
    match number.and_then(|n| usize::try_from(n).ok()) {
        Some(n) if n <= m.group_count() => Ok(n),
        _ => Err(vm.raise_index_error("no such group")),
    }
}

/// Methods of `re.Match`.
pub struct MatchClass;

/// The result of re.match() and re.search().
/// Match objects always have a boolean value of True.
#[class(cell = MATCH, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl MatchClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Match>) -> Result {
        let (start, end) = this.ends(0);
        let found = slice(vm, this, 0, &Value::none())?;
        let shown: String = vm.repr(&found)?.to_string_lossy().chars().take(50).collect();
        vm.new_str(&format!("<re.Match object; span=({start}, {end}), match={shown}>")).map(Ref::into_value)
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Value, key: &Value) -> Result {
        let Some(this) = this.downcast::<Match>() else { return Err(vm.raise_wrong_receiver("__getitem__", this)) };
        let index = group_index(vm, this, Some(key))?;
        slice(vm, this, index, &Value::none())
    }

    /// group([group1, ...]) -> str or tuple.
    ///
    /// Subgroups of the match by number or name; group 0, the default, is all of it.
    #[method]
    fn group(vm: &mut Vm, this: &Ref<Match>, args: Args<'_>) -> Result {
        args.no_keywords(vm, "Match.group")?;
        match args.positional() {
            [] => slice(vm, this, 0, &Value::none()),
            [which] => {
                let index = group_index(vm, this, Some(which))?;
                slice(vm, this, index, &Value::none())
            }
            several => {
                let mut parts = Vec::with_capacity(several.len());
                for which in several {
                    let index = group_index(vm, this, Some(which))?;
                    parts.push(slice(vm, this, index, &Value::none())?);
                }
                vm.new_tuple(parts).map(Ref::into_value)
            }
        }
    }

    /// Return index of the start of the substring matched by group.
    #[method("($self, group=0, /)")]
    fn start(vm: &mut Vm, this: &Ref<Match>, group: Option<&Value>) -> Result<isize> {
        let index = group_index(vm, this, group)?;
        Ok(this.ends(index).0)
    }

    /// Return index of the end of the substring matched by group.
    #[method("($self, group=0, /)")]
    fn end(vm: &mut Vm, this: &Ref<Match>, group: Option<&Value>) -> Result<isize> {
        let index = group_index(vm, this, group)?;
        Ok(this.ends(index).1)
    }

    /// For match object m, return the 2-tuple (m.start(group), m.end(group)).
    #[method("($self, group=0, /)")]
    fn span(vm: &mut Vm, this: &Ref<Match>, group: Option<&Value>) -> Result<Ref<Tuple>> {
        let index = group_index(vm, this, group)?;
        span_pair(vm, this.ends(index))
    }

    /// All the subgroups of the match in a tuple, from 1.
    ///
    ///   default
    ///     Stands for groups that took no part in the match.
    #[method("($self, /, default=None)")]
    fn groups(vm: &mut Vm, this: &Ref<Match>, default: Option<&Value>) -> Result<Ref<Tuple>> {
        let default = default.cloned().unwrap_or_else(Value::none);
        let mut parts = Vec::with_capacity(this.group_count());
        for i in 1..=this.group_count() {
            parts.push(slice(vm, this, i, &default)?);
        }
        vm.new_tuple(parts)
    }

    /// All the named subgroups of the match in a dictionary, by name.
    ///
    ///   default
    ///     Stands for groups that took no part in the match.
    #[method("($self, /, default=None)")]
    fn groupdict(vm: &mut Vm, this: &Ref<Match>, default: Option<&Value>) -> Result<Ref<Dict>> {
        let default = default.cloned().unwrap_or_else(Value::none);
        let names = this.pattern.get(vm).groupindex.clone();
        let result = vm.new_dict()?;
        let mut at = 0;
        while let Some((name, index)) = names.get(vm).next_pair(&mut at) {
            let (name, index) = (name.clone(), index.clone());
            let index = group_index(vm, this, Some(&index))?;
            let part = slice(vm, this, index, &default)?;
            vm.dict_set(&result, &name, part)?;
        }
        Ok(result)
    }

    /// Return the string obtained by doing backslash substitution on the string template, as done by the sub() method.
    #[method("($self, /, template)")]
    fn expand(vm: &mut Vm, this: &Ref<Match>, template: &Value) -> Result {
        template::expand(vm, this, template)
    }

    #[method("($self, /)")]
    fn __copy__(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[method("($self, memo, /)")]
    fn __deepcopy__(_vm: &mut Vm, this: &Value, _memo: &Value) -> Result {
        Ok(this.clone())
    }

    /// Matches are generic over the type of string which was matched (str or bytes)
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        generic_alias::new_alias(vm, class.clone(), object.clone())
    }

    /// The integer index of the last matched capturing group.
    #[getter]
    fn lastindex(_vm: &mut Vm, this: &Ref<Match>) -> Result<Option<usize>> {
        Ok(this.lastindex.0)
    }

    /// The name of the last matched capturing group.
    #[getter]
    fn lastgroup(vm: &mut Vm, this: &Ref<Match>) -> Result {
        let names = this.pattern.get(vm).indexgroup.clone();
        Ok(this.lastindex.0.and_then(|i| names.items().get(i).cloned()).unwrap_or_else(Value::none))
    }

    #[getter]
    fn regs(vm: &mut Vm, this: &Ref<Match>) -> Result<Ref<Tuple>> {
        let mut all = Vec::with_capacity(this.group_count() + 1);
        for i in 0..=this.group_count() {
            all.push(span_pair(vm, this.ends(i))?.into_value());
        }
        vm.new_tuple(all)
    }

    /// The string passed to match() or search().
    #[getter]
    fn string(_vm: &mut Vm, this: &Ref<Match>) -> Result {
        Ok(this.string.clone())
    }

    /// The regular expression object.
    #[getter]
    fn re(_vm: &mut Vm, this: &Ref<Match>) -> Result<Ref<Pattern>> {
        Ok(this.pattern.clone())
    }

    /// The index into the string at which the RE engine started looking for a match.
    #[getter]
    fn pos(_vm: &mut Vm, this: &Ref<Match>) -> Result<usize> {
        Ok(this.pos.0)
    }

    /// The index into the string beyond which the RE engine will not go.
    #[getter]
    fn endpos(_vm: &mut Vm, this: &Ref<Match>) -> Result<usize> {
        Ok(this.endpos.0)
    }
}

fn span_pair(vm: &mut Vm, (start, end): (isize, isize)) -> Result<Ref<Tuple>> {
    let pair = vec![vm.new_int(start as i64)?, vm.new_int(end as i64)?];
    vm.new_tuple(pair)
}
