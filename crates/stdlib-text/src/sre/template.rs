//! Replacement templates, and `sub`.

use super::matched::{self, Match};
use super::pattern::Pattern;
use super::run::Run;
use super::subject::{Joiner, Subject};
use std::ops::Range;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, Str, TypeCell};
use taipan_sre::Mode;
use taipan_vm::{List, Ref, Result, Value, Vm, name};

/// `_sre.SRE_Template`.
pub static TEMPLATE: TypeCell<Template> = TypeCell::new("_sre.SRE_Template");

/// Literals with groups in between.
#[derive(Trace, Payload)]
#[payload(class = TEMPLATE, frozen)]
#[repr(C)]
pub struct Template {
    head: Value,
    groups: Opaque<Vec<usize>>,
    /// One after each group.
    literals: Vec<Value>,
}

/// Methods of `_sre.SRE_Template`.
pub struct TemplateClass;

#[class(cell = TEMPLATE, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl TemplateClass {}

/// `_sre.template`: a template from the list that `re._parser.parse_template` makes.
pub fn new_template(vm: &mut Vm, list: &Ref<List>) -> Result {
    let items = taipan_object::room::copied(list.items(vm))?;
    let mut it = items.into_iter();
    let Some(head) = it.next() else { return Err(vm.raise_type_error("invalid template")) };
    let (mut groups, mut literals) = (Vec::new(), Vec::new());
    while let Some(group) = it.next() {
        let Some(literal) = it.next() else { return Err(vm.raise_type_error("invalid template")) };
        if group.as_int().is_none() {
            return Err(vm.raise_type_error("an integer is required"));
        }
        match usize::try_from(vm.to_index_i64(&group, "ssize_t")?) {
            Ok(group) => groups.push(group),
            Err(_) => return Err(vm.raise_type_error("invalid template")),
        }
        literals.push(literal);
    }
    Ref::new(vm, Template { head, groups: Opaque(groups), literals }).map(Ref::into_value)
}

fn push_literal(vm: &mut Vm, out: &mut Joiner, literal: &Value) -> Result<()> {
    match literal.downcast::<Str>() {
        Some(s) if s.is_empty() => Ok(()),
        _ => out.push(vm, literal),
    }
}

fn expand_into(
    vm: &mut Vm,
    template: &Ref<Template>,
    subject: &Subject,
    group_count: usize,
    group: impl Fn(usize) -> Option<Range<usize>>,
    out: &mut Joiner,
) -> Result<()> {
    push_literal(vm, out, &template.head)?;
    for (index, literal) in template.groups.0.iter().zip(&template.literals) {
        if *index > group_count {
            return Err(vm.raise_class(taipan_vm::errors::INDEX_ERROR.as_type(), "no such group"));
        }
        if let Some(range) = group(*index) {
            out.push_slice(vm, subject, range)?;
        }
        push_literal(vm, out, literal)?;
    }
    Ok(())
}

/// What a replacement is, worked out before the first match.
enum Replacement {
    /// The same text each time.
    Literal(Value),
    Template(Ref<Template>),
    /// Called with the match.
    Function(Value),
}

/// Whether a template's text stands for itself; `None` if it is not text.
fn has_no_backslash(vm: &mut Vm, template: &Value) -> Result<bool> {
    if let Some(s) = template.downcast::<Str>() {
        return Ok(match taipan_vm::types::str::units(s).as_bytes() {
            Some(bytes) => !bytes.contains(&b'\\'),
            None => !taipan_vm::types::str::units(s).iter().any(|c| c == u32::from(b'\\')),
        });
    }
    if let Some(b) = template.downcast::<Bytes>() {
        return Ok(!b.as_bytes().contains(&b'\\'));
    }
    if vm.is_bytes_like(template) {
        return vm.with_bytes(template, |b| !b.contains(&b'\\'));
    }
    Ok(false)
}

fn compiled(vm: &mut Vm, pattern: &Ref<Pattern>, template: &Value) -> Result {
    let re = vm.import("re")?;
    vm.call_method(&re, name!("_compile_template"), &[pattern.to_value(), template.clone()])
}

fn classify(vm: &mut Vm, pattern: &Ref<Pattern>, template: &Value) -> Result<Replacement> {
    if vm.is_callable(template) {
        return Ok(Replacement::Function(template.clone()));
    }
    if has_no_backslash(vm, template)? {
        return Ok(Replacement::Literal(template.clone()));
    }
    let made = compiled(vm, pattern, template)?;
    Ok(match made.downcast::<Template>() {
        Some(t) if t.groups.0.is_empty() => Replacement::Literal(t.head.clone()),
        Some(t) => Replacement::Template(t.clone()),
        None if vm.is_callable(&made) => Replacement::Function(made),
        None => Replacement::Literal(made),
    })
}

/// `pattern.sub` and `subn`: the new text and how often something was replaced.
pub fn substitute(
    vm: &mut Vm,
    pattern: &Ref<Pattern>,
    replacement: &Value,
    string: &Value,
    count: isize,
) -> Result<(Value, usize)> {
    let replacement = classify(vm, pattern, replacement)?;
    let mut run = Run::open(vm, pattern, string, 0, isize::MAX)?;
    let result = substitute_in(vm, &mut run, string, &replacement, count);
    run.close(vm);
    result
}

fn substitute_in(
    vm: &mut Vm,
    run: &mut Run,
    string: &Value,
    replacement: &Replacement,
    count: isize,
) -> Result<(Value, usize)> {
    let mut out = run.subject.joiner();
    let (mut done, mut n) = (0, 0usize);
    let groups = run.pattern().get(vm).groups;
    while count == 0 || (n as isize) < count {
        let Some(range) = run.next(vm, Mode::Search)? else { break };
        out.push_slice(vm, &run.subject, done..range.start)?;
        match replacement {
            Replacement::Literal(text) => {
                if !text.is_none() {
                    out.push(vm, text)?;
                }
            }
            Replacement::Template(t) => {
                let t = t.clone();
                expand_into(vm, &t, &run.subject, groups, |i| run.group(i), &mut out)?;
            }
            Replacement::Function(f) => {
                let found = matched::from_run(vm, run, string)?.into_value();
                let text = vm.call(f, &[found])?;
                if !text.is_none() {
                    out.push(vm, &text)?;
                }
            }
        }
        done = range.end;
        n += 1;
    }
    if n == 0 {
        let whole = run.subject.slice(vm, 0..run.endpos)?;
        return Ok((whole, 0));
    }
    out.push_slice(vm, &run.subject, done..run.endpos)?;
    Ok((out.finish(vm)?, n))
}

/// `match.expand`.
pub fn expand(vm: &mut Vm, m: &Ref<Match>, template: &Value) -> Result {
    let made = compiled(vm, &m.pattern, template)?;
    let Some(t) = made.downcast::<Template>() else { return Ok(made) };
    if t.groups.0.is_empty() {
        return Ok(t.head.clone());
    }
    let subject = Subject::open(vm, &m.string)?;
    let mut out = subject.joiner();
    let result = expand_into(vm, t, &subject, m.group_count(), |i| m.range(i), &mut out);
    subject.close(vm);
    result?;
    out.finish(vm)
}
