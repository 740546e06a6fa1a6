"""Breaks program texts: `source(seed, files)` takes a piece of one of the files and changes a few tokens of it.

Most results are no Python; what then matters is which SyntaxError they get, with which places. Those that are still
valid are compared by their code objects.
"""

import io
import random
import tokenize

WORDS = ["if", "else", "elif", "for", "while", "in", "is", "not", "and", "or", "lambda", "def", "class", "return", "yield", "from", "import", "as", "with", "try", "except", "finally", "raise", "pass", "break", "continue", "del", "global", "nonlocal", "assert", "await", "async", "None", "True", "match", "case", "type", "_", "print", "x", "__debug__"]
OPERATORS = ["(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "=", "==", "!=", "+", "-", "*", "**", "/", "//", "%", "@", "->", ":=", "+=", "...", "~", "<", ">", "<<", "|", "&", "^", "!", "?", "$", "`", "\\", "'", '"', '"""', "f'", "f'{", "}'", "#", "<>"]
LITERALS = ["0", "1", "01", "0x", "1_", "1__0", "1.5", "1e", "1j", "0b12", "0o8", "1a", "''", "'a'", "b'x'", "b'é'", "f'{x}'", "f'{x!z}'", "f'{'", "f'{}'", "f'{a b}'", "f'{x:{y}'", "t'{x}'", "u'x'", "rb'x'", "'\\N{x}'", "'\\x1'", "'\\777'", "'\\d'", "...", "\u00e9", "\u20ac", "\u00a0", "\u201c", "\x00"]


def tokens_of(text):
    """The tokens with the white space before each; the text split roughly where it cannot be tokenised."""
    found = []
    lines = text.splitlines(keepends=True)
    at = (1, 0)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in (tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER):
                continue
            space = ""
            if token.start[0] == at[0]:
                space = lines[at[0] - 1][at[1]:token.start[1]] if at[0] <= len(lines) else ""
            elif token.start[0] <= len(lines):
                space = (lines[at[0] - 1][at[1]:] if at[0] <= len(lines) else "") + "".join(lines[at[0]:token.start[0] - 1]) + lines[token.start[0] - 1][:token.start[1]]
            found.append((space, token.string))
            at = token.end
    except (tokenize.TokenError, SyntaxError):
        pass
    return found or [("", word + " ") for word in text.split(" ")]


def source(seed, files):
    choose = random.Random(seed)
    path = choose.choice(files)
    with open(path, encoding="utf-8", errors="replace", newline=None) as file:
        lines = file.read().splitlines()
    starts = [n for n, line in enumerate(lines) if line and not line[0].isspace() and line[0] not in "#)]}"]
    start = choose.choice(starts) if starts else 0
    text = "\n".join(lines[start:start + choose.randrange(3, 30)]) + "\n"
    tokens = tokens_of(text)
    for _ in range(choose.choice([1, 1, 1, 2, 3])):
        tokens = mutated(choose, tokens)
    text = "".join(space + token for space, token in tokens)
    if choose.random() < 0.1:
        at = choose.randrange(len(text) + 1)
        text = choose.choice([text[:at], text[:at] + text[at + 1:], text[:at] + choose.choice(["\t", " ", "\n", "\\", "\\\n", "\x0c", "\r"]) + text[at:]])
    return text


def mutated(choose, tokens):
    tokens = list(tokens)
    if not tokens:
        return [("", "x")]
    at = choose.randrange(len(tokens))
    space, token = tokens[at]
    match choose.randrange(11):
        case 0 | 1:
            del tokens[at]
        case 2:
            tokens.insert(at, tokens[at])
        case 3:
            other = choose.randrange(len(tokens))
            tokens[at], tokens[other] = (space, tokens[other][1]), (tokens[other][0], token)
        case 4:
            tokens[at] = (space, choose.choice(WORDS))
        case 5:
            tokens[at] = (space, choose.choice(OPERATORS))
        case 6:
            tokens[at] = (space, choose.choice(LITERALS))
        case 7:
            tokens.insert(at, (" ", choose.choice(WORDS + OPERATORS + LITERALS)))
        case 8:
            tokens[at] = (space + choose.choice([" ", "\t", "\n", "    ", ""]), token)
        case 9:
            tokens[at] = (space[:-1] if space else " ", token)
        case 10:
            del tokens[at:at + choose.randrange(1, 6)]
    return tokens
