//! The derives `Trace` and `Payload`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields};

pub fn trace(input: DeriveInput) -> TokenStream {
    let name = &input.ident;
    let (generics, ty_generics, bounds) = input.generics.split_for_impl();
    let body = match &input.data {
        Data::Struct(s) => {
            let fields = s.fields.iter().enumerate().map(|(i, f)| match &f.ident {
                Some(ident) => quote!(::taipan_object::Trace::trace(&self.#ident, visitor);),
                None => {
                    let i = syn::Index::from(i);
                    quote!(::taipan_object::Trace::trace(&self.#i, visitor);)
                }
            });
            quote!(#(#fields)*)
        }
        Data::Enum(e) => {
            let arms = e.variants.iter().map(|v| {
                let variant = &v.ident;
                let names: Vec<_> = (0..v.fields.len()).map(|i| quote::format_ident!("f{i}")).collect();
                match &v.fields {
                    Fields::Named(fields) => {
                        let idents: Vec<_> = fields.named.iter().map(|f| &f.ident).collect();
                        quote!(Self::#variant { #(#idents: #names),* } => { #(::taipan_object::Trace::trace(#names, visitor);)* })
                    }
                    Fields::Unnamed(_) => {
                        quote!(Self::#variant(#(#names),*) => { #(::taipan_object::Trace::trace(#names, visitor);)* })
                    }
                    Fields::Unit => quote!(Self::#variant => {}),
                }
            });
            quote!(match self { #(#arms)* })
        }
        Data::Union(_) => return quote!(compile_error!("a union cannot be traced");),
    };
    quote! {
        impl #generics ::taipan_object::Trace for #name #ty_generics #bounds {
            #[allow(unused_variables)]
            fn trace(&self, visitor: &mut ::taipan_object::Visitor<'_>) { #body }
        }
    }
}

pub fn payload(input: DeriveInput) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let (mut class, mut frozen, mut base) = (None, false, None);
    let mut others = Vec::new();
    for attr in input.attrs.iter().filter(|a| a.path().is_ident("payload")) {
        attr.parse_nested_meta(|meta| {
            if meta.path.is_ident("class") {
                class = Some(meta.value()?.parse::<syn::Path>()?);
            } else if meta.path.is_ident("also") {
                others.push(meta.value()?.parse::<syn::Path>()?);
            } else if meta.path.is_ident("frozen") {
                frozen = true;
            } else if meta.path.is_ident("base") {
                base = Some(meta.value()?.parse::<syn::Ident>()?);
            } else {
                return Err(meta.error("expected class, also, base or frozen"));
            }
            Ok(())
        })?;
    }
    let class = class.ok_or_else(|| syn::Error::new_spanned(name, "payload(class = STATIC) is missing"))?;
    let access = if frozen { quote!(Frozen) } else { quote!(Guarded) };
    let check = base.map(|field| {
        quote! {
            const _: () = assert!(::core::mem::offset_of!(#name, #field) == 0, "the base comes first");
        }
    });
    let has_layout = (!others.is_empty()).then(|| {
        quote! {
            #[inline]
            fn has_layout(ty: &::taipan_object::Type) -> bool {
                ty.derives_from(#class.as_type()) #(|| ty.derives_from(#others.as_type()))*
            }
        }
    });
    Ok(quote! {
        impl ::taipan_object::Payload for #name {
            type Access = ::taipan_object::#access;
            fn class() -> &'static ::taipan_object::TypeCell<Self> { &#class }
            #has_layout
        }
        #check
    })
}
