# rich: tables, text, trees, markdown, syntax, pretty printing to a fixed console.
import io
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text
from rich.tree import Tree
from rich.panel import Panel
from rich.markdown import Markdown
from rich.syntax import Syntax
from rich.pretty import Pretty
from rich.columns import Columns
from rich.progress import Progress
from rich.rule import Rule
from rich.align import Align
from rich import box
out = io.StringIO(); c = Console(file=out, width=60, color_system=None, force_terminal=False, legacy_windows=False, _environ={})
t = Table(title="Stars", box=box.ROUNDED, show_footer=True); t.add_column("Name", style="cyan", footer="total"); t.add_column("Size", justify="right", footer="30"); t.add_row("[bold]Sun[/bold]", "10"); t.add_row("Sirius名前", "20", end_section=True); t.add_row("x " * 30, "ok"); c.print(t)
c.print("[red]Hello[/red] [link=x]World[/link] :smiley: \\[not markup]", "num", 5, [1, 2, {"a": None}], True); c.print(Panel("inside", title="T", subtitle="s", expand=False)); tr = Tree("root"); tr.add("a").add("b"); tr.add(Panel("c")); c.print(tr); c.print(Markdown("# Title\n\n* item *one*\n* item `two`\n\n1. x\n2. y\n\n> quote\n\n```python\nx = 1\n```\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n[link](http://x.y)")); c.print(Syntax("def f(x):\n    return x + 1 # c", "python", line_numbers=True)); c.print(Pretty({"k": list(range(30)), "n": {"deep": ("a" * 30, "b" * 30)}})); c.print(Columns([f"item {i}" for i in range(10)])); c.rule("rule"); c.print(Align.center("centred")); c.print(Text("styled").append(" more", "bold"), Group(Text("g1"), Rule("r")))
print(out.getvalue())
out = io.StringIO(); c = Console(file=out, width=40, force_terminal=True, color_system="truecolor", legacy_windows=False, _environ={"TERM": "xterm-256color"}); c.print("[bold red]x[/] [on blue]y[/] [#ff8800 underline]z[/] [green]1[/green] 'str' 3.14 None"); c.print(Syntax("import os\nx = 'a' + 1", "python", theme="monokai")); print(repr(out.getvalue()))
try: c.print("[/nope]")
except Exception as e: print(type(e).__name__, e)
out = io.StringIO(); c = Console(file=out, width=60, color_system=None, legacy_windows=False, _environ={})
try: {}["missing"]
except KeyError: print("KeyError")
with Progress(console=c, auto_refresh=False) as p: task = p.add_task("work", total=3); [p.advance(task) for _ in range(3)]
print(Text.from_markup("[b]a[/b]c").plain, Text("wrap this text please").wrap(c, 10), c.render_str("x").plain, c.measure("abc def"), Text("ab").spans, len(out.getvalue()) >= 0)
from pygments import highlight; from pygments.lexers import JsonLexer, get_lexer_by_name; from pygments.formatters import HtmlFormatter, NullFormatter; print(highlight('{"a": [1, true]}', JsonLexer(), HtmlFormatter(nowrap=True)), [str(t) for t, _ in get_lexer_by_name("c").get_tokens("int x = 1; // c")]); from markdown_it import MarkdownIt; print(MarkdownIt().render("# h\n*e* **b** `c`\n\n- a\n  - b\n\n![i](u)"), [t.type for t in MarkdownIt().parse("a\n\nb")])
