"""Operations on large objects where there is no room for what they make: `large.py [--library] [TEXT...]`.

Each runs in a process of its own, which gets a little more address space than it has when the objects are there, several times
with different amounts. Prints those whose process did not survive: an operation may succeed or raise an exception, nothing else.
Operations are here and, a few minutes' worth that are run where asked for, in `large_library.py`; with texts only those are
run that contain one of them.
"""

import array
import collections
import functools
import itertools
import os
import re
import resource
import signal
import sys

N = 1 << 20
SPACES = [0, 6 << 20, 20 << 20]
FILLING = []

sys.set_int_max_str_digits(0)

NAMES = {
    "ints": list(range(N)),
    "pair": tuple(range(N)),
    "data": bytes(N * 8),
    "room": bytearray(b"ab,c" * (2 * N)),
    "text": "ab,c" * (2 * N),
    "wide": "\u20ac,c" * N,
    "table": dict.fromkeys(range(N // 4)),
    "some": set(range(N // 4)),
    "few": frozenset(range(N // 4)),
    "number": 3 << (N * 60),
    "odd": (1 << (N * 30)) - 7,
    "queue": collections.deque(range(N)),
    "units": array.array("q", range(N)),
    "seen": memoryview(bytes(N * 8)),
    "span": range(N * 2),
    "N": N,
    "re": re,
    "array": array,
    "collections": collections,
    "functools": functools,
    "itertools": itertools,
    "sys": sys,
}

OPERATIONS = """
ints[:]; ints[1:]; ints[::2]; ints + ints; ints * 2; ints.copy(); list(ints); tuple(ints); sorted(ints); set(ints)
ints.extend(ints); ints.extend(pair); ints.extend(iter(pair)); ints.sort(); ints.sort(reverse=True); ints.sort(key=str)
ints.__setitem__(slice(0, 0), ints); ints.__setitem__(slice(None, None, 2), ints[::2]); ints.__delitem__(slice(None, None, 2))
ints.__imul__(3); ints.__iadd__(pair); ints.clear(); ints.reverse(); ints.insert(0, 1); [*ints]; [*ints, *pair]; (*ints,); {*ints}
[x for x in ints]; {x for x in ints}; {x: x for x in ints}; list(map(str, ints)); list(zip(ints, ints)); list(reversed(ints))
dict(zip(ints, ints)); dict.fromkeys(ints); bytes(i & 255 for i in ints); bytearray(i & 255 for i in ints); repr(ints); str(pair)
max(*ints); print(*ints, file=open('/dev/null', 'w')); (lambda *a: len(a))(*ints); (lambda *a: len(a))(*pair)
(lambda **k: len(k))(**dict(zip(map(str, table), table))); a, *b = ints; a, *b = pair; sum([ints, ints], [])
pair[:]; pair[1:]; pair[::2]; pair + pair; pair * 2; list(pair); hash(pair); pair == tuple(ints); pair.count(1)
data[1:]; data[::2]; data + data; data * 2; bytearray(data); list(data); tuple(data); data.hex(); data.decode('latin-1')
data.replace(b'\\0', b'ab'); data.replace(b'\\0', b''); data.split(b'\\0'); data.upper(); data.translate(None, b'a'); data.join([data, data])
data.center(N * 20); data.rjust(N * 20); data.ljust(N * 20); data.zfill(N * 20); data.expandtabs(); data.swapcase(); data.title(); data.capitalize()
data.partition(b'a'); data.rpartition(b'\\0'); data.strip(); data.splitlines(); repr(data); int.from_bytes(data[1:] + b'1'); bytes(N * 40); bytearray(N * 40)
data.rsplit(b'\\0'); data.lower(); data % (); b'%s%s' % (data, data); data == room; bytes.fromhex('00' * N); memoryview(data).tobytes(); data[::-1]
room[1:]; room[::2]; room + room; room * 2; room.__iadd__(room); room.__imul__(3); room.extend(room); room.extend(data); room.insert(0, 1); bytes(room)
room.replace(b'a', b'abcd'); room.split(b','); room.upper(); room.decode(); room.hex(); room.copy(); room.reverse(); room.translate(None, b'a'); room.resize(N * 40)
room.append(1); room.__setitem__(slice(0, 0), data); room.__delitem__(slice(None, None, 2)); room.title(); room.partition(b','); room.rpartition(b','); repr(room)
text[1:]; text[::2]; text + text; text * 2; list(text); tuple(text); text.encode(); text.encode('utf-16'); text.encode('latin-1'); text.encode('utf-32'); text[::-1]
text.replace('a', 'abcd'); text.replace('a', '\\u20ac'); text.split(','); text.upper(); text.lower(); text.title(); text.swapcase(); text.casefold(); text.capitalize(); text.encode('utf-7')
text.center(N * 20); text.rjust(N * 20); text.ljust(N * 20); text.zfill(N * 20); text.expandtabs(); text.translate({97: 'xyz'}); text.translate({97: 8364}); text.encode('utf-8-sig')
text.partition(','); text.rpartition(','); text.splitlines(); text.join([text, text]); ','.join(text); repr(text); ascii(text); text.rsplit(','); text.strip('a'); text.removeprefix('a')
text.removesuffix('c'); text.count('a'); text.isidentifier(); text.encode('unicode_escape'); text.encode('idna'); text.encode('punycode'); hash(text); text == wide; text.encode('ascii', 'replace')
'%s%s' % (text, text); f'{text}{text}'; '{}{}'.format(text, text); format(text, '>%d' % (N * 20)); int('1' * N * 3); float('1' * N * 8); text.format(); text % (); text.__format__('s')
wide[1:]; wide[::2]; wide + wide; wide * 2; list(wide); wide.encode(); wide.encode('utf-16'); wide.encode('ascii', 'xmlcharrefreplace'); wide.encode('ascii', 'backslashreplace'); wide.encode('ascii', 'ignore')
wide.replace('c', 'abcd'); wide.replace('\\u20ac', 'a'); wide.split(','); wide.upper(); wide.lower(); wide.title(); repr(wide); ascii(wide); wide + text; text + wide; wide.translate({99: 'xyz'}); wide.casefold()
wide.encode('utf-8').decode(); wide.encode('utf-16').decode('utf-16'); wide.partition(','); wide.center(N * 20); wide.encode('unicode_escape'); text.encode('ascii', 'namereplace'); wide.encode('cp1252'); wide.encode('gbk', 'replace')
text.encode().decode('utf-8'); text.encode().decode('ascii'); text.encode().decode('cp1252'); data.decode('utf-16'); data.decode('utf-32'); data.decode('unicode_escape'); data.decode('raw_unicode_escape'); data.decode('utf-7'); data.decode('gbk')
table.copy(); dict(table); list(table); list(table.items()); list(table.values()); table | table; table.update({-1: 1}); table.keys() | some; table.items() | some; {**table}; set(table); sorted(table); table.keys() & some
table.clear(); table.popitem(); repr(table); table == dict(table); table.keys() - some; table.keys() ^ some; collections.Counter(ints); collections.OrderedDict(table); collections.OrderedDict(table).copy(); table.setdefault(-1, 1)
some.copy(); set(some); frozenset(some); some | some; some & some; some - few; some ^ few; some.update(ints); list(some); some.union(ints); some.intersection(ints); some.difference(ints); some.symmetric_difference(ints); sorted(some); repr(some)
few | some; few & some; few.copy(); few - some; set(few); hash(few); some.intersection_update(ints); some.difference_update(ints); some.symmetric_difference_update(ints); some == set(few); some.issubset(ints); some.isdisjoint(ints)
number * number; number * odd; number + odd; number - odd; number // odd; number % odd; divmod(number, odd); number << N * 60; number >> 3; ~number; -number; abs(number); number & odd; number | odd; number ^ odd; number ** 2; odd ** 3
hex(number); oct(number); bin(number); number.to_bytes(N * 8); number.bit_count(); int(hex(odd), 16); number / odd; number == odd; hash(number); int(number); round(number, -5); number.as_integer_ratio(); f'{number:x}'; '%x' % number; f'{odd:_x}'
pow(odd, 5, number); pow(3, odd, 7); 10 ** N; 10 ** (N * 20); 10 ** 10 ** 12; 1 << (N * 200); __import__('math').isqrt(odd); __import__('math').gcd(odd >> (N * 29), number >> (N * 59)); __import__('math').perm(N // 16); __import__('math').comb(N // 16, N // 32)
collections.deque(ints); queue.copy(); queue + queue; queue * 2; list(queue); queue.extend(ints); queue.rotate(5); queue.extendleft(ints); queue.insert(3, 4); reversed(queue); repr(queue); queue.__imul__(3)
array.array('q', ints); units[1:]; units[::2]; units + units; units * 2; units.tolist(); units.tobytes(); units.frombytes(data); units.extend(units); units.append(1); units.byteswap(); array.array('d', ints); units.fromlist(ints); units.__imul__(3); array.array('q', data)
seen.tolist(); seen.tobytes(); seen.hex(); seen[::2].tobytes(); bytes(seen); bytearray(seen); seen == data; list(seen); seen.cast('q').tolist()
list(span); tuple(span); set(span); sum(span); sorted(span); list(itertools.accumulate(span)); list(itertools.chain(span, span)); list(itertools.batched(span, N)); list(itertools.product(span, [1])); next(itertools.permutations(span)); next(itertools.combinations(span, 2)); list(enumerate(span))
itertools.tee(span); next(itertools.cycle(span)); functools.reduce(lambda a, b: b, span); list(filter(None, span)); list(itertools.islice(span, N)); list(itertools.repeat(1, N * 4)); [1] * (N * 8); (1,) * (N * 8); [None] * N * 10; next(itertools.product(span, repeat=2)); next(itertools.combinations_with_replacement(span, 2))
re.findall('a', text); re.sub('a', 'bcde', text); re.split(',', text); re.sub('a', lambda m: 'bcde', text); re.findall(b'a', room); re.fullmatch('(?:ab,c)*', text); re.sub('', '-', text); re.escape(text); re.match('.*', text).group(); re.search('(a|b|,|c)*', text).group(0)
__import__('json').dumps(ints); __import__('json').dumps(text); __import__('json').loads('[' + '1,' * N + '1]'); __import__('json').loads('"' + text + '"'); __import__('pickle').dumps(ints); __import__('pickle').dumps(data); __import__('pickle').dumps(text); __import__('pickle').loads(__import__('pickle').dumps(ints))
__import__('struct').pack('%dq' % N, *ints); __import__('struct').unpack('%dq' % N, data); __import__('struct').pack('%ds' % (N * 40), b''); __import__('copy').copy(ints); __import__('copy').deepcopy(ints); __import__('heapq').nlargest(N, ints); __import__('heapq').merge(ints); __import__('bisect').insort(ints, 3)
__import__('io').BytesIO(data).read(); __import__('io').BytesIO(data).getvalue(); __import__('io').BytesIO(data).write(data); __import__('io').StringIO(text).read(); __import__('io').StringIO(text).getvalue(); __import__('io').StringIO().write(text); __import__('io').BytesIO(room).readlines(); __import__('io').StringIO(text).readlines(); open('/dev/zero', 'rb').read(N * 40); open('/dev/zero', 'rb', 0).read(N * 40)
__import__('io').BytesIO().seek(N * 40) and __import__('io').BytesIO().write(b'a'); __import__('binascii').hexlify(data); __import__('binascii').b2a_base64(data); __import__('base64').b64encode(data); __import__('base64').b64decode(b'AAAA' * N); __import__('binascii').unhexlify(b'00' * N); __import__('base64').b85encode(data); __import__('binascii').a2b_qp(room); __import__('binascii').b2a_qp(room); __import__('binascii').b2a_uu(data[:45])
__import__('zlib').compress(data); __import__('zlib').decompress(__import__('zlib').compress(data)); __import__('bz2').decompress(__import__('bz2').compress(data)); __import__('lzma').decompress(__import__('lzma').compress(data)); __import__('hashlib').sha256(data).digest(); __import__('random').sample(span, N); __import__('random').shuffle(ints); __import__('random').randbytes(N * 10); __import__('random').choices(ints, k=N); __import__('random').getrandbits(N * 100)
__import__('os').urandom(N * 10); __import__('unicodedata').normalize('NFKD', wide); __import__('unicodedata').normalize('NFC', wide); __import__('string').Template(text).substitute(); __import__('textwrap').dedent(text); __import__('shlex').quote(text); __import__('urllib.parse').parse.quote(text); __import__('html').escape(text)
__import__('csv').reader([text]).__next__(); list(__import__('csv').reader(['a,' * N])); __import__('statistics').mean(ints); __import__('math').fsum(ints); __import__('math').prod(ints[1:50000]); __import__('math').sumprod(ints, ints); __import__('math').dist(pair, pair); __import__('operator').itemgetter(*pair)(pair); functools.partial(print, *pair); (1).__class__(text[:0] + '7' * N); slice(None).indices(N)
__import__('decimal').Decimal('1' * N); __import__('decimal').Decimal(odd >> (N * 25)); __import__('fractions').Fraction(odd >> (N * 29), 3); complex('1' * N); float.fromhex('1' * N); text.find(wide); text.startswith(wide); os.path.join(text, text); sys.intern(text + 'a'); type(text, (), {}); os.fsencode(text); os.environ.get(text); globals().get(text)
compile('x=1\\n' * (N // 16), 'f', 'exec'); compile('[' + 'a,' * (N // 16) + ']', 'f', 'eval'); compile('def f(): pass\\n' * (N // 64), 'f', 'exec'); __import__('ast').parse('f(a)\\n' * (N // 64)); compile('x=1\\n' * (N // 16) + '(', 'f', 'exec')
__import__('_sre').compile(None, 0, [16, 97] * (N // 4) + [1], 0, {}, (None,)); __import__('marshal').loads(b'[' + N.to_bytes(4, 'little') + b'N' * N); __import__('marshal').loads(b'(' + (N // 4).to_bytes(4, 'little') + b'i1234' * (N // 4)); exec('a' * N); eval('1' * N)
collections.namedtuple('P', ['a' + str(i) for i in range(2000)])(*ints[:2000]); collections.ChainMap(table, table).copy(); collections.UserList(ints) + ints; collections.UserString(text) + text; collections.defaultdict(int, table); collections.defaultdict(int, table).copy(); memoryview(room).cast('q').tolist(); array.array('w', text); array.array('w', text).tounicode(); array.array('b', data).tolist(); array.array('u' if 0 else 'w', wide).tounicode(); str(room, 'latin-1'); str(data, 'utf-8')
"""


def attempt(operation, code, space):
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    how = 1
    try:
        signal.alarm(120)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        with open("/proc/self/status") as f:
            size = next(int(line.split()[1]) for line in f if line.startswith("VmSize"))
        limit = size << 10
        # What was free before is used up.
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
        try:
            while True:
                FILLING.append(bytes(2 << 20))
        except MemoryError:
            pass
        resource.setrlimit(resource.RLIMIT_AS, (limit + space,) * 2)
        try:
            exec(code, NAMES)
            how = 0
        except MemoryError:
            how = 2
        except BaseException as e:
            how = 3
    finally:
        os._exit(how)


quiet = os.open(os.devnull, os.O_RDWR)


def main(words):
    NAMES["os"] = os
    operations = [o.strip() for line in OPERATIONS.strip().splitlines() for o in re.split("; ?", line) if o.strip()]
    if "--library" in words:
        import large_library

        words.remove("--library")
        library = vars(large_library)
        NAMES.update((name, value) for name, value in library.items() if name not in NAMES and not name.startswith("__"))
        operations += [o for line in library["OPERATIONS"].strip().splitlines() for o in line.split("; ")]
    sys.stdin = open(os.devnull)
    seen = collections.Counter()
    ran = 0
    for operation in operations:
        if words and not any(word in operation for word in words):
            continue
        code = compile(operation, "operation", "exec")
        ran += 1
        for space in SPACES:
            status = attempt(operation, code, space)
            seen[status >> 8 if os.WIFEXITED(status) else "crash"] += 1
            if not os.WIFEXITED(status):
                print(f"{operation}: with {space >> 20} MB: signal {os.WTERMSIG(status)}", flush=True)
                break
    print(f"{ran} operations: {seen[0]} times done, {seen[2]} MemoryError, {seen[3]} others, {seen['crash']} crashes")


main(sys.argv[1:])
