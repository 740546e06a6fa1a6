//! The codec registry: search functions, codecs found so far, error handlers by name.
//!
//! It is there without the module `_codecs`, since `str.encode` and `bytes.decode` ask it.

use super::codec_errors;
use crate::errors::LOOKUP_ERROR;
use crate::types::native_function::NativeFunction;
use crate::{Dict, List, Ref, Result, Str, Tuple, Value, Vm, name};

const SEARCH: &str = "codecs.search_functions";
const CACHE: &str = "codecs.cache";
const ERRORS: &str = "codecs.error_handlers";

/// Which half of a codec is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// The first of the four.
    Encode,
    /// The second.
    Decode,
}

/// The name of an encoding as search functions get it: lower case, runs of other characters made one underscore.
fn normalized(encoding: &str) -> String {
    let mut out = String::with_capacity(encoding.len());
    let mut gap = false;
    for c in encoding.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            out.push(c.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    out
}

impl Vm {
    fn codec_search_functions(&mut self) -> Result<Ref<List>> {
        if let Some(list) = self.state().registry.get(SEARCH).and_then(|v| v.downcast::<List>()) {
            return Ok(list.clone());
        }
        let list = self.new_list(Vec::new())?;
        self.state_mut().registry.insert(SEARCH, list.to_value());
        // It registers the search function that knows the library's codecs.
        self.import("encodings")?;
        Ok(list)
    }

    fn codec_cache(&mut self) -> Result<Ref<Dict>> {
        if let Some(cache) = self.state().registry.get(CACHE).and_then(|v| v.downcast::<Dict>()) {
            return Ok(cache.clone());
        }
        let cache = self.new_dict()?;
        self.state_mut().registry.insert(CACHE, cache.to_value());
        Ok(cache)
    }

    fn error_handlers(&mut self) -> Result<Ref<Dict>> {
        if let Some(handlers) = self.state().registry.get(ERRORS).and_then(|v| v.downcast::<Dict>()) {
            return Ok(handlers.clone());
        }
        let handlers = self.new_dict()?;
        self.state_mut().registry.insert(ERRORS, handlers.to_value());
        for def in codec_errors::functions() {
            let function = NativeFunction::new(self, def, None, None)?.into_value();
            let name = codec_errors::handler_name(def.name);
            let key = self.intern_utf8(name)?.into_value();
            self.dict_set(&handlers, &key, function)?;
        }
        Ok(handlers)
    }

    /// Adds a search function.
    pub fn register_codec_search(&mut self, function: &Value) -> Result<()> {
        if !self.is_callable(function) {
            return Err(self.raise_type_error("argument must be callable"));
        }
        let list = match self.state().registry.get(SEARCH).and_then(|v| v.downcast::<List>()).cloned() {
            Some(list) => list,
            None => self.codec_search_functions()?,
        };
        list.get_mut(self).push(function.clone())
    }

    /// Takes a search function away, and forgets the codecs found so far.
    pub fn unregister_codec_search(&mut self, function: &Value) -> Result<()> {
        let list = self.codec_search_functions()?;
        let place = list.items(self).iter().position(|f| f.is(function));
        if let Some(place) = place {
            let cache = self.codec_cache()?;
            let old = cache.get_mut(self).take();
            let removed = list.get_mut(self).with_vec(|v| v.remove(place));
            drop((old, removed));
        }
        Ok(())
    }

    /// The codec of an encoding: a tuple of four, most often a `codecs.CodecInfo`.
    pub fn lookup_codec(&mut self, encoding: &str) -> Result<Ref<Tuple>> {
        taipan_object::room::probe(encoding.len())?;
        let key = self.intern_utf8(&normalized(encoding))?;
        let cache = self.codec_cache()?;
        if let Some(found) = self.dict_get(&cache, key.as_value())?
            && let Some(info) = found.downcast::<Tuple>()
        {
            return Ok(info.clone());
        }
        let functions = self.codec_search_functions()?;
        if functions.items(self).is_empty() {
            let text = "no codec search functions registered: can't find encoding";
            return Err(self.raise_class(LOOKUP_ERROR.as_type(), text));
        }
        let mut i = 0;
        while let Some(function) = functions.items(self).get(i).cloned() {
            i += 1;
            let found = self.call(&function, &[key.to_value()])?;
            if found.is_none() {
                continue;
            }
            return match found.downcast::<Tuple>() {
                Some(info) if info.len() == 4 => {
                    self.dict_set(&cache, key.as_value(), found.clone())?;
                    Ok(info.clone())
                }
                _ => Err(self.raise_type_error("codec search functions must return 4-tuples")),
            };
        }
        Err(self.raise_class(LOOKUP_ERROR.as_type(), &format!("unknown encoding: {encoding}")))
    }

    /// Calls a codec's encoder or decoder: what it answers, without the number of units used.
    pub fn run_codec(
        &mut self,
        info: &Ref<Tuple>,
        direction: Direction,
        object: &Value,
        encoding: &str,
        errors: Option<&str>,
    ) -> Result {
        let (function, doing, words) = match direction {
            Direction::Encode => (&info.items()[0], "encoding", "encoder must return a tuple (object, integer)"),
            Direction::Decode => (&info.items()[1], "decoding", "decoder must return a tuple (object,integer)"),
        };
        let answer = match errors {
            None => self.call(function, std::slice::from_ref(object)),
            Some(errors) => {
                let errors = self.new_str(errors)?.into_value();
                self.call(function, &[object.clone(), errors])
            }
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(raised) => {
                let exception = self.take_raised(raised);
                self.add_note(&exception, &format!("{doing} with '{encoding}' codec failed"))?;
                return Err(self.raise(exception));
            }
        };
        match answer.downcast::<Tuple>() {
            Some(pair) if pair.len() == 2 => Ok(pair.items()[0].clone()),
            _ => Err(self.raise_type_error(words)),
        }
    }

    /// The error handler of a name.
    pub fn lookup_error_handler(&mut self, name: &str) -> Result {
        let handlers = self.error_handlers()?;
        let key = self.new_str(name)?;
        match self.dict_get(&handlers, key.as_value())? {
            Some(handler) => Ok(handler),
            None => {
                let name = &name[..name.floor_char_boundary(400)];
                Err(self.raise_class(LOOKUP_ERROR.as_type(), &format!("unknown error handler name '{name}'")))
            }
        }
    }

    /// Sets the error handler of a name.
    pub fn register_error_handler(&mut self, name: &Ref<Str>, handler: &Value) -> Result<()> {
        if !self.is_callable(handler) {
            return Err(self.raise_type_error("handler must be callable"));
        }
        let handlers = self.error_handlers()?;
        self.dict_set(&handlers, name.as_value(), handler.clone())
    }

    /// Takes a registered error handler away; whether there was one.
    pub fn unregister_error_handler(&mut self, name: &Ref<Str>) -> Result<bool> {
        let text = name.to_string_lossy();
        if codec_errors::functions().iter().any(|f| codec_errors::handler_name(f.name) == text) {
            let text = format!("cannot un-register built-in error handler '{text}'");
            return Err(self.raise_value_error(&text));
        }
        let handlers = self.error_handlers()?;
        Ok(self.dict_del(&handlers, name.as_value())?.is_some())
    }

    /// The exception's class name, for handlers that do not know it.
    pub(super) fn raise_unknown_codec_error(&mut self, exception: &Value) -> crate::Raised {
        let class = self.get_attr_opt(exception, name!("__class__")).ok().flatten();
        let shown = class.and_then(|c| c.as_type().map(|t| t.name())).unwrap_or_else(|| exception.ty().name());
        self.raise_type_error(&format!("don't know how to handle {shown} in error callback"))
    }
}
