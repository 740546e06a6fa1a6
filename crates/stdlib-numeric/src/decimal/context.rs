//! `decimal.Context`.

use super::ROUNDINGS;
use super::convert::{Exactness, ask, from_object, new_decimal, required};
use super::number::{self, PyDecimal};
use super::signals::{self, SHOWN};
use taipan_macros::{Payload, Trace, class};
use taipan_num::decimal::signal::{DIVISION_BY_ZERO, IEEE_INVALID, MEMORY, OVERFLOW};
use taipan_num::decimal::{Context, Decimal, MAX_EMAX, MAX_PREC, MIN_EMIN, Rounding, Status};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{List, Str, TypeCell, room};
use taipan_vm::errors::ATTRIBUTE_ERROR;
use taipan_vm::native::Args;
use taipan_vm::{Raised, Ref, Result, Tuple, Type, Value, Vm};

/// `decimal.Context`.
pub static CONTEXT: TypeCell<PyContext> = TypeCell::new("decimal.Context");

/// What a context holds.
#[derive(Clone, Copy)]
pub struct Settings {
    pub context: Context,
    pub flags: Status,
    pub traps: Status,
}

impl Settings {
    /// What a new context begins with.
    pub const DEFAULT: Settings = Settings {
        context: Context {
            prec: 28,
            emax: 999_999,
            emin: -999_999,
            rounding: Rounding::HalfEven,
            capitals: true,
            clamp: false,
        },
        flags: 0,
        traps: IEEE_INVALID | DIVISION_BY_ZERO | OVERFLOW,
    };
}

/// The settings of arithmetic, its flags and its traps.
#[derive(Trace, Payload)]
#[payload(class = CONTEXT)]
#[repr(C)]
pub struct PyContext {
    pub settings: Opaque<Settings>,
    /// The mappings over flags and traps, once they were asked for.
    views: [Option<Value>; 2],
}

/// A new context.
pub fn new_context(vm: &mut Vm, s: Settings) -> Result<Ref<PyContext>> {
    Ref::new(vm, PyContext { settings: Opaque(s), views: [None, None] })
}

/// Whether a context lives only through the mappings over its flags and traps. The caller holds one reference.
pub fn is_left_to_views(vm: &Vm, context: &Ref<PyContext>) -> bool {
    let views = context.get(vm).views.iter().flatten().count();
    context.as_value().header().is_some_and(|h| h.refcount() as usize <= views + 1)
}

/// The settings of a context.
pub fn settings(vm: &Vm, context: &Ref<PyContext>) -> Settings {
    context.get(vm).settings.0
}

/// Notes what an operation met, and raises what is trapped.
pub fn add_status(vm: &mut Vm, context: &Ref<PyContext>, status: Status) -> Result<()> {
    let status = if room::refused() { status | MEMORY } else { status };
    if status == 0 {
        return Ok(());
    }
    let s = &mut context.get_mut(vm).settings.0;
    s.flags |= status & !MEMORY;
    let trapped = status & (s.traps | MEMORY);
    if trapped != 0 {
        return Err(signals::raise_trapped(vm, trapped));
    }
    Ok(())
}

#[cold]
fn raise_deleted(vm: &mut Vm, words: &str) -> Raised {
    vm.raise_class(ATTRIBUTE_ERROR.as_type(), words)
}

/// An int attribute of a context, in words of its own where it is none.
fn number_of(vm: &mut Vm, v: &Value) -> Result<i64> {
    if v.as_int().is_none() {
        return Err(vm.raise_type_error("an integer is required"));
    }
    vm.to_index_i64(v, "ssize_t")
}

fn within(vm: &mut Vm, v: &Value, (low, high): (i64, i64), words: &str) -> Result<i64> {
    let n = number_of(vm, v)?;
    if n < low || n > high { Err(vm.raise_value_error(words)) } else { Ok(n) }
}

const PREC_WORDS: &str = "valid range for prec is [1, MAX_PREC]";
const EMIN_WORDS: &str = "valid range for Emin is [MIN_EMIN, 0]";
const EMAX_WORDS: &str = "valid range for Emax is [0, MAX_EMAX]";
const CAPITALS_WORDS: &str = "valid values for capitals are 0 or 1";
const CLAMP_WORDS: &str = "valid values for clamp are 0 or 1";

/// A rounding by its name.
pub fn rounding_of(vm: &mut Vm, v: &Value) -> Result<Rounding> {
    let name = v.downcast::<Str>().and_then(|s| s.to_utf8());
    let found = ROUNDINGS.iter().find(|(n, _)| Some(*n) == name);
    match found {
        Some((_, rounding)) => Ok(*rounding),
        None => Err(vm.raise_type_error(
            "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, \
             ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]",
        )),
    }
}

/// The name of a rounding.
pub fn rounding_name(rounding: Rounding) -> &'static str {
    ROUNDINGS.iter().find(|(_, r)| *r == rounding).map_or("", |(n, _)| n)
}

/// The bits of `flags` or `traps`, given as a list or a mapping.
fn signals_of(vm: &mut Vm, v: &Value) -> Result<Status> {
    if v.downcast::<List>().is_some() { signals::bits_of_list(vm, v) } else { signals::bits_of_mapping(vm, v) }
}

/// Sets one attribute.
pub fn set(vm: &mut Vm, context: &Ref<PyContext>, name: &str, v: &Value) -> Result<bool> {
    let mut s = settings(vm, context);
    match name {
        "prec" => s.context.prec = within(vm, v, (1, MAX_PREC), PREC_WORDS)?,
        "rounding" => s.context.rounding = rounding_of(vm, v)?,
        "Emin" => s.context.emin = within(vm, v, (MIN_EMIN, 0), EMIN_WORDS)?,
        "Emax" => s.context.emax = within(vm, v, (0, MAX_EMAX), EMAX_WORDS)?,
        "capitals" => s.context.capitals = within(vm, v, (0, 1), CAPITALS_WORDS)? == 1,
        "clamp" => s.context.clamp = within(vm, v, (0, 1), CLAMP_WORDS)? == 1,
        "flags" => s.flags = signals_of(vm, v)?,
        "traps" => s.traps = signals_of(vm, v)?,
        _ => return Ok(false),
    }
    context.get_mut(vm).settings.0 = s;
    Ok(true)
}

fn assign(vm: &mut Vm, context: &Ref<PyContext>, name: &str, v: Option<&Value>) -> Result<()> {
    match v {
        Some(v) if v.downcast::<List>().is_some() && matches!(name, "flags" | "traps") => {
            Err(vm.raise_type_error("argument must be a signal dict"))
        }
        Some(v) => set(vm, context, name, v).map(drop),
        None => Err(raise_deleted(vm, "context attributes cannot be deleted")),
    }
}

type Unary = fn(&Decimal, &Context, &mut Status) -> Decimal;
type Binary = fn(&Decimal, &Decimal, &Context, &mut Status) -> Decimal;

fn unary_in(vm: &mut Vm, context: &Ref<PyContext>, x: &Value, f: Unary) -> Result {
    let d = required(vm, x)?;
    ask(vm, &[&d])?;
    let c = settings(vm, context).context;
    let mut status = 0;
    let made = f(&d, &c, &mut status);
    add_status(vm, context, status)?;
    new_decimal(vm, made)
}

fn binary_in(vm: &mut Vm, context: &Ref<PyContext>, (x, y): (&Value, &Value), f: Binary) -> Result {
    let (x, y) = (required(vm, x)?, required(vm, y)?);
    ask(vm, &[&x, &y])?;
    let c = settings(vm, context).context;
    let mut status = 0;
    let made = f(&x, &y, &c, &mut status);
    add_status(vm, context, status)?;
    new_decimal(vm, made)
}

fn view(vm: &mut Vm, this: &Ref<PyContext>, traps: bool) -> Result {
    if let Some(view) = this.get(vm).views[usize::from(traps)].clone() {
        return Ok(view);
    }
    let made = signals::view(vm, this, traps)?;
    this.get_mut(vm).views[usize::from(traps)] = Some(made.clone());
    Ok(made)
}

const PARAMETERS: [&str; 8] = ["prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"];

/// Methods of `decimal.Context`.
pub struct ContextClass;

/// How arithmetic rounds, what signals it met, and which of them are raised.
#[class(cell = CONTEXT, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)")]
impl ContextClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        let settings = Opaque(Settings::DEFAULT);
        Ref::new_in(vm, class, PyContext { settings, views: [None, None] }).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let Some(this) = this.downcast::<PyContext>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        let given = args.all().len();
        if given > PARAMETERS.len() {
            let text = format!("function takes at most {} arguments ({given} given)", PARAMETERS.len());
            return Err(vm.raise_type_error(&text));
        }
        for (name, v) in PARAMETERS.iter().zip(args.positional()) {
            if !v.is_none() {
                set(vm, this, name, v)?;
            }
        }
        for (key, v) in args.keywords() {
            let key = key.downcast::<Str>().map(|k| k.to_string_lossy()).unwrap_or_default();
            let at = PARAMETERS.iter().position(|p| *p == key);
            if at.is_none_or(|at| at < args.positional().len()) {
                let text = format!("this function got an unexpected keyword argument '{key}'");
                return Err(vm.raise_type_error(&text));
            }
            if !v.is_none() {
                set(vm, this, &key, v)?;
            }
        }
        Ok(())
    }

    #[slot]
    fn setattr(vm: &mut Vm, this: &Value, name: &Ref<Str>, value: Option<Value>) -> Result<()> {
        if value.is_none() {
            return Err(raise_deleted(vm, "context attributes cannot be deleted"));
        }
        vm.generic_set_attr(this, name, value)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<PyContext>) -> Result {
        let s = settings(vm, this);
        let names = |status: Status| {
            let all: Vec<&str> = SHOWN.iter().filter(|(_, bits)| status & bits != 0).map(|(n, _)| *n).collect();
            all.join(", ")
        };
        let c = s.context;
        let text = format!(
            "Context(prec={}, rounding={}, Emin={}, Emax={}, capitals={}, clamp={}, flags=[{}], traps=[{}])",
            c.prec,
            rounding_name(c.rounding),
            c.emin,
            c.emax,
            u8::from(c.capitals),
            u8::from(c.clamp),
            names(s.flags),
            names(s.traps)
        );
        vm.new_str(&text).map(Ref::into_value)
    }

    /// e ** x.
    #[method("($self, x, /)")]
    fn exp(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, Decimal::exp)
    }

    /// The natural logarithm.
    #[method("($self, x, /)")]
    fn ln(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, Decimal::ln)
    }

    /// The logarithm to base 10.
    #[method("($self, x, /)")]
    fn log10(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, Decimal::log10)
    }

    /// The exponent of the first digit.
    #[method("($self, x, /)")]
    fn logb(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, Decimal::logb)
    }

    /// All digits inverted.
    #[method("($self, x, /)")]
    fn logical_invert(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, Decimal::logical_invert)
    }

    /// The same value without zeros at the end.
    #[method("($self, x, /)")]
    fn normalize(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, Decimal::normalize)
    }

    /// The square root.
    #[method("($self, x, /)")]
    fn sqrt(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, Decimal::sqrt)
    }

    /// The next smaller number.
    #[method("($self, x, /)")]
    fn next_minus(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, |d, c, s| d.next(false, c, s))
    }

    /// The next larger number.
    #[method("($self, x, /)")]
    fn next_plus(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, |d, c, s| d.next(true, c, s))
    }

    /// The magnitude.
    #[method("($self, x, /)")]
    fn abs(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, super::number::absolute)
    }

    /// 0 - x.
    #[method("($self, x, /)")]
    fn minus(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, super::number::negated)
    }

    /// 0 + x.
    #[method("($self, x, /)")]
    fn plus(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, super::number::rounded)
    }

    /// A whole number, with the signals of the rounding.
    #[method("($self, x, /)")]
    fn to_integral_exact(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, |d, c, s| d.to_integral(true, c, s))
    }

    /// A whole number.
    #[method("($self, x, /)")]
    fn to_integral_value(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, |d, c, s| d.to_integral(false, c, s))
    }

    /// A whole number.
    #[method("($self, x, /)")]
    fn to_integral(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, |d, c, s| d.to_integral(false, c, s))
    }

    /// A copy without sign.
    #[method("($self, x, /)")]
    fn copy_abs(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, |d, _, _| d.clone().with_sign(false))
    }

    /// A copy with the other sign.
    #[method("($self, x, /)")]
    fn copy_negate(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, |d, _, _| d.clone().with_sign(!d.negative))
    }

    /// x rounded to the context.
    #[method("($self, object, /)")]
    fn _apply(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result {
        unary_in(vm, this, x, |d, c, s| d.clone().finish(c, s))
    }

    /// -1, 0 or 1 as x is less than, equal to or greater than y; NaN if either is.
    #[method("($self, x, y, /)")]
    fn compare(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), Decimal::compare)
    }

    /// The same, where every NaN is an invalid operation.
    #[method("($self, x, y, /)")]
    fn compare_signal(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), Decimal::compare_signal)
    }

    /// The digits of both, and.
    #[method("($self, x, y, /)")]
    fn logical_and(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), |a, b, c, s| a.logical_with(b, |x, y| x & y, c, s))
    }

    /// The digits of both, or.
    #[method("($self, x, y, /)")]
    fn logical_or(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), |a, b, c, s| a.logical_with(b, |x, y| x | y, c, s))
    }

    /// The digits of both, exclusive or.
    #[method("($self, x, y, /)")]
    fn logical_xor(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), |a, b, c, s| a.logical_with(b, |x, y| x ^ y, c, s))
    }

    /// The larger.
    #[method("($self, x, y, /)")]
    fn max(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), |a, b, c, s| a.extreme(b, (true, false), c, s))
    }

    /// The one with the larger magnitude.
    #[method("($self, x, y, /)")]
    fn max_mag(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), |a, b, c, s| a.extreme(b, (true, true), c, s))
    }

    /// The smaller.
    #[method("($self, x, y, /)")]
    fn min(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), |a, b, c, s| a.extreme(b, (false, false), c, s))
    }

    /// The one with the smaller magnitude.
    #[method("($self, x, y, /)")]
    fn min_mag(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), |a, b, c, s| a.extreme(b, (false, true), c, s))
    }

    /// The number next to x in the direction of y.
    #[method("($self, x, y, /)")]
    fn next_toward(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), Decimal::next_toward)
    }

    /// The remainder that is nearest to zero.
    #[method("($self, x, y, /)")]
    fn remainder_near(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), Decimal::rem_near)
    }

    /// The digits rotated by y places.
    #[method("($self, x, y, /)")]
    fn rotate(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), Decimal::rotate)
    }

    /// x with y added to its exponent.
    #[method("($self, x, y, /)")]
    fn scaleb(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), Decimal::scaleb)
    }

    /// The digits shifted by y places.
    #[method("($self, x, y, /)")]
    fn shift(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), Decimal::shift)
    }

    /// The order in which representations of equal values differ.
    #[method("($self, x, y, /)")]
    fn compare_total(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), |a, b, _, _| a.compare_total(b))
    }

    /// The same without regard to the signs.
    #[method("($self, x, y, /)")]
    fn compare_total_mag(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), |a, b, _, _| a.compare_total_mag(b))
    }

    /// x with the sign of y.
    #[method("($self, x, y, /)")]
    fn copy_sign(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), |a, b, _, _| a.clone().with_sign(b.negative))
    }

    /// x + y.
    #[method("($self, x, y, /)")]
    fn add(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), Decimal::add)
    }

    /// x - y.
    #[method("($self, x, y, /)")]
    fn subtract(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), Decimal::sub)
    }

    /// x * y.
    #[method("($self, x, y, /)")]
    fn multiply(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), Decimal::mul)
    }

    /// x / y.
    #[method("($self, x, y, /)")]
    fn divide(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), Decimal::div)
    }

    /// The whole part of x / y.
    #[method("($self, x, y, /)")]
    fn divide_int(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), Decimal::floor_div)
    }

    /// What is left of x after whole divisions by y.
    #[method("($self, x, y, /)")]
    fn remainder(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), Decimal::rem)
    }

    /// x with the exponent of y.
    #[method("($self, x, y, /)")]
    fn quantize(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result {
        binary_in(vm, this, (x, y), Decimal::quantize)
    }

    /// Whether it is neither infinite nor a NaN.
    #[method("($self, x, /)")]
    fn is_finite(vm: &mut Vm, _this: &Ref<PyContext>, x: &Value) -> Result<bool> {
        let d = required(vm, x)?;
        Ok(d.is_finite())
    }

    /// Whether it is an infinity.
    #[method("($self, x, /)")]
    fn is_infinite(vm: &mut Vm, _this: &Ref<PyContext>, x: &Value) -> Result<bool> {
        let d = required(vm, x)?;
        Ok(d.is_infinite())
    }

    /// Whether it is a NaN.
    #[method("($self, x, /)")]
    fn is_nan(vm: &mut Vm, _this: &Ref<PyContext>, x: &Value) -> Result<bool> {
        let d = required(vm, x)?;
        Ok(d.is_nan())
    }

    /// Whether it is a quiet NaN.
    #[method("($self, x, /)")]
    fn is_qnan(vm: &mut Vm, _this: &Ref<PyContext>, x: &Value) -> Result<bool> {
        let d = required(vm, x)?;
        Ok(d.is_nan() && !d.is_signaling())
    }

    /// Whether it is a signaling NaN.
    #[method("($self, x, /)")]
    fn is_snan(vm: &mut Vm, _this: &Ref<PyContext>, x: &Value) -> Result<bool> {
        let d = required(vm, x)?;
        Ok(d.is_signaling())
    }

    /// Whether its sign is negative.
    #[method("($self, x, /)")]
    fn is_signed(vm: &mut Vm, _this: &Ref<PyContext>, x: &Value) -> Result<bool> {
        let d = required(vm, x)?;
        Ok(d.negative)
    }

    /// Whether it is a zero.
    #[method("($self, x, /)")]
    fn is_zero(vm: &mut Vm, _this: &Ref<PyContext>, x: &Value) -> Result<bool> {
        let d = required(vm, x)?;
        Ok(d.is_zero())
    }

    /// Whether it is finite, not zero and not subnormal.
    #[method("($self, x, /)")]
    fn is_normal(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result<bool> {
        let c = &settings(vm, this).context;
        let d = required(vm, x)?;
        Ok(d.is_normal(c))
    }

    /// Whether it is subnormal.
    #[method("($self, x, /)")]
    fn is_subnormal(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result<bool> {
        let c = &settings(vm, this).context;
        let d = required(vm, x)?;
        Ok(d.is_subnormal(c))
    }

    /// The same number: all are canonical.
    #[method("($self, x, /)")]
    fn canonical(vm: &mut Vm, _this: &Ref<PyContext>, x: &Value) -> Result {
        match x.downcast::<PyDecimal>() {
            Some(_) => Ok(x.clone()),
            None => Err(vm.raise_type_error("argument must be a Decimal")),
        }
    }

    /// Always true.
    #[method("($self, x, /)")]
    fn is_canonical(vm: &mut Vm, _this: &Ref<PyContext>, x: &Value) -> Result<bool> {
        match x.downcast::<PyDecimal>() {
            Some(_) => Ok(true),
            None => Err(vm.raise_type_error("argument must be a Decimal")),
        }
    }

    /// A copy of a number.
    #[method("($self, x, /)")]
    fn copy_decimal(vm: &mut Vm, _this: &Ref<PyContext>, x: &Value) -> Result {
        if x.downcast_exact::<PyDecimal>().is_some() {
            return Ok(x.clone());
        }
        let d = required(vm, x)?.into_owned();
        new_decimal(vm, d)
    }

    /// Whether both have the same exponent.
    #[method("($self, x, y, /)")]
    fn same_quantum(vm: &mut Vm, _this: &Ref<PyContext>, x: &Value, y: &Value) -> Result<bool> {
        let (x, y) = (required(vm, x)?, required(vm, y)?);
        Ok(x.same_quantum(&y))
    }

    /// What kind of number it is, in words.
    #[method("($self, x, /)")]
    fn number_class(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result<&'static str> {
        let c = settings(vm, this).context;
        Ok(required(vm, x)?.number_class(&c))
    }

    /// Scientific notation.
    #[method("($self, x, /)")]
    fn to_sci_string(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result<String> {
        let c = settings(vm, this).context;
        let x = required(vm, x)?;
        ask(vm, &[&x])?;
        Ok(x.to_scientific(c.capitals))
    }

    /// Engineering notation.
    #[method("($self, x, /)")]
    fn to_eng_string(vm: &mut Vm, this: &Ref<PyContext>, x: &Value) -> Result<String> {
        let c = settings(vm, this).context;
        let x = required(vm, x)?;
        ask(vm, &[&x])?;
        Ok(x.to_engineering(c.capitals))
    }

    /// The base of the numbers: ten.
    #[method("($self, /)")]
    fn radix(vm: &mut Vm, _this: &Ref<PyContext>) -> Result {
        new_decimal(vm, Decimal::new(false, 10u8.into(), 0))
    }

    /// x * y + z, rounded once.
    #[method("($self, x, y, z, /)")]
    fn fma(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value, z: &Value) -> Result {
        let (x, y, z) = (required(vm, x)?, required(vm, y)?, required(vm, z)?);
        ask(vm, &[&x, &y, &z])?;
        let c = settings(vm, this).context;
        let mut status = 0;
        let made = x.fma(&y, &z, &c, &mut status);
        add_status(vm, this, status)?;
        new_decimal(vm, made)
    }

    /// The whole part of x / y, and what is left.
    #[method("($self, x, y, /)")]
    fn divmod(vm: &mut Vm, this: &Ref<PyContext>, x: &Value, y: &Value) -> Result<Ref<Tuple>> {
        let (x, y) = (required(vm, x)?, required(vm, y)?);
        number::divided(vm, this, &x, &y)
    }

    /// a ** b, or a ** b % modulo.
    #[method("($self, /, a, b, modulo=None)")]
    fn power(vm: &mut Vm, this: &Ref<PyContext>, a: &Value, b: &Value, modulo: Option<&Value>) -> Result {
        let (a, b) = (required(vm, a)?, required(vm, b)?);
        let m = match modulo.filter(|m| !m.is_none()) {
            Some(m) => Some(required(vm, m)?),
            None => None,
        };
        number::raised_to(vm, this, &a, &b, m.as_deref())
    }

    /// The least exponent of a subnormal number.
    #[method("($self, /)")]
    fn Etiny(vm: &mut Vm, this: &Ref<PyContext>) -> Result<i64> {
        Ok(settings(vm, this).context.etiny())
    }

    /// The greatest exponent of a number with all digits.
    #[method("($self, /)")]
    fn Etop(vm: &mut Vm, this: &Ref<PyContext>) -> Result<i64> {
        Ok(settings(vm, this).context.etop())
    }

    /// Resets all flags.
    #[method("($self, /)")]
    fn clear_flags(vm: &mut Vm, this: &Ref<PyContext>) -> Result<()> {
        this.get_mut(vm).settings.0.flags = 0;
        Ok(())
    }

    /// Resets all traps.
    #[method("($self, /)")]
    fn clear_traps(vm: &mut Vm, this: &Ref<PyContext>) -> Result<()> {
        this.get_mut(vm).settings.0.traps = 0;
        Ok(())
    }

    /// A copy of the context with its flags and traps.
    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<PyContext>) -> Result {
        let s = settings(vm, this);
        new_context(vm, s).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn __copy__(vm: &mut Vm, this: &Ref<PyContext>) -> Result {
        ContextClass::copy(vm, this)
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<PyContext>) -> Result<Ref<Tuple>> {
        let s = settings(vm, this);
        let rounding = vm.intern_utf8(rounding_name(s.context.rounding))?.into_value();
        let flags = signals::list_of(vm, s.flags, false)?;
        let traps = signals::list_of(vm, s.traps, false)?;
        let args = vec![
            vm.new_int(s.context.prec)?,
            rounding,
            vm.new_int(s.context.emin)?,
            vm.new_int(s.context.emax)?,
            Value::from_i32(s.context.capitals.into()),
            Value::from_i32(s.context.clamp.into()),
            flags,
            traps,
        ];
        let args = vm.new_tuple(args)?.into_value();
        vm.new_tuple(vec![this.ty().to_value(), args])
    }

    /// A number rounded to the context.
    #[method("($self, num=\"0\", /)")]
    fn create_decimal(vm: &mut Vm, this: &Ref<PyContext>, num: Option<&Value>) -> Result {
        match num {
            Some(v) => {
                let made = from_object(vm, v, Exactness::Rounded, this)?;
                new_decimal(vm, made)
            }
            None => new_decimal(vm, Decimal::zero(false, 0)),
        }
    }

    /// A float or an int rounded to the context.
    #[method("($self, f, /)")]
    fn create_decimal_from_float(vm: &mut Vm, this: &Ref<PyContext>, f: &Value) -> Result {
        let made = super::convert::from_float_or_int(vm, f)?;
        let c = settings(vm, this).context;
        let mut status = 0;
        let made = made.finish(&c, &mut status);
        add_status(vm, this, status)?;
        new_decimal(vm, made)
    }

    #[getter]
    fn prec(vm: &mut Vm, this: &Ref<PyContext>) -> Result<i64> {
        Ok(settings(vm, this).context.prec)
    }

    #[setter]
    fn set_prec(vm: &mut Vm, this: &Ref<PyContext>, value: Option<&Value>) -> Result<()> {
        assign(vm, this, "prec", value)
    }

    #[getter]
    fn rounding(vm: &mut Vm, this: &Ref<PyContext>) -> Result<Ref<Str>> {
        let name = rounding_name(settings(vm, this).context.rounding);
        vm.intern_utf8(name)
    }

    #[setter]
    fn set_rounding(vm: &mut Vm, this: &Ref<PyContext>, value: Option<&Value>) -> Result<()> {
        assign(vm, this, "rounding", value)
    }

    #[getter]
    fn Emin(vm: &mut Vm, this: &Ref<PyContext>) -> Result<i64> {
        Ok(settings(vm, this).context.emin)
    }

    #[setter]
    fn set_Emin(vm: &mut Vm, this: &Ref<PyContext>, value: Option<&Value>) -> Result<()> {
        assign(vm, this, "Emin", value)
    }

    #[getter]
    fn Emax(vm: &mut Vm, this: &Ref<PyContext>) -> Result<i64> {
        Ok(settings(vm, this).context.emax)
    }

    #[setter]
    fn set_Emax(vm: &mut Vm, this: &Ref<PyContext>, value: Option<&Value>) -> Result<()> {
        assign(vm, this, "Emax", value)
    }

    #[getter]
    fn capitals(vm: &mut Vm, this: &Ref<PyContext>) -> Result<i64> {
        Ok(settings(vm, this).context.capitals.into())
    }

    #[setter]
    fn set_capitals(vm: &mut Vm, this: &Ref<PyContext>, value: Option<&Value>) -> Result<()> {
        assign(vm, this, "capitals", value)
    }

    #[getter]
    fn clamp(vm: &mut Vm, this: &Ref<PyContext>) -> Result<i64> {
        Ok(settings(vm, this).context.clamp.into())
    }

    #[setter]
    fn set_clamp(vm: &mut Vm, this: &Ref<PyContext>, value: Option<&Value>) -> Result<()> {
        assign(vm, this, "clamp", value)
    }

    #[getter]
    fn flags(vm: &mut Vm, this: &Ref<PyContext>) -> Result {
        view(vm, this, false)
    }

    #[setter]
    fn set_flags(vm: &mut Vm, this: &Ref<PyContext>, value: Option<&Value>) -> Result<()> {
        assign(vm, this, "flags", value)
    }

    #[getter]
    fn traps(vm: &mut Vm, this: &Ref<PyContext>) -> Result {
        view(vm, this, true)
    }

    #[setter]
    fn set_traps(vm: &mut Vm, this: &Ref<PyContext>, value: Option<&Value>) -> Result<()> {
        assign(vm, this, "traps", value)
    }
}
