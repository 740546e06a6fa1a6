//! What is generated from the table of nodes: the Rust types, their description as data, and conversion to and from
//! any other representation of a tree (Python objects, text) through `Sink` and `Source`.

use super::{Ident, Loc, Str};
use crate::Const;

/// How often a field occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occurs {
    Once,
    /// `?`: may be None.
    Optional,
    /// `*`: a list.
    Many,
    /// `?*`: a list whose items may be None.
    ManyOptional,
}

/// The type of a field: an ASDL name (`expr`, `identifier`, `int`, `constant`, `string`, ...) and how often it occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldType {
    pub name: &'static str,
    pub occurs: Occurs,
}

#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub ty: FieldType,
}

/// A concrete node class.
#[derive(Debug)]
pub struct Class {
    pub name: &'static str,
    pub fields: &'static [Field],
}

/// An ASDL type: an abstract base with its subclasses, or (a product) one class that derives from `AST` itself.
#[derive(Debug)]
pub struct Family {
    pub name: &'static str,
    pub is_product: bool,
    /// Whether nodes carry lineno, col_offset, end_lineno and end_col_offset.
    pub located: bool,
    pub classes: &'static [Class],
}

/// Receives a tree, children first.
pub trait Sink {
    type Value;
    type Error;

    fn none(&mut self) -> Result<Self::Value, Self::Error>;
    fn identifier(&mut self, value: &Ident) -> Result<Self::Value, Self::Error>;
    fn string(&mut self, value: &Str) -> Result<Self::Value, Self::Error>;
    fn int(&mut self, value: i32) -> Result<Self::Value, Self::Error>;
    fn constant(&mut self, value: &Const) -> Result<Self::Value, Self::Error>;
    fn list(&mut self, items: Vec<Self::Value>) -> Result<Self::Value, Self::Error>;
    /// A node whose class is `family.classes[class]`, with the values of its fields in order.
    fn node(
        &mut self,
        family: &'static Family,
        class: usize,
        fields: Vec<Self::Value>,
        loc: Option<Loc>,
    ) -> Result<Self::Value, Self::Error>;
    /// Called before descending into a node; may refuse when too deep.
    fn enter(&mut self) -> Result<(), Self::Error>;
    fn leave(&mut self);
}

/// Where a tree is read from. `place` says for error messages which field of which class is being read.
pub trait Source {
    type Value;
    type Error;

    /// A field of a node, `None` when it is missing.
    fn field(&mut self, node: &Self::Value, name: &'static str) -> Result<Option<Self::Value>, Self::Error>;
    fn is_none(&mut self, value: &Self::Value) -> bool;
    fn identifier(&mut self, value: Self::Value) -> Result<Ident, Self::Error>;
    fn string(&mut self, value: Self::Value) -> Result<Str, Self::Error>;
    fn int(&mut self, value: Self::Value) -> Result<i32, Self::Error>;
    fn constant(&mut self, value: Self::Value) -> Result<Const, Self::Error>;
    fn items(&mut self, value: Self::Value, place: Place) -> Result<Vec<Self::Value>, Self::Error>;
    /// Index in `family.classes` of the class of `node`.
    fn class(&mut self, node: &Self::Value, family: &'static Family) -> Result<usize, Self::Error>;
    fn location(&mut self, node: &Self::Value, family: &'static Family) -> Result<Loc, Self::Error>;
    /// The error for a required field that is missing.
    fn missing(&mut self, place: Place) -> Self::Error;
    /// The error for a required field that is None.
    fn required(&mut self, place: Place) -> Self::Error;
    /// The error for an item of a list of `family` that is None.
    fn none_in_list(&mut self, family: &'static Family) -> Self::Error;
    fn enter(&mut self) -> Result<(), Self::Error>;
    fn leave(&mut self);
}

/// A field of a class, or nothing for the root of a tree.
pub type Place = Option<(&'static Class, &'static Field)>;

pub trait Export {
    fn export<S: Sink>(&self, sink: &mut S) -> Result<S::Value, S::Error>;
}

pub trait Import: Sized {
    const TYPE: FieldType;
    fn import<S: Source>(source: &mut S, value: Option<S::Value>, place: Place) -> Result<Self, S::Error>;
    /// Reads an item of a list.
    fn import_item<S: Source>(source: &mut S, value: S::Value, place: Place) -> Result<Self, S::Error> {
        Self::import(source, Some(value), place)
    }
}

const fn once(name: &'static str) -> FieldType {
    FieldType { name, occurs: Occurs::Once }
}

/// Unwraps the value of a field that may not be missing.
pub fn given<S: Source>(source: &mut S, value: Option<S::Value>, place: Place) -> Result<S::Value, S::Error> {
    value.ok_or_else(|| source.missing(place))
}

/// Unwraps the value of a field that may be neither missing nor None.
pub fn present<S: Source>(source: &mut S, value: Option<S::Value>, place: Place) -> Result<S::Value, S::Error> {
    match value {
        None => Err(source.missing(place)),
        Some(value) if source.is_none(&value) => Err(source.required(place)),
        Some(value) => Ok(value),
    }
}

macro_rules! leaf {
    ($($ty:ty, $name:literal, $method:ident, |$v:ident| $arg:expr;)*) => {$(
        impl Export for $ty {
            fn export<S: Sink>(&self, sink: &mut S) -> Result<S::Value, S::Error> {
                let $v = self;
                sink.$method($arg)
            }
        }
        impl Import for $ty {
            const TYPE: FieldType = once($name);
            fn import<S: Source>(source: &mut S, value: Option<S::Value>, place: Place) -> Result<Self, S::Error> {
                let value = present(source, value, place)?;
                source.$method(value)
            }
        }
    )*};
}

leaf! {
    Ident, "identifier", identifier, |v| v;
    Str, "string", string, |v| v;
}

impl Export for i32 {
    fn export<S: Sink>(&self, sink: &mut S) -> Result<S::Value, S::Error> {
        sink.int(*self)
    }
}

impl Import for i32 {
    const TYPE: FieldType = once("int");
    fn import<S: Source>(source: &mut S, value: Option<S::Value>, place: Place) -> Result<Self, S::Error> {
        let value = given(source, value, place)?;
        source.int(value)
    }
}

impl Export for Const {
    fn export<S: Sink>(&self, sink: &mut S) -> Result<S::Value, S::Error> {
        sink.constant(self)
    }
}

impl Import for Const {
    const TYPE: FieldType = once("constant");
    fn import<S: Source>(source: &mut S, value: Option<S::Value>, place: Place) -> Result<Self, S::Error> {
        let value = given(source, value, place)?;
        source.constant(value)
    }
}

impl<T: Export> Export for Box<T> {
    fn export<S: Sink>(&self, sink: &mut S) -> Result<S::Value, S::Error> {
        (**self).export(sink)
    }
}

impl<T: Import> Import for Box<T> {
    const TYPE: FieldType = T::TYPE;
    fn import<S: Source>(source: &mut S, value: Option<S::Value>, place: Place) -> Result<Self, S::Error> {
        T::import(source, value, place).map(Box::new)
    }
}

impl<T: Export> Export for Option<T> {
    fn export<S: Sink>(&self, sink: &mut S) -> Result<S::Value, S::Error> {
        match self {
            None => sink.none(),
            Some(value) => value.export(sink),
        }
    }
}

impl<T: Import> Import for Option<T> {
    const TYPE: FieldType = FieldType { name: T::TYPE.name, occurs: Occurs::Optional };
    fn import<S: Source>(source: &mut S, value: Option<S::Value>, place: Place) -> Result<Self, S::Error> {
        match value {
            Some(value) if !source.is_none(&value) => T::import(source, Some(value), place).map(Some),
            _ => Ok(None),
        }
    }
}

impl<T: Export> Export for Vec<T> {
    fn export<S: Sink>(&self, sink: &mut S) -> Result<S::Value, S::Error> {
        let mut items = Vec::with_capacity(self.len());
        for item in self {
            items.push(item.export(sink)?);
        }
        sink.list(items)
    }
}

impl<T: Import> Import for Vec<T> {
    const TYPE: FieldType = FieldType {
        name: T::TYPE.name,
        occurs: match T::TYPE.occurs {
            Occurs::Optional => Occurs::ManyOptional,
            _ => Occurs::Many,
        },
    };
    fn import<S: Source>(source: &mut S, value: Option<S::Value>, place: Place) -> Result<Self, S::Error> {
        let Some(value) = value else { return Ok(Vec::new()) };
        let items = source.items(value, place)?;
        items.into_iter().map(|item| T::import_item(source, item, place)).collect()
    }
}

/// The name of a field without the `r#` that some need in Rust.
pub(super) const fn plain(name: &'static str) -> &'static str {
    let bytes = name.as_bytes();
    if bytes.len() > 2 && bytes[0] == b'r' && bytes[1] == b'#' { name.split_at(2).1 } else { name }
}

macro_rules! fields {
    ($($field:ident: $ty:ty),*) => {
        &[$($crate::ast::schema::Field {
            name: $crate::ast::schema::plain(stringify!($field)),
            ty: <$ty as $crate::ast::schema::Import>::TYPE,
        }),*]
    };
}

/// Reads each field of `$class` from `$value` into a variable of its name.
macro_rules! read_fields {
    ($source:ident, $value:ident, $class:expr, $($field:ident: $ty:ty),*) => {
        let class: &'static $crate::ast::schema::Class = $class;
        #[allow(unused_mut)]
        let mut fields = class.fields.iter();
        $(
            let field = fields.next().expect("as many fields as the table has");
            let found = $source.field(&$value, field.name)?;
            let $field = <$ty as $crate::ast::schema::Import>::import($source, found, Some((class, field)))?;
        )*
        let _ = fields;
    };
}

macro_rules! sum_impls {
    ($ty:ident, $kind:ident, $located:literal, $name:literal, |$this:ident| $of:expr, $at:expr,
        |$made:ident, $source:ident, $node:ident| { $($at_name:ident: $place:expr)? } $build:expr,
        { $($variant:ident { $($field:ident: $fty:ty),* })* }) => {
        impl $ty {
            pub const FAMILY: &'static $crate::ast::schema::Family = &$crate::ast::schema::Family {
                name: $name,
                is_product: false,
                located: $located,
                classes: &[$($crate::ast::schema::Class {
                    name: stringify!($variant),
                    fields: $crate::ast::schema::fields!($($field: $fty),*),
                }),*],
            };
        }
        impl $crate::ast::schema::Export for $ty {
            fn export<S: $crate::ast::schema::Sink>(&self, sink: &mut S) -> Result<S::Value, S::Error> {
                #[allow(clippy::enum_variant_names)]
                enum Tag { $($variant),* }
                let $this = self;
                sink.enter()?;
                let value = match $of {
                    $($kind::$variant { $($field),* } => {
                        let fields = vec![$($crate::ast::schema::Export::export($field, sink)?),*];
                        sink.node(Self::FAMILY, Tag::$variant as usize, fields, $at)
                    })*
                };
                sink.leave();
                value
            }
        }
        impl $crate::ast::schema::Import for $ty {
            const TYPE: $crate::ast::schema::FieldType = $crate::ast::schema::FieldType {
                name: $name,
                occurs: $crate::ast::schema::Occurs::Once,
            };
            fn import<S: $crate::ast::schema::Source>(
                $source: &mut S,
                value: Option<S::Value>,
                place: $crate::ast::schema::Place,
            ) -> Result<Self, S::Error> {
                let $node = $crate::ast::schema::present($source, value, place)?;
                $(let $at_name = $place;)?
                let class = $source.class(&$node, Self::FAMILY)?;
                $source.enter()?;
                let mut index = 0..;
                $(if index.next() == Some(class) {
                    $crate::ast::schema::read_fields!($source, $node, &Self::FAMILY.classes[class], $($field: $fty),*);
                    let $made = $kind::$variant { $($field),* };
                    let built = $build;
                    $source.leave();
                    return Ok(built);
                })*
                unreachable!("a source names one of the classes of the family")
            }
            fn import_item<S: $crate::ast::schema::Source>(
                source: &mut S,
                value: S::Value,
                place: $crate::ast::schema::Place,
            ) -> Result<Self, S::Error> {
                if source.is_none(&value) {
                    return Err(source.none_in_list(Self::FAMILY));
                }
                Self::import(source, Some(value), place)
            }
        }
    };
}

macro_rules! struct_impls {
    ($ty:ident, $located:literal, $product:literal, $family:literal, $class:literal, |$this:ident| $at:expr,
        |$source:ident, $node:ident| { $($before:ident: $before_value:expr)? } { $($extra:ident: $extra_value:expr)? },
        { $($field:ident: $fty:ty),* }) => {
        impl $ty {
            pub const FAMILY: &'static $crate::ast::schema::Family = &$crate::ast::schema::Family {
                name: $family,
                is_product: $product,
                located: $located,
                classes: &[$crate::ast::schema::Class {
                    name: $class,
                    fields: $crate::ast::schema::fields!($($field: $fty),*),
                }],
            };
        }
        impl $crate::ast::schema::Export for $ty {
            fn export<S: $crate::ast::schema::Sink>(&self, sink: &mut S) -> Result<S::Value, S::Error> {
                let $this = self;
                sink.enter()?;
                let at = $at;
                let fields = vec![$($crate::ast::schema::Export::export(&self.$field, sink)?),*];
                let value = sink.node(Self::FAMILY, 0, fields, at);
                sink.leave();
                value
            }
        }
        impl $crate::ast::schema::Import for $ty {
            const TYPE: $crate::ast::schema::FieldType = $crate::ast::schema::FieldType {
                name: $family,
                occurs: $crate::ast::schema::Occurs::Once,
            };
            fn import<S: $crate::ast::schema::Source>(
                $source: &mut S,
                value: Option<S::Value>,
                place: $crate::ast::schema::Place,
            ) -> Result<Self, S::Error> {
                // A product is whatever has its fields.
                let $node = if $product {
                    $crate::ast::schema::given($source, value, place)?
                } else {
                    $crate::ast::schema::present($source, value, place)?
                };
                $(let $before = $before_value;)?
                if !$product {
                    $source.class(&$node, Self::FAMILY)?;
                }
                $source.enter()?;
                $crate::ast::schema::read_fields!($source, $node, &Self::FAMILY.classes[0], $($field: $fty),*);
                let built = $ty { $($field,)* $($before)? $($extra: $extra_value)? };
                $source.leave();
                Ok(built)
            }
            fn import_item<S: $crate::ast::schema::Source>(
                source: &mut S,
                value: S::Value,
                place: $crate::ast::schema::Place,
            ) -> Result<Self, S::Error> {
                if !$product && source.is_none(&value) {
                    return Err(source.none_in_list(Self::FAMILY));
                }
                Self::import(source, Some(value), place)
            }
        }
    };
}

/// Turns the table of nodes into types and their descriptions. Four kinds of entry:
/// `sum` (an enum, with a struct that adds the location unless it has none), `names` (a sum without fields),
/// `product` (a struct), `single` (a struct that Python sees as the only subclass of an abstract base).
macro_rules! asdl {
    ($($table:tt)*) => { $crate::ast::schema::asdl_items! { [] $($table)* } };
}

macro_rules! asdl_items {
    ([$($done:ident)*]) => {
        /// Every ASDL type, in the order of the grammar.
        pub static FAMILIES: &[&$crate::ast::schema::Family] = &[$($done::FAMILY),*];
    };
    ([$($done:ident)*] $(#[$doc:meta])* sum $ty:ident $name:literal
        { $($variant:ident { $($field:ident: $fty:ty),* })* } $($rest:tt)*) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $ty { $($variant { $($field: $fty),* }),* }
        $crate::ast::schema::sum_impls! { $ty, $ty, false, $name, |this| this, None, |made, source, node| {} made,
            { $($variant { $($field: $fty),* })* } }
        $crate::ast::schema::asdl_items! { [$($done)* $ty] $($rest)* }
    };
    ([$($done:ident)*] sum $ty:ident $kind:ident $name:literal
        { $($variant:ident { $($field:ident: $fty:ty),* })* } $($rest:tt)*) => {
        #[derive(Debug)]
        pub struct $ty { pub kind: $kind, pub loc: Loc }
        #[derive(Debug)]
        pub enum $kind { $($variant { $($field: $fty),* }),* }
        $crate::ast::schema::sum_impls! { $ty, $kind, true, $name, |this| &this.kind, Some(this.loc),
            |made, source, node| { loc: source.location(&node, Self::FAMILY)? } $ty { kind: made, loc },
            { $($variant { $($field: $fty),* })* } }
        $crate::ast::schema::asdl_items! { [$($done)* $ty] $($rest)* }
    };
    ([$($done:ident)*] names $ty:ident $name:literal { $($variant:ident)* } $($rest:tt)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $ty { $($variant),* }
        impl $ty {
            pub const ALL: &'static [$ty] = &[$($ty::$variant),*];
            pub const FAMILY: &'static $crate::ast::schema::Family = &$crate::ast::schema::Family {
                name: $name,
                is_product: false,
                located: false,
                classes: &[$($crate::ast::schema::Class { name: stringify!($variant), fields: &[] }),*],
            };
        }
        impl $crate::ast::schema::Export for $ty {
            fn export<S: $crate::ast::schema::Sink>(&self, sink: &mut S) -> Result<S::Value, S::Error> {
                sink.node(Self::FAMILY, *self as usize, Vec::new(), None)
            }
        }
        impl $crate::ast::schema::Import for $ty {
            const TYPE: $crate::ast::schema::FieldType = $crate::ast::schema::FieldType {
                name: $name,
                occurs: $crate::ast::schema::Occurs::Once,
            };
            fn import<S: $crate::ast::schema::Source>(
                source: &mut S,
                value: Option<S::Value>,
                place: $crate::ast::schema::Place,
            ) -> Result<Self, S::Error> {
                if value.is_none() && $name == "expr_context" {
                    return Ok(Self::ALL[0]);
                }
                let node = $crate::ast::schema::given(source, value, place)?;
                Ok(Self::ALL[source.class(&node, Self::FAMILY)?])
            }
        }
        $crate::ast::schema::asdl_items! { [$($done)* $ty] $($rest)* }
    };
    ([$($done:ident)*] product $ty:ident $name:literal { $($field:ident: $fty:ty),* } $($rest:tt)*) => {
        #[derive(Debug)]
        pub struct $ty { $(pub $field: $fty),* }
        $crate::ast::schema::struct_impls! { $ty, false, true, $name, $name, |_this| None, |source, node| {} {},
            { $($field: $fty),* } }
        $crate::ast::schema::asdl_items! { [$($done)* $ty] $($rest)* }
    };
    ([$($done:ident)*] product $ty:ident $name:literal located { $($field:ident: $fty:ty),* } $($rest:tt)*) => {
        #[derive(Debug)]
        pub struct $ty { $(pub $field: $fty,)* pub loc: Loc }
        $crate::ast::schema::struct_impls! { $ty, true, true, $name, $name, |this| Some(this.loc),
            |source, node| {} { loc: source.location(&node, Self::FAMILY)? }, { $($field: $fty),* } }
        $crate::ast::schema::asdl_items! { [$($done)* $ty] $($rest)* }
    };
    ([$($done:ident)*] single $ty:ident $name:literal $class:literal { $($field:ident: $fty:ty),* } $($rest:tt)*) => {
        #[derive(Debug)]
        pub struct $ty { $(pub $field: $fty),* }
        $crate::ast::schema::struct_impls! { $ty, false, false, $name, $class, |_this| None, |source, node| {} {},
            { $($field: $fty),* } }
        $crate::ast::schema::asdl_items! { [$($done)* $ty] $($rest)* }
    };
    ([$($done:ident)*] single $ty:ident $name:literal $class:literal located
        { $($field:ident: $fty:ty),* } $($rest:tt)*) => {
        #[derive(Debug)]
        pub struct $ty { $(pub $field: $fty,)* pub loc: Loc }
        $crate::ast::schema::struct_impls! { $ty, true, false, $name, $class, |this| Some(this.loc),
            |source, node| { loc: source.location(&node, Self::FAMILY)? } {}, { $($field: $fty),* } }
        $crate::ast::schema::asdl_items! { [$($done)* $ty] $($rest)* }
    };
}

pub(super) use {asdl, asdl_items, fields, read_fields, struct_impls, sum_impls};
