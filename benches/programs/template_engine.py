"""A small template engine: parse, compile to closures, render."""
import re
def parse(src):
    stack = [[]]
    for part in re.split(r"(\{\{.*?\}\}|\{%.*?%\})", src):
        if part.startswith("{{"):
            path, *filters = [p.strip() for p in part[2:-2].split("|")]
            stack[-1].append(expr(path.split("."), filters))
        elif part.startswith("{%"):
            words = part[2:-2].split()
            if words[0] == "for": stack.append([]); stack.append((words[1], words[3].split(".")))
            elif words[0] == "endfor": pass
            if words[0] == "for": head = stack.pop(); stack[-1].append(head)
            if words[0] == "endfor":
                body = stack.pop(); (name, path), *rest = body; stack[-1].append(loop(name, path, rest))
        elif part: stack[-1].append(lambda ctx, part=part: part)
    return lambda ctx: "".join(f(ctx) for f in stack[0])
def lookup(ctx, path):
    v = ctx
    for p in path: v = v[p] if isinstance(v, dict) else getattr(v, p)
    return v
FILTERS = {"upper": str.upper, "esc": lambda s: s.replace("&", "&amp;").replace("<", "&lt;"), "title": str.title}
def expr(path, filters):
    def run(ctx):
        v = str(lookup(ctx, path))
        for f in filters: v = FILTERS[f](v)
        return v
    return run
def loop(name, path, body):
    def run(ctx):
        out, inner = [], dict(ctx)
        for item in lookup(ctx, path):
            inner[name] = item
            out.extend(f(inner) for f in body)
        return "".join(out)
    return run
t = parse("<h1>{{ title | upper }}</h1>{% for u in users %}<li>{{ u.name | title | esc }} ({{ u.age }}){% for t in u.tags %}<b>{{ t }}</b>{% endfor %}</li>{% endfor %}")
ctx = {"title": "people", "users": [{"name": f"ann <{i}> & co", "age": i, "tags": ["x", "y", str(i)]} for i in range(300)]}
print(sum(len(t(ctx)) for _ in range(400)))
