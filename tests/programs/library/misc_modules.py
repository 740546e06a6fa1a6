# sqlite3, email, xml, html.parser, http helpers, locale, gettext, cmd, shelve.
import sqlite3
c = sqlite3.connect(":memory:"); c.execute("create table t (id integer primary key, name text, v real)"); c.executemany("insert into t (name, v) values (?, ?)", [("a", 1.5), ("b", None), ("é", 3)])
print(c.execute("select * from t where v > :m", {"m": 1}).fetchall(), c.execute("select count(*), sum(v) from t").fetchone(), [d[0] for d in c.execute("select id, name from t").description], c.total_changes)
c.row_factory = sqlite3.Row; r = c.execute("select * from t").fetchone(); print(r["name"], r.keys(), tuple(r)); c.commit()
try:
    with c: c.execute("insert into t values (9, 'x', 1)"); c.execute("insert into t values (9, 'dup', 1)")
except sqlite3.IntegrityError as e: print(e, c.execute("select count(*) from t").fetchone()[0])
c.create_function("rev", 1, lambda s: s[::-1]); print(c.execute("select rev('abc')").fetchone()[0]); c.execute("savepoint s"); c.execute("delete from t"); c.execute("rollback to s"); print(c.execute("select count(*) from t").fetchone()[0])
for q in ("select nope from t", "bad sql", "select * from zz"):
    try: c.execute(q)
    except sqlite3.Error as e: print(type(e).__name__, e)
import xml.etree.ElementTree as ET
x = ET.fromstring("<r a='1'><c>t&amp;x</c><c n='2'/>tail<!-- no --></r>"); print(x.tag, x.attrib, [(k.tag, k.text, k.tail, k.get("n")) for k in x], x.find("c").text, len(x.findall(".//c[@n]")), ET.tostring(x), ET.tostring(ET.Element("e", {"k": '"<'}), encoding="unicode")); ET.SubElement(x, "new").text = "é"; ET.indent(x); print(ET.tostring(x, encoding="unicode"))
try: ET.fromstring("<a><b></a>")
except ET.ParseError as e: print(e, e.position)
from xml.dom import minidom; print(minidom.parseString("<a><b>1</b></a>").toprettyxml(indent=" ")); from xml.sax.saxutils import escape; print(escape("<&>"))
from html.parser import HTMLParser
class H(HTMLParser):
    def handle_starttag(self, t, a): print("start", t, a)
    def handle_endtag(self, t): print("end", t)
    def handle_data(self, d): print("data", repr(d))
H().feed("<p class=x id='y'>a &lt; b<br/></p>")
from email.message import EmailMessage; from email import message_from_string, policy
m = EmailMessage(); m["Subject"] = "Hé"; m["To"] = "a@b.c"; m.set_content("body\n"); m.add_attachment(b"bin", maintype="application", subtype="x", filename="f.bin"); print(m["subject"], m.get_content_type(), [p.get_content_type() for p in m.walk()], message_from_string("A: b\nC: d\n e\n\nbody", policy=policy.default)["C"])
import http, http.cookies; print(http.HTTPStatus(404).phrase, http.HTTPMethod.GET, http.cookies.SimpleCookie("a=1; b=2")["b"].value, repr(http.HTTPStatus.OK))
import cmd, io, sys
class Sh(cmd.Cmd):
    prompt = "> "
    def do_hi(self, a): "say hi"; print("hi", a)
    def do_EOF(self, a): return True
    def default(self, l): print("unknown", l)
[Sh().onecmd(l) for l in ("hi bob", "zz", "help hi", "EOF")]
import gettext, locale, sched, time, zoneinfo; print(gettext.gettext("x"), gettext.ngettext("a", "b", 2), locale.getlocale()[0] is not None or True, locale.format_string("%d", 5)); s = sched.scheduler(lambda: 0, lambda d: None); s.enterabs(0, 2, print, ("second",)); s.enterabs(0, 1, print, ("first",)); s.run()
import profile, pstats, trace, timeit, cProfile; p = cProfile.Profile(); p.enable(); sum(map(abs, range(5))); p.disable(); o = io.StringIO(); pstats.Stats(p, stream=o).print_stats(); print("function calls" in o.getvalue(), timeit.timeit("1", number=1) >= 0, timeit.Timer("x", "x = 1").repeat(2, 1).__len__()); t = trace.Trace(count=1, trace=0); t.runfunc(lambda: 1); print(len(t.results().counts) > 0)
import socket, select; a, b = socket.socketpair(); a.sendall(b"ping"); print(select.select([b], [], [], 1)[0] == [b], b.recv(10), a.family.name, socket.inet_aton("1.2.3.4"), socket.htons(1)); a.close(); print(b.recv(5)); b.close()
srv = socket.create_server(("127.0.0.1", 0)); cl = socket.create_connection(srv.getsockname()); co, _ = srv.accept(); co.sendall(b"x\ny\n"); print(cl.makefile().readline()); [s.close() for s in (srv, cl, co)]
import secrets, getpass, platform, errno, resource, glob, filecmp, fileinput, shelve, dbm.dumb, mimetypes, quopri, wave, plistlib, sysconfig; print(len(secrets.token_hex(4)), errno.errorcode[2], mimetypes.guess_type("a.html"), quopri.encodestring(b"\xe9="), plistlib.loads(plistlib.dumps({"a": [1, True]})), platform.python_version()[:4], platform.system(), sysconfig.get_python_version())
