//! `_sre`: the objects of `re` over the engine in `taipan_sre`.

mod matched;
mod pattern;
mod run;
mod scanner;
mod subject;
mod template;

use pattern::Pattern;
use subject::Subject;
use taipan_macros::module;
use taipan_object::trace::Opaque;
use taipan_sre::{Locale, Program};
use taipan_vm::types::module::Module;
use taipan_vm::{Dict, List, ModuleRef, Ref, Result, Tuple, Value, Vm};

static LOCALE: Locale = Locale::C;

/// The words of a code array.
/// Bytes that a decoded pattern takes at most for each word of code. The decoder cannot be refused memory.
const BYTES_PER_WORD: usize = 128;

fn code_words(vm: &mut Vm, code: &Ref<List>) -> Result<Vec<u32>> {
    let items = taipan_object::room::copied(code.items(vm))?;
    let mut words = taipan_object::room::vec(items.len())?;
    for item in &items {
        if item.as_int().is_none() {
            return Err(vm.raise_type_error("an integer is required"));
        }
        let n = vm.to_index_i64(item, "unsigned long")?;
        match u32::try_from(n) {
            Ok(word) => words.push(word),
            Err(_) if n < 0 => return Err(vm.raise_overflow_error("can't convert negative value to unsigned int")),
            Err(_) => return Err(vm.raise_overflow_error("regular expression code size limit exceeded")),
        }
    }
    Ok(words)
}

fn character(c: i32) -> u32 {
    c as u32
}

/// `_sre`.
pub struct SreModule;

#[module(name = "_sre")]
impl SreModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.set_up_class(&pattern::PatternClass::class_def())?;
        vm.set_up_class(&matched::MatchClass::class_def())?;
        vm.set_up_class(&scanner::ScannerClass::class_def())?;
        vm.set_up_class(&template::TemplateClass::class_def())?;
        for (name, n) in [
            ("MAGIC", taipan_sre::MAGIC as i64),
            ("CODESIZE", taipan_sre::CODESIZE as i64),
            ("MAXREPEAT", taipan_sre::MAXREPEAT as i64),
            ("MAXGROUPS", taipan_sre::MAXGROUPS as i64),
        ] {
            let n = vm.new_int(n)?;
            module.set(vm, name, n)?;
        }
        let text = vm.new_str(" SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ")?.into_value();
        module.set(vm, "copyright", text)
    }

    #[function("($module, /, pattern, flags, code, groups, groupindex,\n        indexgroup)")]
    fn compile(
        vm: &mut Vm,
        pattern: &Value,
        flags: i32,
        code: &Ref<List>,
        groups: isize,
        groupindex: &Ref<Dict>,
        indexgroup: &Ref<Tuple>,
    ) -> Result {
        let code = code_words(vm, code)?;
        taipan_object::room::probe(code.len().saturating_mul(BYTES_PER_WORD))?;
        let is_bytes = if pattern.is_none() {
            None
        } else {
            let subject = Subject::open(vm, pattern)?;
            let bytes = subject.is_bytes();
            subject.close(vm);
            Some(bytes)
        };
        let program = u32::try_from(groups).ok().and_then(|groups| Program::new(&code, groups, &LOCALE).ok());
        let Some(program) = program else { return Err(vm.raise_runtime_error("invalid SRE code")) };
        let made = Pattern {
            pattern: pattern.clone(),
            groupindex: groupindex.clone(),
            indexgroup: indexgroup.clone(),
            flags,
            groups: groups as usize,
            is_bytes,
            code: Opaque(code),
            program: Opaque(program),
            matcher: Opaque(None),
        };
        Ref::new(vm, made).map(Ref::into_value)
    }

    /// A template from the list of its literals and groups, as re._parser.parse_template makes it.
    #[function("($module, pattern, template, /)")]
    fn template(vm: &mut Vm, _pattern: &Value, template: &Ref<List>) -> Result {
        template::new_template(vm, template)
    }

    #[function("($module, /)")]
    fn getcodesize(_vm: &mut Vm) -> Result<i64> {
        Ok(taipan_sre::CODESIZE as i64)
    }

    #[function("($module, character, /)")]
    fn ascii_iscased(_vm: &mut Vm, c: i32) -> Result<bool> {
        Ok(taipan_sre::ascii_iscased(character(c)))
    }

    #[function("($module, character, /)")]
    fn unicode_iscased(_vm: &mut Vm, c: i32) -> Result<bool> {
        Ok(taipan_sre::unicode_iscased(character(c)))
    }

    #[function("($module, character, /)")]
    fn ascii_tolower(_vm: &mut Vm, c: i32) -> Result<i32> {
        Ok(taipan_sre::ascii_tolower(character(c)) as i32)
    }

    #[function("($module, character, /)")]
    fn unicode_tolower(_vm: &mut Vm, c: i32) -> Result<i32> {
        Ok(taipan_sre::unicode_tolower(character(c)) as i32)
    }
}
