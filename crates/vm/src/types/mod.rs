//! The built-in types, one file or folder each.

pub mod anext_awaitable;
pub mod async_generator;
pub mod bytes;
pub mod cell;
pub mod code;
pub mod complex;
pub mod descriptor;
pub mod dict;
pub mod enumerate;
pub mod exceptions;
pub mod float;
pub mod frame;
pub mod frame_locals;
pub mod function;
pub mod generator;
pub mod generic_alias;
pub mod int;
pub mod iterator;
pub mod list;
pub mod mappingproxy;
pub mod module;
pub mod namespace;
pub mod native_function;
pub mod object;
pub mod pickle;
pub mod property;
pub mod range;
pub mod reversed;
pub mod sequence;
pub mod set;
pub mod singletons;
pub mod slice;
mod sort;
pub mod str;
pub mod structseq;
pub mod super_;
pub mod template;
pub mod traceback;
pub mod tuple;
pub mod type_;
pub mod union;
pub mod zip_map_filter;

use crate::native::ClassDef;

/// The tables of all built-in classes, bases first.
pub fn class_defs() -> Vec<ClassDef> {
    let mut all = vec![
        object::ObjectClass::class_def(),
        type_::TypeClass::class_def(),
        descriptor::MethodDescriptorClass::class_def(),
        descriptor::ClassMethodDescriptorClass::class_def(),
        descriptor::GetSetClass::class_def(),
        descriptor::MemberClass::class_def(),
        descriptor::SlotWrapperClass::class_def(),
        descriptor::MethodWrapperClass::class_def(),
        native_function::NativeFunctionClass::class_def(),
        module::ModuleClass::class_def(),
        property::PropertyClass::class_def(),
        property::StaticMethodClass::class_def(),
        property::ClassMethodClass::class_def(),
        super_::SuperClass::class_def(),
        mappingproxy::MappingProxyClass::class_def(),
        generic_alias::GenericAliasClass::class_def(),
        generic_alias::AliasIteratorClass::class_def(),
        union::UnionClass::class_def(),
        int::IntClass::class_def(),
        int::BoolClass::class_def(),
        float::FloatClass::class_def(),
        slice::SliceClass::class_def(),
        tuple::TupleClass::class_def(),
        tuple::TupleIteratorClass::class_def(),
        list::ListClass::class_def(),
        list::ListIteratorClass::class_def(),
        list::ListReverseIteratorClass::class_def(),
        range::RangeClass::class_def(),
        range::RangeIteratorClass::class_def(),
        range::LongRangeIteratorClass::class_def(),
        dict::DictClass::class_def(),
        dict::DictKeysClass::class_def(),
        dict::DictValuesClass::class_def(),
        dict::DictItemsClass::class_def(),
        dict::KeyIteratorClass::class_def(),
        dict::ValueIteratorClass::class_def(),
        dict::ItemIteratorClass::class_def(),
        dict::ReverseKeyIteratorClass::class_def(),
        dict::ReverseValueIteratorClass::class_def(),
        dict::ReverseItemIteratorClass::class_def(),
        set::SetClass::class_def(),
        set::FrozenSetClass::class_def(),
        set::SetIteratorClass::class_def(),
        singletons::NoneClass::class_def(),
        singletons::NotImplementedClass::class_def(),
        singletons::EllipsisClass::class_def(),
        iterator::SequenceIteratorClass::class_def(),
        iterator::CallableIteratorClass::class_def(),
        complex::ComplexClass::class_def(),
        enumerate::EnumerateClass::class_def(),
        reversed::ReversedClass::class_def(),
        zip_map_filter::ZipClass::class_def(),
        zip_map_filter::MapClass::class_def(),
        zip_map_filter::FilterClass::class_def(),
        traceback::TracebackClass::class_def(),
        namespace::SimpleNamespaceClass::class_def(),
        structseq::StructMemberClass::class_def(),
        cell::CellClass::class_def(),
        code::CodeClass::class_def(),
        function::FunctionClass::class_def(),
        function::MethodClass::class_def(),
        frame::FrameClass::class_def(),
        frame_locals::FrameLocalsClass::class_def(),
        generator::GeneratorClass::class_def(),
        generator::CoroutineClass::class_def(),
        generator::CoroutineWrapperClass::class_def(),
        anext_awaitable::AnextAwaitableClass::class_def(),
        async_generator::AsyncGeneratorClass::class_def(),
        async_generator::ASendClass::class_def(),
        async_generator::AThrowClass::class_def(),
        async_generator::WrappedValueClass::class_def(),
    ];
    all.extend([
        template::TemplateClass::class_def(),
        template::InterpolationClass::class_def(),
        template::TemplateIterClass::class_def(),
    ]);
    all.extend(str::class_defs());
    all.extend(bytes::class_defs());
    all.extend(crate::errors::class_defs());
    all
}
