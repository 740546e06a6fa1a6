# Where the tokenizer finds the end of the input, and names that are none.
import tokenize, io
for extra in (True, False):
  for s in ("(", "x = \\", "x = (\n1", "(\n", "(\n\n", "((", "f(a", "é(", "\té (\n  b", "'é", "x = \\\n", "é\\", "\\", "\\\n", "a\\\n\\", "€", "a €b", "é€", "a$b","?","!","a!","a ! b", "\x01", "[\\", "[", "{'a':", "f'{", "f'{a", "f'{a}", "f'''", "t'{", "f'{(", "'''é\n", "f'''é\n{", "\u00a0", "a\u00a0b","½", "😀", "a😀", "x=1 \u200b","0_","0b2","1e","1x","1_é", "é 1_", "08", "\"", "(]", "x)", "(\n]", "#é\n(", "'\\", "'a\\\nb"):
    toks=[]
    try:
        for t in tokenize._generate_tokens_from_c_tokenizer(io.StringIO(s).readline, extra_tokens=extra): toks.append((tokenize.tok_name[t.exact_type],t.string,t.start,t.end, t.line))
        print(repr(s), toks)
    except Exception as e: print(repr(s), type(e).__name__, e.args, len(toks))
    if not extra:
      try:
        for t in tokenize.generate_tokens(io.StringIO(s).readline): pass
        print('ok')
      except Exception as e: print(repr(s), type(e).__name__, e.args)
      try:
        for t in tokenize.tokenize(io.BytesIO(s.encode()).readline): pass
        print('ok')
      except Exception as e: print(repr(s), type(e).__name__, e.args)
