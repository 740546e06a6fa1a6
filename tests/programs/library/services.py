# logging, unittest, doctest, warnings, subprocess, tempfile, shutil, zipfile, tarfile, pathlib, glob, threading, sched, signal, mock.
import logging, logging.handlers, unittest, doctest, warnings, subprocess, tempfile, shutil, zipfile, tarfile, pathlib, glob, threading, sched, signal, sys, os, io, re, time, json, string, types, stat, errno
from unittest import mock
sys.stderr = sys.stdout
def show(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, str(e).replace(os.getcwd(), "HERE"))
os.chdir(tempfile.mkdtemp())
h = logging.StreamHandler(sys.stdout); h.setFormatter(logging.Formatter("%(levelname)-8s|%(name)s|%(message)s|%(funcName)s|%(lineno)d")); log = logging.getLogger("a.b"); log.addHandler(h); log.setLevel("DEBUG"); log.propagate = False
log.debug("x %s %d", "y", 5); log.info("%(k)s", {"k": 1}); log.warning("w", extra={"z": 1}); log.log(35, "custom"); log.error("bad %d", "x")
try: 1 / 0
except ZeroDivisionError: log.exception("exc")
log.critical("stack", stack_info=False); print(log, logging.getLevelName(35), logging.getLevelName("INFO"), log.isEnabledFor(5), log.getEffectiveLevel(), log.parent, h, logging.getLogger("a.b") is log, log.getChild("c").name, log.hasHandlers())
f = logging.Filter("a"); print(f.filter(logging.makeLogRecord({"name": "a.b"})), f.filter(logging.makeLogRecord({"name": "ab"}))); 
for k in ({"fmt": "{levelname} {message}", "style": "{"}, {"fmt": "$levelname $message", "style": "$"}, {"fmt": "%(zz)s"}, {"fmt": "x", "style": "!"}, {"fmt": "{message", "style": "{"}): show(lambda: logging.Formatter(**k).format(logging.makeLogRecord({"msg": "m %s", "args": ("a",), "levelname": "INFO"})))
ad = logging.LoggerAdapter(log, {"u": "bob"}); ad.info("adapted"); m = logging.handlers.MemoryHandler(10, target=h); log2 = logging.getLogger("m"); log2.addHandler(m); log2.propagate = False; log2.warning("buffered"); print("before"); m.flush(); show(lambda: log.setLevel("NOPE")); show(lambda: logging.getLogger(5)); logging.addLevelName(35, "NOTICE"); log.log(35, "named"); show(lambda: log.log("x", "y"))
import logging.config
logging.config.dictConfig({"version": 1, "formatters": {"f": {"format": "CFG %(message)s"}}, "handlers": {"h": {"class": "logging.StreamHandler", "formatter": "f", "stream": "ext://sys.stdout"}}, "root": {"level": "INFO", "handlers": ["h"]}}); logging.info("root"); logging.debug("no"); show(lambda: logging.config.dictConfig({"version": 2})); show(lambda: logging.config.dictConfig({"version": 1, "handlers": {"h": {"class": "no.Such"}}})); rot = logging.handlers.RotatingFileHandler("r.log", maxBytes=30, backupCount=2); lr = logging.getLogger("rot"); lr.addHandler(rot); lr.propagate = False; [lr.warning("line %d", i) for i in range(6)]; rot.close(); print(sorted(os.listdir(".")))
class T(unittest.TestCase):
    @classmethod
    def setUpClass(cls): print("suc")
    def setUp(self): self.addCleanup(print, "cleanup")
    def test_a(self): self.assertEqual([1, 2, {"a": 3}], [1, 2, {"a": 4}])
    def test_b(self): self.assertRaisesRegex(ValueError, "x", int, "q")
    def test_c(self):
        for i in range(3):
            with self.subTest(i=i): self.assertNotEqual(i, 1)
    @unittest.skip("why")
    def test_d(self): pass
    @unittest.expectedFailure
    def test_e(self): self.fail("expected")
    @unittest.expectedFailure
    def test_f(self): pass
    def test_g(self): raise KeyError("err")
    def test_h(self): self.assertMultiLineEqual("a\nb\n", "a\nc\n")
    def test_i(self):
        with self.assertLogs("zz", "INFO") as cm: logging.getLogger("zz").info("hi")
        self.assertEqual(cm.output, ["INFO:zz:hi"]); self.assertAlmostEqual(1.0, 1.1)
    def test_j(self): self.skipTest("dyn")
    def test_k(self):
        with self.assertWarns(UserWarning): pass
    def test_l(self): self.assertCountEqual([1, 2], [2, 3]); 
    def test_m(self): self.assertIn(1, [2]); 
    def test_n(self): self.assertDictEqual({"a": 1}, {"a": 2, "b": 3})
    def test_o(self): self.assertIsInstance(1, str, "my msg")
    def test_p(self): self.assertTrue(0); 
    def test_q(self): self.assertHasAttr(1, "zz")
    def test_r(self): self.assertStartsWith("abc", "b")
out = io.StringIO(); r = unittest.TextTestRunner(out, verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(T))
print(re.sub(r"in \d+\.\d+s", "in Xs", re.sub(r'File ".*?"', 'File "F"', out.getvalue())), r)
def dt():
    """
    >>> 1 + 1
    2
    >>> print("a\\n\\nb")
    a
    <BLANKLINE>
    b
    >>> [1, 2, 3]  # doctest: +ELLIPSIS
    [1, ..., 3]
    >>> 1 / 0
    Traceback (most recent call last):
    ZeroDivisionError: division by zero
    >>> 5
    6
    >>> nope
    1
    """
def rdt():
    for t in doctest.DocTestFinder().find(dt, "dt", globs={}): print(re.sub(r'File ".*?"', 'File "F"', str(doctest.DocTestRunner(verbose=False).run(t))))
rdt()
mk = mock.Mock(return_value=3, side_effect=[1, 2]); print(mk(1, a=2), mk(), mk.call_args_list, mk.call_count, mk.mock_calls); show(lambda: mk()); show(lambda: mk.assert_called_once()); show(lambda: mk.assert_called_with(9)); show(lambda: mock.Mock(spec=["a"]).b); mm = mock.MagicMock(); mm.__len__.return_value = 7; mm.a.b().c = 5; print(len(mm), mm.mock_calls, mm.a.b.return_value.c, repr(mm["k"])[:17], repr(mm.zz)[:16])
with mock.patch("os.getcwd", return_value="/fake") as p, mock.patch.dict(os.environ, {"QQ": "1"}), mock.patch.object(string, "digits", "99"): print(os.getcwd(), p.called, os.environ["QQ"], string.digits)
ca = mock.create_autospec(lambda a, b=1: None); show(lambda: ca(1, 2, 3)); show(lambda: mock.call(1).foo(2)); print(mock.ANY == 5, mock.sentinel.x, mock.call(1, a=2) == mock.call(1, a=2)); o = mock.mock_open(read_data="l1\nl2"); print(o().read(), list(o()))
with warnings.catch_warnings(record=True) as w: warnings.simplefilter("always"); warnings.warn("a"); warnings.warn("b", DeprecationWarning, stacklevel=2); warnings.warn_explicit("c", UserWarning, "f.py", 3); print([(str(x.message), x.category.__name__, x.lineno if x.filename == "f.py" else 0) for x in w], w[0])
for f in (lambda: warnings.warn(5, int), lambda: warnings.simplefilter("nope"), lambda: warnings.filterwarnings("error", category=UserWarning) or warnings.warn("boom"), lambda: warnings.formatwarning("m", UserWarning, "f", 1, "line"), lambda: warnings.deprecated("old")(lambda: 5)()): show(f)
warnings.resetwarnings()
for f in (lambda: subprocess.run([sys.executable, "-c", "print(1); import sys; sys.exit(3)"], capture_output=True, text=True).returncode, lambda: subprocess.check_output("echo hi; exit 2", shell=True), lambda: subprocess.run(["/nope"]), lambda: subprocess.run("cat", input="abc", capture_output=True, text=True).stdout, lambda: subprocess.run("sleep 5", shell=True, timeout=.1), lambda: subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE).communicate(b"x"), lambda: subprocess.run("kill -9 $$", shell=True), lambda: subprocess.getstatusoutput("echo a; false"), lambda: subprocess.run("exit 1", shell=True, check=True), lambda: subprocess.list2cmdline(["a b", 'c"d']), lambda: subprocess.run(["true"], capture_output=True, stdout=1), lambda: subprocess.run("echo e >&2", shell=True, stderr=subprocess.STDOUT, stdout=subprocess.PIPE).stdout, lambda: subprocess.run(["pwd"], cwd="/", capture_output=True).stdout, lambda: subprocess.run(["env"], env={"A": "1"}, capture_output=True).stdout, lambda: subprocess.run(["true"], cwd="/nope")): show(f)
os.makedirs("d/e"); pathlib.Path("d/f.txt").write_text("héllo\n"); pathlib.Path("d/e/g.bin").write_bytes(b"\0" * 100)
with zipfile.ZipFile("z.zip", "w", zipfile.ZIP_DEFLATED) as z: z.writestr(zipfile.ZipInfo("a.txt", (2020, 1, 2, 3, 4, 6)), "x" * 100); z.write("d/f.txt"); z.mkdir("dir"); z.comment = b"cm"
with zipfile.ZipFile("z.zip") as z: print(z.namelist(), z.read("a.txt")[:3], z.getinfo("a.txt"), z.testzip(), z.comment, zipfile.is_zipfile("z.zip"), zipfile.Path(z, "d/").joinpath("f.txt").read_text(encoding="utf-8")); show(lambda: z.read("nope")); z.printdir() if 0 else 0
show(lambda: zipfile.ZipFile("d/f.txt")); show(lambda: zipfile.ZipFile("nope.zip"))
with tarfile.open("t.tgz", "w:gz") as t: t.add("d", filter=lambda i: i if "bin" not in i.name else None); i = tarfile.TarInfo("mem"); i.size = 3; i.mode = 0o600; t.addfile(i, io.BytesIO(b"abc"))
with tarfile.open("t.tgz") as t: print(sorted(t.getnames()), t.extractfile("mem").read(), t.getmember("mem"), t.getmember("d").isdir()); t.extractall("out", filter="data"); show(lambda: t.getmember("zz"))
i = tarfile.TarInfo("../evil"); show(lambda: tarfile.data_filter(i, "out")); show(lambda: tarfile.open("d/f.txt")); print(sorted(glob.glob("**", recursive=True)), shutil.copytree("d", "copy"), sorted(os.listdir("copy")), shutil.make_archive("arch", "zip", "d"), shutil.which("sh") is not None, shutil.move("copy", "moved"), shutil.rmtree("moved"), shutil.disk_usage("/").total > 0) if 0 else print(sorted(glob.glob("**", recursive=True)))
for f in (lambda: shutil.rmtree("nope"), lambda: shutil.copy("d/f.txt", "d/f.txt"), lambda: shutil.copytree("d", "out"), lambda: shutil.unpack_archive("x.zzz"), lambda: pathlib.Path("d").rename("d2") and 0, lambda: pathlib.Path("nope").read_text(), lambda: sorted(p.name for p in pathlib.Path("d2").rglob("*")), lambda: list(pathlib.Path("d2").walk())[0][1:], lambda: pathlib.PurePath("a/b/../c.tar.gz").suffixes, lambda: pathlib.PurePosixPath("/a/b").relative_to("/a/c", walk_up=True), lambda: pathlib.PurePath("a/b").match("*/b"), lambda: pathlib.PurePath("a/b/c").full_match("a/**"), lambda: pathlib.PureWindowsPath("C:\\a\\b").parts, lambda: pathlib.Path("a") / 5, lambda: pathlib.Path("a").with_suffix("x"), lambda: pathlib.PurePath("a").is_relative_to("b"), lambda: pathlib.Path.from_uri("file:///a%20b"), lambda: pathlib.Path("/x y").as_uri(), lambda: repr(pathlib.Path("a") / "/b"), lambda: hash(pathlib.PurePath("a")) == hash(pathlib.PurePath("a")), lambda: pathlib.PurePath("b") < pathlib.PurePath("a"), lambda: stat.filemode(os.stat("d2").st_mode)[0], lambda: os.strerror(2), lambda: errno.errorcode[13], lambda: os.path.commonpath(["/a/b", "/a/c"]), lambda: os.path.commonpath(["/a", "b"]), lambda: os.path.splitext("a.tar.gz"), lambda: os.path.relpath("/a/b", "/a/c/d"), lambda: os.fspath(5), lambda: os.environ["NOPE_X"], lambda: os.environ.__setitem__("A", 5), lambda: os.listdir("nope"), lambda: os.getenv("NOPE", "d"), lambda: os.path.expandvars("$QQQ/${HOMEX}"), lambda: os.open("nope", os.O_RDONLY), lambda: os.rmdir("d2"), lambda: os.stat("x\0y"), lambda: os.chdir(5.5), lambda: os.write(99, b"a"), lambda: os.kill(os.getpid(), 0), lambda: os.replace("nope", "b"), lambda: os.readlink("z.zip"), lambda: os.get_terminal_size(0) if 0 else 1, lambda: os.waitpid(-1, 0), lambda: os.cpu_count() > 0, lambda: os.sysconf("SC_NOPE"), lambda: os.urandom(-1), lambda: os.truncate("z.zip", -1)): show(f)
s = sched.scheduler(); s.enter(.02, 1, print, ("second",)); s.enter(.01, 1, print, ("first",)); s.enter(.01, 0, print, ("zeroth",)); s.run(); print(s.empty())
e = threading.Event(); res = []; t = threading.Thread(target=lambda: (e.wait(), res.append(threading.current_thread().name)), name="W", daemon=True); t.start(); e.set(); t.join(); print(res, t.name, t.is_alive(), threading.main_thread().name); show(lambda: t.start()); show(lambda: threading.Thread().join()); show(lambda: threading.Lock().release()); show(lambda: threading.Semaphore(-1)); show(lambda: threading.BoundedSemaphore(1).release()); show(lambda: threading.Barrier(1).wait()); b = threading.Barrier(2); b.abort(); show(lambda: b.wait()); show(lambda: threading.RLock().release()); show(lambda: threading.Condition().notify()); show(lambda: threading.Thread(target=5, group=1)); show(lambda: threading.Timer(.01, print, ["timer"]).run()); loc = threading.local(); loc.x = 1; show(lambda: loc.y)
def bad(): raise ValueError("in thread")
t = threading.Thread(target=bad, name="Bad"); out = io.StringIO(); sys.stderr = out; t.start(); t.join(); print(re.sub(r'File ".*?", line \d+', 'File "F", line N', out.getvalue()))
sys.stderr = sys.stdout; threading.excepthook = lambda a: print("hook", a.exc_type.__name__, a.thread.name); t = threading.Thread(target=bad); t.start(); t.join()
def sig(n, f): print("signal", signal.Signals(n).name); raise InterruptedError("from handler")
signal.signal(signal.SIGALRM, sig); signal.setitimer(signal.ITIMER_REAL, .02); show(lambda: time.sleep(2)); show(lambda: signal.signal(9, sig)); show(lambda: signal.signal(1, 5)); show(lambda: signal.Signals(99)); print(signal.getsignal(signal.SIGALRM) is sig, signal.SIGINT, repr(signal.SIG_DFL), signal.strsignal(11)); show(lambda: signal.raise_signal(signal.SIGALRM))
