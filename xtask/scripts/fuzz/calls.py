"""Programs that call methods, operators and functions of the built-in types and native modules with all kinds of
arguments: `call_program(seed)`. What they return or raise is printed."""

import builtins
import functools
import importlib
import random

HEADER = '''\
import itertools, sys
class Index:
    def __index__(self): return 3
    def __repr__(self): return "Index()"
class BadIndex:
    def __index__(self): return "x"
    def __repr__(self): return "BadIndex()"
class Real:
    def __float__(self): return 2.5
    def __repr__(self): return "Real()"
class Items:
    def __iter__(self): return iter("ab")
    def __repr__(self): return "Items()"
class BadItems:
    def __iter__(self): return 5
    def __repr__(self): return "BadItems()"
class Raises:
    def __eq__(self, other): raise KeyError("eq")
    def __hash__(self): return 1
    def __len__(self): raise OSError("len")
    def __bool__(self): raise OSError("bool")
    def __repr__(self): return "Raises()"
class MyStr(str):
    def __repr__(self): return f"MyStr({str.__repr__(self)})"
class MyInt(int):
    def __repr__(self): return f"MyInt({int.__repr__(self)})"
class MyList(list):
    def __repr__(self): return f"MyList({list.__repr__(self)})"
class MyDict(dict):
    def __missing__(self, key): return "missing"
def text(value):
    try:
        if isinstance(value, (set, frozenset)):
            return str(sorted(map(repr, value)))
        return repr(value)
    except Exception as error:
        return f"repr raised {type(error).__name__} {error}"
def show(label, function):
    try:
        value, changed = function()
    except Exception as error:
        print(label, "raised", type(error).__name__, ascii(str(error))[:500])
        return
    shown = ascii(text(value))[:500]
    if hasattr(value, "__next__") and not isinstance(value, type):
        try:
            shown += " " + ascii(list(map(text, itertools.islice(value, 5))))
        except Exception as error:
            shown += f" iteration raised {type(error).__name__} {error}"
    print(label, type(value).__name__, shown, ascii(text(changed))[:300] if changed is not value else "")
'''

ARGUMENTS = """None 0 1 -1 3 True 2.5 float('nan') 10**30 -2**63 2**63 '' 'a' 'ab' 'é' 'utf-8' '日本' 'ignore' b'' b'a' b'ab'
bytearray(b'a') memoryview(b'ab') [] [1,2] ['a','b'] () (1,2) ('a','b') {} {'a':1} {97:'x',98:None} set() {1,2} frozenset({1})
range(3) slice(None) slice(0,2) slice(None,None,-1) slice(None,None,0) slice(1,'a') 1+2j int str len iter([1,2]) Index()
BadIndex() Real() Items() BadItems() MyStr('a') MyInt(2) MyList([1]) Raises() object Ellipsis NotImplemented {'a':1}.keys()
{'a':1}.items() (n~for~n~in~(1,2)) ValueError('v') [(1,2)] [[1]] 'x{0}y' '>5' 'a\\tb' '~ab~' '%s' '12' 1.5 [3,1,2]""".split()

RECEIVERS = """0 7 -1 True 10**30 2.5 -0.0 float('inf') 1+2j '' 'aAbB' 'é日本' 'a,b,,c' '12' b'' b'aAbB' bytearray(b'hello')
bytearray() memoryview(b'hello') memoryview(bytearray(b'hello')) memoryview(bytearray(8)).cast('i') [] [3,1,2] ['b','a']
[1,'a'] () (1,2,1) {} {'a':1,'b':2} {1:'x',2:None}.keys() {1:2}.values() {'a':1}.items() set() {1,2,3} frozenset({1,2})
range(5) range(10,0,-3) range(0) slice(1,5,2) slice(None) None Ellipsis NotImplemented iter([1,2]) iter('ab') reversed([1,2])
iter({1:2}) enumerate('ab') zip('ab',[1]) map(str,[1,2]) filter(None,[0,1]) (n~for~n~in~(1,2)) int type object() len
'a'.join property(len) staticmethod(len) classmethod(len) ValueError('a',1) OSError(2,'no','f') KeyError('k')
ImportError('m',name='n') UnicodeDecodeError('u',b'x',0,1,'r') StopIteration(3) SyntaxError('m',('f',1,2,'t',3,4)) list[int]
int|str super(MyList,MyList()) MyList([1,2]) MyStr('ab') MyInt(5) MyDict(a=1) str.join int.__add__ (1).__add__ dict.fromkeys
iter(range(3)) iter((1,2)) iter({1}) iter(b'ab') iter(lambda:1,1) t'a{1!r:>5}b'""".split()

MODULE_RECEIVERS = """collections.deque([1,2],3) collections.OrderedDict(a=1,b=2) collections.defaultdict(list,a=[1])
collections.Counter('aab') itertools.count(2,3) itertools.chain([1],'a') itertools.cycle('ab') itertools.repeat(1,2)
itertools.accumulate([1,2]) itertools.groupby('aab') itertools.islice([1,2,3],2) itertools.product('ab',[1])
functools.partial(int,base=2) functools.cmp_to_key(len) functools.lru_cache(len) array.array('i',[1,2]) array.array('d')
re.compile('(a)|b') re.match('(a)(?P<n>b)?','ab') datetime.date(2020,2,29) datetime.datetime(2020,2,29,1,2,3)
datetime.time(1,2,3) datetime.timedelta(1,2,3) datetime.timezone.utc decimal.Decimal('1.50') decimal.Decimal('NaN')
decimal.Context(prec=5) fractions.Fraction(3,4) struct.Struct('<ih') io.StringIO('ab\\ncd') io.BytesIO(b'ab\\ncd')
operator.itemgetter(1) operator.attrgetter('real') operator.methodcaller('upper') types.SimpleNamespace(a=1)
types.MappingProxyType({'a':1}) contextvars.ContextVar('v',default=1) random.Random(1) string.Template('$a') zlib.compressobj()
zlib.decompressobj() hashlib.md5(b'a') types.CellType(1) uuid.UUID(int=1) ipaddress.ip_address('1.2.3.4') pathlib.PurePosixPath('a/b')
sys.version_info time.gmtime(0) os.terminal_size((1,2)) csv.reader(['a,b']) xml.etree.ElementTree.Element('a')
csv.writer(io.StringIO()) types.GenericAlias(list,(int,))""".split()

MODULES = """math cmath operator itertools functools _collections struct re json binascii bisect heapq array datetime
unicodedata zlib string copy textwrap posixpath stat codecs base64 quopri html fractions statistics keyword types colorsys
shlex fnmatch difflib ast marshal hashlib hmac calendar locale csv urllib.parse ipaddress numbers
reprlib pprint enum dataclasses typing inspect""".split()

OPERATORS = "+ - * / // % @ & | ^ << >> < <= == != > >= in is".split() + ["not in", "and"]

SKIPPED = """__init_subclass__ __subclasshook__ __sizeof__ __reduce__ __reduce_ex__ __dir__ __class__ __doc__ __hash__ __getstate__
__subclasses__ __setattr__ __delattr__ __new__ __alloc__ __del__ __dict__ __init__ seed shuffle today now getrandbits random
randbytes ctime fromtimestamp __text_signature__ __annotations__ __buffer__ __release_buffer__ setcontext""".split()

SKIPPED_FUNCTIONS = """input open print exit quit help breakpoint copyright credits license __import__ __build_class__ exec eval
compile globals locals vars dir id hash __loader__ __spec__ __doc__ factorial comb perm __getattr__ main test
open_code getrandbits localtime sleep currentframe stack trace getlocale setlocale isready new getframeinfo
indentsize register unregister register_error lookup readline findsource getsource getsourcelines getmodule getfile
getsourcefile getouterframes getinnerframes getabsfile getcomments unregister_dialect register_dialect getmembers
getmembers_static classify_class_attrs getclasstree walktree realpath abspath expanduser relpath exists isfile isdir lexists
getsize getmtime getatime getctime ismount samefile islink isjunction isdevdrive sameopenfile samestat file_digest
literal_eval assertNever prcal prmonth pryear""".split()

# What takes as long as its arguments are large.
GROWING = "mul rmul imul pow rpow ipow lshift rshift ljust rjust center zfill expandtabs to_bytes bytes bytearray".split()


def spaced(texts):
    return [text.replace("~", " ") for text in texts]


@functools.cache
def names_of(receiver, imported):
    """The attributes to call; none where the receiver cannot be made."""
    scope = {}
    exec(HEADER + imported, scope)
    try:
        return [name for name in dir(eval(receiver, scope)) if name not in SKIPPED]
    except Exception:
        return []


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.arguments = spaced(ARGUMENTS)

    def pick(self, items):
        return self.random.choice(items)

    def given(self, growing):
        count = self.pick([0, 1, 1, 1, 1, 2, 2, 3])
        arguments = [self.pick(self.arguments) for _ in range(count)]
        if growing:
            arguments = [a for a in arguments if "**" not in a]
        if self.random.random() < 0.06:
            arguments.append(f"{self.pick(['key', 'sep', 'maxsplit', 'default', 'start', 'zz', 'encoding', 'errors', 'signed'])}={self.pick(self.arguments)}")
        return ", ".join(arguments)

    def method(self):
        imported = ""
        if self.random.random() < 0.35:
            receiver = self.pick(spaced(MODULE_RECEIVERS))
            imported = imports(receiver)
        else:
            receiver = self.pick(spaced(RECEIVERS))
        names = names_of(receiver, imported)
        if not names:
            return None, imported
        name = self.pick(names)
        growing = name.strip("_") in GROWING or "**" in receiver
        return f"(lambda it: (it.{name}({self.given(growing)}), it))({receiver})", imported

    def operator(self):
        left, right = self.pick(spaced(RECEIVERS) + self.arguments), self.pick(self.arguments)
        if self.random.random() < 0.5:
            left, right = right, left
        how = self.pick(OPERATORS)
        if how in ("*", "<<", ">>") and ("**" in left or "**" in right):
            how = "+"
        return f"(({left}) {how} ({right}), None)", ""

    def place(self):
        it, key, value = self.pick(spaced(RECEIVERS)), self.pick(self.arguments), self.pick(self.arguments)
        how = self.pick(["it[{k}]", "it.__setitem__({k}, {v})", "it.__delitem__({k})", "operator.delitem(it, {k})", "operator.setitem(it, {k}, {v})"])
        return f"(lambda it: ({how.format(k=key, v=value)}, it))({it})", "import operator\n"

    def function(self):
        if self.random.random() < 0.5:
            name = self.pick([name for name in dir(builtins) if name not in SKIPPED_FUNCTIONS and callable(getattr(builtins, name))])
            return f"({name}({self.given(name in GROWING or name == 'pow')}), None)", ""
        module = self.pick(MODULES)
        there = importlib.import_module(module)
        names = getattr(there, "__all__", None) or [name for name in dir(there) if not name.startswith("_")]
        names = sorted(name for name in names if name not in SKIPPED_FUNCTIONS and callable(getattr(there, name, None)))
        name = self.pick(names)
        growing = name in GROWING or module in ("math", "itertools", "calendar", "textwrap", "datetime", "statistics", "ipaddress", "operator")
        return f"({module}.{name}({self.given(growing)}), None)", f"import {module}\n"


def imports(receiver):
    module = receiver.split("(")[0].rpartition(".")[0]
    extra = "import io\n" if "io." in receiver else ""
    return extra + f"import {'datetime' if module.startswith('datetime') else module}\n"


def call_program(seed, calls=25):
    maker = Maker(seed)
    lines, modules = [], set()
    while len(lines) < calls:
        made, imported = maker.pick([maker.method, maker.method, maker.method, maker.operator, maker.place, maker.function, maker.function])()
        if made is None:
            continue
        modules.update(imported.splitlines())
        lines.append(f"show({ascii(made)}, lambda: {made})")
    return HEADER + "\n".join(sorted(modules)) + "\n" + "\n".join(lines) + "\n"
