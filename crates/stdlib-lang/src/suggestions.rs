//! `_suggestions`: the names that may have been meant, for `traceback`.

use taipan_macros::module;
use taipan_vm::errors::suggest_bytes;
use taipan_vm::{List, Result, Str, Value, Vm};

/// `_suggestions`.
pub struct SuggestionsModule;

#[module(name = "_suggestions")]
impl SuggestionsModule {
    /// Returns the candidate in candidates that's closest to item
    #[function("($module, candidates, item, /)")]
    fn _generate_suggestions(vm: &mut Vm, candidates: &Value, item: &Value) -> Result {
        let Some(item) = item.downcast::<Str>() else {
            let given = item.ty().name();
            let text = format!("_generate_suggestions() argument 2 must be str, not {given}");
            return Err(vm.raise_type_error(&text));
        };
        let Some(list) = candidates.downcast_exact::<List>() else {
            return Err(vm.raise_type_error("candidates must be a list"));
        };
        let candidates = taipan_object::room::copied(list.items(vm))?;
        let mut names = Vec::with_capacity(candidates.len());
        for name in &candidates {
            let Some(name) = name.downcast::<Str>() else {
                return Err(vm.raise_type_error("all elements in 'candidates' must be strings"));
            };
            // A name with lone surrogates is nobody's suggestion.
            names.push(name.to_utf8().unwrap_or_default().as_bytes());
        }
        let found = item.to_utf8().and_then(|item| suggest_bytes(item.as_bytes(), &names));
        Ok(found.map_or_else(Value::none, |i| candidates[i].clone()))
    }
}
