//! `unicodedata`: the module's functions are methods of a database of Unicode 16, those of `ucd_3_2_0` of one of 3.2.

use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Str, TypeCell};
use taipan_text::normalize::{self, Form};
use taipan_text::ucd::Version;
use taipan_text::{TextBuf, Units, names};
use taipan_vm::errors::KEY_ERROR;
use taipan_vm::types::module::Module;
use taipan_vm::types::str::units;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm};

static UCD: TypeCell<Ucd> = TypeCell::new("unicodedata.UCD");

/// A version of the database.
#[derive(Trace, Payload)]
#[payload(class = UCD, frozen)]
#[repr(C)]
struct Ucd(Opaque<Version>);

/// The code point of a string of one character. `which` is empty where there is but one argument.
fn character(vm: &mut Vm, function: &str, which: &str, v: &Value) -> Result<u32> {
    match v.downcast::<Str>() {
        Some(s) if s.len() == 1 => Ok(units(s).at(0)),
        Some(s) => {
            let n = s.len();
            let text = format!("{function}(): argument{which} must be a unicode character, not a string of length {n}");
            Err(vm.raise_type_error(&text))
        }
        None => {
            let given = if v.is_none() { "None".to_owned() } else { v.ty().name() };
            let text = format!("{function}() argument{which} must be a unicode character, not {given}");
            Err(vm.raise_type_error(&text))
        }
    }
}

fn or_default<T>(
    vm: &mut Vm,
    found: Option<T>,
    make: impl FnOnce(&mut Vm, T) -> Result,
    default: Option<&Value>,
    words: &str,
) -> Result {
    match (found, default) {
        (Some(found), _) => make(vm, found),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(vm.raise_value_error(words)),
    }
}

fn decimal(vm: &mut Vm, version: Version, chr: &Value, default: Option<&Value>) -> Result {
    let c = character(vm, "decimal", " 1", chr)?;
    or_default(vm, version.decimal(c), |vm, n| vm.new_int(n.into()), default, "not a decimal")
}

fn digit(vm: &mut Vm, version: Version, chr: &Value, default: Option<&Value>) -> Result {
    let c = character(vm, "digit", " 1", chr)?;
    or_default(vm, version.digit(c), |vm, n| vm.new_int(n.into()), default, "not a digit")
}

fn numeric(vm: &mut Vm, version: Version, chr: &Value, default: Option<&Value>) -> Result {
    let c = character(vm, "numeric", " 1", chr)?;
    or_default(vm, version.numeric(c), |vm, x| vm.new_float(x), default, "not a numeric character")
}

fn name(vm: &mut Vm, version: Version, chr: &Value, default: Option<&Value>) -> Result {
    let c = character(vm, "name", " 1", chr)?;
    let make = |vm: &mut Vm, name: String| vm.new_str(&name).map(Ref::into_value);
    or_default(vm, version.name(c), make, default, "no such name")
}

fn lookup(vm: &mut Vm, version: Version, name: &Value) -> Result<Ref<Str>> {
    let text = if let Some(s) = name.downcast::<Str>() {
        if s.to_utf8().is_none() {
            return Err(vm.raise_surrogates_not_allowed(s));
        }
        s.clone()
    } else {
        let bytes = vm.bytes_of(name)?;
        let bytes = vm.new_bytes(&bytes)?.into_value();
        taipan_vm::types::str::codec::decode(vm, &bytes, Some("utf-8"), Some("replace"))?
    };
    if text.len() > 256 {
        return Err(vm.raise_class(KEY_ERROR.as_type(), "name too long"));
    }
    let found = match version {
        Version::V16 => names::lookup(units(&text)),
        // The aliases and sequences are those of later versions.
        _ => names::lookup_name(units(&text)).filter(|c| version.assigned(*c)).map(|c| vec![c]),
    };
    match found {
        Some(codes) => {
            let mut out = TextBuf::new();
            for c in codes {
                if out.push(c).is_err() {
                    return Err(vm.raise_memory_error());
                }
            }
            vm.str_from_buf(out)
        }
        None => {
            let text = format!("undefined character name '{}'", text.to_string_lossy());
            Err(vm.raise_class(KEY_ERROR.as_type(), &text))
        }
    }
}

fn form_of(vm: &mut Vm, form: &Ref<Str>) -> Result<Form> {
    match Form::from_name(units(form)) {
        Some(form) => Ok(form),
        None => Err(vm.raise_value_error("invalid normalization form")),
    }
}

fn is_normalized(vm: &mut Vm, version: Version, form: &Ref<Str>, text: &Ref<Str>) -> Result<bool> {
    if text.is_empty() {
        return Ok(true);
    }
    let form = form_of(vm, form)?;
    match normalize::is_normalized(form, units(text), version) {
        Ok(yes) => Ok(yes),
        Err(_) => Err(vm.raise_memory_error()),
    }
}

fn normalized(vm: &mut Vm, version: Version, form: &Ref<Str>, text: &Ref<Str>) -> Result<Ref<Str>> {
    if text.is_empty() {
        return vm.exact_str(text);
    }
    let form = form_of(vm, form)?;
    if matches!(units(text), Units::Ascii(_)) {
        return vm.exact_str(text);
    }
    match normalize::normalize(form, units(text), version) {
        Ok(Some(made)) => vm.str_from_buf(made),
        Ok(None) => vm.exact_str(text),
        Err(_) => Err(vm.raise_memory_error()),
    }
}

/// `unicodedata`.
pub struct UnicodedataModule;

/// Methods of `unicodedata.UCD`.
struct UcdClass;

#[class(cell = UCD, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
impl UcdClass {
    #[getter]
    fn unidata_version(_vm: &mut Vm, this: &Ref<Ucd>) -> Result<&'static str> {
        Ok(this.0.0.number())
    }

    /// The bidirectional class of a character; an empty string if it has none.
    #[method("($self, chr, /)")]
    fn bidirectional(vm: &mut Vm, this: &Ref<Ucd>, chr: &Value) -> Result<&'static str> {
        let c = character(vm, "bidirectional", "", chr)?;
        Ok(this.0.0.bidirectional(c))
    }

    /// The general category of a character.
    #[method("($self, chr, /)")]
    fn category(vm: &mut Vm, this: &Ref<Ucd>, chr: &Value) -> Result<&'static str> {
        let c = character(vm, "category", "", chr)?;
        Ok(this.0.0.category(c))
    }

    /// The canonical combining class of a character; 0 if it has none.
    #[method("($self, chr, /)")]
    fn combining(vm: &mut Vm, this: &Ref<Ucd>, chr: &Value) -> Result<i32> {
        let c = character(vm, "combining", "", chr)?;
        Ok(this.0.0.combining(c).into())
    }

    /// The decimal value of a character as an integer.
    ///
    /// Without one, the default is returned, or if there is none ValueError raised.
    #[method("($self, chr, default=<unrepresentable>, /)")]
    fn decimal(vm: &mut Vm, this: &Ref<Ucd>, chr: &Value, default: Option<&Value>) -> Result {
        decimal(vm, this.0.0, chr, default)
    }

    /// The decomposition mapping of a character; an empty string if it has none.
    #[method("($self, chr, /)")]
    fn decomposition(vm: &mut Vm, this: &Ref<Ucd>, chr: &Value) -> Result<String> {
        let c = character(vm, "decomposition", "", chr)?;
        Ok(this.0.0.decomposition(c))
    }

    /// The digit value of a character as an integer.
    ///
    /// Without one, the default is returned, or if there is none ValueError raised.
    #[method("($self, chr, default=<unrepresentable>, /)")]
    fn digit(vm: &mut Vm, this: &Ref<Ucd>, chr: &Value, default: Option<&Value>) -> Result {
        digit(vm, this.0.0, chr, default)
    }

    /// The east asian width of a character.
    #[method("($self, chr, /)")]
    fn east_asian_width(vm: &mut Vm, this: &Ref<Ucd>, chr: &Value) -> Result<&'static str> {
        let c = character(vm, "east_asian_width", "", chr)?;
        Ok(this.0.0.east_asian_width(c))
    }

    /// Whether a string is in the normal form 'NFC', 'NFKC', 'NFD' or 'NFKD'.
    #[method("($self, form, unistr, /)")]
    fn is_normalized(vm: &mut Vm, this: &Ref<Ucd>, form: &Ref<Str>, unistr: &Ref<Str>) -> Result<bool> {
        is_normalized(vm, this.0.0, form, unistr)
    }

    /// The character of a name; KeyError if there is none.
    #[method("($self, name, /)")]
    fn lookup(vm: &mut Vm, this: &Ref<Ucd>, name: &Value) -> Result<Ref<Str>> {
        lookup(vm, this.0.0, name)
    }

    /// 1 if a character is mirrored in bidirectional text, 0 otherwise.
    #[method("($self, chr, /)")]
    fn mirrored(vm: &mut Vm, this: &Ref<Ucd>, chr: &Value) -> Result<i32> {
        let c = character(vm, "mirrored", "", chr)?;
        Ok(this.0.0.mirrored(c).into())
    }

    /// The name of a character.
    ///
    /// Without one, the default is returned, or if there is none ValueError raised.
    #[method("($self, chr, default=<unrepresentable>, /)")]
    fn name(vm: &mut Vm, this: &Ref<Ucd>, chr: &Value, default: Option<&Value>) -> Result {
        name(vm, this.0.0, chr, default)
    }

    /// The normal form 'NFC', 'NFKC', 'NFD' or 'NFKD' of a string.
    #[method("($self, form, unistr, /)")]
    fn normalize(vm: &mut Vm, this: &Ref<Ucd>, form: &Ref<Str>, unistr: &Ref<Str>) -> Result<Ref<Str>> {
        normalized(vm, this.0.0, form, unistr)
    }

    /// The numeric value of a character as a float.
    ///
    /// Without one, the default is returned, or if there is none ValueError raised.
    #[method("($self, chr, default=<unrepresentable>, /)")]
    fn numeric(vm: &mut Vm, this: &Ref<Ucd>, chr: &Value, default: Option<&Value>) -> Result {
        numeric(vm, this.0.0, chr, default)
    }
}

/// The Unicode Character Database: properties of all characters, from UnicodeData.txt of version 16.0.0.
///
/// Names and symbols are those of the UnicodeData File Format 16.0.0.
#[module(name = "unicodedata")]
impl UnicodedataModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &UcdClass::class_def())?;
        let old = Ref::new(vm, Ucd(Opaque(Version::V3_2)))?.into_value();
        module.set(vm, "ucd_3_2_0", old)?;
        let number = vm.new_str(Version::V16.number())?.into_value();
        module.set(vm, "unidata_version", number)
    }

    /// The bidirectional class of a character; an empty string if it has none.
    #[function("($self, chr, /)")]
    fn bidirectional(vm: &mut Vm, chr: &Value) -> Result<&'static str> {
        let c = character(vm, "bidirectional", "", chr)?;
        Ok(Version::V16.bidirectional(c))
    }

    /// The general category of a character.
    #[function("($self, chr, /)")]
    fn category(vm: &mut Vm, chr: &Value) -> Result<&'static str> {
        let c = character(vm, "category", "", chr)?;
        Ok(Version::V16.category(c))
    }

    /// The canonical combining class of a character; 0 if it has none.
    #[function("($self, chr, /)")]
    fn combining(vm: &mut Vm, chr: &Value) -> Result<i32> {
        let c = character(vm, "combining", "", chr)?;
        Ok(Version::V16.combining(c).into())
    }

    /// The decimal value of a character as an integer.
    ///
    /// Without one, the default is returned, or if there is none ValueError raised.
    #[function("($self, chr, default=<unrepresentable>, /)")]
    fn decimal(vm: &mut Vm, chr: &Value, default: Option<&Value>) -> Result {
        decimal(vm, Version::V16, chr, default)
    }

    /// The decomposition mapping of a character; an empty string if it has none.
    #[function("($self, chr, /)")]
    fn decomposition(vm: &mut Vm, chr: &Value) -> Result<String> {
        let c = character(vm, "decomposition", "", chr)?;
        Ok(Version::V16.decomposition(c))
    }

    /// The digit value of a character as an integer.
    ///
    /// Without one, the default is returned, or if there is none ValueError raised.
    #[function("($self, chr, default=<unrepresentable>, /)")]
    fn digit(vm: &mut Vm, chr: &Value, default: Option<&Value>) -> Result {
        digit(vm, Version::V16, chr, default)
    }

    /// The east asian width of a character.
    #[function("($self, chr, /)")]
    fn east_asian_width(vm: &mut Vm, chr: &Value) -> Result<&'static str> {
        let c = character(vm, "east_asian_width", "", chr)?;
        Ok(Version::V16.east_asian_width(c))
    }

    /// Whether a string is in the normal form 'NFC', 'NFKC', 'NFD' or 'NFKD'.
    #[function("($self, form, unistr, /)")]
    fn is_normalized(vm: &mut Vm, form: &Ref<Str>, unistr: &Ref<Str>) -> Result<bool> {
        is_normalized(vm, Version::V16, form, unistr)
    }

    /// The character of a name; KeyError if there is none.
    #[function("($self, name, /)")]
    fn lookup(vm: &mut Vm, name: &Value) -> Result<Ref<Str>> {
        lookup(vm, Version::V16, name)
    }

    /// 1 if a character is mirrored in bidirectional text, 0 otherwise.
    #[function("($self, chr, /)")]
    fn mirrored(vm: &mut Vm, chr: &Value) -> Result<i32> {
        let c = character(vm, "mirrored", "", chr)?;
        Ok(Version::V16.mirrored(c).into())
    }

    /// The name of a character.
    ///
    /// Without one, the default is returned, or if there is none ValueError raised.
    #[function("($self, chr, default=<unrepresentable>, /)")]
    fn name(vm: &mut Vm, chr: &Value, default: Option<&Value>) -> Result {
        name(vm, Version::V16, chr, default)
    }

    /// The normal form 'NFC', 'NFKC', 'NFD' or 'NFKD' of a string.
    #[function("($self, form, unistr, /)")]
    fn normalize(vm: &mut Vm, form: &Ref<Str>, unistr: &Ref<Str>) -> Result<Ref<Str>> {
        normalized(vm, Version::V16, form, unistr)
    }

    /// The numeric value of a character as a float.
    ///
    /// Without one, the default is returned, or if there is none ValueError raised.
    #[function("($self, chr, default=<unrepresentable>, /)")]
    fn numeric(vm: &mut Vm, chr: &Value, default: Option<&Value>) -> Result {
        numeric(vm, Version::V16, chr, default)
    }
}
