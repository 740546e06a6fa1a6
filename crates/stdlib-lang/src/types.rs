//! `_types`: names for the types that have none among the built-in functions.

use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::{ELLIPSIS_TYPE, NONE_TYPE, NOT_IMPLEMENTED_TYPE, OBJECT};
use taipan_object::{Type, TypeCell};
use taipan_vm::types::module::{MODULE, Module};
use taipan_vm::types::{
    async_generator, cell, code, descriptor, frame, function, generator, generic_alias, mappingproxy, namespace,
    native_function, traceback, union,
};
use taipan_vm::{ModuleRef, Ref, Result, Vm};

/// `PyCapsule`.
pub static CAPSULE: TypeCell<Capsule> = TypeCell::new("PyCapsule");

/// A pointer that C code hands to C code.
#[derive(Trace, Payload)]
#[payload(class = CAPSULE, frozen)]
#[repr(C)]
pub struct Capsule {
    address: u64,
}

/// Methods of `PyCapsule`.
pub struct CapsuleClass;

/// A pointer that native extension modules share with each other.
#[class(cell = CAPSULE, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
impl CapsuleClass {}

/// `_types`.
pub struct TypesModule;

/// Define names for built-in types.
#[module(name = "_types")]
impl TypesModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.set_up_class(&CapsuleClass::class_def())?;
        let all: [(&str, &'static Type); 27] = [
            ("AsyncGeneratorType", async_generator::ASYNC_GENERATOR.as_type()),
            ("BuiltinFunctionType", native_function::NATIVE_FUNCTION.as_type()),
            ("BuiltinMethodType", native_function::NATIVE_FUNCTION.as_type()),
            ("CapsuleType", CAPSULE.as_type()),
            ("CellType", cell::CELL.as_type()),
            ("ClassMethodDescriptorType", descriptor::CLASSMETHOD_DESCRIPTOR.as_type()),
            ("CodeType", code::CODE.as_type()),
            ("CoroutineType", generator::COROUTINE.as_type()),
            ("EllipsisType", ELLIPSIS_TYPE.as_type()),
            ("FrameType", frame::FRAME.as_type()),
            ("FunctionType", function::FUNCTION.as_type()),
            ("GeneratorType", generator::GENERATOR.as_type()),
            ("GenericAlias", generic_alias::GENERIC_ALIAS.as_type()),
            ("GetSetDescriptorType", descriptor::GETSET_DESCRIPTOR.as_type()),
            ("LambdaType", function::FUNCTION.as_type()),
            ("MappingProxyType", mappingproxy::MAPPING_PROXY.as_type()),
            ("MemberDescriptorType", descriptor::MEMBER_DESCRIPTOR.as_type()),
            ("MethodDescriptorType", descriptor::METHOD_DESCRIPTOR.as_type()),
            ("MethodType", function::METHOD.as_type()),
            ("MethodWrapperType", descriptor::METHOD_WRAPPER.as_type()),
            ("ModuleType", MODULE.as_type()),
            ("NoneType", NONE_TYPE.as_type()),
            ("NotImplementedType", NOT_IMPLEMENTED_TYPE.as_type()),
            ("SimpleNamespace", namespace::SIMPLE_NAMESPACE.as_type()),
            ("TracebackType", traceback::TRACEBACK.as_type()),
            ("UnionType", union::UNION.as_type()),
            ("WrapperDescriptorType", descriptor::WRAPPER_DESCRIPTOR.as_type()),
        ];
        for (name, class) in all {
            module.set(vm, name, class.to_value())?;
        }
        Ok(())
    }
}
