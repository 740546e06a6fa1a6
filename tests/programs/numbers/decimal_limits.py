"""Powers modulo a number, exponents that are too far out, and mappings whose context is gone."""

import sys
from decimal import Context, Decimal, Inexact, InvalidOperation, getcontext, localcontext

context = Context(prec=9, traps=[])
for a in ("0", "1", "2", "-7", "1.5", "NaN"):
    for b in ("0", "-0", "-0.0", "2.0", "3", "-1", "2.5"):
        for m in ("3", "-5", "1", "0"):
            context.clear_flags()
            made = context.power(Decimal(a), Decimal(b), Decimal(m))
            print(a, b, m, made, [s.__name__ for s, on in context.flags.items() if on])

for exponent in (sys.maxsize, -sys.maxsize - 1, sys.maxsize + 1, -sys.maxsize - 2, 10**30):
    for make in (Decimal, getcontext().create_decimal):
        try:
            print(make((1, (), exponent)))
        except (OverflowError, InvalidOperation) as e:
            print(type(e).__name__, exponent)

context = Context(prec=7)
flags = context.flags
traps = context.traps
context.divide(1, 3)
print(flags[Inexact], len(traps), flags == context.flags)
del context
for use in (repr, len, list, lambda m: m[Inexact], lambda m: m.copy()):
    for mapping in (flags, traps):
        try:
            use(mapping)
        except ValueError as e:
            print(e)
with localcontext() as inner:
    flags = inner.flags
    print(flags[Inexact])
print(Context().flags == getcontext().flags if False else len(getcontext().flags))
