//! The functions of `_elementtree`.

use crate::builder::{COMMENT_FACTORY, PI_FACTORY, TreeBuilderClass};
use crate::class::ElementClass;
use crate::element::{Element, ElementRef, attributes_of};
use crate::iter::ElementIteratorClass;
use crate::parser::{PARSE_ERROR, XmlParserClass};
use crate::shown_type;
use taipan_macros::module;
use taipan_vm::errors::SYNTAX_ERROR;
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::{Ref, Result, Value, Vm};

/// `_elementtree`.
pub struct ElementTreeModule;

#[module(name = "_elementtree")]
impl ElementTreeModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &ElementClass::class_def())?;
        vm.add_class(module, &TreeBuilderClass::class_def())?;
        vm.add_class(module, &XmlParserClass::class_def())?;
        vm.set_up_class(&ElementIteratorClass::class_def())?;
        vm.add_exception_class(module, PARSE_ERROR, SYNTAX_ERROR.as_type(), "")?;
        Ok(())
    }

    #[function]
    fn SubElement(vm: &mut Vm, args: Args<'_>) -> Result {
        if args.positional().len() < 2 {
            let text = format!("SubElement() takes at least 2 arguments ({} given)", args.positional().len());
            return Err(vm.raise_type_error(&text));
        }
        let Some(parent) = args.all()[0].downcast::<Element>() else {
            let given = shown_type(&args.all()[0]);
            let text = format!("SubElement() argument 1 must be xml.etree.ElementTree.Element, not {given}");
            return Err(vm.raise_type_error(&text));
        };
        let attrib = attributes_of(vm, args, "SubElement", 2)?;
        let child = Ref::new(vm, Element::new(args.all()[1].clone(), attrib))?;
        parent.push(vm, &child)?;
        Ok(child.into_value())
    }

    /// Change the factories used to create comments and processing instructions.
    ///
    /// For internal use only.
    #[function("($module, comment_factory, pi_factory, /)")]
    fn _set_factories(vm: &mut Vm, comment_factory: &Value, pi_factory: &Value) -> Result {
        for (given, what) in [(comment_factory, "Comment"), (pi_factory, "PI")] {
            if !given.is_none() && !vm.is_callable(given) {
                let text = format!("{what} factory must be callable, not {}", given.ty().name());
                return Err(vm.raise_type_error(&text));
            }
        }
        let mut former = Vec::with_capacity(2);
        for (key, given) in [(COMMENT_FACTORY, comment_factory), (PI_FACTORY, pi_factory)] {
            let old = vm.state_mut().registry.insert(key, given.clone());
            former.push(old.unwrap_or_else(Value::none));
        }
        vm.new_tuple(former).map(Ref::into_value)
    }
}
