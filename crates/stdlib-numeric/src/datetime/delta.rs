//! `timedelta`.

use super::calendar::DAY_MICROS;
use super::common::type_name;
use taipan_macros::{Payload, Trace, class};
use taipan_num::error::never;
use taipan_num::int::{self, IntBuf, IntView};
use taipan_object::statics::OBJECT;
use taipan_object::{Tuple, TypeCell, Value};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::slots::CompareOp;
use taipan_vm::types::int::view;
use taipan_vm::{Ref, Result, Type, Vm};

/// `datetime.timedelta`.
pub static TIMEDELTA: TypeCell<TimeDelta> = TypeCell::new("datetime.timedelta");

/// A duration; days carry the sign.
#[derive(Trace, Payload)]
#[payload(class = TIMEDELTA, frozen)]
#[repr(C)]
pub struct TimeDelta {
    /// From -999999999 to 999999999.
    pub days: i32,
    /// From 0 to 86399.
    pub seconds: i32,
    /// From 0 to 999999.
    pub micros: i32,
}

const MAX_DAYS: i128 = 999_999_999;

impl TimeDelta {
    /// All of it in microseconds.
    pub fn total(&self) -> i128 {
        i128::from(self.days) * DAY_MICROS + i128::from(self.seconds) * 1_000_000 + i128::from(self.micros)
    }
}

/// A duration of so many microseconds.
pub fn new_delta(vm: &mut Vm, micros: i128) -> Result<Ref<TimeDelta>> {
    delta_in(vm, TIMEDELTA.as_type(), micros)
}

fn delta_in(vm: &mut Vm, class: &Type, total: i128) -> Result<Ref<TimeDelta>> {
    let (days, rest) = (total.div_euclid(DAY_MICROS), total.rem_euclid(DAY_MICROS));
    if !(-MAX_DAYS..=MAX_DAYS).contains(&days) {
        if i32::try_from(days).is_err() {
            return Err(vm.raise_overflow_error("Python int too large to convert to C int"));
        }
        return Err(vm.raise_overflow_error(&format!("days={days}; must have magnitude <= {MAX_DAYS}")));
    }
    let (seconds, micros) = ((rest / 1_000_000) as i32, (rest % 1_000_000) as i32);
    Ref::new_in(vm, class, TimeDelta { days: days as i32, seconds, micros })
}

fn to_i128(n: IntView<'_>) -> Option<i128> {
    if let Some(n) = n.to_i64() {
        return Some(n.into());
    }
    // Everything beyond is out of range anyway.
    n.to_u64().map(i128::from)
}

/// The sum of whole microseconds, and what floats leave over.
#[derive(Default)]
struct Sum {
    whole: i128,
    leftover: f64,
}

const TOO_LARGE: &str = "Python int too large to convert to C int";

impl Sum {
    fn add_whole(&mut self, vm: &mut Vm, n: Option<i128>, factor: i128) -> Result<()> {
        match n.and_then(|n| n.checked_mul(factor)).and_then(|n| self.whole.checked_add(n)) {
            Some(whole) => {
                self.whole = whole;
                Ok(())
            }
            None => Err(vm.raise_overflow_error(TOO_LARGE)),
        }
    }

    fn add_float(&mut self, vm: &mut Vm, x: f64) -> Result<i128> {
        match int::from_f64(x) {
            Ok(n) if x.abs() < 1e30 => Ok(match n.view() {
                IntView::Small(n) => n.into(),
                IntView::Big { .. } => x as i128,
            }),
            Ok(_) => Err(vm.raise_overflow_error(TOO_LARGE)),
            Err(e) => Err(vm.raise_num(e)),
        }
    }

    fn add(&mut self, vm: &mut Vm, v: &Value, name: &str, factor: i128) -> Result<()> {
        if let Some(n) = v.small_int() {
            return self.add_whole(vm, Some(n.into()), factor);
        }
        if let Some(n) = view(v) {
            return self.add_whole(vm, to_i128(n), factor);
        }
        let Some(x) = v.as_float() else {
            let text = format!("unsupported type for timedelta {name} component: {}", v.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let whole = self.add_float(vm, x.trunc())?;
        self.add_whole(vm, Some(whole), factor)?;
        let fraction = x.fract() * factor as f64;
        if fraction != 0.0 {
            self.whole += self.add_float(vm, fraction.trunc())?;
            self.leftover += fraction.fract();
        }
        Ok(())
    }

    fn total(self) -> i128 {
        if self.leftover == 0.0 {
            return self.whole;
        }
        let mut rounded = self.leftover.round();
        if (rounded - self.leftover).abs() == 0.5 {
            // Half way: the sum is to be even.
            let odd = (self.whole & 1) as f64;
            rounded = 2.0 * ((self.leftover + odd) * 0.5).round() - odd;
        }
        self.whole + rounded as i128
    }
}

/// `a / b`, rounded half to even, of ints.
fn divide_nearest(vm: &mut Vm, a: IntView<'_>, b: IntView<'_>) -> Result<IntBuf> {
    if b.is_zero() {
        return Err(vm.raise_zero_division_error("division by zero"));
    }
    let made = (|| {
        let (q, r) = int::divmod(a, b)?;
        // The rest has the sign of the divisor.
        let twice = int::mul(r.view(), IntView::Small(2), &mut never)?;
        let order = int::compare(int::absolute(twice.view())?.view(), int::absolute(b)?.view());
        let up = order.is_gt() || order.is_eq() && q.view().is_odd();
        if up { int::add(q.view(), IntView::Small(1)) } else { Ok(q) }
    })();
    crate::math::number(vm, made)
}

fn from_buf(vm: &mut Vm, n: &IntBuf) -> Result<Ref<TimeDelta>> {
    match to_i128_wide(n.view()) {
        Some(n) => new_delta(vm, n),
        None => Err(vm.raise_overflow_error(TOO_LARGE)),
    }
}

fn to_i128_wide(n: IntView<'_>) -> Option<i128> {
    if let Some(n) = n.to_i64() {
        return Some(n.into());
    }
    let magnitude = int::absolute(n).ok()?;
    let low = int::and(magnitude.view(), IntView::Small((1 << 48) - 1)).ok()?.view().to_i64()?;
    let high = int::shift_right(magnitude.view(), IntView::Small(48)).ok()?.view().to_i64()?;
    let value = i128::from(high) << 48 | i128::from(low);
    Some(if n.is_negative() { -value } else { value })
}

fn micros_of(d: &TimeDelta) -> IntBuf {
    IntBuf::from_i128(d.total())
}

/// `x.as_integer_ratio()`, which a subclass of float may have replaced.
fn ratio_of(vm: &mut Vm, x: &Value) -> Result<(IntBuf, IntBuf)> {
    if let (true, Some(x)) = (x.is_exact_float(), x.as_float()) {
        let ratio = int::ratio(x);
        return crate::math::number(vm, ratio);
    }
    let made = vm.call_method(x, taipan_vm::name!("as_integer_ratio"), &[])?;
    let Some(pair) = made.downcast::<Tuple>() else {
        let text =
            format!("unexpected return type from as_integer_ratio(): expected tuple, not '{}'", made.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    let [a, b] = pair.items() else {
        return Err(vm.raise_value_error("as_integer_ratio() must return a 2-tuple"));
    };
    match (view(a), view(b)) {
        (Some(a), Some(b)) => {
            let both = a.to_buf().and_then(|a| Ok((a, b.to_buf()?)));
            crate::math::number(vm, both)
        }
        _ => Err(vm.raise_type_error("as_integer_ratio() must return a tuple of ints")),
    }
}

/// `delta * x` or `delta / x` for a float, exactly and then rounded.
fn scale_by_float(vm: &mut Vm, d: &TimeDelta, x: &Value, divide: bool) -> Result<Ref<TimeDelta>> {
    let (mut numerator, mut denominator) = ratio_of(vm, x)?;
    if divide {
        std::mem::swap(&mut numerator, &mut denominator);
    }
    let product = int::mul(micros_of(d).view(), numerator.view(), &mut never);
    let product = crate::math::number(vm, product)?;
    let quotient = divide_nearest(vm, product.view(), denominator.view())?;
    from_buf(vm, &quotient)
}

fn scale(vm: &mut Vm, d: &Ref<TimeDelta>, other: &Value) -> Result {
    if let Some(n) = view(other) {
        let product = int::mul(micros_of(d).view(), n, &mut never);
        let product = crate::math::number(vm, product)?;
        return from_buf(vm, &product).map(Ref::into_value);
    }
    match other.as_float() {
        Some(_) => scale_by_float(vm, d, other, false).map(Ref::into_value),
        None => Ok(Value::not_implemented()),
    }
}

fn pair<'a>(a: &'a Value, b: &'a Value) -> Option<(&'a Ref<TimeDelta>, &'a Ref<TimeDelta>)> {
    Some((a.downcast()?, b.downcast()?))
}

fn floor_pair(vm: &mut Vm, a: &TimeDelta, b: &TimeDelta) -> Result<(i128, i128)> {
    let (a, b) = (a.total(), b.total());
    if b == 0 {
        return Err(vm.raise_zero_division_error("division by zero"));
    }
    let (q, r) = (a / b, a % b);
    // Floors towards negative infinity.
    Ok(if r != 0 && (r < 0) != (b < 0) { (q - 1, r + b) } else { (q, r) })
}

/// Methods of `timedelta`.
pub struct TimeDeltaClass;

/// Difference between two datetime values.
///
/// timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)
///
/// All arguments are optional and default to 0.
/// Arguments may be integers or floats, and may be positive or negative.
#[class(cell = TIMEDELTA, base = OBJECT, flags = BASETYPE)]
impl TimeDeltaClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static S: Signature = Signature {
            name: "__new__",
            params: &["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"],
            required: &[false; 7],
            required_count: 0,
            positional_only: 0,
            positional: 7,
        };
        let given = bind::<7>(vm, &S, args)?;
        const FACTORS: [(usize, i128); 7] = [
            (2, 1),
            (3, 1000),
            (1, 1_000_000),
            (4, 60_000_000),
            (5, 3_600_000_000),
            (0, DAY_MICROS),
            (6, 7 * DAY_MICROS),
        ];
        let mut sum = Sum::default();
        for (place, factor) in FACTORS {
            if let Some(v) = given[place] {
                sum.add(vm, v, S.params[place], factor)?;
            }
        }
        delta_in(vm, class, sum.total()).map(Ref::into_value)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<TimeDelta>) -> Result {
        let mut parts = Vec::new();
        for (name, n) in [("days", this.days), ("seconds", this.seconds), ("microseconds", this.micros)] {
            if n != 0 {
                parts.push(format!("{name}={n}"));
            }
        }
        let inner = if parts.is_empty() { "0".to_owned() } else { parts.join(", ") };
        let text = format!("{}({inner})", type_name(this.as_value()));
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Ref<TimeDelta>) -> Result {
        let mut text = String::new();
        if this.days != 0 {
            let s = if this.days.abs() == 1 { "" } else { "s" };
            text = format!("{} day{s}, ", this.days);
        }
        let (hours, minutes, seconds) = (this.seconds / 3600, this.seconds / 60 % 60, this.seconds % 60);
        text += &format!("{hours}:{minutes:02}:{seconds:02}");
        if this.micros != 0 {
            text += &format!(".{:06}", this.micros);
        }
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<TimeDelta>) -> Result<i64> {
        delta_hash(vm, this)
    }

    #[slot]
    fn compare(_vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        Ok(match pair(a, b) {
            Some((a, b)) => {
                let key = |d: &TimeDelta| (d.days, d.seconds, d.micros);
                Value::bool(op.holds(key(a).cmp(&key(b))))
            }
            None => Value::not_implemented(),
        })
    }

    #[slot]
    fn bool(_vm: &mut Vm, this: &Ref<TimeDelta>) -> Result<bool> {
        Ok(this.days != 0 || this.seconds != 0 || this.micros != 0)
    }

    #[slot]
    fn neg(vm: &mut Vm, this: &Ref<TimeDelta>) -> Result {
        new_delta(vm, -this.total()).map(Ref::into_value)
    }

    #[slot]
    fn pos(vm: &mut Vm, this: &Ref<TimeDelta>) -> Result {
        new_delta(vm, this.total()).map(Ref::into_value)
    }

    #[slot]
    fn abs(vm: &mut Vm, this: &Ref<TimeDelta>) -> Result {
        new_delta(vm, this.total().abs()).map(Ref::into_value)
    }

    #[slot]
    fn op_add(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        match pair(a, b) {
            Some((a, b)) => new_delta(vm, a.total() + b.total()).map(Ref::into_value),
            None => Ok(Value::not_implemented()),
        }
    }

    #[slot]
    fn op_subtract(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        match pair(a, b) {
            Some((a, b)) => new_delta(vm, a.total() - b.total()).map(Ref::into_value),
            None => Ok(Value::not_implemented()),
        }
    }

    #[slot]
    fn op_multiply(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        match (a.downcast::<TimeDelta>(), b.downcast::<TimeDelta>()) {
            (Some(a), None) => scale(vm, a, b),
            (None, Some(b)) => scale(vm, b, a),
            _ => Ok(Value::not_implemented()),
        }
    }

    #[slot]
    fn op_true_divide(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some(d) = a.downcast::<TimeDelta>() else { return Ok(Value::not_implemented()) };
        if let Some(other) = b.downcast::<TimeDelta>() {
            let quotient = int::true_div(micros_of(d).view(), micros_of(other).view());
            let quotient = crate::math::number(vm, quotient)?;
            return vm.new_float(quotient);
        }
        if let Some(n) = view(b) {
            if n.is_zero() {
                return Err(vm.raise_zero_division_error("division by zero"));
            }
            let quotient = divide_nearest(vm, micros_of(d).view(), n)?;
            return from_buf(vm, &quotient).map(Ref::into_value);
        }
        match b.as_float() {
            Some(0.0) if b.is_exact_float() => Err(vm.raise_zero_division_error("division by zero")),
            Some(_) => scale_by_float(vm, d, b, true).map(Ref::into_value),
            None => Ok(Value::not_implemented()),
        }
    }

    #[slot]
    fn op_floor_divide(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some(d) = a.downcast::<TimeDelta>() else { return Ok(Value::not_implemented()) };
        if let Some(other) = b.downcast::<TimeDelta>() {
            let (q, _) = floor_pair(vm, d, other)?;
            return vm.int_from(IntBuf::from_i128(q));
        }
        let Some(n) = view(b) else { return Ok(Value::not_implemented()) };
        let quotient = int::floor_div(micros_of(d).view(), n);
        let quotient = crate::math::number(vm, quotient)?;
        from_buf(vm, &quotient).map(Ref::into_value)
    }

    #[slot]
    fn op_remainder(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some((a, b)) = pair(a, b) else { return Ok(Value::not_implemented()) };
        let (_, r) = floor_pair(vm, a, b)?;
        new_delta(vm, r).map(Ref::into_value)
    }

    #[slot]
    fn op_divmod(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some((a, b)) = pair(a, b) else { return Ok(Value::not_implemented()) };
        let (q, r) = floor_pair(vm, a, b)?;
        let q = vm.int_from(IntBuf::from_i128(q))?;
        let r = new_delta(vm, r)?.into_value();
        vm.new_tuple_from(&[q, r]).map(Ref::into_value)
    }

    /// Number of days.
    #[getter(member)]
    fn days(_vm: &mut Vm, this: &Ref<TimeDelta>) -> Result<i32> {
        Ok(this.days)
    }

    /// Number of seconds (>= 0 and less than 1 day).
    #[getter(member)]
    fn seconds(_vm: &mut Vm, this: &Ref<TimeDelta>) -> Result<i32> {
        Ok(this.seconds)
    }

    /// Number of microseconds (>= 0 and less than 1 second).
    #[getter(member)]
    fn microseconds(_vm: &mut Vm, this: &Ref<TimeDelta>) -> Result<i32> {
        Ok(this.micros)
    }

    /// Total seconds in the duration.
    #[method("($self, /)")]
    fn total_seconds(vm: &mut Vm, this: &Ref<TimeDelta>) -> Result<f64> {
        total_seconds(vm, this.total())
    }

    /// __reduce__() -> (cls, state)
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<TimeDelta>) -> Result<Ref<Tuple>> {
        let state = [this.days, this.seconds, this.micros].map(Value::from_i32);
        let state = vm.new_tuple_from(&state)?.into_value();
        vm.new_tuple_from(&[this.ty().to_value(), state])
    }
}

/// Microseconds as seconds.
pub fn total_seconds(vm: &mut Vm, micros: i128) -> Result<f64> {
    let seconds = int::true_div(IntBuf::from_i128(micros).view(), IntView::Small(1_000_000));
    crate::math::number(vm, seconds)
}

/// The hash of a duration: that of its parts in a tuple.
pub fn delta_hash(vm: &mut Vm, d: &TimeDelta) -> Result<i64> {
    let parts = vm.new_tuple_from(&[d.days, d.seconds, d.micros].map(Value::from_i32))?.into_value();
    vm.hash(&parts)
}
