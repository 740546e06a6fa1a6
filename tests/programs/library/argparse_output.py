# argparse: help, usage, errors, sub-commands, types.
import argparse, sys, os
os.environ["COLUMNS"] = "80"
def run(p, a):
    try: print(a, "->", p.parse_args(a))
    except SystemExit as e: print(a, "exit", e.code)
sys.stderr = sys.stdout
p = argparse.ArgumentParser(prog="tool", description="A tool that does %(prog)s things with a description that is rather long so that it wraps.", epilog="The end.")
p.add_argument("src", help="source file"); p.add_argument("dst", nargs="?", default="out", help="destination (default: %(default)s)")
p.add_argument("-v", "--verbose", action="count", default=0, help="more output"); p.add_argument("-n", "--num", type=int, choices=[1, 2, 3], metavar="N", help="a number"); p.add_argument("--flag", action=argparse.BooleanOptionalAction, default=True); p.add_argument("-D", action="append", dest="defs", help="define"); p.add_argument("--version", action="version", version="%(prog)s 1.0"); p.add_argument("--hidden", help=argparse.SUPPRESS); p.add_argument("--const", action="store_const", const=42)
g = p.add_argument_group("special", "group description"); g.add_argument("--list", nargs="+", type=float, default=[]); g.add_argument("--pair", nargs=2, metavar=("A", "B"))
x = p.add_mutually_exclusive_group(); x.add_argument("--a", action="store_true"); x.add_argument("--b", action="store_false")
p.print_help(); p.print_usage()
for a in (["f"], ["f", "g", "-vv", "-n", "2", "--no-flag", "-D", "x", "-Dy", "--list", "1", "2.5", "--pair", "p", "q"], [], ["f", "-n", "5"], ["f", "-n", "x"], ["f", "--nope"], ["f", "--a", "--b"], ["--version"], ["f", "--pair", "1"], ["f", "--ver"], ["f", "--verb"], ["f", "g", "h"], ["--", "-f"], ["f", "--num=3"], ["f", "-n"], ["f", "--const"], ["f", "--list"], ["-h"]): run(p, a)
q = argparse.ArgumentParser(prog="git", formatter_class=argparse.ArgumentDefaultsHelpFormatter); s = q.add_subparsers(dest="cmd", required=True, title="commands", metavar="CMD", help="what to do")
c = s.add_parser("commit", aliases=["ci"], help="record"); c.add_argument("-m", default="msg", help="message"); c.set_defaults(func=len); l = s.add_parser("log", help="show"); l.add_argument("-n", type=int, default=10, help="count")
q.print_help()
for a in (["commit", "-m", "hi"], ["ci"], ["log", "-n3"], [], ["nope"], ["log", "-h"]): run(q, a)
r = argparse.ArgumentParser(prog="r", fromfile_prefix_chars="@", allow_abbrev=False, add_help=False, exit_on_error=False); r.add_argument("--x", type=lambda s: s.upper()); r.add_argument("rest", nargs=argparse.REMAINDER)
print(r.parse_known_args(["--x", "a", "b", "--c"]), r.format_usage(), r.format_help())
try: argparse.ArgumentParser(exit_on_error=False, prog="z").parse_args(["--n"])
except argparse.ArgumentError as e: print("AE", e)
t = argparse.ArgumentParser(prog="t", parents=[r], conflict_handler="resolve"); t.add_argument("--x", type=int, required=True); run(t, ["--x", "q"]); run(t, [])
try: p.add_argument("--num")
except argparse.ArgumentError as e: print(e)
def even(s):
    if int(s) % 2: raise argparse.ArgumentTypeError(f"{s} is odd")
    return int(s)
u = argparse.ArgumentParser(prog="u"); u.add_argument("--e", type=even); u.add_argument("--ch", choices="abc"); run(u, ["--e", "3"]); run(u, ["--e", "4"]); run(u, ["--ch", "z"]); print(u, argparse.Namespace(a=1, b="x"), argparse.Namespace(a=1) == argparse.Namespace(a=1), u.get_default("e"))
