"""Operations for `large.py` that go through the library, quote long texts in messages, or compute with large decimals."""

import abc
import array
import ast
import asyncio
import base64
import binascii
import bisect
import bz2
import calendar
import cmath
import codecs
import collections
import compression.zstd
import contextvars
import copy
import csv
import ctypes
import dataclasses
import datetime
import decimal
import difflib
import email.header
import enum
import fnmatch
import fractions
import functools
import gc
import gettext
import glob
import gzip
import hashlib
import heapq
import hmac
import html.parser
import importlib
import inspect
import io
import ipaddress
import itertools
import json
import linecache
import locale
import logging
import lzma
import marshal
import math
import mmap
import operator
import pathlib
import pickle
import pprint
import pyexpat
import queue as queues
import quopri
import random
import re
import reprlib
import secrets
import select
import shlex
import shutil
import socket
import sqlite3
import statistics
import string
import struct
import subprocess
import sys
import tarfile
import textwrap
import threading
import time
import tokenize
import traceback
import types
import typing
import unicodedata
import urllib.parse
import uuid
import warnings
import weakref
import xml.dom.minidom
import xml.etree.ElementTree as ET
import xml.sax.saxutils
import zipfile
import zlib
import zoneinfo
from decimal import Decimal

N = 1 << 20


class Item:
    __slots__ = ("__weakref__",)


def tree(source, mode="exec"):
    return ast.parse(source, mode=mode)


ast_tree = tree("f(a)\n" * (N // 32))
ast_big = tree("[" + "a," * (N // 16) + "]", "eval")
ast_names = tree("\n".join(f"a{i} = 1" for i in range(N // 64)))
ast_strings = tree("\n".join(f"a = 'text{i}'" for i in range(N // 64)))
digits = "7" * N
pickled = pickle.dumps(list(range(N)))
weak_items = [Item() for i in range(N // 8)]
weak_table = weakref.WeakKeyDictionary(zip(weak_items, range(N)))
weak_values = weakref.WeakValueDictionary(zip(range(N), weak_items))
od = collections.OrderedDict.fromkeys(range(N // 4))
db = sqlite3.connect(":memory:")
db.execute("create table b(a)")
db.execute("create table c(a)")
db.execute("insert into b values (zeroblob(4000000))")
db.commit()
db.create_function("f1", 1, lambda x: bytes(N * 8))
db.create_function("f2", 1, lambda x: "a" * (N * 8))
db.create_function("f3", 1, lambda x: x + x)
decimal.getcontext().prec = N
decimal.getcontext().Emax = decimal.MAX_EMAX
decimal.getcontext().Emin = decimal.MIN_EMIN

OPERATIONS = r'''
marshal.dumps(ints); marshal.dumps(data); marshal.dumps(text); marshal.dumps(wide); marshal.dumps(table); marshal.dumps(some); marshal.dumps(number); marshal.dumps([1.5] * N); marshal.dumps([[]] * N); marshal.dumps(list(map(str, ints))); marshal.dumps([(i,) for i in ints])
marshal.dump(ints, open('/dev/null', 'wb')); __import__(text); __import__(wide); __import__('importlib').import_module(text); __import__('importlib').import_module(text + '.' + text); __import__('os.' + 'a' * N * 8); format(__import__('decimal').Decimal(1), text)
format(__import__('datetime').date(2000, 1, 1), text); compile(__import__('ast').parse('f(a)\n' * (N // 64)), 'f', 'exec'); compile(__import__('ast').parse('[' + 'a,' * (N // 16) + ']'), 'f', 'exec'); __import__('ast').unparse(__import__('ast').parse('f(a)\n' * (N // 64)))
__import__('ast').dump(__import__('ast').parse('f(a)\n' * (N // 64))); __import__('os', fromlist=[text])
getattr(ints, text); getattr(1, wide); setattr(1, text, 1); delattr(1, text); getattr(os, text); getattr(int, wide); setattr(int, text, 1); setattr(object(), wide, 1); eval(compile(text.replace(',', ''), '', 'eval')); exec('del ' + text.replace(',', '')); {}[text]; os.environ[text]; {}[wide]
globals()[text]; eval(wide[::2])
int(text); int(wide); float(text); float(wide); complex(text); complex(wide); int('1' * N + 'x', 16); int(data); int(room); float(data); int(text, 7); int(text.encode()); bytes.fromhex(text); bytes(text); bytes(text, wide); text.encode(text); text.encode(wide); data.decode(text)
data.decode('utf-8', text); text.encode('ascii', wide); wide.encode('ascii'); wide.encode('latin-1'); data[:-1].decode('utf-16'); room.decode('utf-16'); room.decode('utf-32'); b'\xff'.decode('utf-8', text)
type(text, (), {})(); type(text, (), {})() + 1; type(text, (), {})().x; type(wide, (), {})() + 1; len(type(text, (), {})()); iter(type(text, (), {})()); [][type(text, (), {})()]; type(text, (), {})()(); hash(type(text, (), {'__hash__': None})()); repr(type(text, (), {})()); repr(type(wide, (), {})())
repr(type(text, (), {})); int(type(text, (), {})()); type(text, (), {}).x; type(text, (), {})(1); type(text, (int,), {})().x; type(text, (), {})() < 1; str(type(text, (), {})()); -type(text, (), {})(); 'a' + type(text, (), {})(); abs(type(wide, (), {})())
dict(**{text: 1})[1]; print(**{text: 1}); print(**{wide: 1}); (lambda: 1)(**{text: 1}); (lambda: 1)(**{wide: 1}); int(**{text: 1}); sorted([], **{text: 1}); (lambda **k: 1)(**{text: 1}, **{text: 2}); list(**{text: 1}); object(**{text: 1}); type('C', (), {'__slots__': (text,)})
type('C', (), {'__slots__': (text, text)}); type('C', (), {'__slots__': ('a' * N * 8,)})().x; type('C', (), {'__slots__': ('a' * N * 8,)})().__getattribute__('a' * N * 8)
exec('from os import ' + 'a' * N * 8); exec('import ' + 'a' * N * 8); exec('from ' + 'a' * N * 8 + ' import a'); open(text); open(wide); open(text, text); open('/dev/null', text); open('/dev/null', 'r', encoding=text); os.stat(text); os.listdir(text); os.mkdir(wide); os.rename(text, text)
open('/dev/null', 'r', errors=text)
ValueError(text).__str__(); repr(ValueError(text)); str(KeyError(text)); repr(OSError(2, text, wide)); str(OSError(2, text, wide)); str(OSError(2, text, text, text, text)); str(SyntaxError(text, (text, 1, 2, text))); str(UnicodeDecodeError(text, data, 1, 2, text))
str(UnicodeEncodeError(text, text, 1, 2, text)); str(ImportError(text)); str(ExceptionGroup(text, [ValueError(text)])); repr(ExceptionGroup(text, [ValueError(text)])); str(UnicodeTranslateError(text, 1, 2, text)); ValueError(text).add_note(text); str(NameError(text)); str(StopIteration(text))
str(SystemExit(text)); str(ValueError(text, text)); str(KeyError(wide))
'%d' % text; '%z' % text; '%(' + text; ('%(' + text + ')s') % {}; ('%(' + text + ')s') % {text: text}; ('{' + text + '}').format(); ('{a.' + text + '}').format(a=1); ('{a[' + text + ']}').format(a={}); format(1, text); format(1.5, text); format(text, text); format(1, wide)
('{0:' + text + '}').format(1); ('{0!' + text + '}').format(1); '{:{}}'.format(1, text); format(1j, text); '%c' % text; '%*d' % (N * 40, 1); '%.*f' % (N * 40, 1.5); format(1, '0%d' % (N * 40)); format(1.5, '.%df' % (N * 40)); f'{1.5:.{N * 40}f}'; '%.*f' % (N * 40, 1e300); round(1.5, N)
compile(ast_tree, 'f', 'exec'); compile(ast_names, 'f', 'exec'); compile(ast_strings, 'f', 'exec'); compile(ast_big, 'f', 'eval'); ast.dump(ast_tree); ast.unparse(ast_big); repr(ast_tree); ast.unparse(ast_strings); list(ast.walk(ast_tree)); ast.literal_eval('[' + '1,' * (N // 4) + ']')
ast.literal_eval(ascii(text)); copy.deepcopy(ast_tree); ast.fix_missing_locations(ast_tree); ast.parse('x = ' + repr(text)); ast.parse('a' * N * 8); ast.parse(ascii(data[:N])); ast.increment_lineno(ast_tree); compile(ast_tree, text, 'exec'); compile('1', 'a' * N * 8, 'exec')
compile('x=(', 'a' * N * 8, 'exec'); compile('1', 'a', text)
Decimal(1) / Decimal(digits); Decimal(digits) * Decimal(digits); Decimal(digits) + 1; Decimal(digits).sqrt(); str(Decimal(digits)); Decimal(digits) ** 2; Decimal(digits) // 3; Decimal(digits) % 3; Decimal(digits).quantize(Decimal(1)); Decimal('1e-%d' % (N * 20)).quantize(Decimal('1e-%d' % (N * 20)))
Decimal(3) ** (N * 4); decimal.Context(prec=N // 32).exp(3); decimal.Context(prec=N // 32).ln(3); decimal.Context(prec=N // 32).log10(3); int(Decimal(digits)); int(Decimal('1e%d' % (N * 40))); format(Decimal(digits), ',f'); format(Decimal('1e%d' % (N * 40)), 'f'); format(Decimal(1), '.%df' % (N * 40)); Decimal(digits).as_tuple()
Decimal((0, tuple([1] * N), 0)); Decimal(digits).to_eng_string(); Decimal(digits).normalize(); hash(Decimal(digits)); Decimal(digits).next_plus(); Decimal(digits).fma(3, 4); Decimal(digits).logical_invert(); Decimal(digits).rotate(5); Decimal(digits).shift(5); Decimal(digits) == Decimal(digits + '1')
float(Decimal(digits)); Decimal(digits).as_integer_ratio(); round(Decimal(digits), 3); Decimal(digits).compare_total(Decimal(1)); -Decimal(digits); abs(Decimal(digits)); Decimal(digits).copy_negate(); divmod(Decimal(digits), 7); pow(Decimal(digits), 3, 7); repr(Decimal(digits)); Decimal(text)
Decimal(wide); Decimal('1' * N * 8 + 'x'); Decimal(digits).to_integral_value(); Decimal('1e%d' % (N * 40)) + 1; Decimal(1.5).scaleb(text); Decimal(digits).logical_and(Decimal(digits)); Decimal(digits).remainder_near(7); Decimal.from_float(1e300); Decimal(number >> (N * 50))
Decimal(digits) - Decimal('1e-%d' % N); Decimal(1).next_minus(); Decimal(1) / 3; Decimal(2).sqrt(); decimal.Context(prec=N // 32).power(3, Decimal('0.5')); decimal.Context(prec=N // 32).power(3, Decimal('0.1')); Decimal(digits).max(Decimal(1)); Decimal(digits).same_quantum(1); f'{Decimal(digits):e}'; f'{Decimal(digits):n}'
decimal.Context(prec=N).create_decimal(digits); decimal.Context(prec=5).create_decimal(digits); pickle.dumps(Decimal(digits)); decimal.getcontext().divmod(Decimal(digits), 3); decimal.getcontext().to_sci_string(Decimal(digits)); pickle.loads(pickle.dumps(Decimal(digits))); Decimal(digits).canonical()
complex(Decimal(digits)); math.floor(Decimal(digits)); math.ceil(Decimal('1e-%d' % N))
json.dumps(ints, indent=2); json.dumps(table, indent=' '); json.dumps(wide); json.dumps(wide, ensure_ascii=False); json.dumps([text]); json.loads(text); json.loads('"' + wide); json.loads('{"a": ' * 500 + '1' + '}' * 500); json.loads('{' + ','.join('"%d":1' % i for i in range(N // 8)) + '}')
json.loads('1' * N * 4 + 'x'); json.loads('"' + '\\u20ac' * N + '"'); json.dumps(list(map(str, ints))); json.dumps([1.5] * N); json.dump(ints, open('/dev/null', 'w')); json.dumps(list(zip(ints, ints))); json.loads('[' + '1.5,' * N + '1]'); list(json.JSONEncoder().iterencode(ints))
json.loads(b'"' + room + b'"'); json.dumps({text: text}); json.dumps({'a': object()}); json.dumps([[[1] * N]]); json.dumps(number)
csv.writer(open('/dev/null', 'w')).writerow(ints); csv.writer(io.StringIO()).writerow([text, text]); csv.writer(io.StringIO()).writerow([wide, wide]); csv.writer(io.StringIO()).writerows([[1, 2]] * N); list(csv.reader(['"' + text + '"']))
csv.writer(io.StringIO(), quoting=csv.QUOTE_ALL).writerow(['"' * N * 8]); list(csv.DictReader(['a,b'] + ['1,2'] * (N // 16))); csv.writer(io.StringIO(), delimiter=text); csv.Sniffer().sniff(text[:1000]); list(csv.reader(io.StringIO('a,b\n' * N)))
list(difflib.ndiff(['a'] * 100, ['b'] * 100)); difflib.SequenceMatcher(None, text[:N], text[:N]); list(difflib.unified_diff(list(map(str, span)), [])); string.Formatter().format('{0}{0}', text); string.Formatter().vformat(text, (), {}); string.capwords(text); list(string.Formatter().parse('{a}' * N))
list(string.Formatter().parse(text + '{a}')); string.Template('$a' * (N // 4)).substitute(a='abc'); string.Template(text + '$').safe_substitute(); ('{}' * N).format(*ints); ('{0}' * N).format(text[:100]); ('%s' * N) % pair; ('%(a)s' * N) % {'a': 'abcdef'}
io.TextIOWrapper(io.BytesIO(room)).read(); io.TextIOWrapper(io.BytesIO(room)).readline(); io.TextIOWrapper(io.BytesIO(room)).readlines(); io.TextIOWrapper(io.BytesIO()).write(text); io.TextIOWrapper(io.BytesIO()).write(wide); io.TextIOWrapper(open('/dev/zero', 'rb')).read(N * 20)
io.TextIOWrapper(open('/dev/zero', 'rb')).readline(N * 20); io.TextIOWrapper(io.BytesIO(room), 'utf-16').read(); io.TextIOWrapper(io.BytesIO(data), 'latin-1').readline(); io.TextIOWrapper(open('/dev/null', 'wb')).writelines([text] * 4); io.TextIOWrapper(io.BytesIO(wide.encode())).read()
io.TextIOWrapper(io.BytesIO(wide.encode()), newline='').readlines(); io.TextIOWrapper(io.BytesIO(), encoding=text); io.TextIOWrapper(io.BytesIO(b'\r\n' * N * 4)).read(); io.TextIOWrapper(io.BytesIO(), 'utf-16').write(text); io.TextIOWrapper(io.BytesIO(), newline='\r\n').write('\n' * N * 8)
list(io.TextIOWrapper(io.BytesIO(room.replace(b',', b'\n')))); io.TextIOWrapper(io.BytesIO(room)).read(N * 3); io.TextIOWrapper(io.BytesIO(room)).tell(); io.IncrementalNewlineDecoder(None, True).decode('\r\n' * N * 8); io.TextIOWrapper(io.BytesIO(room), 'gbk').read()
io.BufferedReader(io.BytesIO(room)).read(); io.BufferedReader(io.BytesIO(room), N * 40); io.BufferedReader(io.BytesIO(room)).peek(N * 8); io.BufferedReader(io.BytesIO(room)).readline(); io.BufferedWriter(io.BytesIO()).write(room); io.BufferedWriter(io.BytesIO(), N * 40)
io.BufferedWriter(io.BytesIO(), N * 40).write(data); io.BufferedRandom(io.BytesIO(room)).read(); io.BufferedReader(io.BytesIO(room)).read1(N * 40); io.BufferedReader(open('/dev/zero', 'rb', 0)).read(N * 40); io.BufferedReader(open('/dev/zero', 'rb', 0)).read1(N * 40)
io.BufferedRWPair(io.BytesIO(room), io.BytesIO()).read(); open('/dev/zero', 'rb').readline(N * 40); open('/dev/zero', 'rb').peek(N * 40); open('/dev/zero', 'rb').readinto(bytearray(N * 40)); open('/dev/zero', 'rb', 0).readall(); open('/dev/zero').read(N * 20); open('/dev/zero', 'rb').read()
open('/dev/zero').read(); open('/dev/zero').readline(); list(open('/dev/zero', 'rb')); io.BytesIO(room).read1(); io.BytesIO(room).readline(); io.BytesIO().writelines([data] * 4); io.StringIO(text).readline(); io.StringIO().writelines([text] * 4); io.StringIO(newline=None).write('\r\n' * N * 4)
io.StringIO(wide).read(); io.StringIO('a\n' * N).readlines(); io.BytesIO().truncate(N * 40); io.StringIO().seek(N * 40) and io.StringIO().write('a'); io.BytesIO(data).getbuffer().tolist(); pickle.dumps(io.BytesIO(data)); io.StringIO(text).__getstate__(); io.BytesIO(data).__getstate__()
io.StringIO(wide).__getstate__()
list(struct.iter_unpack('q', data)); list(struct.iter_unpack('b', data)); struct.unpack('%db' % (N * 8), data); struct.unpack('%ds' % (N * 8), data); struct.Struct('b' * N).unpack(data[:N]); struct.calcsize('b' * N * 4); struct.Struct('1b' * N); struct.pack('%dx' % (N * 40))
struct.pack('%dp' % (N * 40), b''); struct.pack(text); struct.Struct('%db' % (N * 8)).pack_into(bytearray(8), 0, *pair); struct.unpack('c' * N, data[:N])
list(itertools.combinations(ints, 1)); list(itertools.permutations(ints, 1)); list(itertools.zip_longest(ints, [])); list(itertools.starmap(pow, zip(ints, [1] * N))); list(itertools.pairwise(ints)); list(itertools.compress(ints, ints)); list(itertools.groupby(ints)); list(itertools.tee(ints)[0])
list(itertools.chain.from_iterable([ints, ints])); list(itertools.takewhile(lambda x: True, ints)); next(itertools.batched(itertools.count(), N * 8)); itertools.combinations(ints, N - 1); itertools.product(ints, ints, ints); itertools.product(range(3), repeat=N * 8); itertools.permutations(ints, N)
list(itertools.islice(itertools.cycle(ints), N * 3)); repr(itertools.repeat(text)); repr(itertools.count(number)); zip(*[ints] * N); map(print, *[ints] * N); list(zip(ints, ints, ints)); itertools.zip_longest(*[ints] * N); itertools.tee([], N); itertools.chain(*ints)
list(itertools.accumulate([text] * 4))
sorted(ints, key=functools.cmp_to_key(lambda a, b: a - b)); functools.lru_cache(None)(lambda *a: 1)(*ints); functools.partial(lambda *a: 1, *ints)(*ints); functools.lru_cache(None)(lambda **k: 1)(**dict(zip(map(str, table), table))); repr(functools.partial(print, text))
list(map(functools.lru_cache(None)(lambda x: x), ints)); functools.reduce(lambda a, b: a + [b], ints[:300]); functools.partial(print, **dict(zip(map(str, table), table))).__reduce__(); copy.copy(functools.partial(print, *ints)); functools.singledispatch(print).registry
weakref.WeakKeyDictionary(weak_table); weakref.WeakValueDictionary(weak_values).copy(); weakref.WeakSet(weak_items); list(map(weakref.ref, weak_items)); weakref.WeakValueDictionary(weak_values); weakref.getweakrefs(weak_items[0]); list(weakref.WeakSet(weak_items)); list(map(weakref.proxy, weak_items))
weakref.WeakSet(weak_items) | weakref.WeakSet(); [weakref.ref(weak_items[0], print) for i in ints]; [weakref.ref(weak_items[0], lambda r: 1) for i in ints]; weakref.proxy(type(text, (), {})()).x; repr(weakref.ref(type(text, (), {})))
queue.remove(-1); queue.index(-1); queue[text]; queue.__iadd__(ints); collections.deque(ints, 5); collections.deque(ints, N // 2); copy.copy(queue); pickle.dumps(queue); queue == collections.deque(ints); queue.reverse(); list(reversed(queue)); queue.appendleft(1); queue.__delitem__(5)
queue.__reduce__(); copy.deepcopy(queue)
od.move_to_end(0); list(reversed(od)); od | od; repr(od); collections.OrderedDict.fromkeys(ints); od == collections.OrderedDict(table); list(od.items()); od.update(od); pickle.dumps(od); collections.OrderedDict(**dict(zip(map(str, table), table))); od[text]; od.pop(wide); od.__reduce__()
copy.deepcopy(od); od.clear()
types.MappingProxyType(table) | table; repr(types.MappingProxyType(table)); types.MappingProxyType(table).copy(); types.MappingProxyType({})[text]; types.SimpleNamespace(**dict(zip(map(str, table), table))); repr(types.SimpleNamespace(a=text)); types.SimpleNamespace().__getattribute__(text)
types.SimpleNamespace(a=ints) == types.SimpleNamespace(a=ints); types.SimpleNamespace(**{text: 1}).__repr__(); types.ModuleType(text).__repr__(); types.ModuleType(text).x; types.ModuleType(wide).x; types.ModuleType(text, text).__dict__; types.new_class(text)
types.FunctionType((lambda: 1).__code__, {}, text).__repr__(); types.FunctionType((lambda: 1).__code__, {}, text)(1); types.FunctionType((lambda a, b: 1).__code__, {}, wide)(); (lambda: 1).__code__.replace(co_name=text); (lambda: 1).__code__.replace(co_consts=pair)
(lambda: 1).__code__.replace(co_code=data); repr((lambda: 1).__code__.replace(co_name=text)); repr((lambda: 1).__code__.replace(co_filename=text)); (lambda: 1).__code__.replace(co_names=tuple(text[:N])); types.GenericAlias(list, pair).__repr__(); types.GenericAlias(list, pair)[1]
types.GenericAlias(list, pair).__parameters__; list[text].__repr__(); (int | type(text, (), {})).__repr__()
seen[::3].tolist(); seen[::3].tobytes(); seen[1:].hex(); seen[::-1].tobytes(); seen.cast('d').tolist(); seen.cast('c').tolist(); seen == seen[:]; seen.toreadonly().tobytes(); seen.cast('B', [N, 8]).tolist(); seen.cast('B', [N, 8]).tobytes(); seen.hex('-'); data.hex(':', 1); seen.cast(text)
seen.cast('B', [1] * N); memoryview(units).tolist(); memoryview(room)[::2] == memoryview(room)[::2]; memoryview(room).__setitem__(slice(0, N * 8), data); memoryview(room)[:N].__setitem__(slice(None, None, -1), memoryview(room)[N:2 * N]); hash(seen); seen.count(0); seen.index(0); list(reversed(seen))
memoryview(room)[::2].tobytes('F'); seen[text]; bytes(memoryview(units)[::2]); array.array('q', memoryview(units)[::2])
ctypes.create_string_buffer(N * 40); ctypes.create_string_buffer(data); ctypes.create_unicode_buffer(N * 20); (ctypes.c_char * (N * 40))(); (ctypes.c_int * N)(*ints); (ctypes.c_int * (N * 4))()[:]; (ctypes.c_char * (N * 8))()[:]; (ctypes.c_char * (N * 8))().raw; ctypes.create_string_buffer(data).raw
ctypes.create_unicode_buffer(text).value; ctypes.create_unicode_buffer(text)[:]; ctypes.c_char_p(data); ctypes.c_wchar_p(text).value; ctypes.string_at(data, N * 8); ctypes.wstring_at(ctypes.create_unicode_buffer(text)); ctypes.CDLL(text); ctypes.CDLL(None)[text]
(ctypes.c_char * (N * 8)).from_buffer_copy(data); ctypes.resize(ctypes.c_int(), N * 40); type('S', (ctypes.Structure,), {'_fields_': [(text, ctypes.c_int)]}); type('S', (ctypes.Structure,), {'_fields_': [('a' + str(i), ctypes.c_int) for i in range(2000)]}); (ctypes.c_ubyte * (N * 8))()[::2]
memoryview((ctypes.c_int * N)()).tolist(); bytes((ctypes.c_int * N)()); copy.copy((ctypes.c_int * (N * 4))()); ctypes.CDLL(None).strlen(data); ctypes.CDLL(None).strlen(text); list((ctypes.c_int * N)())
db.execute('select ?', (data,)).fetchall(); db.execute('select ?', (text,)).fetchall(); db.execute('select ?', (wide,)).fetchall(); db.execute('select zeroblob(%d)' % (N * 20)).fetchall(); db.execute('select hex(?)', (data,)).fetchall(); db.execute('create table t(a)')
db.execute('insert into b values (?)', (data,)); db.executemany('insert into c values (?)', ((i,) for i in range(N // 16))); db.execute("select '" + text + "'").fetchall(); db.execute(text); db.execute('select a from b').fetchall(); db.execute('select group_concat(a) from b')
db.execute('select ? || ?', (text, text)).fetchall(); db.execute('with recursive n(i) as (select 1 union all select i + 1 from n limit %d) select i from n' % (N // 4)).fetchall()
db.execute('with recursive n(i) as (select 1 union all select i + 1 from n limit %d) select i from n order by i desc' % (N // 4)).fetchall(); db.create_function('f', 1, lambda x: data); db.create_function(text, 1, print); db.execute('select f1(1)').fetchall(); db.execute('select f2(1)').fetchall()
db.execute('select f3(?)', (text,)).fetchall(); db.serialize(); db.deserialize(data); db.blobopen('b', 'a', 1).read(); db.execute('select :a', {'a': text}).fetchall(); list(db.iterdump()); db.execute('select ' + ','.join(map(str, ints[:1000]))).fetchall(); sqlite3.connect(text)
sqlite3.complete_statement(text); db.executescript(text); db.executescript("insert into b values('" + text + "');"); db.execute('select replace(?, ?, ?)', (text, 'a', 'abcd')).fetchall(); db.execute("select printf('%.*c', " + str(N * 40) + ", 'x')").fetchall()
db.execute('select json_array(?)', (text,)).fetchall(); db.execute('create table "' + text + '"(a)'); db.execute('select 1 as "' + text + '"').description; db.backup(sqlite3.connect(':memory:')); db.create_collation(text, print)
hashlib.file_digest(io.BytesIO(room), 'sha256'); hashlib.file_digest(open('/dev/null', 'rb'), 'md5'); hashlib.new(text); hashlib.new('sha256', data); hashlib.blake2b(data).hexdigest(); hashlib.shake_128(data).digest(N * 20); hashlib.shake_128(data).hexdigest(N * 20)
hashlib.pbkdf2_hmac('sha1', data, b'a', 1); hashlib.scrypt(b'a', salt=b'a', n=2 ** 14, r=8, p=1); hashlib.scrypt(b'a', salt=b'a', n=2, r=1, p=1, dklen=N * 20); hmac.new(data, data, 'sha256').digest(); hmac.digest(data, data, 'md5'); hashlib.sha3_256(room).digest(); zlib.crc32(data); zlib.adler32(data)
hmac.compare_digest(data, data); hmac.compare_digest(text, text)
socket.socketpair()[0].recv(N * 40, socket.MSG_DONTWAIT); socket.socketpair()[0].recvfrom(N * 40, socket.MSG_DONTWAIT); socket.socketpair()[0].recvmsg(N * 40, N * 40, socket.MSG_DONTWAIT); socket.socketpair()[0].send(data, socket.MSG_DONTWAIT)
socket.socketpair()[0].sendmsg([data] * 3, [], socket.MSG_DONTWAIT); socket.getaddrinfo(text, 80); socket.gethostbyname(text); socket.inet_aton(text); socket.socket().bind((text, 1)); socket.socket(socket.AF_UNIX).bind(text); socket.socketpair()[0].sendmsg([b''] * N, [], socket.MSG_DONTWAIT)
socket.socketpair()[0].recvmsg_into([bytearray(1)] * N, 1, socket.MSG_DONTWAIT); socket.getservbyname(text); socket.if_nametoindex(text); socket.socketpair()[0].getsockopt(1, 2, N * 40); select.select(ints, [], [], 0); select.select([text], [], [])
os.read(os.open('/dev/zero', 0), N * 40); os.pread(os.open('/dev/zero', 0), N * 40, 0); os.readv(os.open('/dev/zero', 0), [bytearray(N)] * 500); os.write(os.open('/dev/null', 1), data); os.getrandom(N * 20); os.path.abspath(text); os.path.normpath(text); os.path.expandvars(text + '$HOME')
os.path.split(text); os.path.splitext(text); os.path.realpath(text); os.path.relpath(text); os.path.commonprefix([text, text]); os.path.commonpath([text, text]); os.fspath(text); os.fsdecode(room); os.fsdecode(bytes([255]) * N * 8); os.fsencode(wide); os.putenv(text, text)
os.environ.__setitem__('A', text); os.environ.__setitem__('A', wide); os.getenv(text); os.readlink(text); os.path.exists(text); os.scandir(text); os.open(text, 0); os.strerror(N); os.writev(os.open('/dev/null', 1), [data] * 500); os.path.splitroot(text); os.chdir(text); os.symlink(text, text)
pathlib.Path(text).parts; pathlib.Path(text) / text; pathlib.Path(text).exists(); pathlib.Path('/'.join(text)); pathlib.Path(text).as_uri(); str(pathlib.PurePosixPath('a/' * N)); subprocess.run(['/bin/true', text]); os.posix_spawn('/bin/true', ['a', text], {})
os.posix_spawn('/bin/true', list(map(str, ints)), {}); subprocess.run(list(map(str, ints))); glob.glob(text); fnmatch.fnmatch(text, text); fnmatch.translate(text); fnmatch.filter(['a'] * N, '*'); shutil.which(text)
mmap.mmap(-1, N * 40); mmap.mmap(-1, N * 4)[:]; mmap.mmap(-1, N * 4).read(); mmap.mmap(-1, N * 4)[::2]; mmap.mmap(-1, N * 4).readline(); mmap.mmap(-1, N).resize(N * 40); mmap.mmap(-1, N * 4).find(data); mmap.mmap(-1, N * 4).write(data[:N]); mmap.mmap(-1, N * 4).__setitem__(slice(0, N), data[:N])
list(mmap.mmap(-1, N * 4)); mmap.mmap(-1, N * 4).__setitem__(slice(0, N * 4, 2), data[:N * 2])
ET.fromstring('<a>' + text + '</a>'); ET.fromstring('<a>' + '<b/>' * (N // 8) + '</a>'); ET.fromstring('<a b="' + text + '"/>'); ET.fromstring('<' + 'a' * N * 8 + '/>'); ET.fromstring('<a>' + '<b c="d">e</b>f' * (N // 16) + '</a>'); ET.fromstring(text); ET.fromstring('<a>' + wide + '</a>')
ET.tostring(ET.fromstring('<a>' + '<b/>' * (N // 16) + '</a>')); list(ET.fromstring('<a>' + '<b/>' * (N // 16) + '</a>').iter()); copy.deepcopy(ET.fromstring('<a>' + '<b/>' * (N // 16) + '</a>')); ET.Element(text).__repr__(); ET.Element('a', **dict(zip(map(str, table), table)))
ET.Element('a').extend([ET.Element('b')] * N); ET.fromstring('<a><!--' + text + '--></a>'); ET.fromstring('<a><![CDATA[' + text + ']]></a>'); ET.fromstring('<!DOCTYPE a [<!ENTITY b "' + text + '">]><a>&b;&b;</a>'); ET.XMLPullParser().feed(text); ET.fromstring('<a>' + '&amp;' * N + '</a>')
ET.fromstring('<a>\r\n' * 1 + '\r\n' * N * 4 + '</a>'); pyexpat.ParserCreate().Parse('<a>' + text + '</a>', True); pyexpat.ParserCreate().Parse('<a ' + ' '.join('a%d="1"' % i for i in range(N // 16)) + '/>', True); ET.Element('a').set(text, text); ET.Element('a').__getattribute__(text)
ET.tostring(ET.Element(text)); ET.Element('a').findall(text); ''.join(ET.fromstring('<a>' + 'b<c/>' * (N // 16) + '</a>').itertext()); xml.dom.minidom.parseString('<a>' + '<b/>' * (N // 64) + '</a>'); ET.fromstring(room); ET.fromstring('<a>' + '<b>' * 20000)
ET.fromstring('<a:b/>'.replace('a', 'a' * N)); ET.fromstring('<a xmlns="' + text + '"><b/><b/></a>'); ET.fromstring('<?a ' + text + '?><a/>'); html.unescape(text); html.unescape('&amp;' * N); html.parser.HTMLParser().feed(text); xml.sax.saxutils.escape(text)
pickle.dumps([[i] for i in ints]); pickle.dumps(table); pickle.dumps(some); pickle.dumps(list(map(str, ints))); pickle.loads(pickled); pickle.loads(pickle.dumps(table)); pickle.loads(pickle.dumps(some)); pickle.loads(pickle.dumps(text)); pickle.loads(pickle.dumps(room))
pickle.dumps([(i, i) for i in ints]); pickle.dumps(number); pickle.dumps(text, 0); pickle.dumps(wide, 0); pickle.dumps(data, 0); pickle.dumps(ints, 0); pickle.dumps(number, 0); pickle.loads(pickle.dumps(text, 0)); pickle.loads(pickle.dumps(ints, 0)); pickle.dumps(type(text, (), {}))
pickle.loads(b'c' + text.encode() + b'\n' + text.encode() + b'\n.'); pickle.loads(b'I' + text.encode() + b'\n.'); pickle.dump(ints, open('/dev/null', 'wb')); pickle.load(io.BytesIO(pickled)); pickle.dumps(lambda: 1); pickle.loads(b'X\xff\xff\xff\x7f'); pickle.loads(b'B\xff\xff\xff\x07a')
pickle.loads(b'(' * N * 4); pickle.loads(b'N' * N * 4); pickle.loads(b'N2' * N); pickle.loads(b'Nr\xff\xff\xff\x0f.'); pickle.loads(b'N\x94' * N + b'.'); pickle.dumps(units); pickle.loads(pickle.dumps(units)); pickle.dumps([bytearray(b'a')] * 3 + [room])
pickle.dumps([data, data], 5, buffer_callback=[].append); pickle.dumps([1.5] * N); pickle.loads(pickle.dumps([1.5] * N)); list(map(pickle.dumps, ints)); pickle._dumps(ints); pickle.dumps([object()] * N); pickle.dumps([object() for i in ints])
copy.deepcopy([[i] for i in ints]); copy.deepcopy(table); copy.deepcopy(pair); copy.copy(table); copy.deepcopy(room); copy.deepcopy([ints] * 3); copy.deepcopy(units); copy.copy(some); copy.copy(room); copy.copy(queue); copy.replace(types.SimpleNamespace(a=1), **{text: 1})
traceback.format_exception(ValueError(text)); traceback.format_exception(ExceptionGroup(text, [ValueError(wide)])); traceback.print_exception(ValueError(text), file=open('/dev/null', 'w')); sys.excepthook(ValueError, ValueError(text), None)
sys.excepthook(SyntaxError, SyntaxError(text, (text, 1, 2, text)), None); traceback.format_exception(SyntaxError(text, (text, 1, 2, text))); sys.excepthook(KeyError, KeyError(text), None); sys.excepthook(OSError, OSError(2, text, text), None); sys.displayhook(text)
sys.unraisablehook(types.SimpleNamespace(exc_type=ValueError, exc_value=ValueError(text), exc_traceback=None, err_msg=text, object=text)); warnings.warn(text); warnings.warn_explicit(text, UserWarning, text, 1); traceback.format_list([(text, 1, text, text)])
traceback.StackSummary.from_list([('a', 1, 'b', 'c')] * (N // 64)).format(); sys.excepthook(ExceptionGroup, ExceptionGroup(text, [ValueError(text)] * 3), None); traceback.format_exception_only(NameError(text, name=text)); sys.excepthook(AttributeError, AttributeError(text, name=text, obj=os), None)
traceback.format_exception(AttributeError(text, name=text, obj=os)); traceback.format_exception(KeyError(wide)); sys.excepthook(type(text, (Exception,), {}), type(text, (Exception,), {})(), None); traceback.format_exception(type(text, (Exception,), {})()); linecache.getlines(text)
logging.getLogger().error(text); logging.getLogger(text); logging.Formatter(text); warnings.formatwarning(text, UserWarning, text, 1, text); sys.audit(text); sys.setrecursionlimit(number); sys.getsizeof(ints)
list(tokenize.generate_tokens(io.StringIO('a = 1\n' * (N // 64)).readline)); list(tokenize.generate_tokens(io.StringIO('a' * N * 8).readline)); list(tokenize.tokenize(io.BytesIO(b'a,' * (N // 16)).readline)); tokenize.untokenize([(1, 'a')] * (N // 64))
list(tokenize.generate_tokens(io.StringIO('"""' + text).readline)); tokenize.detect_encoding(io.BytesIO(room).readline)
textwrap.wrap(text[:N]); textwrap.fill('ab ' * (N // 8)); textwrap.indent('a\n' * N, '  '); textwrap.dedent('  a\n' * N); textwrap.shorten('ab ' * (N // 8), 20); textwrap.indent(text, text); pprint.pformat(ints[:N // 16]); pprint.pformat(text[:N]); reprlib.repr(ints); pprint.pformat(table)
re.compile('(a)' * 20000); re.compile('a|b|' * (N // 16)); re.compile('(?:' * 100 + 'a' * (N // 8) + ')' * 100); re.compile('[' + wide[:N // 8] + ']'); re.compile('[' + 'abc' * (N // 8) + ']'); re.compile('a{%d}' % (N * 40)); re.compile(text[:N // 4]); re.compile(text + '(')
re.match('(a|b|,|c)*?$', text); re.match('((ab)|(,c))*', text); re.findall('(a)(b)', text); re.findall('.', wide); re.finditer('a', text); list(re.finditer('a', text)); re.sub('(a)(b)', r'\2\1', text); re.sub('a', text[:100], text); re.subn('b', 'cd', text); re.split('(,)', text)
re.compile('(?P<' + 'a' * N + '>b)'); re.match('(' * 90 + '.*' + ')' * 90, text).groups(); re.sub('a', r'\g<' + text + '>', text); re.match('.*', text).expand(text); re.match('(.*)', text).groupdict(); repr(re.match('.*', text)); repr(re.compile('a' * (N // 4))); re.match('.*', text).group(text)
re.match('.*', text)[wide]; re.match('(?:.|\\n)*', text); re.match('(?:(?:a|b)|(?:,|c))*', text); re.match('(.)*', wide); re.match('(?:(.)(.))*', text); re.match('(?>(?:.|a)*)', text); re.match('(?:.(?=.))*', text); re.fullmatch(r'(?:(.)\1?)*', text); re.findall('', text); re.sub('', '', text)
re.compile('(?i)' + wide[:N // 16]); re.escape(wide); re.escape(room); re.search(b'(?:a|b)*$', room); re.sub(b'a', b'bcde', room); re.split('', text); re.compile('(?<=' + 'a' * (N // 8) + ')b'); re.compile('a', N); re.sub('.', lambda m: text, text[:50]); re.Scanner([('.', None)]).scan(text[:N // 16])
unicodedata.normalize('NFD', '\uac00' * N * 2); unicodedata.normalize('NFKC', text); unicodedata.normalize('NFC', '\u0344' * N * 2); unicodedata.lookup(text); unicodedata.name(text); unicodedata.is_normalized('NFC', wide); unicodedata.normalize(text, text); unicodedata.normalize('NFKD', '\ufdfa' * N)
'ß'.__class__('ß' * N * 4).upper(); ('\u0130' * N * 2).lower(); ('ﬃ' * N * 2).casefold(); ('ﬃ' * N * 2).title(); ('\u03a3' * N * 4).lower(); ('\U0001f600' * N * 2).encode('utf-16'); ('\U0001f600' * N * 2).encode('utf-7'); ('\udc80' * N * 4).encode('utf-8', 'surrogateescape')
(bytes([200]) * N * 8).decode('utf-8', 'surrogateescape'); (bytes([200]) * N * 8).decode('utf-8', 'replace'); (bytes([200]) * N * 8).decode('ascii', 'backslashreplace'); (bytes([200]) * N * 8).decode('utf-8', 'ignore'); codecs.encode(data, 'hex'); codecs.encode(data, 'base64')
codecs.encode(data, 'zip'); codecs.encode(text, 'rot13'); codecs.encode(data, 'uu'); codecs.encode(data, 'quopri'); codecs.lookup(text); codecs.lookup_error(text); codecs.escape_encode(data); codecs.escape_decode(b'\\x00' * N * 2)
codecs.charmap_encode(text, 'strict', {i: text[:50] for i in range(128)}); codecs.charmap_decode(data, 'strict', {0: 'abcdefgh'}); codecs.charmap_decode(data, 'strict', 'a' * 256); codecs.getincrementaldecoder('utf-8')().decode(data)
codecs.getincrementaldecoder('utf-8')('replace').decode(bytes([200]) * N * 8); codecs.getincrementaldecoder('gbk')().decode(data); codecs.getincrementalencoder('gbk')().encode(text); text.encode('shift_jis'); text.encode('iso2022_jp'); room.decode('big5'); text.encode('hz'); room.decode('iso2022_jp')
codecs.readbuffer_encode(data); codecs.utf_16_ex_decode(data); codecs.StreamReader(io.BytesIO(data)); codecs.iterdecode([data], 'utf-8').__next__(); wide.encode('ascii', 'surrogateescape'); wide.encode('cp1252', 'namereplace'); text.maketrans(text, text); text.translate(text.maketrans('abc', 'xyz'))
str.maketrans(dict.fromkeys(map(chr, range(N)), 'a')); chr(8364).join(text); text.zfill(N * 30)
locale.strxfrm(text); locale.strxfrm(wide); locale.strcoll(text, text); locale.setlocale(0, text); locale.format_string(text, ()); locale.format_string('%s', text); locale.normalize(text); locale.gettext(text); locale.bindtextdomain(text, text); gettext.gettext(text)
zoneinfo.ZoneInfo(text); zoneinfo.ZoneInfo.from_file(io.BytesIO(data)); zoneinfo.ZoneInfo(wide); datetime.datetime.now().strftime(text); datetime.datetime.now().strftime('%Y' * N * 2); datetime.datetime.now().strftime(wide); datetime.datetime.now().strftime('%f%z%Z' * N)
datetime.datetime.strptime(text, text); datetime.datetime.fromisoformat(text); datetime.date.fromisoformat(wide); datetime.timezone(datetime.timedelta(0), text).__repr__(); datetime.timezone(datetime.timedelta(0), text).tzname(None)
datetime.datetime.now(datetime.timezone(datetime.timedelta(0), text)).strftime('%Z' * 50); str(datetime.datetime.now(datetime.timezone(datetime.timedelta(0), text))); repr(datetime.datetime.now(datetime.timezone(datetime.timedelta(0), text))); datetime.datetime.now().isoformat(text)
datetime.datetime.now().isoformat('a', text); datetime.timedelta(number); format(datetime.datetime.now(), text); time.strftime(text); time.strftime('%Y' * N * 2); time.strftime('%c' * N); time.strftime(wide); time.strptime(text, text); time.strptime('a', text); time.sleep(number)
datetime.date.today().strftime('%%' * N * 4); datetime.time().strftime('%H' * N * 2); calendar.TextCalendar().formatyear(2000, N); calendar.TextCalendar(0).formatmonth(2000, 1, N); email.message_from_string(text); email.message_from_string('a: b\n' * (N // 16))
fractions.Fraction(text); fractions.Fraction('1' * N); fractions.Fraction(digits) * fractions.Fraction(1, 3); str(fractions.Fraction(10) ** N); fractions.Fraction(10) ** (N * 2); fractions.Fraction('1e%d' % (N * 4)); statistics.median(ints); statistics.stdev(ints[:N // 8]); statistics.mode(ints)
statistics.multimode(ints); statistics.quantiles(ints); statistics.fmean(ints); statistics.variance(ints[:N // 8]); statistics.correlation(ints[:N // 8], ints[:N // 8]); math.factorial(N // 4); math.lcm(*ints[1:1000]); math.hypot(*ints); math.fsum(iter(ints)); math.ldexp(1.0, number); math.log(number)
math.log2(odd); math.floor(text); sum([number] * 3); sum([[1]] * 3, []); cmath.log(number); 1.5 * number; float(number); complex(number); number ** 0.5; number ** number; 2 ** number; number << number; pow(3, N * 8); number.__format__(',x'); '%o' % number; bytes(number); [1] * number; 'a' * number
range(number)[5]; len(range(number)); list(range(number)); hash(range(number)); repr(range(odd >> (N * 29), number >> (N * 59))); slice(number).indices(number); slice(number, odd)
random.Random(number); random.Random(text); random.Random(data); random.sample(ints, N // 2); random.sample(ints, k=N, counts=[1] * N); random.choices(ints, weights=ints, k=10); random.shuffle(ints); random.randint(0, number); random.randrange(number); random.getrandbits(N * 200)
random.randbytes(N * 40); random.choice(text); random.binomialvariate(N, 0.5); random.Random().setstate((3, pair, None)); random.seed(text); secrets.token_hex(N * 10); secrets.token_bytes(N * 20); uuid.UUID(text); ipaddress.ip_address(text); random.Random(1).getstate()
bisect.bisect(ints, 5); heapq.heapify(ints); heapq.nsmallest(N // 2, ints); list(heapq.merge(ints, ints)); heapq.heappushpop(ints, 3); operator.concat(ints, ints); operator.attrgetter(text)(1); operator.attrgetter('a.' * N + 'b'); operator.methodcaller(text)(1); operator.methodcaller(text).__repr__()
operator.itemgetter(*ints)(ints); repr(operator.itemgetter(text)); operator.attrgetter(text, text); operator.attrgetter(wide).__reduce__(); operator.index(text); operator.length_hint(text); operator.indexOf(ints, -1); operator.countOf(ints, 1)
shlex.split(text[:N // 8]); shlex.split('a ' * (N // 64)); shlex.join(['a b'] * N); urllib.parse.unquote('%41' * N); urllib.parse.urlsplit(text); urllib.parse.parse_qs('a=b&' * (N // 16)); urllib.parse.urlencode([('a', 'b')] * (N // 4)); urllib.parse.quote(wide); urllib.parse.unquote_to_bytes('%41' * N)
base64.b32encode(data); base64.b32decode(b'A' * N * 8); base64.a85encode(data); base64.b16encode(data); base64.b16decode(b'AA' * N * 4); base64.a85decode(b'z' * N * 2); base64.b85decode(b'00000' * N); base64.encodebytes(data); base64.decodebytes(b'AAAA\n' * N); quopri.encodestring(room)
quopri.decodestring(b'=41' * N); binascii.a2b_base64(b'AAAA' * N * 2); binascii.a2b_hex(text); binascii.b2a_hex(data, b'-'); binascii.a2b_uu(text); binascii.crc_hqx(data, 0); binascii.a2b_base64(text)
zlib.compressobj().compress(data); zlib.decompressobj().decompress(zlib.compress(data)); zlib.decompressobj().decompress(zlib.compress(data), 10); gzip.compress(data); gzip.decompress(gzip.compress(data)); bz2.compress(data); lzma.compress(data); lzma.compress(data, preset=9)
bz2.BZ2Compressor().compress(data); lzma.LZMACompressor().compress(data); lzma.LZMADecompressor().decompress(lzma.compress(data)); compression.zstd.compress(data); compression.zstd.decompress(compression.zstd.compress(data)); compression.zstd.compress(data, level=19); zlib.decompress(text.encode())
gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(data))).read(); bz2.BZ2File(io.BytesIO(bz2.compress(data))).read(); bz2.BZ2Decompressor().decompress(bz2.compress(data)); lzma.decompress(lzma.compress(room)); zipfile.ZipFile(io.BytesIO(), 'w').writestr('a', data); zipfile.ZipFile(io.BytesIO(room))
tarfile.open(fileobj=io.BytesIO(room)); zlib.decompress(zlib.compress(data), bufsize=N * 40); zlib.compressobj(level=9, memLevel=9).copy(); zlib.decompressobj(zdict=data).decompress(b'x'); compression.zstd.train_dict([data[:1000]] * 200, 100000); compression.zstd.ZstdDict(data)
array.array('w', wide); array.array(text); units.index(-1); units.tobytes().hex(); array.array('u', text); units.tofile(open('/dev/null', 'wb')); units.fromfile(open('/dev/zero', 'rb'), N * 4); units == array.array('q', ints); units[text]; copy.copy(units)
units.__setitem__(slice(None, None, 2), units[::2]); units.__delitem__(slice(None, None, 2)); array.array('d', units); array.array('b', [1] * N).tolist(); repr(units); array.array('w', text).tobytes(); list(units); units.insert(0, 1); units.__reduce_ex__(2); units.__reduce_ex__(4)
array.array('q', iter(ints)); reversed(units)
enum.Enum(text, 'a b c'); enum.Enum('E', [('a' + str(i), i) for i in range(500)]); dataclasses.make_dataclass('D', ['a' + str(i) for i in range(200)]); dataclasses.make_dataclass(text, ['a']); collections.namedtuple(text, 'a'); collections.namedtuple('A', text)
collections.namedtuple('a' * N, 'b')(1).__repr__(); typing.NamedTuple('A', [(text, int)]); typing.List[text]; repr(typing.List[text]); typing.TypeVar(text).__repr__(); typing.ForwardRef(text); typing.Literal[text].__repr__(); inspect.signature(lambda a, b: 1).bind(**{text: 1}); inspect.cleandoc(text)
inspect.getdoc(type('A', (), {'__doc__': text})); contextvars.ContextVar(text).__repr__(); contextvars.ContextVar('a', default=text).__repr__(); contextvars.ContextVar(text).get(); [contextvars.copy_context() for i in range(N)]; threading.Thread(name=text).__repr__(); asyncio.run(asyncio.sleep(0))
gc.get_objects(); gc.get_referrers(ints); gc.get_referents(ints, table); gc.get_referents(*[ints] * 20); gc.collect(); sys._getframe().f_locals; sys.intern(wide); sys.getsizeof(text); sys.getrefcount(text); abc.ABCMeta(text, (), {})(); abc.ABCMeta('A', (), {text: abc.abstractmethod(print)})()
property(print).__set_name__(type, text); ''.__class__.__dict__[text]; super(type(text, (), {}), 1); super(type(text, (), {})).__repr__(); type(text, (int, str), {}); type('A', (type(text, (), {}), type(wide, (), {})), {}); type(text, (bool,), {}); slice(ints, pair).__repr__()
(x for x in ints).__repr__(); isinstance(1, text); issubclass(text, int); issubclass(type(text, (), {}), 1); iter(text).__reduce__(); iter(ints).__reduce__(); iter(table).__reduce__(); iter(some).__reduce__(); reversed(ints).__reduce__(); dir(types.SimpleNamespace(**dict(zip(map(str, table), table))))
vars(os).copy(); input(text); eval(text, {'__builtins__': {}}); exec(text); max(text, text, key=len); min(table); all(ints); any(ints); pow(text, 1); divmod(text, 1); round(text); ord(text); chr(number); hash(text); hex(text); bin(text); oct(text); open(number); memoryview(text); super().x; sum(text)
sum([text]); sorted(text); sorted(wide); list(reversed(text)); [*text]; {*text}; dict(text); dict([text]); set([text, wide]); frozenset(text); [text] * N; text in wide; text.index(wide); text.rindex(wide); data.index(room); data.index(text); room.index(data + b'1'); ints.index(-1); ints.remove(-1)
pair.index(-1); table.pop(-1); table.pop(text); some.remove(text); some.remove(wide); some.pop(); str.join(text, ints); text.join(ints); text[text]; ints[text]; pair[text]; text + 1; ints + text; text % 1; text - text; wide @ text; text < 1; text(); text.x; -text; ~text; text()()
[a for a, b in [text]]; (lambda a, b: 1)(*text[:5000]); a, b = text; f'{text!r}'; f'{wide!a}'; f'{text:>{N * 20}}'; t'{text}{wide}'; t'{text}' + t'{wide}'; repr(t'{text}'); exec('x: ' + text); raise ValueError(text) from KeyError(wide); raise KeyError(text); assert 0, text; raise SystemExit(text)
raise type(text, (Exception,), {}); lambda: text; 1 < text; text <= pair; text.__class__ = int; text.__dict__; ints.__class__ = pair; text.__reduce_ex__(2); ints.__reduce_ex__(4); ints.__sizeof__(); text.__sizeof__(); table.__sizeof__(); type(text, (), {'__init_subclass__': print})
type('A', (), {'__eq__': 1})() == text
'''
