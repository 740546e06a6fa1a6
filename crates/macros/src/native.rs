//! `#[class]` and `#[module]`: tables from impl blocks.

use crate::signature;
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, FnArg, Ident, ImplItem, ImplItemFn, ItemImpl, LitStr, Token, Type};

/// `name = expression` pairs of the attribute.
struct Options(Vec<(Ident, Expr)>);

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> syn::Result<Options> {
        let mut pairs = Vec::new();
        while !input.is_empty() {
            let name: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            pairs.push((name, input.parse()?));
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(Options(pairs))
    }
}

impl Options {
    fn get(&self, name: &str) -> Option<&Expr> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, e)| e)
    }
}

fn doc_of(attrs: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attr in attrs {
        if attr.path().is_ident("doc")
            && let syn::Meta::NameValue(nv) = &attr.meta
            && let Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(s), .. }) = &nv.value
        {
            let line = s.value();
            lines.push(line.strip_prefix(' ').unwrap_or(&line).to_owned());
        }
    }
    lines.join("\n")
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Method,
    ClassMethod,
    StaticMethod,
    Function,
    Getter,
    Setter,
    Slot,
    Exec,
}

/// What marks a function: what it is, the signature text, the Python name, and whether a getter is shown as a member.
type Marker = (Kind, Option<LitStr>, Option<LitStr>, bool);

/// The marker of a function, taken off its attributes.
fn take_marker(f: &mut ImplItemFn) -> syn::Result<Option<Marker>> {
    let mut found = None;
    let mut kept = Vec::new();
    for attr in std::mem::take(&mut f.attrs) {
        let kind = match attr.path().get_ident().map(Ident::to_string).as_deref() {
            Some("method") => Kind::Method,
            Some("classmethod") => Kind::ClassMethod,
            Some("staticmethod") => Kind::StaticMethod,
            Some("function") => Kind::Function,
            Some("getter") => Kind::Getter,
            Some("setter") => Kind::Setter,
            Some("slot") => Kind::Slot,
            Some("exec") => Kind::Exec,
            _ => {
                kept.push(attr);
                continue;
            }
        };
        let (mut signature, mut name, mut member) = (None, None, false);
        if let syn::Meta::List(list) = &attr.meta {
            list.parse_args_with(|input: ParseStream<'_>| {
                while !input.is_empty() {
                    if input.peek(LitStr) {
                        signature = Some(input.parse::<LitStr>()?);
                    } else {
                        let key: Ident = input.parse()?;
                        if key == "member" {
                            member = true;
                        } else if key == "name" {
                            input.parse::<Token![=]>()?;
                            name = Some(input.parse::<LitStr>()?);
                        } else {
                            let words = "expected a signature, member or name = \"..\"";
                            return Err(syn::Error::new(key.span(), words));
                        }
                    }
                    if !input.is_empty() {
                        input.parse::<Token![,]>()?;
                    }
                }
                Ok(())
            })?;
        }
        found = Some((kind, signature, name, member));
    }
    f.attrs = kept;
    Ok(found)
}

fn params(f: &ImplItemFn) -> syn::Result<Vec<(Ident, Type)>> {
    f.sig
        .inputs
        .iter()
        .enumerate()
        .map(|(i, a)| match a {
            FnArg::Typed(p) => Ok((format_ident!("p{i}"), (*p.ty).clone())),
            FnArg::Receiver(r) => Err(syn::Error::new_spanned(r, "a native function takes `vm: &mut Vm` first")),
        })
        .collect()
}

fn is_args(ty: &Type) -> bool {
    matches!(ty, Type::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "Args"))
}

/// A Rust name without what keeps it apart from Rust's keywords: `lambda_` is `lambda`, dunder names stay.
fn plain_name(own: &str) -> String {
    let own = own.trim_start_matches("r#");
    if own.starts_with("__") { own.to_owned() } else { own.trim_end_matches('_').to_owned() }
}

fn python_name(f: &ImplItemFn, name: &Option<LitStr>) -> String {
    let own = f.sig.ident.to_string();
    name.as_ref().map_or_else(|| plain_name(&own), LitStr::value)
}

/// A signature as `inspect` reads it: what the function is bound to stands first.
fn with_receiver(text: &str, kind: Kind) -> String {
    let receiver = match kind {
        Kind::Method => "$self",
        Kind::ClassMethod => "$type",
        Kind::Function => "$module",
        _ => return text.to_owned(),
    };
    match text.strip_prefix('(') {
        Some(rest) if !rest.starts_with('$') => {
            let parameters = rest.trim_end_matches(')');
            let positional = parameters.split(", ").any(|p| p == "/");
            let slash = if positional { "" } else { ", /" };
            let comma = if parameters.is_empty() { "" } else { ", " };
            format!("({receiver}{slash}{comma}{rest}")
        }
        _ => text.to_owned(),
    }
}

/// An `FnDef` for a function that is called with arguments.
fn fn_def(
    owner: &Type,
    qualifier: &TokenStream,
    f: &ImplItemFn,
    kind: Kind,
    signature: Option<LitStr>,
    name: Option<LitStr>,
) -> syn::Result<TokenStream> {
    let ident = &f.sig.ident;
    let name = python_name(f, &name);
    let doc = doc_of(&f.attrs);
    let text = signature.as_ref().map(|s| with_receiver(&s.value(), kind));
    let all = params(f)?;
    let rest = &all[1..];
    let takes_args = rest.last().is_some_and(|(_, t)| is_args(t));
    let kind_name = format_ident!(
        "{}",
        match kind {
            Kind::Method => "Method",
            Kind::ClassMethod => "Class",
            Kind::StaticMethod => "Static",
            _ => "Function",
        }
    );
    let has_self = matches!(kind, Kind::Method | Kind::ClassMethod);
    let (self_param, own) = if has_self { rest.split_at(1) } else { rest.split_at(0) };
    let self_arg: Vec<_> = self_param.iter().map(|_| quote!(this,)).collect();
    let convert_self = has_self.then(|| {
        quote! {
            let this =
                ::taipan_vm::native::FromArg::from_arg(vm, Some(this), ::taipan_vm::native::Place::receiver(#name))?;
        }
    });
    let result = quote!(::core::result::Result<::taipan_object::Value, ::taipan_object::Raised>);
    let (declaration, parameters, call, positional) = if takes_args {
        if own.len() != 1 {
            return Err(syn::Error::new_spanned(&f.sig, "a function with Args takes nothing else"));
        }
        let split_self = has_self.then(|| quote!(let (this, args) = args.split_receiver(vm, #name)?; #convert_self));
        let call = quote! {
            #split_self
            let result = <#owner>::#ident(vm, #(#self_arg)* args)?;
            ::taipan_vm::native::IntoResult::into_result(result, vm)
        };
        (quote!(), quote!(None), call, quote!(call(vm, ::taipan_vm::native::Args::positional_only(all))))
    } else {
        let text = text.clone().unwrap_or_else(|| {
            let names: Vec<_> = own.iter().map(|_| "_").collect();
            format!("({})", names.join(", "))
        });
        let s = signature::parse(&text).map_err(|e| syn::Error::new(Span::call_site(), e))?;
        if s.params.len() != own.len() {
            return Err(syn::Error::new_spanned(
                &f.sig,
                format!("the signature has {} parameters, the function {}", s.params.len(), own.len()),
            ));
        }
        let n = own.len();
        let names = s.params.iter().map(|p| &p.name);
        let required = s.params.iter().filter(|p| p.required).count();
        let required_flags = s.params.iter().map(|p| p.required);
        let (positional_only, most) = (s.positional_only, s.positional);
        let locals: Vec<_> = (0..n).map(|i| format_ident!("a{i}")).collect();
        let converted = (0..n).map(|i| {
            let local = &locals[i];
            quote!(let #local = ::taipan_vm::native::FromArg::from_arg(
                vm, bound[#i], ::taipan_vm::native::Place::argument(&SIGNATURE, #i))?;)
        });
        let qualifier = match kind {
            Kind::ClassMethod => quote!(::taipan_vm::native::Qualifier::Receiver(receiver)),
            _ => quote!(#qualifier),
        };
        let declaration = quote! {
            static SIGNATURE: ::taipan_vm::native::Signature = ::taipan_vm::native::Signature {
                name: #name,
                params: &[#(#names),*],
                required: &[#(#required_flags),*],
                required_count: #required,
                positional_only: #positional_only,
                positional: #most,
            };
        };
        let keep_receiver = (kind == Kind::ClassMethod).then(|| quote!(let receiver = this;));
        let body = quote! {
            let _ = &bound;
            #(#converted)*
            let result = <#owner>::#ident(vm, #(#self_arg)* #(#locals),*)?;
            ::taipan_vm::native::IntoResult::into_result(result, vm)
        };
        let split_self = has_self.then(|| {
            quote! {
                let (this, args) = args.split_receiver(vm, #name)?;
                #keep_receiver
                #convert_self
            }
        });
        let split_first = has_self.then(|| {
            quote! {
                let (this, all) = ::taipan_vm::native::split_receiver(vm, all, #name)?;
                #keep_receiver
                #convert_self
            }
        });
        let split_only = has_self.then(|| {
            quote! {
                let (this, args) = args.split_receiver(vm, #name)?;
                let _ = this;
                #keep_receiver
            }
        });
        // Where no parameter has a name, names are an error: then the body need not be there twice.
        let named = if s.positional_only == n {
            quote! {
                #split_only
                Err(::taipan_vm::native::refuse_names(vm, &SIGNATURE, #qualifier, args))
            }
        } else {
            quote! {
                #split_self
                let bound = ::taipan_vm::native::bind_of::<#n>(vm, &SIGNATURE, #qualifier, args)?;
                #body
            }
        };
        let call = quote! {
            if args.names().is_empty() {
                return positional(vm, args.all());
            }
            #named
        };
        let positional = quote! {
            #split_first
            let bound = ::taipan_vm::native::bind_positional::<#n>(vm, &SIGNATURE, #qualifier, all)?;
            #body
        };
        (declaration, quote!(Some(&SIGNATURE)), call, positional)
    };
    let text = match text {
        Some(t) => quote!(Some(#t)),
        None => quote!(None),
    };
    Ok(quote! {{
        #declaration
        fn call(vm: &mut ::taipan_vm::Vm, args: ::taipan_vm::native::Args<'_>) -> #result {
            #call
        }
        fn positional(vm: &mut ::taipan_vm::Vm, all: &[::taipan_object::Value]) -> #result {
            #positional
        }
        ::taipan_vm::native::FnDef {
            name: #name,
            signature: #text,
            parameters: #parameters,
            doc: #doc,
            kind: ::taipan_vm::native::FnKind::#kind_name,
            call,
            positional,
        }
    }})
}

/// A slot function: the receiver is converted, everything else is passed as it is.
fn slot_setter(owner: &Type, f: &ImplItemFn) -> syn::Result<TokenStream> {
    let ident = &f.sig.ident;
    let name = ident.to_string();
    let all = params(f)?;
    // Operators get their operands as they are: either may be the instance.
    if let Some(op) = name.strip_prefix("op_") {
        let op = format_ident!("{}", op.to_uppercase());
        return Ok(quote!(slots.binary[::taipan_vm::slots::BinaryOp::#op as usize] = Some(<#owner>::#ident);));
    }
    let typed_receiver = match all.get(1) {
        Some((_, Type::Reference(r))) => match &*r.elem {
            Type::Path(p) => p.path.segments.last().is_some_and(|s| s.ident == "Ref") && name != "new",
            _ => false,
        },
        _ => false,
    };
    let field = format_ident!("{}", name);
    if !typed_receiver {
        return Ok(quote!(slots.#field = Some(<#owner>::#ident);));
    }
    let names: Vec<_> = all[1..].iter().map(|(n, _)| n).collect();
    let rest = all[2..].iter().map(|(n, t)| quote!(#n: #t));
    let first = names[0];
    let others = &names[1..];
    let output = &f.sig.output;
    Ok(quote! {
        slots.#field = Some({
            fn call(vm: &mut ::taipan_vm::Vm, #first: &::taipan_object::Value, #(#rest),*) #output {
                match ::taipan_object::Downcast::cast(#first) {
                    Some(#first) => <#owner>::#ident(vm, #first, #(#others),*),
                    None => Err(vm.raise_wrong_receiver(#name, #first)),
                }
            }
            call
        });
    })
}

struct Parts {
    functions: Vec<TokenStream>,
    getsets: Vec<TokenStream>,
    slots: Vec<TokenStream>,
    exec: Option<Ident>,
}

fn collect(item: &mut ItemImpl, qualifier: &TokenStream) -> syn::Result<Parts> {
    let owner = (*item.self_ty).clone();
    let mut parts = Parts { functions: Vec::new(), getsets: Vec::new(), slots: Vec::new(), exec: None };
    let mut getters: Vec<(String, Ident, String, Option<Ident>, bool)> = Vec::new();
    for entry in &mut item.items {
        let ImplItem::Fn(f) = entry else { continue };
        let Some((kind, signature, name, member)) = take_marker(f)? else { continue };
        match kind {
            Kind::Slot => parts.slots.push(slot_setter(&owner, f)?),
            Kind::Exec => parts.exec = Some(f.sig.ident.clone()),
            Kind::Getter => {
                getters.push((python_name(f, &name), f.sig.ident.clone(), doc_of(&f.attrs), None, member));
            }
            Kind::Setter => {
                let target =
                    name.map_or_else(|| f.sig.ident.to_string().trim_start_matches("set_").to_owned(), |n| n.value());
                match getters.iter_mut().find(|g| g.0 == target) {
                    Some(g) => g.3 = Some(f.sig.ident.clone()),
                    None => return Err(syn::Error::new_spanned(&f.sig, "the getter comes first")),
                }
            }
            _ => parts.functions.push(fn_def(&owner, qualifier, f, kind, signature, name)?),
        }
    }
    for (name, getter, doc, setter, member) in getters {
        let set = match setter {
            None => quote!(None),
            Some(setter) => quote!(Some({
                fn set(
                    vm: &mut ::taipan_vm::Vm,
                    this: &::taipan_object::Value,
                    value: Option<&::taipan_object::Value>,
                ) -> ::core::result::Result<(), ::taipan_object::Raised> {
                    let this = ::taipan_vm::native::FromArg::from_arg(
                        vm, Some(this), ::taipan_vm::native::Place::receiver(#name))?;
                    <#owner>::#setter(vm, this, value)
                }
                set
            })),
        };
        parts.getsets.push(quote! {
            ::taipan_vm::native::GetSetDef {
                name: #name,
                doc: #doc,
                get: {
                    fn get(
                        vm: &mut ::taipan_vm::Vm,
                        this: &::taipan_object::Value,
                    ) -> ::core::result::Result<::taipan_object::Value, ::taipan_object::Raised> {
                        let this = ::taipan_vm::native::FromArg::from_arg(
                            vm, Some(this), ::taipan_vm::native::Place::receiver(#name))?;
                        let result = <#owner>::#getter(vm, this)?;
                        ::taipan_vm::native::IntoResult::into_result(result, vm)
                    }
                    get
                },
                set: #set,
                member: #member,
            }
        });
    }
    Ok(parts)
}

pub fn class(attr: TokenStream, mut item: ItemImpl) -> syn::Result<TokenStream> {
    let options: Options = syn::parse2(attr)?;
    let cell = options.get("cell").ok_or_else(|| syn::Error::new(Span::call_site(), "cell = STATIC is missing"))?;
    let base = match options.get("base") {
        Some(base) => quote!(Some(#base.as_type())),
        None => quote!(None),
    };
    let flags = match options.get("flags") {
        None => quote!(::taipan_object::TypeFlags::NONE),
        Some(e) => {
            fn each(e: &Expr, out: &mut Vec<TokenStream>) {
                match e {
                    Expr::Binary(b) => {
                        each(&b.left, out);
                        each(&b.right, out);
                    }
                    other => out.push(quote!(::taipan_object::TypeFlags::#other)),
                }
            }
            let mut all = Vec::new();
            each(e, &mut all);
            quote!(::taipan_object::TypeFlags::NONE #(.or(#all))*)
        }
    };
    let signature = match options.get("signature") {
        Some(s) => quote!(Some(#s)),
        None => quote!(None),
    };
    let doc = doc_of(&item.attrs);
    let qualifier = quote!(::taipan_vm::native::Qualifier::Class(|| #cell.as_type()));
    let Parts { functions, getsets, slots, .. } = collect(&mut item, &qualifier)?;
    let owner = &item.self_ty;
    Ok(quote! {
        #item
        impl #owner {
            /// The table that the class is set up from.
            pub fn class_def() -> ::taipan_vm::native::ClassDef {
                static FUNCTIONS: &[::taipan_vm::native::FnDef] = &[#(#functions),*];
                static GETSETS: &[::taipan_vm::native::GetSetDef] = &[#(#getsets),*];
                ::taipan_vm::native::ClassDef {
                    ty: #cell.as_type(),
                    set_layout: || #cell.set_layout(),
                    base: #base,
                    flags: #flags,
                    signature: #signature,
                    doc: #doc,
                    functions: FUNCTIONS,
                    getsets: GETSETS,
                    name_bits: const { ::taipan_vm::native::name_bits(FUNCTIONS, GETSETS) },
                    slots: {
                        #[allow(unused_variables)]
                        fn fill(slots: &mut ::taipan_vm::slots::Slots) { #(#slots)* }
                        fill
                    },
                }
            }
        }
    })
}

pub fn module(attr: TokenStream, mut item: ItemImpl) -> syn::Result<TokenStream> {
    let options: Options = syn::parse2(attr)?;
    let name = options.get("name").ok_or_else(|| syn::Error::new(Span::call_site(), "name = \"..\" is missing"))?;
    let doc = doc_of(&item.attrs);
    let qualifier = quote!(::taipan_vm::native::Qualifier::Module(#name));
    let Parts { functions, exec, .. } = collect(&mut item, &qualifier)?;
    let owner = &item.self_ty;
    let exec = match exec {
        Some(exec) => quote!(Some(<#owner>::#exec)),
        None => quote!(None),
    };
    Ok(quote! {
        #item
        impl #owner {
            /// The table that the module is set up from.
            pub fn module_def() -> ::taipan_vm::native::ModuleDef {
                static FUNCTIONS: &[::taipan_vm::native::FnDef] = &[#(#functions),*];
                ::taipan_vm::native::ModuleDef { name: #name, doc: #doc, functions: FUNCTIONS, exec: #exec }
            }
        }
    })
}
