//! The modules that count as frozen: they come from the executable whatever `sys.path` says.
//!
//! The table is CPython's, so that `sys.modules['os'].__spec__` and the names in tracebacks are the same here.

/// A frozen module.
#[derive(Clone, Copy)]
pub struct Frozen {
    pub name: &'static str,
    pub is_package: bool,
    /// The name under which the library's file is found, `<` in front of a package's `__init__`; `None` if it has none.
    pub origin: Option<&'static str>,
    /// The embedded module that the code is taken from.
    pub module: &'static str,
}

impl Frozen {
    /// Embedded code of the module, and what its `co_filename` is.
    pub fn code(&self) -> Option<(&'static [u8], String)> {
        let entry = taipan_pylib::find(self.module)?;
        Some((entry.code, format!("<frozen {}>", self.module)))
    }

    /// Whether the interpreter cannot start without it.
    pub fn is_essential(&self) -> bool {
        matches!(self.name, "_frozen_importlib" | "_frozen_importlib_external" | "zipimport")
    }
}

const fn module(name: &'static str) -> Frozen {
    Frozen { name, is_package: false, origin: Some(name), module: name }
}

const fn alias(name: &'static str, origin: &'static str, is_package: bool) -> Frozen {
    Frozen { name, is_package, origin: Some(origin), module: origin }
}

const fn init(name: &'static str, origin: &'static str, module: &'static str) -> Frozen {
    Frozen { name, is_package: false, origin: Some(origin), module }
}

/// All of them, in CPython's order.
pub const FROZEN: &[Frozen] = &[
    alias("_frozen_importlib", "importlib._bootstrap", false),
    alias("_frozen_importlib_external", "importlib._bootstrap_external", false),
    module("zipimport"),
    module("abc"),
    module("codecs"),
    module("io"),
    module("_collections_abc"),
    module("_sitebuiltins"),
    module("genericpath"),
    module("ntpath"),
    module("posixpath"),
    module("os"),
    module("site"),
    module("stat"),
    module("importlib.util"),
    module("importlib.machinery"),
    module("runpy"),
    module("__hello__"),
    alias("__hello_alias__", "__hello__", false),
    alias("__phello_alias__", "__hello__", true),
    alias("__phello_alias__.spam", "__hello__", false),
    alias("__phello__", "__phello__", true),
    init("__phello__.__init__", "<__phello__", "__phello__"),
    alias("__phello__.ham", "__phello__.ham", true),
    init("__phello__.ham.__init__", "<__phello__.ham", "__phello__.ham"),
    module("__phello__.ham.eggs"),
    module("__phello__.spam"),
];

/// The frozen module of that name.
pub fn find(name: &str) -> Option<&'static Frozen> {
    FROZEN.iter().find(|f| f.name == name)
}
