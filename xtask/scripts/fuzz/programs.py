"""Generates valid programs whose behaviour the language fixes: `program(seed)` gives the text of one.

Programs print what they compute, most of it caught and shown with its type, some of it left to end the program with a
traceback. Nothing depends on addresses, on the order of hashes of text, on time or on the environment.
"""

import random

NAMES = ["a", "b", "c", "d", "e", "foo", "bar", "left", "right", "item"]
# Repeated so often, no sequence fits into any memory, or all that it does is small: one of gigabytes would test the machine.
INTS = ["0", "1", "2", "3", "7", "(-1)", "(-5)", "10", "255", "1000", "(2**62)", "(-2**63)", "(10**20)", "True", "False"]
FLOATS = ["0.0", "1.5", "(-2.25)", "1e10", "1e-7", "3.0", "float('inf')", "float('nan')", "(-0.0)", "0.1"]
STRS = ["''", "'a'", "'abc'", "'Hello World'", "'x y  z'", "'é'", "'日本'", "'\\n'", "('ABC' 'def')", "r'\\d'", "'\U0001f600'", "'123'"]
BYTES = ["b''", "b'abc'", "b'\\x00\\xff'", "bytearray(b'xyz')", "bytes(3)"]
SPECS = ["", "d", ">8", "<8", "^9", "05", "+", ",", ".2f", ".3e", "x", "#x", "b", "o", "g", "%", "_", "s", "*^12", "=+6", "n", "c", "10.3", "e", "#b", "!r", "z.1f"]
ERRORS = ["ValueError", "TypeError", "KeyError", "IndexError", "ZeroDivisionError", "AttributeError", "RuntimeError", "LookupError", "ArithmeticError", "StopIteration", "OSError", "AssertionError", "NameError"]
KINDS = ["int", "float", "str", "bytes", "list", "tuple", "dict", "bool", "set"]

HEADER = '''\
def show(value):
    if isinstance(value, (set, frozenset)):
        print(type(value).__name__, sorted(map(repr, value)))
    else:
        print(type(value).__name__, repr(value)[:300])
def size(value):
    # How long the text of an address is differs.
    return len(repr(value).partition(" at 0x")[0])
def attempt(function, *args, **kwargs):
    try:
        value = function(*args, **kwargs)
    except Exception as error:
        print("raised", type(error).__name__, error)
        return error
    show(value)
    return value
class Manager:
    def __init__(self, swallow=False):
        self.swallow = swallow
    def __enter__(self):
        print("enter")
        return self
    def __exit__(self, kind, value, trace):
        print("exit", kind and kind.__name__, value)
        return self.swallow
    def __repr__(self):
        return f"Manager({self.swallow})"
'''


class Scope:
    def __init__(self, parent=None, function=False):
        self.parent = parent
        self.function = function
        self.names = {}
        self.generator = False
        self.coroutine = False
        self.loop = False

    def known(self):
        scope, all_names = self, {}
        while scope is not None:
            for name, kind in scope.names.items():
                all_names.setdefault(name, kind)
            scope = scope.parent
        return all_names


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []
        self.scope = Scope()
        self.functions = []
        self.classes = []
        self.count = 0
        self.budget = 45
        # Whether a name may be bound inside an expression here.
        self.walrus = True

    # Small tools

    def chance(self, share):
        return self.random.random() < share

    def pick(self, choices):
        return self.random.choice(choices)

    def fresh(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def emit(self, depth, text):
        self.lines.append("    " * depth + text)

    def variable(self, kind=None):
        known = [n for n, k in self.scope.known().items() if kind is None or k == kind]
        return self.pick(known) if known else None

    def bind(self, kind="any"):
        if self.scope.names and self.chance(0.4):
            name = self.pick(list(self.scope.names))
        elif self.chance(0.5):
            name = self.pick(NAMES)
        else:
            name = self.fresh("v")
        self.scope.names[name] = kind
        return name

    # Expressions

    def expression(self, depth=2, kind=None):
        if kind is None:
            kind = self.pick(KINDS)
        if self.chance(0.04):
            kind = self.pick(KINDS)
        if self.chance(0.25):
            name = self.variable(kind) or (self.variable() if self.chance(0.1) else None)
            if name:
                return name
        if depth <= 0:
            return self.literal(kind)
        if self.chance(0.18):
            return self.general(depth - 1, kind)
        return getattr(self, "make_" + kind)(depth - 1)

    def literal(self, kind):
        if kind == "int":
            return self.pick(INTS)
        if kind == "float":
            return self.pick(FLOATS)
        if kind == "str":
            return self.pick(STRS)
        if kind == "bytes":
            return self.pick(BYTES)
        if kind == "bool":
            return self.pick(["True", "False", "None", "(not 1)"])
        if kind == "list":
            return self.pick(["[]", "[1, 2, 3]", "([0] * 3)", "list(range(5))", "['b', 'a']", "[[1], [2]]"])
        if kind == "tuple":
            return self.pick(["()", "(1,)", "(1, 'a', None)", "tuple('xyz')"])
        if kind == "set":
            return self.pick(["set()", "{1, 2, 3}", "frozenset([1, 5])", "{*range(4)}"])
        return self.pick(["{}", "{'a': 1, 'b': 2}", "dict(x=1, y=[2])", "{1: 'one', None: 0}", "{i: i * i for i in range(4)}"])

    def general(self, depth, kind):
        e = self.expression
        match self.random.randrange(14):
            case 0:
                return f"({e(depth, kind)} if {e(depth, 'bool')} else {e(depth, kind)})"
            case 1:
                return f"({e(depth, kind)} {self.pick(['and', 'or'])} {e(depth, kind)})"
            case 2 if self.walrus and (self.scope.function or self.scope.parent is None):
                value = e(depth, kind)
                return f"({self.bind(kind)} := {value})"
            case 3:
                name = self.fresh("p")
                return f"(lambda {name}: {name})({e(depth, kind)})"
            case 4:
                return f"[{e(depth, kind)}, {e(depth)}][{self.pick(['0', '-2', '0', '1'])}]"
            case 5:
                return f"{{'k': {e(depth, kind)}}}['{self.pick(['k', 'k', 'k', 'm'])}']"
            case 6 if self.functions:
                return self.call(depth)
            case 7 if self.classes:
                return self.method_call(depth)
            case 8:
                return f"max({e(depth, kind)}, {e(depth, kind)})" if kind != "dict" else e(depth, kind)
            case 9:
                inner = self.fresh("q")
                outer = self.fresh("q")
                return f"(lambda {outer}, *{inner}, key={e(depth)}: ({outer}, {inner}, key))({e(depth)}, {e(depth)})[0]"
            case 10:
                return f"(*{e(depth, 'list')}, {e(depth, kind)})[-1]"
            case 11:
                return f"getattr({e(depth)}, {self.pick(['real', 'imag', 'denominator', 'missing'])!r}, {e(depth, kind)})"
            case 12:
                name = self.fresh("w")
                walrus, self.walrus = self.walrus, False
                source = f"({name} for {name} in {e(depth, 'list')} if {e(depth, 'bool')})"
                self.walrus = walrus
                return f"next({source}, {e(depth, kind)})"
            case _:
                return f"({e(depth, kind)})"

    def make_int(self, depth):
        e = self.expression
        match self.random.randrange(13):
            case 0 | 1 | 2:
                return f"({e(depth, 'int')} {self.pick(['+', '-', '*', '//', '%', '&', '|', '^'])} {e(depth, 'int')})"
            case 3:
                return f"({e(depth, 'int')} {self.pick(['<<', '>>', '**'])} {self.pick(['0', '1', '3', '-1', '5'])})"
            case 4:
                return f"{self.pick(['-', '+', '~', 'abs', 'int'])}({e(depth, 'int')})"
            case 5:
                return f"len({e(depth, self.pick(['str', 'list', 'dict', 'tuple', 'bytes']))})"
            case 6:
                return f"sum({e(depth, self.pick(['list', 'tuple']))})"
            case 7:
                return f"int({e(depth, self.pick(['float', 'str', 'bool', 'int']))})"
            case 8:
                return f"({e(depth, 'str')}).{self.pick(['find', 'count', 'index', 'rfind'])}({e(depth, 'str')})"
            case 9:
                return f"({e(depth, 'list')})[{self.pick(['0', '1', '-1', '9'])}]"
            case 10:
                return f"divmod({e(depth, 'int')}, {e(depth, 'int')})[0]"
            case 11:
                return f"({e(depth, 'int')}).{self.pick(['bit_length()', 'bit_count()', 'numerator', 'conjugate()', 'real', 'is_integer()'])}"
            case _:
                return f"ord({self.pick(STRS[1:3])}[0])"

    def make_float(self, depth):
        e = self.expression
        match self.random.randrange(6):
            case 0 | 1:
                return f"({e(depth, 'float')} {self.pick(['+', '-', '*', '/', '//', '%', '**'])} {e(depth, self.pick(['float', 'int']))})"
            case 2:
                return f"float({e(depth, self.pick(['int', 'str', 'bool']))})"
            case 3:
                return f"round({e(depth, 'float')}, {self.pick(['0', '1', '-1', '3'])})"
            case 4:
                return f"({e(depth, 'int')} / {e(depth, 'int')})"
            case _:
                return f"complex({e(depth, 'float')}, {self.pick(['1', '0.5', '-2'])}).{self.pick(['real', 'imag', 'conjugate()'])}"

    def make_bool(self, depth):
        e = self.expression
        kind = self.pick(KINDS)
        match self.random.randrange(7):
            case 0 | 1:
                return f"({e(depth, kind)} {self.pick(['==', '!=', '==', '<', '>=', '<=', '>'])} {e(depth, kind)})"
            case 2:
                return f"({e(depth, 'int')} < {e(depth, 'int')} {self.pick(['<', '<=', '!=', '=='])} {e(depth, 'int')})"
            case 3:
                return f"({e(depth)} {self.pick(['in', 'not in'])} {e(depth, self.pick(['list', 'tuple', 'dict', 'set']))})"
            case 4:
                return f"(not {e(depth)})"
            case 5:
                return f"isinstance({e(depth)}, {self.pick(['int', '(int, str)', 'list | dict', 'object', 'float'])})"
            case _:
                return f"{self.pick(['any', 'all', 'bool', 'callable'])}({e(depth, 'list')})"

    def make_str(self, depth):
        e = self.expression
        match self.random.randrange(14):
            case 0 | 1 | 2 | 3:
                return self.fstring(depth)
            case 4:
                return f"({e(depth, 'str')} + {e(depth, 'str')})"
            case 5:
                return f"({e(depth, 'str')})[{self.slice(depth)}]"
            case 6:
                return f"{self.pick(['str', 'repr', 'ascii'])}({e(depth)})" if not self.chance(0.2) else f"({e(depth, 'str')} * {self.pick(['0', '2', '3'])})"
            case 7:
                method = self.pick(["upper()", "lower()", "strip()", "title()", "swapcase()", "capitalize()", "casefold()", "zfill(6)", "center(9, '*')", "ljust(5)", "expandtabs()", "replace('a', 'bb')", "removeprefix('a')", "partition('b')[0]", "translate({97: 'Z'})"])
                return f"({e(depth, 'str')}).{method}"
            case 8:
                return f"({e(depth, 'str')}).join({e(depth, 'list')})"
            case 9:
                return f"({repr(self.pick(['%s', '%d items', '%r and %s', '%05.1f', '%(a)s', '%c', '%-5s|', '%x', '%%']))} % {e(depth)})"
            case 10:
                return f"'{{}} {{{self.pick(['0', 'x', '1', '', '!r', ':>4'])}}}'.format({e(depth)}, {e(depth)})"
            case 11:
                return f"format({e(depth)}, {self.pick(SPECS)!r})"
            case 12:
                return f"type({e(depth)}).__name__"
            case _:
                return f"({e(depth, 'bytes')}).decode({self.pick(['', repr('latin-1'), repr('utf-8') + ', ' + repr('replace')])})"

    def fstring(self, depth):
        prefix = self.pick(["f", "f", "F", "rf", "f", "f"])
        quote = self.pick(["'", '"', '"""'])
        parts = []
        for _ in range(self.random.randrange(1, 4)):
            if self.chance(0.4):
                parts.append(self.pick(["text ", "{{", "}}", "é", " - ", "%"]))
            value = self.expression(depth, self.pick(["int", "float", "str", "bool", "list"]))
            if "\\" in value or "\n" in value or value.startswith("{"):
                value = "1"
            spec = ""
            if self.chance(0.15):
                spec = self.pick([" = ", "=", "=!r"])
            if self.chance(0.25) and "!" not in spec:
                spec += self.pick(["!r", "!s", "!a"])
            if self.chance(0.4):
                spec += ":" + (self.pick([s for s in SPECS if "!" not in s]) if self.chance(0.8) else "{4}" if self.chance(0.5) else ">{2 + 3}.{1}")
            parts.append("{" + value + spec + "}")
        return prefix + quote + "".join(parts) + quote

    def make_bytes(self, depth):
        e = self.expression
        match self.random.randrange(6):
            case 0:
                return f"({e(depth, 'bytes')} + {e(depth, 'bytes')})"
            case 1:
                return f"({e(depth, 'str')}).encode({self.pick(['', repr('utf-16'), repr('ascii') + ', ' + repr('backslashreplace'), repr('latin-1')])})"
            case 2:
                return f"({e(depth, 'bytes')})[{self.slice(depth)}]"
            case 3:
                return f"bytes({e(depth, 'list')})"
            case 4:
                return f"(b'%s %d' % (b'x', {e(depth, 'int')}))"
            case _:
                return f"({e(depth, 'bytes')}).{self.pick(['upper()', 'hex()', 'split(b' + repr('b') + ')', 'strip()', 'replace(b' + repr('a') + ', b' + repr('zz') + ')'])}"

    def slice(self, depth):
        part = lambda: self.expression(depth - 1, "int") if self.chance(0.2) else self.pick(["", "", "0", "1", "-1", "2", "5", "-3"])
        text = f"{part()}:{part()}"
        return text + (f":{part()}" if self.chance(0.4) else "")

    def comprehension(self, depth, element):
        outer = self.scope
        self.scope = Scope(outer, outer.function)
        self.scope.function = False
        clauses = []
        walrus, self.walrus = self.walrus, False
        for at in range(self.random.choice([1, 1, 1, 2])):
            source = self.expression(depth, self.pick(["list", "tuple"])) if not self.chance(0.4) else f"range({self.pick(['3', '5', '0'])})"
            name = self.pick(NAMES[:4])
            self.scope.names[name] = "int"
            clauses.append(f"for {name} in {source}")
            if self.chance(0.3):
                clauses.append(f"if {self.expression(depth, 'bool')}")
        value = element(depth)
        self.scope, self.walrus = outer, walrus
        return f"{value} {' '.join(clauses)}"

    def make_list(self, depth):
        e = self.expression
        match self.random.randrange(11):
            case 0 | 1:
                return "[" + ", ".join(e(depth) for _ in range(self.random.randrange(4))) + "]"
            case 2 | 3:
                return "[" + self.comprehension(depth, self.expression) + "]"
            case 4:
                return f"list({self.pick(['map(str, ', 'reversed(', 'enumerate(', 'filter(None, ', '('])}{e(depth, self.pick(['list', 'tuple', 'str']))}))"
            case 5:
                return f"sorted({e(depth, self.pick(['list', 'tuple']))}{self.pick(['', ', reverse=True', ', key=str', ', key=lambda x: repr(x)'])})"
            case 6:
                return f"({e(depth, 'list')} + {e(depth, 'list')})"
            case 7:
                return f"({e(depth, 'list')})[{self.slice(depth)}]"
            case 8:
                return f"[*{e(depth, 'list')}, *{e(depth, 'tuple')}]"
            case 9:
                return f"({e(depth, 'str')}).{self.pick(['split()', 'split(None, 1)', 'splitlines()', 'rsplit(' + repr('b') + ')'])}"
            case _:
                return f"list(zip({e(depth, 'list')}, {e(depth, 'tuple')}{self.pick(['', '', ', strict=True'])}))"

    def make_tuple(self, depth):
        e = self.expression
        match self.random.randrange(5):
            case 0 | 1:
                return "(" + "".join(e(depth) + ", " for _ in range(self.random.randrange(4))) + ")"
            case 2:
                return f"tuple({e(depth, self.pick(['list', 'str', 'dict']))})"
            case 3:
                return f"divmod({e(depth, 'int')}, {e(depth, 'int')})"
            case _:
                return f"tuple({self.comprehension(depth, self.expression)})"

    def make_set(self, depth):
        e = self.expression
        match self.random.randrange(4):
            case 0:
                return "{" + self.comprehension(depth, lambda d: f"size({self.expression(d, 'int')})") + "}"
            case 1:
                return f"({e(depth, 'set')} {self.pick(['|', '&', '-', '^'])} {e(depth, 'set')})"
            case 2:
                # The place of a NaN in a set depends on its address.
                return f"set(filter(lambda x: isinstance(x, (int, float)) and x == x, {e(depth, self.pick(['list', 'tuple']))}))"
            case _:
                return "{" + self.pick(INTS) + ", size(" + e(depth, "int") + ")}"

    def make_dict(self, depth):
        e = self.expression
        match self.random.randrange(5):
            case 0 | 1:
                key = lambda: e(0, self.pick(["int", "str"]))
                return "{" + ", ".join(f"{key()}: {e(depth)}" for _ in range(self.random.randrange(4))) + "}"
            case 2:
                return "{" + self.comprehension(depth, lambda d: f"{self.expression(d, 'int')}: {self.expression(d)}") + "}"
            case 3:
                return f"({e(depth, 'dict')} | {e(depth, 'dict')})"
            case _:
                return f"{{**{e(depth, 'dict')}, 'z': {e(depth)}}}"

    def arguments(self, depth):
        parts = []
        for _ in range(self.random.randrange(4)):
            parts.append(self.expression(depth))
        if self.chance(0.15):
            parts.append("*" + self.expression(depth, "list"))
        if self.chance(0.3):
            parts.append(f"{self.pick(['x', 'y', 'key', 'extra'])}={self.expression(depth)}")
        if self.chance(0.1):
            parts.append("**" + self.pick(["{'x': 1}", "{'extra': 2}", "dict(key=3)"]))
        return ", ".join(parts)

    def call(self, depth):
        return f"{self.pick(self.functions)}({self.arguments(depth)})"

    def method_call(self, depth):
        name, methods = self.pick(self.classes)
        target = f"{name}({self.expression(depth) if self.chance(0.9) else ''})"
        if methods and self.chance(0.7):
            return f"{target}.{self.pick(methods)}"
        if self.chance(0.5):
            return target
        return f"({target} {self.pick(['+', '==', '<', '*', '[0] or '])} {self.expression(depth)})".replace("[0] or ", "and")

    # Statements

    def block(self, depth, size=None):
        before = len(self.lines)
        for _ in range(size or self.random.randrange(1, 4)):
            self.statement(depth)
        if len(self.lines) == before:
            self.emit(depth, "pass")

    def statement(self, depth):
        self.budget -= 1
        if self.budget < 0 or depth > 4:
            self.emit(depth, f"show({self.expression(1)})")
            return
        simple = [self.assign, self.assign, self.show, self.show, self.augmented, self.unpack, self.attempt, self.mutate, self.delete, self.small]
        compound = [self.if_statement, self.for_loop, self.while_loop, self.try_statement, self.with_statement, self.match_statement, self.function, self.generator, self.class_definition, self.coroutine]
        self.pick(simple if self.chance(0.62) else compound)(depth)

    def assign(self, depth):
        kind = self.pick(KINDS)
        value = self.expression(3, kind)
        name = self.bind(kind)
        if self.chance(0.1):
            self.emit(depth, f"{name} = {self.bind(kind)} = {value}")
        elif self.chance(0.1):
            self.emit(depth, f"{name}: {self.pick(['int', 'str', 'list[int]'])} = {value}")
        else:
            self.emit(depth, f"{name} = {value}")

    def show(self, depth):
        self.emit(depth, f"show({self.expression(3)})")

    def attempt(self, depth):
        name = self.fresh("r")
        self.emit(depth, f"{name} = attempt(lambda: {self.expression(3)})")
        self.scope.names[name] = "any"

    def augmented(self, depth):
        kind = self.pick(["int", "str", "list", "float", "set"])
        name = next((n for n, k in self.scope.names.items() if k == kind), None)
        if name is None:
            self.assign(depth)
            return
        operators = {"int": ["+=", "-=", "*=", "//=", "%=", "|=", "^="], "float": ["+=", "*=", "/="], "str": ["+=", "*="], "list": ["+=", "*="], "set": ["|=", "-=", "&="]}
        operator = self.pick(operators[kind])
        self.emit(depth, f"{name} {operator} {self.pick(['2', '0']) if operator == '*=' else self.expression(2, kind)}")

    def unpack(self, depth):
        shape, source = self.pick([
            ("{}, {}", "(1, 'two')"), ("{}, *{}", "[1, 2, 3]"), ("*{}, {}", "'xyz'"), ("[{}, ({}, {})]", "(1, (2, 3))"),
            ("{}, *{}, {}", "range(5)"), ("{}, {}", "[1]"), ("{},", "'ab'"), ("{}, {}", "{'k': 1, 'l': 2}"),
        ])
        names = [self.bind("any") for _ in range(shape.count("{}"))]
        self.emit(depth, f"{shape.format(*names)} = {source if self.chance(0.7) else self.expression(2, self.pick(['list', 'tuple']))}")

    def mutate(self, depth):
        target = self.variable("list")
        if target and self.chance(0.6):
            self.emit(depth, self.pick([
                f"{target}.append({self.expression(2)})", f"{target}.insert(1, {self.expression(1)})",
                f"{target}[{self.slice(1)}] = {self.expression(2, 'list')}", f"{target}[0] = {self.expression(1)}",
                f"show({target}.pop())", f"{target}.sort(key=repr)", f"{target}.reverse()", f"del {target}[{self.slice(1)}]",
                f"{target}.extend({self.expression(1, 'tuple')})", f"{target}.remove({self.expression(1, 'int')})",
            ]))
            return
        target = self.variable("dict")
        if target:
            self.emit(depth, self.pick([
                f"{target}[{self.expression(1, 'str')}] = {self.expression(2)}", f"show({target}.get({self.expression(1, 'str')}, 0))",
                f"{target}.update({self.expression(2, 'dict')})", f"show({target}.setdefault('s', []))", f"show({target}.pop('a', None))",
                f"show(list({target}.items()))", f"del {target}['a']", f"show({target}.popitem())",
            ]))
            return
        self.show(depth)

    def delete(self, depth):
        if self.chance(0.4) and self.scope.names:
            name = self.pick(list(self.scope.names))
            self.emit(depth, f"del {name}")
            if self.chance(0.8):
                del self.scope.names[name]
        else:
            self.show(depth)

    def small(self, depth):
        choice = self.random.randrange(6)
        if choice == 0:
            self.emit(depth, f"assert {self.expression(2, 'bool')}, {self.expression(1)}")
        elif choice == 1 and self.chance(0.3):
            error = self.pick(ERRORS)
            self.emit(depth, f"raise {error}({self.expression(1)})" + self.pick(["", "", " from None", " from KeyError('cause')"]))
        elif choice == 2 and self.scope.function:
            self.emit(depth, f"return {self.expression(2)}" if not (self.scope.generator and self.scope.coroutine) else "return")
        elif choice == 3 and self.scope.loop:
            self.emit(depth, f"if {self.expression(1, 'bool')}: {self.pick(['break', 'continue'])}")
        elif choice == 4:
            self.emit(depth, f"show(({self.expression(2)}, {self.expression(2)}))")
        else:
            self.emit(depth, f"print({self.expression(2, 'int')}, {self.expression(2, 'str')}, sep={self.pick(STRS)})")

    def if_statement(self, depth):
        self.emit(depth, f"if {self.expression(2, 'bool')}:")
        self.block(depth + 1)
        if self.chance(0.3):
            self.emit(depth, f"elif {self.expression(2)}:")
            self.block(depth + 1)
        if self.chance(0.5):
            self.emit(depth, "else:")
            self.block(depth + 1)

    def in_loop(self, depth):
        before, self.scope.loop = self.scope.loop, True
        self.block(depth + 1)
        self.scope.loop = before

    def for_loop(self, depth):
        source = self.pick([f"range({self.pick(['3', '0', '2, 8, 3', '4, 0, -1'])})", "enumerate('ab')", "{'a': 1}.items()", "zip('ab', [1, 2])"]) if self.chance(0.7) else self.expression(2, self.pick(["list", "tuple"])) + "[:4]"
        target = self.bind("any") if self.chance(0.6) else f"{self.bind('any')}, {self.bind('any')}"
        self.emit(depth, f"for {target} in {source}:")
        self.in_loop(depth)
        if self.chance(0.3):
            self.emit(depth, "else:")
            self.block(depth + 1)

    def while_loop(self, depth):
        name = self.fresh("n")
        self.emit(depth, f"{name} = {self.pick(['3', '2', '0'])}")
        self.emit(depth, f"while {name} > 0{self.pick(['', ' and True', ' or False'])}:")
        self.emit(depth + 1, f"{name} -= 1")
        self.in_loop(depth)
        if self.chance(0.3):
            self.emit(depth, "else:")
            self.block(depth + 1)

    def try_statement(self, depth):
        star = self.chance(0.15)
        self.emit(depth, "try:")
        loop, self.scope.loop = self.scope.loop, self.scope.loop and not star
        function, self.scope.function = self.scope.function, self.scope.function
        self.block(depth + 1)
        if star:
            self.emit(depth + 1, f"raise ExceptionGroup('group', [{self.pick(ERRORS)}(1), {self.pick(ERRORS)}({self.expression(1)}), ExceptionGroup('inner', [{self.pick(ERRORS)}(2)])])")
        elif self.chance(0.5):
            self.emit(depth + 1, self.pick(["1 / 0", "[][1]", "{}['k']", "int('x')", "None.attr", "undefined_name", "raise ValueError('v', 1)", "'a' + 1", "len(5)", "print(1)"]))
        handled = self.chance(0.85)
        if handled:
            for _ in range(self.pick([1, 1, 2])):
                what = self.pick(ERRORS) if self.chance(0.5) else f"({self.pick(ERRORS)}, {self.pick(ERRORS)})"
                name = self.pick(["", " as error"])
                self.emit(depth, f"except{'*' if star else ''} {what}{name}:")
                if name:
                    self.emit(depth + 1, "print('caught', type(error).__name__, error, type(error.__context__).__name__)")
                if star:
                    self.emit(depth + 1, f"show({self.expression(2)})")
                else:
                    self.block(depth + 1, 1)
            if self.chance(0.5):
                self.emit(depth, "except* Exception as group:" if star else "except Exception as other:")
                self.emit(depth + 1, "print('other', repr(group))" if star else "print('other', type(other).__name__, other)")
            if self.chance(0.3):
                self.emit(depth, "else:")
                self.block(depth + 1, 1)
        if not handled or self.chance(0.3):
            self.emit(depth, "finally:")
            self.scope.loop = False
            self.block(depth + 1, 1)
        self.scope.loop = loop

    def with_statement(self, depth):
        items = ", ".join(f"Manager({self.pick(['', 'True', 'False'])})" + self.pick(["", " as manager"]) for _ in range(self.pick([1, 1, 2])))
        self.emit(depth, f"with {items}:" if self.chance(0.7) else f"with ({items}):")
        self.block(depth + 1)

    def pattern(self, depth):
        p = lambda: self.pattern(depth - 1)
        capture = lambda: self.fresh("m")
        if depth <= 0 or self.chance(0.3):
            return self.pick(["_", capture(), "1", "-2", "'a'", "None", "True", "1.5", "b'x'", "1 + 2j", "int()", "str(" + capture() + ")", "float()"])
        match self.random.randrange(7):
            case 0:
                return f"[{p()}, {p()}]"
            case 1:
                return f"[{p()}, *{self.pick(['_', capture()])}]"
            case 2:
                return f"{{'a': {p()}, **{capture()}}}"
            case 3:
                return f"({self.pick(['1', 'None', 'int()'])} | {self.pick(['2', 'str()', '[_]'])})"
            case 4:
                inner = self.pick(["int()", "[_, _]", "str()", "(1 | 2 | 3)"])
                return f"{inner} as {capture()}"
            case 5:
                return self.pick(["list()", "dict()", "tuple()", "bool()"]) if not self.classes else f"{self.pick(self.classes)[0]}({self.pick(['', 'value=_', 'value=' + capture(), '1'])})"
            case _:
                return f"({p()}, {p()}, {p()})"

    def match_statement(self, depth):
        self.emit(depth, f"match {self.expression(3)}:")
        for _ in range(self.random.randrange(1, 4)):
            pattern = self.pattern(2)
            if pattern == "_" or pattern.isidentifier() and not pattern in ("None", "True"):
                pattern = "[_, *_]"
            self.emit(depth + 1, f"case {pattern}" + (f" if {self.expression(1, 'bool')}:" if self.chance(0.2) else ":"))
            self.emit(depth + 2, f"print('case', {self.random.randrange(100)})")
            for name in sorted({w for w in pattern.replace("(", " ").replace(")", " ").replace(",", " ").replace("]", " ").replace("[", " ").replace("*", " ").replace("}", " ").replace("=", " ").split() if w[0] == "m" and w[1:].isdigit()}):
                self.emit(depth + 2, f"show({name})")
            if self.chance(0.3):
                self.block(depth + 2, 1)
        if self.chance(0.6):
            self.emit(depth + 1, "case _:")
            self.emit(depth + 2, "print('default')")

    def signature(self):
        parts, names = [], []
        for at in range(self.random.randrange(3)):
            names.append(self.fresh("p"))
            parts.append(names[-1])
        if parts and self.chance(0.2):
            parts.append("/")
        if self.chance(0.5):
            parts.append(f"x={self.literal(self.pick(KINDS))}")
            names.append("x")
        if self.chance(0.4):
            parts.append("*rest")
            names.append("rest")
        elif self.chance(0.2):
            parts.append("*")
            parts.append(f"key={self.literal('int')}")
            names.append("key")
        if self.chance(0.3):
            parts.append("**extra")
            names.append("extra")
        return ", ".join(parts), names

    def nested(self, names, generator=False, coroutine=False):
        scope = Scope(self.scope, True)
        scope.generator, scope.coroutine = generator, coroutine
        for name in names:
            scope.names[name] = "any"
        return scope

    def function(self, depth):
        name = self.fresh("fun")
        signature, names = self.signature()
        if self.chance(0.15):
            self.emit(depth, "@(lambda function: function)")
        generic = "[T]" if self.chance(0.08) else ""
        self.emit(depth, f"def {name}{generic}({signature}){self.pick(['', '', ' -> int'])}:")
        outer, self.scope = self.scope, self.nested(names)
        if self.chance(0.2):
            self.emit(depth + 1, f'"""Docs of {name}."""')
        if self.chance(0.25) and outer.names and outer.function:
            captured = self.pick(list(outer.names))
            if captured not in names:
                self.emit(depth + 1, f"nonlocal {captured}")
                self.scope.names[captured] = outer.names[captured]
                self.emit(depth + 1, f"{captured} = {self.expression(1)}")
        elif self.chance(0.1):
            self.emit(depth + 1, f"global shared\n{'    ' * (depth + 1)}shared = {self.literal('int')}")
        self.block(depth + 1)
        self.emit(depth + 1, f"return {self.expression(2)}")
        self.scope = outer
        if depth == 0:
            self.functions.append(name)
        for _ in range(self.pick([1, 1, 2])):
            self.emit(depth, f"attempt({name}, {self.arguments(1)})" if self.chance(0.85) else f"show({name}({self.arguments(1)}))")

    def generator(self, depth):
        name = self.fresh("gen")
        self.emit(depth, f"def {name}(limit=3):")
        outer, self.scope = self.scope, self.nested(["limit"], generator=True)
        body = depth + 1
        guarded = self.chance(0.4)
        if guarded:
            self.emit(body, "try:")
            body += 1
        self.emit(body, f"for step in range(limit):")
        self.scope.names["step"] = "int"
        self.emit(body + 1, f"got = yield {self.expression(2)}")
        self.emit(body + 1, "if got is not None: print('got', repr(got))")
        if self.chance(0.4):
            self.emit(body, f"result = yield from {self.pick(['[1, 2]', '(n for n in range(2))', repr('ab'), 'iter(())'])}")
        if guarded:
            self.emit(depth + 1, self.pick(["except ValueError as error:\n{0}    print('in', error)\n{0}    yield 'handled'", "finally:\n{0}    print('finally')"]).format("    " * (depth + 1)))
        self.emit(depth + 1, f"return {self.expression(1)}")
        self.scope = outer
        var = self.fresh("g")
        match self.random.randrange(5):
            case 0:
                self.emit(depth, f"attempt(list, {name}())")
            case 1:
                self.emit(depth, f"{var} = {name}(2)")
                self.emit(depth, f"attempt(next, {var}); attempt({var}.send, {self.literal('int')}); attempt({var}.throw, ValueError('thrown')); attempt(next, {var}); attempt({var}.close)")
            case 2:
                self.emit(depth, f"{var} = {name}()")
                self.emit(depth, f"attempt({var}.close); attempt(next, {var}, 'done'); attempt({var}.send, None)")
            case 3:
                self.emit(depth, f"attempt(lambda: [*{name}(1), *{name}(2)])")
            case _:
                self.emit(depth, f"for {self.bind('any')} in {name}():")
                self.in_loop(depth)

    def coroutine(self, depth):
        name = self.fresh("co")
        helper = self.fresh("Wait")
        self.emit(depth, f"class {helper}:")
        self.emit(depth + 1, f"def __await__(self):\n{'    ' * (depth + 2)}got = yield {self.literal('int')}\n{'    ' * (depth + 2)}return got")
        self.emit(depth, f"async def {name}(x=1):")
        outer, self.scope = self.scope, self.nested(["x"], coroutine=True)
        if self.chance(0.3):
            self.emit(depth + 1, f"async def inner():\n{'    ' * (depth + 2)}for n in range(2):\n{'    ' * (depth + 3)}yield n")
            self.emit(depth + 1, self.pick(["show([n async for n in inner() if n or True])", f"async for n in inner():\n{'    ' * (depth + 2)}show(n)"]))
        self.emit(depth + 1, f"value = await {helper}()")
        self.emit(depth + 1, "show(value)")
        self.block(depth + 1, 1)
        self.emit(depth + 1, f"return {self.expression(2)}")
        self.scope = outer
        var = self.fresh("c")
        self.emit(depth, f"{var} = {name}()")
        self.emit(depth, f"attempt({var}.send, None); attempt({var}.{self.pick(['send', 'send', 'throw'])}, {self.pick(['5', 'ValueError(1)'])}); {var}.close()")

    def class_definition(self, depth):
        name = self.fresh("Class")
        bases = []
        if self.classes and self.chance(0.5):
            bases.append(self.pick(self.classes)[0])
        elif self.chance(0.15):
            bases.append(self.pick(["list", "dict", "int", "Exception", "str"]))
        if depth > 0:
            bases = [b for b in bases if not b.startswith("Class")]
        self.emit(depth, f"class {name}" + (f"({', '.join(bases)}):" if bases else ":"))
        outer, self.scope = self.scope, Scope(self.scope, False)
        self.scope.parent = outer
        methods = ["value"]
        slots = not bases and self.chance(0.15)
        if slots:
            self.emit(depth + 1, f"__slots__ = ('value'{self.pick([',', ', ' + repr('other')])})")
        if self.chance(0.3):
            self.emit(depth + 1, f"shared = {self.expression(2)}")
            methods.append("shared")
        if self.chance(0.25):
            self.emit(depth + 1, "__match_args__ = ('value',)")
        plain = not bases or bases[0].startswith("Class")
        if plain:
            self.emit(depth + 1, "def __init__(self, value=None):")
            self.emit(depth + 2, "super().__init__()" if not bases else "super().__init__(value)")
            self.emit(depth + 2, "self.value = value")
            self.emit(depth + 1, f"def __repr__(self): return f'{name}({{self.value!r}})'")
        for _ in range(self.random.randrange(4)):
            method = self.fresh("m")
            sort = self.random.randrange(5)
            decorator = {0: "@property", 1: "@classmethod", 2: "@staticmethod"}.get(sort)
            if decorator:
                self.emit(depth + 1, decorator)
            first = {1: "cls", 2: ""}.get(sort, "self")
            extra = "" if sort == 0 else "x=1"
            self.emit(depth + 1, f"def {method}({', '.join(p for p in (first, extra) if p)}):")
            inner, self.scope = self.scope, self.nested([extra[:1]] if extra else [])
            self.block(depth + 2, 1)
            if plain and first == "self" and self.chance(0.6):
                self.emit(depth + 2, f"return ({self.pick(['self.value', 'type(self).__name__', 'self'])}, {self.expression(1)})")
            else:
                self.emit(depth + 2, f"return {self.expression(2)}")
            self.scope = inner
            methods.append(method if sort == 0 else f"{method}({self.expression(1) if sort != 0 and self.chance(0.5) else ''})")
        if plain:
            for special, body in self.random.sample([
                ("__add__(self, other)", "return ('add', other)"), ("__eq__(self, other)", "return self.value == getattr(other, 'value', other)"),
                ("__lt__(self, other)", "return NotImplemented"), ("__len__(self)", "return self.value"), ("__getitem__(self, index)", "return ('item', [1, 2][index] if isinstance(index, int) else index)"),
                ("__getattr__(self, name)", "if name.startswith('__'): raise AttributeError(name)\n        return name" if depth == 0 else "raise AttributeError(name)"),
                ("__call__(self, *args, **kwargs)", "return (args, kwargs)"), ("__iter__(self)", "return iter([1, 2])"), ("__contains__(self, item)", "return item == 1"),
                ("__bool__(self)", "return bool(self.value)"), ("__radd__(self, other)", "return ('radd', other)"), ("__hash__(self)", "return 7"),
                ("__format__(self, spec)", "return f'<{spec}>'"), ("__setattr__(self, name, value)", "print('set', name); super().__setattr__(name, value)"),
                ("__init_subclass__(cls, **kwargs)", "print('subclass', cls.__name__)"), ("__del__(self)", "pass"),
            ], self.random.randrange(4)):
                self.emit(depth + 1, f"def {special}:")
                self.emit(depth + 2, body)
        if not plain and len(methods) == 1:
            self.emit(depth + 1, "pass")
        self.scope = outer
        if depth == 0 and plain:
            self.classes.append((name, methods[1:] + ["value"]))
        if plain:
            var = self.bind("any")
            self.emit(depth, f"{var} = {name}({self.expression(1)})")
            self.emit(depth, f"attempt(lambda: ({var}, {self.pick([var + '.' + m for m in methods] + [f'{var} + 1', f'1 + {var}', f'len({var})', f'list({var})', f'{var} == {var}', f'{var}[1:2]', f'bool({var})', f'{var}(1, k=2)', f'1 in {var}', f'{var}.missing', f'{var} < 3', var + '.__class__.__mro__[1].__name__'])}))")

    def program(self):
        while self.budget > 0:
            start = len(self.lines)
            self.statement(0)
            if self.lines[start].startswith(("class ", "def ", "async ", "@")) or self.chance(0.04):
                continue
            self.lines[start:] = ["try:", *("    " + line.replace("\n", "\n    ") for line in self.lines[start:])]
            self.emit(0, "except Exception as problem:")
            self.emit(1, "print('failed', type(problem).__name__, problem)")
        return HEADER + "\n".join(self.lines) + "\n"


def program(seed):
    return Generator(seed).program()


if __name__ == "__main__":
    import sys

    print(program(sys.argv[1]), end="")
