# Every operation of the decimal module on numbers of all shapes, in contexts of all shapes, with the signals that it
# meets; formats and conversions. The sequence is that of a small generator, the same everywhere.
from decimal import *

state = 12345


def below(n):
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state >> 33) % n


def one(items):
    return items[below(len(items))]


SPECIAL = ['0', '-0', '0E-5', '0E+7', 'Infinity', '-Infinity', 'NaN', '-NaN12', 'sNaN', 'sNaN3', '1', '-1', '10',
           '1.000', '0.1', '2', '0.5']


def number():
    if below(8) == 0:
        return one(SPECIAL)
    n = one([1, 2, 3, 5, 9, 16, 28, 29, 40, 60])
    text = ''.join(one('0123456789' if below(5) else '09') for _ in range(n))
    if below(2):
        point = below(n + 1)
        text = text[:point] + '.' + text[point:]
    if below(2):
        text += 'E%d' % one([below(11) - 5, below(120) - 60, below(2200) - 1100])
    return one(['', '-']) + text


ROUNDINGS = [ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,
             ROUND_05UP]
UNARY = ['abs', 'minus', 'plus', 'exp', 'ln', 'log10', 'logb', 'logical_invert', 'next_minus', 'next_plus',
         'normalize', 'sqrt', 'to_integral_exact', 'to_integral_value', 'copy_abs', 'copy_negate', 'number_class',
         'to_sci_string', 'to_eng_string', 'is_normal', 'is_subnormal', 'create_decimal']
BINARY = ['add', 'subtract', 'multiply', 'divide', 'divide_int', 'remainder', 'remainder_near', 'compare',
          'compare_signal', 'compare_total', 'compare_total_mag', 'max', 'min', 'max_mag', 'min_mag', 'next_toward',
          'quantize', 'same_quantum', 'scaleb', 'shift', 'rotate', 'logical_and', 'logical_or', 'logical_xor',
          'copy_sign', 'divmod', 'power']

for _ in range(1200):
    context = Context(prec=one([1, 2, 3, 5, 9, 16, 28, 34]), rounding=one(ROUNDINGS),
                      Emax=one([9, 99, 999, 6144, 999999]), Emin=-one([9, 99, 999, 6143, 999999]),
                      clamp=one([0, 0, 1]), capitals=one([0, 1]), traps=[])
    operands = [number(), number(), number()]
    kind = below(20)
    if kind < 8:
        name, count = one(UNARY), 1
    elif kind < 19:
        name, count = one(BINARY), 2
    else:
        name, count = 'fma', 3
    if name in ('exp', 'power'):
        operands = [x if len(x) < 14 and 'E' not in x else '%d.%02d' % (below(60) - 30, below(100)) for x in operands]
    if name in ('shift', 'rotate', 'scaleb'):
        operands[1] = str(below(24) - 12)
    if name.startswith('logical'):
        operands = [''.join(one('01') for _ in range(1 + below(11))) for _ in operands]
    result = getattr(context, name)(*[Decimal(x) for x in operands[:count]])
    met = sorted(signal.__name__ for signal, on in context.flags.items() if on)
    print(name, *operands[:count], context.prec, context.rounding, '->', result, *met)

SPECS = ['', '.2f', '10.3e', '+,.1f', '_', '020,.2f', '<15g', '^20.5', '%', '.1%', 'n', '.3n', 'E', 'e', '.0f', '#.0f',
         'z.1f', 'x>12', '=+12', '.10G', ',', '030,.4f', 'G', '.5_f', '010']
for _ in range(200):
    number_text = number()
    d = Decimal(number_text)
    spec = one(SPECS)
    if not d.is_finite() or abs(d.adjusted()) < 60:
        print(number_text, repr(spec), repr(format(d, spec)))
    for convert in (str, repr, Decimal.as_tuple, Decimal.as_integer_ratio, float, int, round, hash,
                    lambda d: round(d, 2), lambda d: d == 1.5, lambda d: d < 2, lambda d: +d, lambda d: d // 7):
        if convert is hash and d.is_qnan() or d.is_finite() and abs(d.adjusted()) > 60:
            continue
        try:
            print(convert(d), end=' ')
        except Exception as error:
            print(type(error).__name__, error, end=' ')
    print()
