"""A hand-written tokenizer: characters, states, dict of keywords."""
KEYWORDS = {"let", "if", "else", "while", "fn", "return"}
OPS = {"==", "!=", "<=", ">=", "&&", "||"}
def tokens(s):
    i, n, out = 0, len(s), []
    while i < n:
        c = s[i]
        if c.isspace(): i += 1
        elif c.isalpha() or c == "_":
            j = i
            while j < n and (s[j].isalnum() or s[j] == "_"): j += 1
            w = s[i:j]; out.append(("kw" if w in KEYWORDS else "id", w)); i = j
        elif c.isdigit():
            j = i
            while j < n and s[j].isdigit(): j += 1
            out.append(("num", int(s[i:j]))); i = j
        elif c == '"':
            j = s.index('"', i + 1); out.append(("str", s[i + 1:j])); i = j + 1
        elif s[i:i + 2] in OPS: out.append(("op", s[i:i + 2])); i += 2
        else: out.append(("op", c)); i += 1
    return out
source = 'fn add(a, b) { let sum = a + b; if sum >= 100 && a != b { return "big"; } else { while sum < 12345 { sum = sum * 2; } } return sum; }\n' * 280
total = 0
for _ in range(60):
    t = tokens(source)
    total += len(t) + sum(v for k, v in t if k == "num") + sum(1 for k, _ in t if k == "kw")
print(total)
