# jinja2 with markupsafe: templates, inheritance, macros, filters, errors.
from jinja2 import Environment, DictLoader, StrictUndefined, TemplateSyntaxError, UndefinedError, select_autoescape, Template
from markupsafe import Markup, escape
env = Environment(loader=DictLoader({
    "base.html": "<html><title>{% block title %}Base{% endblock %}</title>{% block body %}{% endblock %}</html>",
    "page.html": "{% extends 'base.html' %}{% from 'macros.html' import item %}{% block title %}{{ super() }}: {{ title|upper }}{% endblock %}{% block body %}<ul>{% for u in users if u.active recursive %}{{ item(u.name, loop.index) }}{% else %}none{% endfor %}</ul>{{ html }}{{ safe }}{% endblock %}",
    "macros.html": "{% macro item(name, n=0) -%}<li class='{{ loop_class or 'x' }}'>{{ n }}. {{ name }}</li>{%- endmacro %}",
    "inc.txt": "included {{ v }}"}), autoescape=select_autoescape(["html"]), trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
env.filters["double"] = lambda x: x * 2
env.tests["big"] = lambda x: x > 10
env.globals["now"] = lambda: "today"
print(env.get_template("page.html").render(title="t <1>", users=[{"name": "A & B", "active": True}, {"name": "C", "active": False}, {"name": "D", "active": 1}], html="<b>", safe=Markup("<i>")))
for src, ctx in (("{{ 1 + 2 * 3 }} {{ 'a' ~ 1 }} {{ 7 // 2 }} {{ 2 ** 3 }} {{ not true or 1 in [1] }}", {}), ("{% set x = 5 %}{{ x|double }} {{ x is odd }} {{ 20 is big }} {{ now() }}", {}), ("{{ l|join(', ') }} {{ l|sort(reverse=true)|first }} {{ l|map('string')|list }} {{ l|sum }} {{ l|batch(2)|list }} {{ l|length }}", {"l": [3, 1, 2]}), ("{% for k, v in d|dictsort %}{{ loop.first }}{{ k }}={{ v }}{{ ';' if not loop.last }}{% endfor %}", {"d": {"b": 1, "a": 2}}), ("{% if a %}yes{% elif b %}b{% else %}no{% endif %}", {"b": 1}), ("{{ missing }}|{{ missing|default('dflt') }}|{{ o.x.y|default('deep', true) }}", {"o": {"x": {}}}), ("{% include 'inc.txt' %} {% with q = 1 %}{{ q }}{% endwith %} {% raw %}{{ raw }}{% endraw %} {# comment #}", {"v": 9}), ("{{ 'hello world'|title|replace('o', '0')|truncate(8, true, '..') }} {{ 3.14159|round(2) }} {{ '%05d'|format(42) }} {{ 'a b'|urlencode }} {{ [1,[2]]|tojson }}", {}), ("{% for i in range(10) %}{% if i == 2 %}{% continue %}{% endif %}{% if i > 4 %}{% break %}{% endif %}{{ i }}{% endfor %}{% set ns = namespace(n=0) %}{% for i in [1,2] %}{% set ns.n = ns.n + i %}{% endfor %} {{ ns.n }}", {}), ("{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{{ caller() if caller }}{% endmacro %}{% call m(1, 2, k=3) %}body{% endcall %} {{ m('x') }}", {}), ("{% filter upper %}abc{% endfilter %} {{ l|groupby('k')|list|length }} {{ l|selectattr('k', 'equalto', 1)|map(attribute='v')|join }} {{ s|indent(2) }} {{ s|wordcount }}", {"l": [{"k": 1, "v": "p"}, {"k": 2, "v": "q"}], "s": "a\nb"})):
    print(env.from_string(src).render(**ctx))
for src in ("{% if %}", "{{ a b }}", "{% for x in y %}", "{{ x|nofilter }}", "{% endif %}", "{{ 'a }}", "{% unknown %}", "{% block a %}{% block a %}"):
    try: env.from_string(src).render()
    except TemplateSyntaxError as e: print(type(e).__name__, e.message, e.lineno)
strict = Environment(undefined=StrictUndefined)
for src in ("{{ nope }}", "{{ a.b }}", "{{ a.b.c }}", "{{ 1 / 0 }}", "{{ a() }}"):
    try: print(strict.from_string(src).render(a={}))
    except Exception as e: print(type(e).__name__, e)
print(escape("<&'\">"), Markup("<b>%s</b>") % "<x>", Markup("a") + "<", Markup("<p>x &amp; y</p>").striptags(), Markup("{}").format("<"), list(Template("{% for i in s %}{{ i }},{% endfor %}").generate(s="ab")), env.compile_expression("a + 1")(a=2))
import asyncio
aenv = Environment(enable_async=True)
async def agen():
    for i in range(3): yield i
print(asyncio.run(aenv.from_string("{% for i in g %}{{ i }}{% endfor %}").render_async(g=agen())))
