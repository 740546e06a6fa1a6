//! `string.templatelib.Template` and `Interpolation`: what t-strings make (PEP 750).

use crate::native::Args;
use crate::types::generic_alias::new_alias;
use crate::{Ref, Result, Str, Tuple, Type, Value, Vm, name};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `string.templatelib.Template`.
pub static TEMPLATE: TypeCell<Template> = TypeCell::new("string.templatelib.Template");
/// `string.templatelib.Interpolation`.
pub static INTERPOLATION: TypeCell<Interpolation> = TypeCell::new("string.templatelib.Interpolation");
/// `string.templatelib.TemplateIter`.
pub static TEMPLATE_ITER: TypeCell<TemplateIter> = TypeCell::new("string.templatelib.TemplateIter");

/// Texts and the replacement fields between them: always one text more.
#[derive(Trace, Payload)]
#[payload(class = TEMPLATE, frozen)]
#[repr(C)]
pub struct Template {
    strings: Ref<Tuple>,
    interpolations: Ref<Tuple>,
}

/// A replacement field.
#[derive(Trace, Payload)]
#[payload(class = INTERPOLATION, frozen)]
#[repr(C)]
pub struct Interpolation {
    value: Value,
    expression: Value,
    /// `None`, or one of `s`, `r`, `a`.
    conversion: Value,
    format_spec: Value,
}

/// Texts that are not empty, and fields, in order.
#[derive(Trace, Payload)]
#[payload(class = TEMPLATE_ITER)]
#[repr(C)]
pub struct TemplateIter {
    template: Ref<Template>,
    /// Number of the next part: texts are even, fields odd.
    next: usize,
}

impl Vm {
    /// A replacement field, as the compiler's instruction makes it.
    pub fn new_interpolation(
        &mut self,
        value: Value,
        expression: Value,
        conversion: Value,
        format_spec: Value,
    ) -> Result {
        Ref::new(self, Interpolation { value, expression, conversion, format_spec }).map(Ref::into_value)
    }

    /// A template of texts and fields that alternate.
    pub fn new_template(&mut self, strings: Vec<Value>, interpolations: Vec<Value>) -> Result {
        let strings = self.new_tuple(strings)?;
        let interpolations = self.new_tuple(interpolations)?;
        Ref::new(self, Template { strings, interpolations }).map(Ref::into_value)
    }

    /// Gives `Interpolation` its `__match_args__`.
    pub(crate) fn complete_templates(&mut self) -> Result<()> {
        let mut names = Vec::new();
        for field in ["value", "expression", "conversion", "format_spec"] {
            names.push(self.intern_utf8(field)?.into_value());
        }
        let names = self.new_tuple(names)?.into_value();
        self.set_class_constant(INTERPOLATION.as_type(), "__match_args__", names).map(drop)
    }

    /// Joins neighbouring texts so that texts and fields alternate.
    fn template_of(&mut self, parts: &[Value]) -> Result {
        let mut strings = Vec::new();
        let mut fields = Vec::new();
        let mut last: Option<Ref<Str>> = None;
        for part in parts {
            if let Some(text) = part.downcast::<Str>() {
                last = Some(match last {
                    Some(before) => self.concat_str(&before, text)?,
                    None => text.clone(),
                });
            } else if part.downcast::<Interpolation>().is_some() {
                strings.push(last.take().unwrap_or_else(|| self.empty_str()).into_value());
                fields.push(part.clone());
            } else {
                let text = format!(
                    "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                    part.ty().name()
                );
                return Err(self.raise_type_error(&text));
            }
        }
        strings.push(last.unwrap_or_else(|| self.empty_str()).into_value());
        self.new_template(strings, fields)
    }
}

/// Methods of `Template`.
pub struct TemplateClass;

/// Template object
#[class(cell = TEMPLATE, base = OBJECT, flags = HAVE_GC)]
impl TemplateClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        if !args.names().is_empty() {
            return Err(vm.raise_type_error("Template.__new__ only accepts *args arguments"));
        }
        vm.template_of(args.positional())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Template>) -> Result {
        let strings = vm.repr(this.strings.as_value())?.to_string_lossy();
        let fields = vm.repr(this.interpolations.as_value())?.to_string_lossy();
        let text = format!("Template(strings={strings}, interpolations={fields})");
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<Template>) -> Result {
        Ref::new(vm, TemplateIter { template: this.clone(), next: 0 }).map(Ref::into_value)
    }

    #[slot]
    fn concat(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let (Some(a), Some(b)) = (a.downcast::<Template>(), b.downcast::<Template>()) else {
            let text = format!(
                "can only concatenate string.templatelib.Template (not \"{}\") to string.templatelib.Template",
                b.ty().name()
            );
            return Err(vm.raise_type_error(&text));
        };
        let mut strings = a.strings.items().to_vec();
        let middle = strings.pop();
        let mut rest = b.strings.items().iter();
        if let (Some(x), Some(y)) = (middle, rest.next())
            && let (Some(x), Some(y)) = (x.downcast::<Str>(), y.downcast::<Str>())
        {
            strings.push(vm.concat_str(x, y)?.into_value());
        }
        strings.extend(rest.cloned());
        let fields = a.interpolations.items().iter().chain(b.interpolations.items()).cloned().collect();
        vm.new_template(strings, fields)
    }

    /// Strings
    #[getter(member)]
    fn strings(_vm: &mut Vm, this: &Ref<Template>) -> Result {
        Ok(this.strings.to_value())
    }

    /// Interpolations
    #[getter(member)]
    fn interpolations(_vm: &mut Vm, this: &Ref<Template>) -> Result {
        Ok(this.interpolations.to_value())
    }

    /// Values of interpolations
    #[getter]
    fn values(vm: &mut Vm, this: &Ref<Template>) -> Result {
        let fields = this.interpolations.items().iter();
        let values = fields.filter_map(|f| f.downcast::<Interpolation>()).map(|f| f.value.clone()).collect();
        vm.new_tuple(values).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Template>) -> Result {
        let library = vm.import("string.templatelib")?;
        let function = vm.get_attr(&library, name!("_template_unpickle"))?;
        let state = vm.new_tuple(vec![this.strings.to_value(), this.interpolations.to_value()])?.into_value();
        vm.new_tuple(vec![function, state]).map(Ref::into_value)
    }

    /// Template supports [] for generic usage
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        new_alias(vm, class.clone(), object.clone())
    }
}

/// Methods of `Interpolation`.
pub struct InterpolationClass;

/// Interpolation object
#[class(cell = INTERPOLATION, base = OBJECT, flags = HAVE_GC)]
impl InterpolationClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: crate::native::Signature = crate::native::Signature {
            name: "Interpolation",
            params: &["value", "expression", "conversion", "format_spec"],
            required: &[true, false, false, false],
            required_count: 1,
            positional_only: 0,
            positional: 4,
        };
        let [value, expression, conversion, format_spec] = crate::native::bind::<4>(vm, &SIGNATURE, args)?;
        let Some(value) = value else {
            return Err(vm.raise_type_error("Interpolation() missing required argument 'value' (pos 1)"));
        };
        let text = |vm: &mut Vm, v: Option<&Value>, what: &str| match v {
            None => Ok(vm.empty_str().into_value()),
            Some(v) if v.downcast::<Str>().is_some() => Ok(v.clone()),
            Some(v) => {
                let text = format!("Interpolation() argument '{what}' must be str, not {}", v.ty().name());
                Err(vm.raise_type_error(&text))
            }
        };
        let expression = text(vm, expression, "expression")?;
        let conversion = match conversion {
            None => Value::none(),
            Some(c) if c.is_none() => Value::none(),
            Some(c) => {
                let c = text(vm, Some(c), "conversion")?;
                let known = c.downcast::<Str>().and_then(|c| c.to_utf8()).is_some_and(|c| matches!(c, "s" | "r" | "a"));
                if !known {
                    let text = "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'";
                    return Err(vm.raise_value_error(text));
                }
                c
            }
        };
        let format_spec = text(vm, format_spec, "format_spec")?;
        vm.new_interpolation(value.clone(), expression, conversion, format_spec)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Interpolation>) -> Result {
        let mut shown = Vec::with_capacity(4);
        for part in [&this.value, &this.expression, &this.conversion, &this.format_spec] {
            shown.push(vm.repr(part)?.to_string_lossy());
        }
        vm.new_str(&format!("Interpolation({})", shown.join(", "))).map(Ref::into_value)
    }

    /// Value
    #[getter(member)]
    fn value(_vm: &mut Vm, this: &Ref<Interpolation>) -> Result {
        Ok(this.value.clone())
    }

    /// Expression
    #[getter(member)]
    fn expression(_vm: &mut Vm, this: &Ref<Interpolation>) -> Result {
        Ok(this.expression.clone())
    }

    /// Conversion
    #[getter(member)]
    fn conversion(_vm: &mut Vm, this: &Ref<Interpolation>) -> Result {
        Ok(this.conversion.clone())
    }

    /// Format specifier
    #[getter(member)]
    fn format_spec(_vm: &mut Vm, this: &Ref<Interpolation>) -> Result {
        Ok(this.format_spec.clone())
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<Interpolation>) -> Result {
        let parts =
            vec![this.value.clone(), this.expression.clone(), this.conversion.clone(), this.format_spec.clone()];
        let parts = vm.new_tuple(parts)?.into_value();
        vm.new_tuple(vec![this.ty().to_value(), parts]).map(Ref::into_value)
    }

    /// Interpolations are generic over the types of their values
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        new_alias(vm, class.clone(), object.clone())
    }
}

/// Methods of `TemplateIter`.
pub struct TemplateIterClass;

#[class(cell = TEMPLATE_ITER, base = OBJECT, flags = HAVE_GC)]
impl TemplateIterClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<TemplateIter>) -> Result<Option<Value>> {
        loop {
            let (template, at) = (this.get(vm).template.clone(), this.get(vm).next);
            let parts = if at % 2 == 0 { &template.strings } else { &template.interpolations };
            let Some(part) = parts.items().get(at / 2) else { return Ok(None) };
            this.get_mut(vm).next = at + 1;
            if part.downcast::<Str>().is_none_or(|s| !s.is_empty()) {
                return Ok(Some(part.clone()));
            }
        }
    }
}
