# email, http, urllib, sockets, html parser, select, ftplib-free networking on the local machine.
import email, email.policy, email.message, email.utils, email.header, html.parser, http.server, http.client, urllib.request, urllib.error, socket, socketserver, threading, select, selectors, json, io, ssl if 0 else json, xmlrpc.client, xmlrpc.server, mailbox, smtplib, http.cookiejar, wsgiref.util, wsgiref.simple_server, struct, os, sys
def show(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
m = email.message.EmailMessage(); m["Subject"] = "Grüße an 世界"; m["From"] = "Ä B <a@b.c>"; m["To"] = "x@y.z, Q <q@r.s>"; m.set_content("Héllo\nline\n"); m.add_alternative("<p>hi</p>", subtype="html"); m.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream", filename="ü.bin")
t = m.as_bytes(); b = m.get_boundary(); print([ (p.get_content_type(), p.get_filename()) for p in m.walk()], m["subject"], m["to"].addresses[1].display_name, m.get_body(("plain",)).get_content(), t.count(b"Content-Type"))
p = email.message_from_bytes(b"From: =?utf-8?q?J=C3=B6rg?= <j@x>\r\nSubject: a\r\n b\r\nDate: Mon, 01 Jan 2024 10:00:00 +0100\r\nContent-Type: text/plain; charset=latin-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=E9\r\n", policy=email.policy.default)
print(p["from"], p["subject"], p["date"].datetime, p.get_content(), p.items(), p.defects); print(email.utils.parseaddr("A B <a@b>"), email.utils.formataddr(("Jörg", "j@x")), email.utils.parsedate_to_datetime("Tue, 02 Jan 2024 03:04:05 GMT"), email.utils.formatdate(0), email.header.decode_header("=?iso-8859-1?q?p=F6stal?="), email.header.make_header([("é", "utf-8")]).encode(), email.utils.getaddresses(["a@b, C <c@d>"])); show(lambda: m.__setitem__("Subject", "two")); show(lambda: m.__setitem__("X", "a\nb")); print(email.message_from_string("no headers\n\nbody").get_payload(), email.message_from_string("A: 1\nB\nC: 2\n\nx").defects)
class HP(html.parser.HTMLParser):
    def handle_starttag(s, t, a): print("S", t, a)
    def handle_endtag(s, t): print("E", t)
    def handle_data(s, d): print("D", repr(d))
    def handle_comment(s, d): print("C", d)
    def handle_decl(s, d): print("DECL", d)
    def handle_startendtag(s, t, a): print("SE", t, a)
HP().feed("<!DOCTYPE html><p class='x' disabled data-q=\"a&amp;b\">t &lt; &copy; &#65;<br/><!-- c --><script>if (a < b) x();</script><a href=u>l</a></p><b>un"); 
class H(http.server.BaseHTTPRequestHandler):
    def log_message(s, *a): pass
    def do_GET(s):
        if s.path == "/redir": s.send_response(302); s.send_header("Location", "/ok"); s.end_headers(); return
        if s.path == "/404": s.send_error(404, "nope"); return
        body = json.dumps({"path": s.path, "ua": s.headers.get("X-Test")}).encode(); s.send_response(200); s.send_header("Content-Type", "application/json"); s.send_header("Content-Length", str(len(body))); s.end_headers(); s.wfile.write(body)
    def do_POST(s): n = int(s.headers["Content-Length"]); d = s.rfile.read(n); s.send_response(201); s.end_headers(); s.wfile.write(d[::-1])
srv = http.server.ThreadingHTTPServer(("127.0.0.1", 0), H); threading.Thread(target=srv.serve_forever, daemon=True).start(); port = srv.server_port; u = f"http://127.0.0.1:{port}"
r = urllib.request.urlopen(urllib.request.Request(u + "/x?q=1", headers={"X-Test": "v"})); print(r.status, r.read(), r.headers["content-type"], r.geturl().endswith("/x?q=1")); print(urllib.request.urlopen(u + "/redir").read(), urllib.request.urlopen(u + "/p", data=b"abc").read())
try: urllib.request.urlopen(u + "/404")
except urllib.error.HTTPError as e: print(e, e.code, e.reason, b"nope" in e.read())
c = http.client.HTTPConnection("127.0.0.1", port, timeout=5); c.request("GET", "/a"); r = c.getresponse(); print(r.status, r.reason, r.version, r.getheader("content-length"), r.read()); c.request("HEAD", "/a"); print(c.getresponse().status); show(lambda: c.request("GET", "/a b")); c.close(); srv.shutdown(); show(lambda: urllib.request.urlopen("nope://x")); show(lambda: urllib.request.urlopen("http://127.0.0.1:1/")); show(lambda: urllib.request.urlopen("x")); print(urllib.request.urlopen("data:text/plain,hi%20x").read())
a, b = socket.socketpair(); a.sendall(b"ping"); print(b.recv(10), select.select([a, b], [a], [], 0)[1] == [a], a.family.name, a.type.name, a.getsockname() == b.getsockname()); a.close(); print(b.recv(1)); show(lambda: a.send(b"x")); b.close(); s = socket.create_server(("127.0.0.1", 0)); cl = socket.create_connection(s.getsockname()); co, ad = s.accept(); co.settimeout(.05); show(lambda: co.recv(1)); co.setblocking(False); show(lambda: co.recv(1)); cl.shutdown(socket.SHUT_WR); co.setblocking(True); print(co.recv(1), cl.getpeername() == s.getsockname(), repr(s).startswith("<socket.socket fd="), co.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)); f = cl.makefile("rwb"); co.sendall(b"l1\nl2\n"); print(f.readline(), f.readline()); [x.close() for x in (s, cl, co, f)]; show(lambda: socket.inet_aton("1.2.3")); show(lambda: socket.inet_pton(socket.AF_INET6, "::1")); show(lambda: socket.inet_ntoa(b"\x01\x02\x03")); show(lambda: socket.htons(70000)); show(lambda: socket.socket(99)); show(lambda: socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)); show(lambda: socket.create_connection(("127.0.0.1", 1))); show(lambda: socket.gethostbyname("no.such.invalid") if 0 else 1); show(lambda: socket.getservbyname("http")); print(socket.AF_INET, socket.SOCK_STREAM, socket.has_ipv6)
sel = selectors.DefaultSelector(); a, b = socket.socketpair(); sel.register(a, selectors.EVENT_READ, "data"); b.send(b"x"); k, ev = sel.select(1)[0]; print(k.data, ev, len(sel.get_map())); sel.unregister(a); show(lambda: sel.unregister(a)); show(lambda: sel.register(a, 99)); sel.close(); a.close(); b.close()
class TH(socketserver.StreamRequestHandler):
    def handle(s): s.wfile.write(s.rfile.readline().upper())
with socketserver.TCPServer(("127.0.0.1", 0), TH) as ts:
    th = threading.Thread(target=ts.handle_request); th.start(); x = socket.create_connection(ts.server_address); x.sendall(b"shout\n"); print(x.recv(20)); x.close(); th.join()
rs = xmlrpc.server.SimpleXMLRPCServer(("127.0.0.1", 0), logRequests=False, allow_none=True); rs.register_function(pow); rs.register_function(lambda d: {**d, "n": None, "f": 1.5, "b": xmlrpc.client.Binary(b"x")}, "echo"); threading.Thread(target=rs.serve_forever, daemon=True).start(); px = xmlrpc.client.ServerProxy(f"http://127.0.0.1:{rs.server_address[1]}", allow_none=True); print(px.pow(2, 5), px.echo({"k": [1, "é", True]})); show(lambda: px.nope()); show(lambda: px.pow("a", 2)); print(xmlrpc.client.dumps((1, "a"), "m"), xmlrpc.client.loads(xmlrpc.client.dumps(([1], {"a": 2}), methodresponse=False, methodname="z"))); rs.shutdown()
def app(env, start): start("200 OK", [("X", "y")]); return [env["PATH_INFO"].encode()]
e = {}; wsgiref.util.setup_testing_defaults(e); print(b"".join(app(e, lambda *a: print(a))), wsgiref.util.request_uri(e))
