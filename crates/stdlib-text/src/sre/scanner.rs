//! Walks over a text that Python code drives: `pattern.scanner()` and `pattern.finditer()`.

use super::matched::{self, Match};
use super::pattern::Pattern;
use super::run::Run;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::{Trace, TypeCell, Visitor};
use taipan_sre::Mode;
use taipan_vm::types::iterator;
use taipan_vm::{Ref, Result, Value, Vm, name};

/// `_sre.SRE_Scanner`.
pub static SCANNER: TypeCell<Scanner> = TypeCell::new("_sre.SRE_Scanner");

/// A walk that goes on with each call.
#[derive(Trace, Payload)]
#[payload(class = SCANNER)]
#[repr(C)]
pub struct Scanner {
    pattern: Ref<Pattern>,
    string: Value,
    run: Walk,
}

/// The walk, while no call has it. What it refers to are the pattern and the string beside it, but for a window on a
/// buffer, whose exporter is traced.
struct Walk(Option<Run>);

impl Trace for Walk {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        if let Some(run) = &self.0 {
            run.trace(visitor);
        }
    }
}

/// `pattern.scanner(string)`.
pub fn new_scanner(vm: &mut Vm, pattern: &Ref<Pattern>, string: &Value, pos: isize, endpos: isize) -> Result {
    let run = Run::open(vm, pattern, string, pos, endpos)?;
    let scanner = Scanner { pattern: pattern.clone(), string: string.clone(), run: Walk(Some(run)) };
    Ref::new(vm, scanner).map(Ref::into_value)
}

/// `pattern.finditer(string)`.
pub fn new_iterator(vm: &mut Vm, pattern: &Ref<Pattern>, string: &Value, pos: isize, endpos: isize) -> Result {
    let scanner = new_scanner(vm, pattern, string, pos, endpos)?;
    let search = vm.get_attr(&scanner, name!("search"))?;
    iterator::new_callable_iterator(vm, search, Value::none())
}

fn step(vm: &mut Vm, this: &Ref<Scanner>, mode: Mode) -> Result<Option<Ref<Match>>> {
    let Some(mut run) = this.get_mut(vm).run.0.take() else {
        return Err(vm.raise_value_error("regular expression scanner already executing"));
    };
    let string = this.get(vm).string.clone();
    let result = match run.next(vm, mode) {
        Ok(Some(_)) => matched::from_run(vm, &run, &string).map(Some),
        Ok(None) => Ok(None),
        Err(raised) => Err(raised),
    };
    this.get_mut(vm).run.0 = Some(run);
    result
}

/// Methods of `_sre.SRE_Scanner`.
pub struct ScannerClass;

#[class(cell = SCANNER, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl ScannerClass {
    #[method("($self, /)")]
    fn match_(vm: &mut Vm, this: &Ref<Scanner>) -> Result<Option<Ref<Match>>> {
        step(vm, this, Mode::Match)
    }

    #[method("($self, /)")]
    fn search(vm: &mut Vm, this: &Ref<Scanner>) -> Result<Option<Ref<Match>>> {
        step(vm, this, Mode::Search)
    }

    #[getter]
    fn pattern(vm: &mut Vm, this: &Ref<Scanner>) -> Result<Ref<Pattern>> {
        Ok(this.get(vm).pattern.clone())
    }

    #[slot]
    fn finalize(vm: &mut Vm, this: &Value) {
        if let Some(this) = this.downcast::<Scanner>()
            && let Some(run) = this.get_mut(vm).run.0.take()
        {
            run.close(vm);
        }
    }
}
