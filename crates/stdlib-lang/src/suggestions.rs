//! `_suggestions`: names that may have been meant, for module `traceback`.

use taipan_macros::module;
use taipan_vm::errors::suggest_bytes;
use taipan_vm::{List, Ref, Result, Str, Value, Vm};

/// `_suggestions`.
pub struct SuggestionsModule;

#[module(name = "_suggestions")]
impl SuggestionsModule {
    /// Returns the candidate in candidates that's closest to item
    #[function("($module, candidates, item, /)")]
    fn _generate_suggestions(vm: &mut Vm, candidates: &Value, item: &Ref<Str>) -> Result {
        let Some(list) = candidates.downcast::<List>() else {
            return Err(vm.raise_type_error("candidates must be a list"));
        };
        let all = list.items(vm).to_vec();
        let mut texts = Vec::with_capacity(all.len());
        for candidate in &all {
            match candidate.downcast::<Str>() {
                Some(text) => texts.push(text.to_string_lossy()),
                None => return Err(vm.raise_type_error("all elements in 'candidates' must be strings")),
            }
        }
        let bytes: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
        let found = suggest_bytes(item.to_string_lossy().as_bytes(), &bytes);
        Ok(found.map_or_else(Value::none, |at| all[at].clone()))
    }
}
