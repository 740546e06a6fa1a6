//! `_statistics`: the quantile function of the normal distribution, by Wichura's algorithm AS 241 (1988).

use taipan_macros::module;
use taipan_vm::{Result, Vm};

type Rational = ([f64; 8], [f64; 8]);

/// Numerator and denominator, highest power first, for |p - 1/2| <= 0.425.
static CENTRE: Rational = (
    [
        2.509_080_928_730_122_6727e+3,
        3.343_057_558_358_812_8105e+4,
        6.726_577_092_700_870_0853e+4,
        4.592_195_393_154_987_1457e+4,
        1.373_169_376_550_946_1125e+4,
        1.971_590_950_306_551_4427e+3,
        1.331_416_678_917_843_7745e+2,
        3.387_132_872_796_366_6080e+0,
    ],
    [
        5.226_495_278_852_854_5610e+3,
        2.872_908_573_572_194_2674e+4,
        3.930_789_580_009_271_0610e+4,
        2.121_379_430_158_659_5867e+4,
        5.394_196_021_424_751_1077e+3,
        6.871_870_074_920_579_0830e+2,
        4.231_333_070_160_091_1252e+1,
        1.0,
    ],
);

/// For tails up to exp(-25).
static MIDDLE: Rational = (
    [
        7.745_450_142_783_414_07640e-4,
        2.272_384_498_926_918_45833e-2,
        2.417_807_251_774_506_11770e-1,
        1.270_458_252_452_368_38258e+0,
        3.647_848_324_763_204_60504e+0,
        5.769_497_221_460_691_40550e+0,
        4.630_337_846_156_545_29590e+0,
        1.423_437_110_749_683_57734e+0,
    ],
    [
        1.050_750_071_644_416_84324e-9,
        5.475_938_084_995_344_94600e-4,
        1.519_866_656_361_645_71966e-2,
        1.481_039_764_274_800_74590e-1,
        6.897_673_349_851_000_04550e-1,
        1.676_384_830_183_803_84940e+0,
        2.053_191_626_637_758_82187e+0,
        1.0,
    ],
);

/// For what is beyond.
static FAR: Rational = (
    [
        2.010_334_399_292_288_13265e-7,
        2.711_555_568_743_487_57815e-5,
        1.242_660_947_388_078_43860e-3,
        2.653_218_952_657_612_30930e-2,
        2.965_605_718_285_048_91230e-1,
        1.784_826_539_917_291_33580e+0,
        5.463_784_911_164_114_36990e+0,
        6.657_904_643_501_103_77720e+0,
    ],
    [
        2.044_263_103_389_939_78564e-15,
        1.421_511_758_316_445_88870e-7,
        1.846_318_317_510_054_68180e-5,
        7.868_691_311_456_132_59100e-4,
        1.487_536_129_085_061_48525e-2,
        1.369_298_809_227_358_05310e-1,
        5.998_322_065_558_879_37690e-1,
        1.0,
    ],
);

fn quotient(r: f64, (numerator, denominator): &Rational) -> f64 {
    let horner = |c: &[f64; 8]| c[1..].iter().fold(c[0], |sum, c| sum * r + c);
    horner(numerator) / horner(denominator)
}

/// The value below which a standard normal variable lies with probability p.
fn quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * quotient(0.180625 - q * q, &CENTRE);
    }
    let tail = if q <= 0.0 { p } else { 1.0 - p };
    let r = (-tail.ln()).sqrt();
    let x = if r <= 5.0 { quotient(r - 1.6, &MIDDLE) } else { quotient(r - 5.0, &FAR) };
    if q < 0.0 { -x } else { x }
}

/// `_statistics`.
pub struct StatisticsModule;

/// Accelerators for the statistics module.
#[module(name = "_statistics")]
impl StatisticsModule {
    #[function("($module, p, mu, sigma, /)")]
    fn _normal_dist_inv_cdf(vm: &mut Vm, p: f64, mu: f64, sigma: f64) -> Result<f64> {
        if p <= 0.0 || p >= 1.0 {
            return Err(vm.raise_value_error("inv_cdf undefined for these parameters"));
        }
        Ok(mu + quantile(p) * sigma)
    }
}
