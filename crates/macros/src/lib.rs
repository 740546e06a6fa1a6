//! Attribute macros that declare Python classes, methods, functions and modules in Rust.
//!
//! `#[derive(Trace)]` lists a type's references field by field; `#[derive(Payload)]` makes a struct the native part of
//! the instances of a class. `#[class(..)]` and `#[module(..)]` turn an impl block into the table that the virtual
//! machine sets a class or a module up from: each function in it is marked with what it is, and its Python signature
//! decides how arguments are bound, so that calling it allocates nothing.

mod derive;
mod native;
mod signature;

use proc_macro::TokenStream;

/// Implements `taipan_object::Trace` by tracing every field. A field that cannot be traced does not compile.
#[proc_macro_derive(Trace)]
pub fn derive_trace(input: TokenStream) -> TokenStream {
    derive::trace(syn::parse_macro_input!(input as syn::DeriveInput)).into()
}

/// Implements `taipan_object::Payload`: `#[payload(class = STATIC)]`, `#[payload(class = STATIC, frozen)]` for a
/// payload that is read without the token, `#[payload(class = STATIC, base = field)]` when the layout begins with
/// that of another payload in `field`, `#[payload(class = STATIC, also = OTHER)]` when classes that do not derive from
/// each other share the payload.
#[proc_macro_derive(Payload, attributes(payload))]
pub fn derive_payload(input: TokenStream) -> TokenStream {
    derive::payload(syn::parse_macro_input!(input as syn::DeriveInput))
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Declares a native class: `#[class(cell = LIST, base = OBJECT, flags = BASETYPE | SEQUENCE)] impl ListClass { .. }`.
/// The doc comment of the block is the class's `__doc__`.
///
/// Inside, functions carry one of `#[method("($self, object, /)")]`, `#[classmethod("(..)")]`,
/// `#[staticmethod("(..)")]`, `#[getter]`, `#[setter]` (named `set_x`) or `#[slot]` (named as the field of `Slots`).
/// The block gets `pub fn class_def() -> ClassDef`.
#[proc_macro_attribute]
pub fn class(attr: TokenStream, item: TokenStream) -> TokenStream {
    native::class(attr.into(), syn::parse_macro_input!(item as syn::ItemImpl))
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Declares a native module: `#[module(name = "math")] impl Math { .. }` with functions marked
/// `#[function("(x, /)")]`, and optionally one marked `#[exec]` that fills in the rest of the namespace.
/// The block gets `pub fn module_def() -> ModuleDef`.
#[proc_macro_attribute]
pub fn module(attr: TokenStream, item: TokenStream) -> TokenStream {
    native::module(attr.into(), syn::parse_macro_input!(item as syn::ItemImpl))
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
