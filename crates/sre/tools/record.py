"""Records what CPython's `re` answers, for `taipan-sre` to be compared with.

    cpython3.14 record.py OUT [CASES] [SEED]

The output is text. A line of `P` gives a pattern: number of groups, words of code in hexadecimal, then the source as a
comment. `T` gives a text: bytes per character and code points in hexadecimal. Then come questions about these two:
`m`, `f`, `s` (match, fullmatch, search) with pos and endpos; `i` (finditer) and `n` (scanner().match, repeatedly).
The answer is `-`, `!` for an error, or spans and lastindex, matches separated by `;`.
"""
import random
import re
import signal
import sys
import warnings

warnings.simplefilter('ignore')
from re import _compiler, _parser

SMALL = 20_000
OUT = sys.argv[1] if len(sys.argv) > 1 else None
CASES = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)


class Slow(Exception):
    pass


def slow(*_):
    raise Slow


signal.signal(signal.SIGALRM, slow)

ATOMS = ['a', 'b', 'c', 'ab', 'abc', '.', r'\w', r'\d', r'\s', r'\W', r'\D', r'\S', '[ab]', '[^ab]', '[a-c]', r'[\w.]',
         '[^\\n]', r'[\d_]', '1', ' ', '_', '-', r'\n', 'A', 'é', '[é-ü]', 'ſ', 'K', 'k', 's', 'S', 'ß', 'İ', 'i', 'ı',
         'µ', 'Ω', '中', '[一-龥]', '[α-ω]', r'[\s\S]', r'[^\s\S]', '[aé中]', '[^a中]', '\U0001F600', '[\U00010400-\U0001044F]',
         '\U00010428', '[aeiou1-3é中π]', '[^-]', 'ac', 'foo', 'bar', 'ba', 'x']
ASCII_ATOMS = [a for a in ATOMS if a.isascii()]
ZERO = ['^', '$', r'\b', r'\B', r'\A', r'\Z', r'\z']
QUANT = ['*', '+', '?', '{2}', '{1,2}', '{0,3}', '{2,}', '{3}', '{,2}']
TEXT_CHARS = 'aaaabbbbccc1 _-\n.xABCfoobr'
WIDE = TEXT_CHARS + 'éÉüßſSsKkKiIİıµμΜωΩΩ中一πσςΣ٣\u2028\xa0'
ASTRAL = WIDE + '\U0001F600\U00010400\U00010428\U0001D7D8'


class Gen:
    def __init__(self, ascii_only):
        self.groups = 0
        self.closed = []
        self.names = 0
        self.atoms = ASCII_ATOMS if ascii_only else ATOMS
        self.flags = 'ims' if ascii_only else 'imsa'

    def alt(self, depth):
        n = rng.choice([1, 1, 1, 2, 2, 3, 4]) if depth else 1
        return '|'.join(self.seq(depth) for _ in range(n))

    def seq(self, depth):
        return ''.join(self.term(depth) for _ in range(rng.choice([0, 1, 1, 2, 2, 3, 3, 4])))

    def quantified(self, atom):
        if rng.random() < 0.45:
            atom += rng.choice(QUANT) + rng.choice(['', '', '', '?', '?', '+'])
        return atom

    def term(self, depth):
        r = rng.random()
        if depth <= 0 or r < 0.5:
            return self.quantified(rng.choice(self.atoms))
        if r < 0.56:
            return rng.choice(ZERO)
        if r < 0.74:
            self.groups += 1
            n = self.groups
            body = self.alt(depth - 1)
            self.closed.append(n)
            return self.quantified(f'({body})')
        if r < 0.84:
            return self.quantified(f'(?:{self.alt(depth - 1)})')
        if r < 0.89:
            return rng.choice(['(?=', '(?!']) + self.alt(depth - 1) + ')'
        if r < 0.92:
            return rng.choice(['(?<=', '(?<!']) + self.seq(0).replace('*', '').replace('+', '') + ')'
        if r < 0.94:
            return self.quantified(f'(?>{self.alt(depth - 1)})')
        if r < 0.96:
            return self.quantified(f'(?{rng.choice(self.flags)}:{self.alt(depth - 1)})')
        if r < 0.98 and self.closed:
            return self.quantified('\\' + str(rng.choice(self.closed)))
        if self.groups:
            n = rng.randint(1, self.groups)
            if rng.random() < 0.5:
                return self.quantified(f'(?:(?({n}){self.seq(depth - 1)}|{self.seq(depth - 1)}))')
            return f'(?({n}){self.seq(depth - 1)})'
        return rng.choice(self.atoms)


def random_pattern():
    is_bytes = rng.random() < 0.12
    source = Gen(is_bytes or rng.random() < 0.5).alt(3 if CASES > SMALL else 2)
    flags = 0
    for flag in (re.I, re.M, re.S):
        if rng.random() < 0.2:
            flags |= flag
    if not is_bytes and rng.random() < 0.15:
        flags |= re.A
    if is_bytes:
        if rng.random() < 0.4:
            flags |= re.L
        source = source.encode('latin-1')
    return source, int(flags)


def random_text(is_bytes):
    chars = TEXT_CHARS if is_bytes else rng.choice([TEXT_CHARS, TEXT_CHARS, WIDE, WIDE, ASTRAL])
    n = rng.choice([0, 1, 2, 3, 5, 8, 13, 20, 40][:9 if CASES > SMALL else 7])
    text = ''.join(rng.choice(chars) for _ in range(n))
    if rng.random() < 0.2:
        text = ''.join(c * rng.randint(1, 4) for c in text)
    return text.encode('latin-1') if is_bytes else text


def suite_pairs():
    """Patterns and texts of the tests of `re`."""
    from test import re_tests
    pairs = []
    for t in re_tests.tests:
        pairs.append((t[0], 0, t[1]))
        for flags in (re.I, re.M, re.S, re.A, re.I | re.A):
            pairs.append((t[0], int(flags), t[1]))
        try:
            pairs.append((t[0].encode('latin-1'), 0, t[1].encode('latin-1')))
            pairs.append((t[0].encode('latin-1'), int(re.I | re.L), t[1].encode('latin-1')))
        except UnicodeEncodeError:
            pass
    for b in re_tests.benchmarks:
        pairs.append((b[0], 0, b[1]))
    import unittest
    from test import test_re
    kept = []

    def keep(name):
        real = getattr(re, name)

        def wrapper(pattern, *args, **kwargs):
            flags = kwargs.get('flags', 0)
            strings = [a for a in args if isinstance(a, (str, bytes))]
            if isinstance(pattern, re.Pattern):
                flags, pattern = pattern.flags & ~32, pattern.pattern
            for string in strings[:2]:
                kept.append((pattern, int(flags), string))
            if len(args) > 1 and isinstance(args[-1], int):
                kept.append((pattern, int(args[-1]), strings[0] if strings else ''))
            return real(pattern, *args, **kwargs)
        return real, wrapper

    names = ['match', 'fullmatch', 'search', 'findall', 'finditer', 'split', 'sub', 'subn']
    saved = {}
    for name in names:
        saved[name], wrapper = keep(name)
        setattr(re, name, wrapper)
    compiled = []
    real_compile = _compiler.compile

    def compile_(p, flags=0):
        if type(p) in (str, bytes):
            compiled.append((p, int(flags)))
        return real_compile(p, flags)
    _compiler.compile = compile_
    result = unittest.TestResult()
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(test_re.ReTests)
    for extra in ('PatternReprTests', 'ImplementationTest', 'ExternalTests'):
        suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(getattr(test_re, extra)))
    suite.run(result)
    _compiler.compile = real_compile
    for name in names:
        setattr(re, name, saved[name])
    pairs += [k for k in kept if type(k[0]) in (str, bytes) and type(k[2]) is type(k[0]) and len(k[2]) < 3000]
    texts = {str: [p[2] for p in pairs if isinstance(p[2], str)], bytes: [p[2] for p in pairs if isinstance(p[2], bytes)]}
    for pattern, flags in compiled:
        for _ in range(3):
            pairs.append((pattern, flags, rng.choice(texts[type(pattern)])))
    return list(dict.fromkeys(pairs))


def answer(match):
    if match is None:
        return '-'
    spans = ' '.join(f'{a} {b}' for a, b in match.regs)
    return f'{spans} {match.lastindex or 0}'


class Recorder:
    def __init__(self, out):
        self.out = out
        self.cases = 0
        self.skipped = 0
        self.lines = []

    def pattern(self, source, flags):
        p = _parser.parse(source, flags)
        code = _compiler._code(p, flags)
        compiled = _compiler.compile(source, flags)
        self.lines.append(f"P {compiled.groups} {' '.join('%x' % c for c in code)} # {source!r} {flags}")
        return compiled

    def text(self, text):
        if isinstance(text, bytes):
            text = text.decode('latin-1')
        top = max(map(ord, text), default=0)
        width = 1 if top < 256 else 2 if top < 65536 else 4
        self.lines.append(f"T {width} {' '.join('%x' % ord(c) for c in text)}")

    def ask(self, question, call):
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        try:
            got = call()
        except Slow:
            self.skipped += 1
            return False
        except (SystemError, RuntimeError) as e:
            got = '!'
            print('error', e, self.lines[-2:], question)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        self.lines.append(f'{question} = {got}')
        self.cases += 1
        return True

    def all(self, compiled, text, full):
        self.text(text)
        n = len(text)
        spots = [(0, n)]
        if full:
            spots += [(rng.randint(0, n), n), (0, rng.randint(0, n)), (rng.randint(0, n), rng.randint(0, n))]
        for pos, end in spots:
            ok = self.ask(f's {pos} {end}', lambda: answer(compiled.search(text, pos, end)))
            if not ok:
                return
            self.ask(f'm {pos} {end}', lambda: answer(compiled.match(text, pos, end)))
            self.ask(f'f {pos} {end}', lambda: answer(compiled.fullmatch(text, pos, end)))
        self.ask(f'i 0 {n}', lambda: ';'.join(answer(m) for m in compiled.finditer(text)) or '-')

        def scan():
            match = compiled.scanner(text).match
            found = []
            while (m := match()) is not None:
                found.append(answer(m))
            return ';'.join(found) or '-'
        self.ask(f'n 0 {n}', scan)

    def finish(self):
        self.out.write('\n'.join(self.lines) + '\n')


def main():
    with open(OUT, 'w', encoding='utf-8', errors='backslashreplace') as out:
        recorder = Recorder(out)
        if CASES > SMALL:
            pairs = suite_pairs()
        else:
            pairs = rng.sample(suite_pairs(), CASES // 12)
        last = None
        for source, flags, text in pairs:
            if flags & re.DEBUG:
                continue
            try:
                if (source, flags) != last:
                    compiled = recorder.pattern(source, flags)
                    last = (source, flags)
                recorder.all(compiled, text, CASES > SMALL)
            except (re.error, OverflowError, RecursionError, ValueError, TypeError):
                last = None
        print('from the suite:', recorder.cases)
        while recorder.cases < CASES:
            source, flags = random_pattern()
            try:
                compiled = recorder.pattern(source, flags)
            except (re.error, OverflowError, RecursionError, ValueError):
                continue
            for _ in range(3):
                recorder.all(compiled, random_text(isinstance(source, bytes)), CASES > SMALL)
        recorder.finish()
        print('cases:', recorder.cases, 'too slow:', recorder.skipped)


if __name__ == "__main__":
    main()
