# click: commands, options, groups, errors, prompts through the test runner.
import click
from click.testing import CliRunner
@click.group(invoke_without_command=False)
@click.option("--debug/--no-debug", default=False, help="Talk more.")
@click.version_option("1.2", prog_name="tool")
@click.pass_context
def cli(ctx, debug):
    """A tool with commands."""
    ctx.obj = {"debug": debug}
@cli.command()
@click.argument("names", nargs=-1, required=True)
@click.option("-n", "--count", default=1, show_default=True, type=click.IntRange(1, 5), help="How often.")
@click.option("--shout", is_flag=True)
@click.pass_obj
def greet(obj, names, count, shout):
    """Greet NAMES."""
    for _ in range(count):
        for n in names: click.echo((f"Hello {n}!").upper() if shout else f"Hello {n}!")
    click.echo(f"debug={obj['debug']}", err=True)
@cli.command("calc")
@click.argument("a", type=float)
@click.option("--op", type=click.Choice(["add", "sub"]), default="add")
@click.option("--point", type=(int, int), default=(0, 0))
@click.option("-m", multiple=True)
def calc(a, op, point, m): click.secho(f"{a} {op} {point} {m}", fg="green")
@cli.command()
@click.option("--name", prompt="Your name")
@click.confirmation_option(prompt="Sure?")
def ask(name): click.echo(f"Bye {name}")
@cli.command()
@click.argument("file", type=click.File("r"))
def cat(file): click.echo(file.read())
r = CliRunner()
for words, inp in ((["--help"], None), (["--version"], None), (["greet", "Ann", "Bob", "-n", "2", "--shout"], None), (["--debug", "greet", "x"], None), (["greet"], None), (["greet", "a", "-n", "9"], None), (["greet", "--help"], None), (["nope"], None), (["calc", "x"], None), (["calc", "2", "--op", "mul"], None), (["calc", "2", "--point", "1", "2", "-m", "a", "-m", "b"], None), (["ask"], "Zed\ny\n"), (["ask"], "Zed\nn\n"), (["cat", "no-such-file"], None), (["greet", "a", "--cuont", "2"], None), ([], None)):
    res = r.invoke(cli, words, input=inp)
    print(words, res.exit_code, res.output, type(res.exception).__name__ if res.exception else "")
with r.isolated_filesystem():
    open("f.txt", "w").write("content")
    print(r.invoke(cli, ["cat", "f.txt"]).output, click.style("x", bold=True, fg="red") == "\x1b[31m\x1b[1mx\x1b[0m", click.unstyle(click.style("y", fg="blue")), click.format_filename(b"abc"))
