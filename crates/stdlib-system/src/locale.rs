//! `_locale`: the locales that need no data of the system, `C`, `POSIX` and `C.UTF-8`. Others are refused, as by a system on
//! which they are not installed.

use crate::common::{exception_class, result_type, set_constants};
use crate::constants;
use std::cmp::Ordering;
use taipan_host::env;
use taipan_macros::module;
use taipan_object::List;
use taipan_vm::errors::EXCEPTION;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Raised, Ref, Result, Str, Value, Vm};

/// `_locale`.
pub struct LocaleModule;

const ERROR: &str = "locale.Error";
/// Key of the list of the names that the categories are set to.
const NAMES: &str = "_locale.names";
/// Key of the domain of messages.
const DOMAIN: &str = "_locale.domain";
/// Key of the folders that domains are bound to.
const BOUND: &str = "_locale.bound";

/// The categories by number; 6 is all of them.
const CATEGORIES: [&str; 13] = [
    "LC_CTYPE",
    "LC_NUMERIC",
    "LC_TIME",
    "LC_COLLATE",
    "LC_MONETARY",
    "LC_MESSAGES",
    "LC_ALL",
    "LC_PAPER",
    "LC_NAME",
    "LC_ADDRESS",
    "LC_TELEPHONE",
    "LC_MEASUREMENT",
    "LC_IDENTIFICATION",
];
const ALL: usize = 6;
/// What C has where it has no number.
const NO_NUMBER: i64 = 127;

fn error(vm: &mut Vm, text: &str) -> Raised {
    match result_type(vm, ERROR) {
        Ok(class) => vm.raise_class(&class, text),
        Err(raised) => raised,
    }
}

/// A locale as it is called, if it is there.
fn known(name: &str) -> Option<&str> {
    match name {
        "C" | "POSIX" => Some("C"),
        "C.UTF-8" | "C.utf8" | "C.UTF8" => Some(name),
        _ => None,
    }
}

/// What the environment asks for.
fn asked(category: &str) -> String {
    let found = ["LC_ALL", category, "LANG"].iter().find_map(|n| env::get(n.as_bytes()).filter(|v| !v.is_empty()));
    found.map_or_else(|| "C".to_owned(), |v| String::from_utf8_lossy(&v).into_owned())
}

fn names(vm: &mut Vm) -> Result<Ref<List>> {
    if let Some(list) = vm.state().registry.get(NAMES).and_then(|v| v.downcast::<List>().cloned()) {
        return Ok(list);
    }
    let mut items = Vec::with_capacity(CATEGORIES.len());
    for category in CATEGORIES {
        // The program starts with the characters of its environment, and UTF-8 where that says nothing.
        let name = if category == "LC_CTYPE" { "C.UTF-8" } else { "C" };
        items.push(vm.new_str(name)?.into_value());
    }
    let list = vm.new_list(items)?;
    vm.state_mut().registry.insert(NAMES, list.to_value());
    Ok(list)
}

fn current(vm: &mut Vm, category: usize) -> Result<String> {
    let list = names(vm)?;
    let all: Vec<String> =
        list.items(vm).iter().map(|v| v.downcast::<Str>().map(|s| s.to_string_lossy()).unwrap_or_default()).collect();
    if category != ALL {
        return Ok(all[category].clone());
    }
    let mut parts = CATEGORIES.iter().zip(&all).enumerate().filter(|(i, _)| *i != ALL).map(|(_, p)| p);
    if parts.clone().all(|(_, name)| *name == all[0]) {
        return Ok(all[0].clone());
    }
    let first = parts.next().map(|(c, n)| format!("{c}={n}")).unwrap_or_default();
    Ok(parts.fold(first, |text, (c, n)| format!("{text};{c}={n}")))
}

fn set(vm: &mut Vm, category: usize, wanted: &str) -> Result<bool> {
    let list = names(vm)?;
    let mut chosen: Vec<(usize, String)> = Vec::new();
    let targets: Vec<usize> =
        if category == ALL { (0..CATEGORIES.len()).filter(|i| *i != ALL).collect() } else { vec![category] };
    for i in targets {
        let name = if wanted.is_empty() {
            asked(CATEGORIES[i])
        } else if category == ALL && wanted.contains(';') {
            let part = wanted.split(';').find_map(|p| p.strip_prefix(CATEGORIES[i])?.strip_prefix('='));
            part.unwrap_or("C").to_owned()
        } else {
            wanted.to_owned()
        };
        match known(&name) {
            Some(name) => chosen.push((i, name.to_owned())),
            None => return Ok(false),
        }
    }
    for (i, name) in chosen {
        let name = vm.new_str(&name)?.into_value();
        list.get_mut(vm).items_mut()[i] = name;
    }
    Ok(true)
}

fn encoding(vm: &mut Vm) -> Result<&'static str> {
    Ok(if current(vm, 0)? == "C" { "ANSI_X3.4-1968" } else { "UTF-8" })
}

/// What `nl_langinfo` says in all of these locales; the numbers are the C library's.
fn information(item: i64) -> Option<&'static str> {
    use taipan_host::strftime::{DAYS, MONTHS};
    // The C library counts days from Sunday.
    let day = |n: i64| DAYS[(n as usize + 6) % 7];
    const TIME: i64 = 0x20000;
    Some(match item - TIME {
        n @ 0..=6 => &day(n)[..3],
        n @ 7..=13 => day(n - 7),
        n @ 14..=25 => &MONTHS[n as usize - 14][..3],
        n @ 26..=37 => MONTHS[n as usize - 26],
        38 => "AM",
        39 => "PM",
        40 => "%a %b %e %H:%M:%S %Y",
        41 => "%m/%d/%y",
        42 => "%H:%M:%S",
        43 => "%I:%M:%S %p",
        44 | 46..=49 => "",
        108 => "%a %b %e %H:%M:%S %Z %Y",
        _ => match item {
            0x10000 => ".",
            0x10001 => "",
            0x50000 => "^[yY]",
            0x50001 => "^[nN]",
            0x4000f => "-",
            _ => return None,
        },
    })
}

fn checked<'a>(vm: &mut Vm, v: &'a Value, function: &str) -> Result<&'a Ref<Str>> {
    let Some(text) = v.downcast::<Str>() else {
        let given = v.ty().name();
        return Err(vm.raise_type_error(&format!("{function} must be str, not {given}")));
    };
    if text.data().code_points().any(|c| c == 0) {
        return Err(vm.raise_value_error("embedded null character"));
    }
    Ok(text)
}

/// The folder of a domain, or set it.
fn bound(vm: &mut Vm, domain: &str, folder: Option<&Value>) -> Result {
    let dict = match vm.state().registry.get(BOUND).and_then(|v| v.downcast::<taipan_vm::Dict>().cloned()) {
        Some(dict) => dict,
        None => {
            let dict = vm.new_dict()?;
            vm.state_mut().registry.insert(BOUND, dict.to_value());
            dict
        }
    };
    let key = vm.new_str(domain)?.into_value();
    if let Some(folder) = folder {
        let path = vm.fs_bytes(folder)?;
        let path = vm.new_fs_str(&path)?;
        vm.dict_set(&dict, &key, path)?;
    }
    match vm.dict_get(&dict, &key)? {
        Some(found) => Ok(found),
        None => vm.new_str("/usr/share/locale").map(Ref::into_value),
    }
}

/// Languages and countries.
#[module(name = "_locale")]
impl LocaleModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        set_constants(vm, module, constants::locale::ALL)?;
        let class = exception_class(vm, ERROR, EXCEPTION.as_type())?;
        module.set(vm, "Error", class.into_value())
    }

    /// Set the locale of a category, or ask for it.
    #[function("($module, category, locale=None, /)")]
    fn setlocale(vm: &mut Vm, category: i32, locale: Option<&Value>) -> Result<String> {
        let category = usize::try_from(category).ok().filter(|c| *c < CATEGORIES.len());
        match locale.filter(|v| !v.is_none()) {
            None => match category {
                Some(category) => current(vm, category),
                None => Err(error(vm, "locale query failed")),
            },
            Some(v) => {
                let Some(name) = v.downcast::<Str>().map(|s| s.to_string_lossy()) else {
                    let given = v.ty().name();
                    let text = format!("setlocale() argument 2 must be str or None, not {given}");
                    return Err(vm.raise_type_error(&text));
                };
                match category {
                    Some(category) if set(vm, category, &name)? => current(vm, category),
                    _ => Err(error(vm, "unsupported locale setting")),
                }
            }
        }
    }

    /// How numbers and money are written.
    #[function("($module, /)")]
    fn localeconv(vm: &mut Vm) -> Result {
        let dict = vm.new_dict()?;
        let texts = ["int_curr_symbol", "currency_symbol", "mon_decimal_point", "mon_thousands_sep"];
        let numbers = [
            "int_frac_digits",
            "frac_digits",
            "p_cs_precedes",
            "p_sep_by_space",
            "n_cs_precedes",
            "n_sep_by_space",
            "p_sign_posn",
            "n_sign_posn",
        ];
        let mut entries: Vec<(&str, Value)> = Vec::new();
        for key in texts {
            entries.push((key, vm.new_str("")?.into_value()));
        }
        entries.push(("mon_grouping", vm.new_list(Vec::new())?.into_value()));
        for key in ["positive_sign", "negative_sign"] {
            entries.push((key, vm.new_str("")?.into_value()));
        }
        for key in numbers {
            entries.push((key, vm.new_int(NO_NUMBER)?));
        }
        entries.push(("decimal_point", vm.new_str(".")?.into_value()));
        entries.push(("thousands_sep", vm.new_str("")?.into_value()));
        entries.push(("grouping", vm.new_list(Vec::new())?.into_value()));
        for (key, value) in entries {
            let key = vm.intern_utf8(key)?;
            vm.dict_set(&dict, key.as_value(), value)?;
        }
        Ok(dict.into_value())
    }

    /// A piece of information about the locale.
    #[function("($module, key, /)")]
    fn nl_langinfo(vm: &mut Vm, key: i32) -> Result<&'static str> {
        if key == libc::CODESET {
            return encoding(vm);
        }
        match information(i64::from(key)) {
            Some(text) => Ok(text),
            None => Err(vm.raise_value_error("unsupported langinfo constant")),
        }
    }

    /// The encoding of the locale.
    #[function("($module, /)")]
    fn getencoding(vm: &mut Vm) -> Result<&'static str> {
        encoding(vm)
    }

    /// The order of two texts: below 0, 0 or above 0.
    #[function("($module, os1, os2, /)")]
    fn strcoll(vm: &mut Vm, os1: &Value, os2: &Value) -> Result<i32> {
        let a = checked(vm, os1, "strcoll() argument 1")?;
        let b = checked(vm, os2, "strcoll() argument 2")?;
        Ok(match a.data().code_points().cmp(b.data().code_points()) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        })
    }

    /// A text whose plain order is the order of the locale.
    #[function("($module, string, /)")]
    fn strxfrm(vm: &mut Vm, string: &Value) -> Result {
        checked(vm, string, "strxfrm() argument").map(|s| s.to_value())
    }

    /// The translation of a message: there is none in these locales.
    #[function("($module, msg, /)")]
    fn gettext(_vm: &mut Vm, msg: &str) -> Result<String> {
        taipan_object::room::joined(&[msg])
    }

    /// The translation of a message of a domain.
    #[function("($module, domain, msg, /)")]
    fn dgettext(_vm: &mut Vm, domain: &Value, msg: &str) -> Result<String> {
        let _ = domain;
        taipan_object::room::joined(&[msg])
    }

    /// The translation of a message of a domain and a category.
    #[function("($module, domain, msg, category, /)")]
    fn dcgettext(_vm: &mut Vm, domain: &Value, msg: &str, category: i32) -> Result<String> {
        let _ = (domain, category);
        taipan_object::room::joined(&[msg])
    }

    /// The domain of messages, or set it.
    #[function("($module, domain, /)")]
    fn textdomain(vm: &mut Vm, domain: &Value) -> Result {
        if !domain.is_none() {
            let domain = checked(vm, domain, "textdomain() argument")?.to_value();
            vm.state_mut().registry.insert(DOMAIN, domain);
        }
        match vm.state().registry.get(DOMAIN).cloned() {
            Some(domain) => Ok(domain),
            None => vm.new_str("messages").map(Ref::into_value),
        }
    }

    /// The folder of a domain's messages, or set it.
    #[function("($module, domain, dir, /)")]
    fn bindtextdomain(vm: &mut Vm, domain: &str, dir: &Value) -> Result {
        if domain.is_empty() {
            return Err(error(vm, "domain must be a non-empty string"));
        }
        bound(vm, domain, (!dir.is_none()).then_some(dir))
    }

    /// The encoding of a domain's messages, or set it.
    #[function("($module, domain, codeset, /)")]
    fn bind_textdomain_codeset(_vm: &mut Vm, domain: &str, codeset: &Value) -> Result {
        let _ = domain;
        Ok(codeset.clone())
    }
}
