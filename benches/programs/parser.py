"""A recursive-descent parser of JSON and one of arithmetic by binding power, in Python."""
class Json:
    def __init__(self, text): self.s, self.i = text, 0
    def space(self):
        while self.i < len(self.s) and self.s[self.i] in " \n\t": self.i += 1
    def value(self):
        self.space()
        c = self.s[self.i]
        if c == "{":
            out = {}; self.i += 1; self.space()
            while self.s[self.i] != "}":
                k = self.value(); self.space(); self.i += 1
                out[k] = self.value(); self.space()
                if self.s[self.i] == ",": self.i += 1
                self.space()
            self.i += 1
            return out
        if c == "[":
            out = []; self.i += 1; self.space()
            while self.s[self.i] != "]":
                out.append(self.value()); self.space()
                if self.s[self.i] == ",": self.i += 1
            self.i += 1
            return out
        if c == '"':
            end = self.s.index('"', self.i + 1); out = self.s[self.i + 1:end]; self.i = end + 1
            return out
        for word, v in (("true", True), ("false", False), ("null", None)):
            if self.s.startswith(word, self.i): self.i += len(word); return v
        j = self.i
        while self.i < len(self.s) and self.s[self.i] in "-+.eE0123456789": self.i += 1
        text = self.s[j:self.i]
        return float(text) if "." in text else int(text)
POWER = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}
def expression(tokens, at, least=0):
    t = tokens[at]
    if t == "(": left, at = expression(tokens, at + 1); at += 1
    elif t == "-": left, at = expression(tokens, at + 1, 3); left = ("neg", left)
    else: left, at = int(t), at + 1
    while at < len(tokens) and (p := POWER.get(tokens[at], -1)) >= least:
        op = tokens[at]
        right, at = expression(tokens, at + 1, p + (op != "^"))
        left = (op, left, right)
    return left, at
def evaluate(e):
    if isinstance(e, int): return e
    if e[0] == "neg": return -evaluate(e[1])
    op, a, b = e[0], evaluate(e[1]), evaluate(e[2])
    return a + b if op == "+" else a - b if op == "-" else a * b if op == "*" else a // b if op == "/" else a ** b
doc = '{"name": "thing", "size": [1, 2.5, -30.5, true, null], "parts": [{"id": 12, "tags": ["a", "b"]}, {"id": 7, "tags": []}], "ok": false}'
doc = "[" + ",".join([doc] * 40) + "]"
tokens = "( 1 + 2 ) * 3 - 4 / ( 5 - 3 ) ^ 2 + - 6 * ( 7 - 8 + 9 ) - 10 * 2 ^ 3 ^ 2".split()
total = 0
for _ in range(55): total += len(Json(doc).value()[3]["parts"])
for _ in range(31000): total += evaluate(expression(tokens, 0)[0])
print(total)
