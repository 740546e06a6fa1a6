//! Running code objects for `exec`, `eval`, modules and class bodies.

use crate::types::cell::Cell;
use crate::types::code::Code;
use crate::types::function::Function;
use crate::{Dict, Ref, Result, Tuple, Value, Vm};
use taipan_bytecode::CodeFlags;
use taipan_object::Raised;

impl Vm {
    fn code_object(&mut self, code: &Value) -> Result<Ref<Code>> {
        match code.downcast::<Code>() {
            Some(c) => Ok(c.clone()),
            None => {
                let text = format!("code must be a code object, not {}", code.ty().name());
                Err(self.raise_type_error(&text))
            }
        }
    }

    /// Runs a code object without free variables; names are kept in `locals`, or else in `globals`.
    pub fn exec_code(&mut self, code: &Value, globals: &Ref<Dict>, locals: Option<Value>) -> Result {
        let code = self.code_object(code)?;
        let locals = locals.unwrap_or_else(|| globals.to_value());
        self.expect_names(&locals, &code)?;
        self.run_code(&code, globals, Some(locals), None)
    }

    /// The same for code whose free variables are these cells.
    pub fn exec_code_with_closure(
        &mut self,
        code: &Value,
        globals: &Ref<Dict>,
        locals: Option<Value>,
        cells: Ref<Tuple>,
    ) -> Result {
        let code = self.code_object(code)?;
        let locals = locals.unwrap_or_else(|| globals.to_value());
        self.run_code(&code, globals, Some(locals), Some(cells))
    }

    /// Runs the body of a class in its namespace. Gives the cell of `__class__`, or `None`.
    pub fn run_class_body(&mut self, function: &Value, namespace: &Value) -> Result {
        match function.downcast::<Function>() {
            Some(f) => {
                let code = f.get(self).code.clone();
                self.expect_names(namespace, &code)?;
                self.run_function_in(f, Some(namespace.clone()))
            }
            None => Err(self.raise_type_error("__build_class__: func must be a function")),
        }
    }

    /// Makes room in a fresh namespace for the names that code may store, so that it does not grow step by step.
    fn expect_names(&mut self, namespace: &Value, code: &Ref<Code>) -> Result<()> {
        // A module has some names before its code runs.
        const FRESH: usize = 16;
        if let Some(dict) = namespace.downcast_exact::<Dict>()
            && dict.get(self).len() <= FRESH
        {
            dict.get_mut(self).reserve(code.names.len())?;
        }
        Ok(())
    }

    /// `co_flags` of the running code; 0 where no Python code runs.
    pub fn current_code_flags(&mut self) -> u32 {
        self.current_code().map_or(0, |c| {
            let flags: CodeFlags = *c.flags;
            flags.0
        })
    }

    /// Whether a value is a cell.
    pub fn is_cell(&self, v: &Value) -> bool {
        v.downcast::<Cell>().is_some()
    }

    /// The running frame, as an object.
    pub fn current_frame(&mut self) -> std::result::Result<Option<Value>, Raised> {
        Ok(self.frame_at(0)?.map(Ref::into_value))
    }
}
