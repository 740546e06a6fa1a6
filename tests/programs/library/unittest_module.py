# unittest: results, assertions, fixtures, mock.
import unittest, io, sys
from unittest import mock
log = []
class T(unittest.TestCase):
    @classmethod
    def setUpClass(cls): log.append("setUpClass")
    def setUp(self): log.append("setUp"); self.addCleanup(log.append, "cleanup")
    def tearDown(self): log.append("tearDown")
    def test_a_ok(self): self.assertTrue(1)
    def test_b_fail(self): self.assertEqual({"a": [1, 2]}, {"a": [1, 3]})
    def test_c_error(self): {}["x"]
    @unittest.skipIf(True, "skipped")
    def test_d(self): pass
    @unittest.expectedFailure
    def test_e(self): self.assertIn(5, [1])
    @unittest.expectedFailure
    def test_f(self): pass
    def test_g_sub(self):
        for i in range(4):
            with self.subTest("sub", i=i): self.assertFalse(i % 2, "odd")
    def test_h_raises(self):
        with self.assertRaises(ValueError) as c: int("x")
        self.assertIn("invalid", str(c.exception)); self.assertRaisesRegex(KeyError, "k", {}.__getitem__, "k"); self.assertWarns(UserWarning, lambda: __import__("warnings").warn("w"))
        with self.assertLogs("lg", "INFO") as l: __import__("logging").getLogger("lg").info("hello")
        self.assertEqual(l.output, ["INFO:lg:hello"])
    def test_i_skip(self): self.skipTest("inside")
    async def not_run(self): pass
class A(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self): self.v = 1
    async def test_async(self): self.assertEqual(self.v, 1)
out = io.StringIO()
suite = unittest.TestSuite([unittest.defaultTestLoader.loadTestsFromTestCase(c) for c in (T, A)])
r = unittest.TextTestRunner(out, verbosity=2).run(suite)
import re; print(re.sub(r"in [\d.]+s", "in Ts", re.sub(r'File ".*/', 'File "', out.getvalue()))); print(r, r.wasSuccessful(), len(log), log[:4])
tc = unittest.TestCase()
for e in ("assertEqual(1, 2)", "assertEqual('a\\nb', 'a\\nc')", "assertEqual([1, 2], [1])", "assertEqual((1,), (2,))", "assertEqual({1}, {2})", "assertEqual({'a': 1}, {'b': 1})", "assertNotEqual(1, 1)", "assertTrue(0)", "assertFalse([1], 'msg')", "assertIs(1, 2)", "assertIsNone(5)", "assertIsNotNone(None)", "assertIn(1, [])", "assertNotIn(1, [1])", "assertIsInstance(1, str)", "assertAlmostEqual(1, 1.1)", "assertAlmostEqual(1, 1.00000001)", "assertAlmostEqual(1, 2, delta=0.5)", "assertGreater(1, 2)", "assertLessEqual(2, 1)", "assertRegex('abc', 'x')", "assertCountEqual([1, 2], [2, 2])", "assertRaises(ValueError, int, '1')", "assertMultiLineEqual('a', 'b')", "assertListEqual([1], (1,))", "assertStartsWith('abc', 'b')", "assertHasAttr(1, 'x')", "assertIsSubclass(int, str)", "assertNoLogs('x').__enter__()", "fail('why')", "assertSequenceEqual([1, 2, 3], [1, 5, 3])", "assertDictEqual({}, [])"):
    try: print(e, eval("tc." + e))
    except AssertionError as x: print(e, "->", x)
m = mock.Mock(return_value=5, name="m"); m(1, k=2); m.a.b(3)
print(m.called, m.call_count, m.call_args, m.call_args_list, m.mock_calls, m.a.b.call_args.args, m.method().x is m.method().x); m.assert_called_once_with(1, k=2)
for f in (lambda: m.assert_called_with(2), lambda: m.assert_not_called(), lambda: m.zz.assert_called(), lambda: mock.Mock(spec=["x"]).y, lambda: mock.Mock(spec=int).assert_x, lambda: m.assert_has_calls([mock.call(9)]), lambda: mock.create_autospec(len)(1, 2)):
    try: f()
    except (AssertionError, AttributeError, TypeError) as x: print(type(x).__name__, re.sub(r"id='\d+'", "id", str(x)))
s = mock.Mock(side_effect=[1, ValueError("se"), 3]); print(s())
try: s()
except ValueError as x: print(x, s())
mm = mock.MagicMock(); mm.__len__.return_value = 7; mm["k"] = 1; print(len(mm), mm["q"] is mm["q"], int(mm), list(mm), mm.__setitem__.call_args, bool(mm))
with mock.patch("os.getcwd", return_value="/patched") as p, mock.patch.dict("os.environ", {"Z": "1"}), mock.patch.object(sys, "maxsize", 3): import os; print(os.getcwd(), p.called, os.environ["Z"], sys.maxsize)
print(os.getcwd() != "/patched", mock.ANY == 5, mock.sentinel.x, mock.call(1, a=2), mock.call.foo(1).bar()); o = mock.mock_open(read_data="line 1\nline 2")
with mock.patch("builtins.open", o): print(open("x").read(), o.call_args)
import asyncio; am = mock.AsyncMock(return_value=3); print(asyncio.run(am(1)), am.await_count)
