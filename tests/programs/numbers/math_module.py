# math: values, exactness, errors.
import math
print([round(getattr(math, f)(0.5), 12) for f in "sin cos tan asin acos atan sinh cosh tanh asinh atanh exp expm1 log log1p log2 log10 sqrt cbrt erf erfc gamma lgamma exp2".split()])
print(math.acosh(1.5), math.atan2(-0.0, -1), math.atan2(1, 0), math.hypot(3, 4), math.hypot(1, 2, 3), math.dist((0, 0), (3, 4)), math.degrees(math.pi), math.radians(180))
print(math.floor(-1.5), math.ceil(-1.5), math.trunc(-1.5), math.fabs(-2), math.fmod(-7, 3), math.remainder(7, 4), math.modf(-3.25), math.frexp(10.0), math.ldexp(0.625, 4))
print(math.gcd(12, 18, 27), math.gcd(), math.gcd(-4, 6), math.lcm(4, 6), math.lcm(), math.lcm(0, 3), math.factorial(20), math.comb(5, 2), math.comb(3, 5), math.perm(5), math.perm(5, 2))
print(math.isqrt(99), math.isqrt(10**40), math.prod([1, 2, 3]), math.prod([], start=5), math.sumprod([1, 2, 3], [4, 5, 6]), math.fsum([1e100, 1, -1e100]), math.fma(2.0, 3.0, 4.0))
print(math.isclose(1, 1 + 1e-10), math.isclose(0, 1e-10), math.isclose(0, 1e-10, abs_tol=1e-9), math.isfinite(1), math.isinf(-math.inf), math.isnan(math.nan))
print(math.nextafter(1, 2), math.nextafter(0, -1), math.nextafter(1, 2, steps=3), math.ulp(1), math.ulp(0), math.copysign(3, -0.0), math.log(8, 2), math.log(10**1000), math.log2(2**1000), math.log10(10**400))
print(math.pi, math.e, math.tau, math.inf, math.nan, math.pow(2, 0.5), math.exp(1), math.log(math.e), math.gamma(5), math.lgamma(100), math.erf(1))
for e in ("sqrt(-1)", "log(-1)", "log(0)", "log(10, 1)", "acos(2)", "exp(1000)", "factorial(-1)", "factorial(1.0)", "comb(-1, 2)", "isqrt(-1)", "isqrt(1.5)", "gcd(1.5)", "fmod(1, 0)", "pow(-1, 0.5)", "gamma(0)", "gamma(-1)", "ldexp(1, 10**10)",
          "floor('a')", "sin('a')", "hypot('a')", "dist((1,), (1, 2))", "sumprod([1], [1, 2])", "cosh(1000)", "atanh(1)", "log()", "log(1, 2, 3)", "sin()", "sin(1, 2)", "fsum([1, 'a'])", "remainder(1, 0)", "remainder(math.inf, 1)", "floor(math.inf)", "isclose(1, 2, rel_tol=-1)", "perm(2.5)", "prod(['a', 'b'])", "trunc(1j)", "nextafter(1, 2, steps=-1)", "exp2(5000)", "fma(math.inf, 0, 1)"):
    try:
        print(e, eval("math." + e))
    except Exception as err:
        print(e, "->", type(err).__name__, err)
class V:
    def __floor__(self): return "floor"
    def __ceil__(self): return "ceil"
    def __trunc__(self): return "trunc"
    def __float__(self): return 0.25
print(math.floor(V()), math.ceil(V()), math.trunc(V()), math.sqrt(V()))
