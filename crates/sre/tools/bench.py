"""Times CPython's `re` on typical patterns and writes the cases down for `examples/bench.rs`.

    cpython3.14 bench.py OUT

Each case is a line `B name groups code`, a line `T width text`, a line `R matches nanoseconds`. Matches are counted
with `findall`, whose cost per match (a string or a tuple) is part of CPython's time.
"""
import random
import re
import sys
import time
from re import _compiler, _parser

rng = random.Random(7)
WORDS = ('the of and to in is that it was for on are as with his they at be this from have or by one had not but what '
         'all were when we there can an your which their said if do will each about how up out them then she many some '
         'so these would other into has more her two like him see time could no make than first been its who now people '
         'my made over did down only way find use may water long little very after words called just where most know').split()
PROSE = '\n'.join(' '.join(rng.choice(WORDS).capitalize() if rng.random() < .1 else rng.choice(WORDS) for _ in range(12)) + '.'
                  for _ in range(2000))
LOG = '\n'.join(
    f'2024-{rng.randint(1, 12):02}-{rng.randint(1, 28):02} {rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02},'
    f'{rng.randint(0, 999):03} {rng.choice(["INFO", "DEBUG", "WARNING", "ERROR"])} [worker-{rng.randint(1, 9)}] '
    f'{".".join(rng.choice(WORDS) for _ in range(3))}: user={rng.choice(WORDS)}@{rng.choice(WORDS)}.example.com '
    f'from 10.{rng.randint(0, 255)}.{rng.randint(0, 255)}.{rng.randint(0, 255)} took {rng.random():.3f}s'
    for _ in range(2000))
CODE = open(re.__file__).read() + open(_parser.__file__).read() + open(_compiler.__file__).read()
HTML = ''.join(f'<div class="c{i}"><a href="/x/{rng.choice(WORDS)}">{rng.choice(WORDS)} &amp; {rng.choice(WORDS)}</a><br/>\n</div>'
               for i in range(2000))
JSON = '{' + ', '.join(f'"{rng.choice(WORDS)}{i}": [{rng.randint(0, 9999)}, -{rng.random() * 100:.4f}, "a\\"{rng.choice(WORDS)}", true, null]'
                       for i in range(2000)) + '}'
GREEK = ' '.join(''.join(rng.choice('αβγδεζηθικλμνξοπρστυφχψω') for _ in range(rng.randint(2, 9))) for _ in range(20000))
CHINESE = ''.join(rng.choice('的一是不了人我在有他这中大来上国,。 \n') for _ in range(100000))
KEYWORDS = 'False None True and as assert async await break class continue def del elif else except finally for from ' \
           'global if import in is lambda nonlocal not or pass raise return try while with yield'.split()

CASES = [
    ('words', r'\w+', 0, PROSE), ('capitals', r'\b[A-Z][a-z]*\b', 0, PROSE), ('word pairs', r'(\w+)\s+(\w+)', 0, PROSE),
    ('lines', r'^.*$', re.M, PROSE), ('literal', r'people', 0, PROSE), ('literal, ignore case', r'people', re.I, PROSE),
    ('no match, literal', r'zebra', 0, PROSE), ('no match, set', r'[XYZ]\d', 0, PROSE), ('no match, general', r'(?:\w+)z\b', 0, PROSE[:20000]),
    ('ing words', r'\w+ed\b', 0, PROSE), ('word then literal', r'\w*ater', 0, PROSE[:30000]),
    ('keywords', r'\b(?:' + '|'.join(KEYWORDS) + r')\b', 0, CODE), ('keyword search', '|'.join(KEYWORDS), 0, PROSE),
    ('identifiers', r'[A-Za-z_]\w*', 0, CODE), ('string literals', r"'(?:[^'\\\n]|\\.)*'", 0, CODE), ('comments', r'#[^\n]*', 0, CODE),
    ('tokens', r"(\s+)|(#.*)|([A-Za-z_]\w*)|(\d+)|('(?:[^'\\\n]|\\.)*')|(.)", 0, CODE),
    ('def lines', r'^\s*def\s+(\w+)\s*\(([^)]*)\)', re.M, CODE), ('to end of call', r'(\w+)\((.*?)\)', 0, CODE),
    ('dates', r'\d{4}-\d{2}-\d{2}', 0, LOG), ('dates, named', r'(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)', 0, LOG),
    ('emails', r'[\w.+-]+@[\w-]+\.[\w.-]+', 0, LOG), ('ip', r'\b(?:\d{1,3}\.){3}\d{1,3}\b', 0, LOG),
    ('log line', r'^(\S+) (\S+) (\w+) \[([^\]]+)\] ([\w.]+): user=(\S+) from ([\d.]+) took ([\d.]+)s$', re.M, LOG),
    ('log errors', r'^.*ERROR.*$', re.M, LOG), ('lazy', r'user=(.*?)@', 0, LOG), ('levels', r'INFO|WARNING|ERROR', 0, LOG),
    ('lookahead', r'\w+(?=@)', 0, LOG), ('lookbehind', r'(?<=user=)\w+', 0, LOG),
    ('tags', r'<[^>]+>', 0, HTML), ('tags, lazy', r'<.*?>', 0, HTML), ('links', r'<a href="([^"]*)">(.*?)</a>', 0, HTML),
    ('entities', r'&(#?)(\w{1,8});', 0, HTML), ('backreference', r'<(\w+)[^>]*>[^<]*</\1>', 0, HTML),
    ('attributes', r'\s*(\w+)\s*=\s*("[^"]*"|\w+)', 0, HTML),
    ('json numbers', r'-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?', 0, JSON), ('json strings', r'"(?:[^"\\]|\\.)*"', 0, JSON),
    ('json tokens', r'[{}\[\],:]|"(?:[^"\\]|\\.)*"|true|false|null|-?\d+(?:\.\d+)?', 0, JSON), ('spaces', r'\s+', 0, PROSE),
    ('trailing', r'[ \t]+$', re.M, CODE), ('group loop', r'(?:a|b|c|\w)+', 0, PROSE[:50000]), ('loop of words', r'(?:\w+\s)+', 0, PROSE[:50000]),
    ('dot star', r'.*', 0, PROSE), ('dot all', r'(?s).*\.', 0, PROSE), ('possessive', r'\w++ ', 0, PROSE), ('atomic', r'(?>\w+) ', 0, PROSE),
    ('optional group', r'(\w+)(?:, (\w+))?', 0, CODE), ('backtracking', r'(a+)+b', 0, 'a' * 20), ('nested', r'(x+x+)+y', 0, 'x' * 18),
    ('greek words', r'\w+', 0, GREEK), ('greek literal', 'αβ', 0, GREEK), ('greek class', r'[α-μ]+', 0, GREEK),
    ('greek, ignore case', 'ΑΒ', re.I, GREEK), ('chinese', r'[一-龥]+', 0, CHINESE), ('chinese, not', r'[^,。\s]+', 0, CHINESE),
    ('short match', r'\d+', 0, '12345'), ('short no match', r'abc', 0, 'xyz'), ('short groups', r'(\w+)=(\w+)', 0, 'key=value'),
]


def best(compiled, text):
    times = []
    deadline = time.perf_counter() + 0.4
    while len(times) < 5 or (time.perf_counter() < deadline and len(times) < 20000):
        t = time.perf_counter_ns()
        n = len(compiled.findall(text))
        times.append(time.perf_counter_ns() - t)
    return n, min(times)


with open(sys.argv[1], 'w') as out:
    for name, source, flags, text in CASES:
        compiled = re.compile(source, flags)
        code = _compiler._code(_parser.parse(source, flags), flags)
        n, ns = best(compiled, text)
        top = max(map(ord, text))
        width = 1 if top < 256 else 2 if top < 65536 else 4
        out.write(f"B {name}\t{compiled.groups}\t{' '.join('%x' % c for c in code)}\n")
        out.write(f"T {width} {' '.join('%x' % ord(c) for c in text)}\nR {n} {ns}\n")
