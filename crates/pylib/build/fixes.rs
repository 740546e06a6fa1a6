//! Mistakes of the library that later bug-fix releases of Python 3.14 do not have, made good. Each edit is as small as
//! the mistake; `docs/pylib.md` says what each is about.

use crate::edits::Change::{self, After, Cut, Replace};

pub const FIXES: &[(&str, Change)] = &[
    (
        "_py_abc.py",
        Replace(
            "        subclass = instance.__class__\n",
            "        subclass = getattr(instance, \"__class__\", type(instance))\n",
        ),
    ),
    (
        "annotationlib.py",
        Replace(
            "        if value.__module__ == \"builtins\":\n",
            r#"        module = value.__module__
        owner = getattr(value, "__self__", None)
        if module is None and owner is not None:
            module = (owner if isinstance(owner, type) else type(owner)).__module__
        if module in (None, "builtins"):
"#,
        ),
    ),
    (
        "annotationlib.py",
        Replace(r#"f"{value.__module__}.{value.__qualname__}""#, r#"f"{module}.{value.__qualname__}""#),
    ),
    ("bdb.py", Replace("            for bp in blist:\n", "            for bp in list(blist):\n")),
    // 8 ** n is less than 10 ** n, which is huge in a context without bounds.
    (
        "_pydecimal.py",
        Replace(
            "            if q < 10**context.prec:\n",
            "            if q.bit_length() <= 3 * context.prec or q < 10**context.prec:\n",
        ),
    ),
    (
        "_pydecimal.py",
        Replace(
            "        if q >= 10**context.prec:\n",
            "        if q.bit_length() > 3 * context.prec and q >= 10**context.prec:\n",
        ),
    ),
    (
        "ipaddress.py",
        Replace(
            "        ip_int = self._ip_int_from_string(ip_str)\n        hex_str",
            r"        ip_str, _ = self._split_scope_id(ip_str)
        ip_int = self._ip_int_from_string(ip_str)
        hex_str",
        ),
    ),
    (
        "ipaddress.py",
        After(
            "        ip_str, _ = self._split_scope_id(ip_str)\n",
            "        if isinstance(self, (_BaseNetwork, IPv6Interface)):\n",
            r"        zone = getattr(self, '_scope_id', None)
        if zone is not None:
            parts[-1] += '%' + zone
        if isinstance(self, (_BaseNetwork, IPv6Interface)):
",
        ),
    ),
    // Pairs of upper and lower case that Unicode 3.2 did not have.
    (
        "stringprep.py",
        Replace(
            "    return code.lower()\n",
            r"    lower = code.lower()
    return code if any(unicodedata.category(c) == 'Cn' for c in code + lower) else lower
",
        ),
    ),
    (
        "subprocess.py",
        Replace(
            "        if self.returncode and self.returncode < 0:\n",
            "        if isinstance(self.returncode, int) and self.returncode < 0:\n",
        ),
    ),
    (
        "subprocess.py",
        Replace(
            "returned non-zero exit status %d.\" % (\n                    self.cmd,",
            "returned non-zero exit status %s.\" % (\n                    self.cmd,",
        ),
    ),
    (
        "sysconfig/__init__.py",
        Replace("#define ([A-Z][A-Za-z0-9_]+) (.*)", "#define ([A-Z][A-Za-z0-9_]+|_Py_[A-Za-z0-9_]+) (.*)"),
    ),
    (
        "sysconfig/__init__.py",
        Replace("#undef ([A-Z][A-Za-z0-9_]+) ", "#undef ([A-Z][A-Za-z0-9_]+|_Py_[A-Za-z0-9_]+) "),
    ),
    (
        "sqlite3/dump.py",
        Replace("SELECT 'INSERT INTO {0} VALUES('{1}')' FROM {0};", "SELECT 'INSERT INTO {2} VALUES('{1}')' FROM {0};"),
    ),
    (
        "sqlite3/dump.py",
        Replace(
            "(_quote_name(col)) for col in column_names\n            )\n",
            r#"(_quote_name(col)) for col in column_names
            ),
            table_name_ident.replace("'", "''"),
"#,
        ),
    ),
    ("threading.py", Replace("                if timeout > 0:\n", "                if not timeout <= 0:\n")),
    // Abstract test cases are for others to be derived from.
    (
        "unittest/loader.py",
        Replace(
            "def _make_failed_import_test(",
            r#"def _is_abstract(test_case):
    return bool(getattr(test_case, "__abstractmethods__", None))


def _make_failed_import_test("#,
        ),
    ),
    (
        "unittest/loader.py",
        Replace(
            "        if testCaseClass in (case.TestCase, case.FunctionTestCase):\n",
            "        if testCaseClass in (case.TestCase, case.FunctionTestCase) or _is_abstract(testCaseClass):\n",
        ),
    ),
    (
        "unittest/loader.py",
        Replace(
            r"                and obj not in (case.TestCase, case.FunctionTestCase)
            ):
                tests.append(",
            r"                and obj not in (case.TestCase, case.FunctionTestCase)
                and not _is_abstract(obj)
            ):
                tests.append(",
        ),
    ),
    (
        "unittest/loader.py",
        Replace(
            "            inst = parent(name)\n",
            r#"            if _is_abstract(parent):
                raise TypeError(f"Cannot instantiate abstract test case {parent.__name__}")
            inst = parent(name)
"#,
        ),
    ),
    // What a parent has of a tag is looked for once.
    (
        "xml/etree/ElementPath.py",
        Replace(
            "            parent_map = get_parent_map(context)\n            for elem",
            r"            parent_map = get_parent_map(context)
            siblings = {}
            for elem",
        ),
    ),
    (
        "xml/etree/ElementPath.py",
        Replace(
            "                    elems = list(parent.findall(elem.tag))\n",
            r"                    elems = siblings.get((parent, elem.tag))
                    if elems is None:
                        elems = list(parent.findall(elem.tag))
                        siblings[parent, elem.tag] = elems
",
        ),
    ),
    ("xml/etree/ElementTree.py", Replace("elem.text.strip()", "elem.text.strip(' \\t\\r\\n')")),
    (
        "xml/etree/ElementTree.py",
        Replace("not child.tail or not child.tail.strip()", "not (child.tail or '').strip(' \\t\\r\\n')"),
    ),
    (
        "xml/etree/ElementTree.py",
        Replace("        if not child.tail.strip():\n", "        if not child.tail.strip(' \\t\\r\\n'):\n"),
    ),
    (
        "xml/etree/ElementTree.py",
        Replace("            data = data.strip()\n", "            data = data.strip(' \\t\\r\\n')\n"),
    ),
    // The parser itself knows all the forms of a document type.
    (
        "xml/etree/ElementTree.py",
        Replace(
            "        parser.DefaultHandlerExpand = self._default\n",
            r"        parser.DefaultHandlerExpand = self._default
        parser.StartDoctypeDeclHandler = self._start_doctype
",
        ),
    ),
    (
        "xml/etree/ElementTree.py",
        Cut("        elif prefix == \"<\" and text[:9] == \"<!DOCTYPE\":\n", "    def feed(self, data):\n"),
    ),
    (
        "xml/etree/ElementTree.py",
        Replace(
            "    def _default(self, text):\n",
            r#"    def _start_doctype(self, name, system, pubid, has_internal_subset):
        if hasattr(self.target, "doctype"):
            self.target.doctype(name, pubid, system)
        elif hasattr(self, "doctype"):
            warnings.warn(
                "The doctype() method of XMLParser is ignored.  "
                "Define doctype() method on the TreeBuilder target.",
                RuntimeWarning)

    def _default(self, text):
"#,
        ),
    ),
    ("traceback.py", Replace("import codeop\n", "")),
    (
        "traceback.py",
        Replace(
            "        assert self._is_syntax_error\n",
            r"        assert self._is_syntax_error
        import codeop
",
        ),
    ),
    (
        "traceback.py",
        Replace(
            "        msg = self.msg or \"<no detail available>\"\n",
            r#"        try:
            msg = self.msg or "<no detail available>"
        except TypeError:
            msg = self.msg
"#,
        ),
    ),
    (
        "asyncio/tasks.py",
        Replace(
            "            f.remove_done_callback(_on_completion)\n",
            r"            f.remove_done_callback(_on_completion)
            futures.future_discard_from_awaited_by(f, cur_task)
",
        ),
    ),
    (
        "asyncio/tasks.py",
        After(
            "    fut.add_done_callback(cb)\n",
            "\n",
            r"    canceller = current_task(loop)
    futures.future_add_to_awaited_by(fut, canceller)

",
        ),
    ),
    (
        "asyncio/tasks.py",
        After(
            "        fut.remove_done_callback(cb)\n",
            "\n",
            r"        futures.future_discard_from_awaited_by(fut, canceller)

",
        ),
    ),
    (
        "asyncio/tasks.py",
        Replace(
            r"        for f in todo:
            f.add_done_callback(self._handle_completion)
",
            r"        self._waiter = current_task(loop)
        for f in todo:
            f.add_done_callback(self._handle_completion)
            futures.future_add_to_awaited_by(f, self._waiter)
",
        ),
    ),
    (
        "asyncio/tasks.py",
        Replace(
            "            self._done.put_nowait(None)  # Sentinel",
            r"            futures.future_discard_from_awaited_by(f, self._waiter)
            self._done.put_nowait(None)  # Sentinel",
        ),
    ),
    (
        "asyncio/tasks.py",
        Replace(
            "        self._todo.remove(f)\n",
            r"        futures.future_discard_from_awaited_by(f, self._waiter)
        self._todo.remove(f)
",
        ),
    ),
    (
        "asyncio/tasks.py",
        Replace(
            "        f = await self._done.get()\n",
            r"        taken = False
        try:
            f = await self._done.get()
            taken = True
        finally:
            self._todo_left += not taken
",
        ),
    ),
    (
        "asyncio/tasks.py",
        Replace(
            r"        cur_task = None

    def _done_callback(fut, cur_task=cur_task):
",
            r"        cur_task = None

    def _fail(exc):
        # Nobody waits for those that go on.
        if cur_task is not None:
            for fut in arg_to_fut.values():
                futures.future_discard_from_awaited_by(fut, cur_task)
        outer.set_exception(exc)

    def _done_callback(fut, cur_task=cur_task):
",
        ),
    ),
    (
        "asyncio/tasks.py",
        Replace(
            r"                # instead of returning it.
                exc = fut._make_cancelled_error()
                outer.set_exception(exc)
",
            r"                # instead of returning it.
                _fail(fut._make_cancelled_error())
",
        ),
    ),
    (
        "asyncio/tasks.py",
        Replace(
            r"                if exc is not None:
                    outer.set_exception(exc)
                    return
",
            r"                if exc is not None:
                    _fail(exc)
                    return
",
        ),
    ),
    ("asyncio/tasks.py", Cut("def _log_on_exception(fut):", "def shield(arg):")),
    (
        "asyncio/tasks.py",
        Replace(
            r"            # Keep only one callback to log on cancel
            inner.remove_done_callback(_log_on_exception)
            inner.add_done_callback(_log_on_exception)
",
            r"            if cur_task is not None:
                inner.remove_done_callback(_clear_awaited_by_callback)
                _clear_awaited_by_callback(inner)
",
        ),
    ),
    (
        "asyncio/graph.py",
        Replace(
            r"            # A native coroutine or duck-type compatible iterator
            st.append(FrameCallGraphEntry(coro.cr_frame))
",
            r"            # A native coroutine or duck-type compatible iterator
            if (frame := coro.cr_frame) is not None:
                st.append(FrameCallGraphEntry(frame))
",
        ),
    ),
    (
        "asyncio/graph.py",
        Replace(
            "            is_async = f.f_generator is not None\n",
            "            is_async = not isinstance(f.f_generator, (types.NoneType, types.GeneratorType))\n",
        ),
    ),
    (
        "asyncio/base_events.py",
        Replace(
            r"                self.close()
                await self.wait_closed()
",
            r"                self.close()
                self.close_clients()
                await self.wait_closed()
",
        ),
    ),
    (
        "asyncio/base_events.py",
        Replace(
            r"        sock.setblocking(False)

        protocol = protocol_factory()
        waiter = self.create_future()
        if ssl:
            sslcontext = None if isinstance(ssl, bool) else ssl
            transport = self._make_ssl_transport(
                sock, protocol, sslcontext, waiter,
                server_side=server_side, server_hostname=server_hostname,
                ssl_handshake_timeout=ssl_handshake_timeout,
                ssl_shutdown_timeout=ssl_shutdown_timeout)
        else:
            transport = self._make_socket_transport(sock, protocol, waiter)

        try:
            await waiter
        except:
            transport.close()
            raise
",
            r"        transport = None
        try:
            sock.setblocking(False)
            protocol = protocol_factory()
            waiter = self.create_future()
            if ssl:
                sslcontext = None if isinstance(ssl, bool) else ssl
                transport = self._make_ssl_transport(
                    sock, protocol, sslcontext, waiter,
                    server_side=server_side, server_hostname=server_hostname,
                    ssl_handshake_timeout=ssl_handshake_timeout,
                    ssl_shutdown_timeout=ssl_shutdown_timeout)
            else:
                transport = self._make_socket_transport(sock, protocol, waiter)
            await waiter
        except:
            # Whoever owns the socket by now lets go of it.
            (sock if transport is None else transport).close()
            raise
        finally:
            # The exception's traceback and the future do not keep each other.
            waiter = None
",
        ),
    ),
    (
        "asyncio/base_events.py",
        Replace(
            r"            conmade_cb.cancel()
            resume_cb.cancel()
            raise
",
            r"            conmade_cb.cancel()
            resume_cb.cancel()
            raise
        finally:
            waiter = None
",
        ),
    ),
    (
        "asyncio/selector_events.py",
        Replace(
            "    def _sock_accept(self, fut, sock):\n",
            r"    def _sock_accept(self, fut, sock):
        if fut.done():
            return  # cancelled after the reader was scheduled
",
        ),
    ),
    (
        "asyncio/selector_events.py",
        After(
            "            self._adjust_leftover_buffer(nbytes)\n",
            "                if self._closing:\n",
            r"                if self._closing and self._conn_lost:
                    pass  # resume_writing() has closed it
                elif self._closing:
                    self._conn_lost += 1
",
        ),
    ),
    (
        "asyncio/selector_events.py",
        Replace(
            "                if self._closing:\n",
            r"                if self._closing and self._conn_lost:
                    pass  # resume_writing() has closed it
                elif self._closing:
                    self._conn_lost += 1
",
        ),
    ),
    (
        "asyncio/selector_events.py",
        Replace(
            r"        self._buffer.extend([memoryview(data) for data in list_of_data])
        self._write_ready()
",
            r"        self._buffer.extend(memoryview(data) for data in list_of_data if data)
        if not self._buffer:
            return
        self._write_ready()
",
        ),
    ),
    (
        "asyncio/selector_events.py",
        Replace(
            r"            self._write_ready = None
            if self._empty_waiter",
            r"            self._write_ready = self._read_ready_cb = None
            if self._empty_waiter",
        ),
    ),
    (
        "asyncio/streams.py",
        Replace(
            r"        loop = self._loop
        self._transport = transport
        self._over_ssl = transport.get_extra_info('sslcontext') is not None
",
            r"        self._transport = transport
        self._over_ssl = transport.get_extra_info('sslcontext') is not None
        if (reader := self._stream_reader) is not None:
            reader._transport = transport
",
        ),
    ),
    (
        "asyncio/streams.py",
        Replace(
            "            res = self._client_connected_cb(reader, writer)\n",
            r"            try:
                res = self._client_connected_cb(reader, writer)
            except Exception as exc:
                self._strong_reader = None
                transport.close()
                self._loop.call_exception_handler({
                    'message': 'Unhandled exception in client_connected_cb',
                    'exception': exc,
                    'transport': transport,
                })
                return
",
        ),
    ),
    // The exit is told of in the step of the loop that reaps the child: in between, its number may be somebody else's.
    (
        "asyncio/unix_events.py",
        Replace("self.call_soon_threadsafe(transp._process_exited, returncode)", "transp._process_exited(returncode)"),
    ),
    (
        "asyncio/unix_events.py",
        Replace(
            "        assert expected_pid > 0\n",
            r"        assert expected_pid > 0
        try:
            os.waitid(os.P_PID, expected_pid, os.WEXITED | os.WNOWAIT)
        except ChildProcessError:
            pass  # somebody else has reaped it, as _reap() will find
        if loop.is_closed():
            self._reap(loop, expected_pid)
        else:
            loop.call_soon_threadsafe(self._tell, loop, expected_pid, callback, args)
        self._threads.pop(expected_pid)

    def _tell(self, loop, pid, callback, args):
        callback(pid, self._reap(loop, pid), *args)

    def _reap(self, loop, expected_pid):
",
        ),
    ),
    (
        "asyncio/unix_events.py",
        Replace("            loop.call_soon_threadsafe(callback, pid, returncode, *args)\n", ""),
    ),
    (
        "asyncio/unix_events.py",
        Replace(
            "            logger.warning(\"Loop %r that handles pid %r is closed\", loop, pid)\n        else:\n",
            "            logger.warning(\"Loop %r that handles pid %r is closed\", loop, pid)\n",
        ),
    ),
    (
        "asyncio/unix_events.py",
        Replace("        self._threads.pop(expected_pid)\n\ndef", "        return returncode\n\ndef"),
    ),
    // A peer that has ended its side and reads nothing is not waited for without end.
    (
        "asyncio/sslproto.py",
        Replace(
            "                    return True\n                else:\n                    self._do_flush()\n",
            r"                    return True
                self._shutdown_timeout_handle = self._loop.call_later(
                    self._ssl_shutdown_timeout, self._check_shutdown_timeout)
                self._do_flush()
",
        ),
    ),
    (
        "asyncio/sslproto.py",
        After(
            "    def _on_shutdown_complete(self, shutdown_exc):\n",
            "        if self._shutdown_timeout_handle is not None:\n",
            "        if shutdown_exc and self._shutdown_timeout_handle is not None:\n",
        ),
    ),
    (
        "asyncio/base_subprocess.py",
        Replace(
            "        self._call(self._protocol.process_exited)\n",
            r"        self._call(self._protocol.process_exited)
        # Whoever waits for the exit does not wait for the pipes, which others may hold open.
        for waiter in self._exit_waiters:
            if not waiter.done():
                waiter.set_result(returncode)
",
        ),
    ),
    (
        "asyncio/base_subprocess.py",
        Replace(
            "            self._check_proc()\n            try:\n",
            r"            self._check_proc()
            if self._returncode is not None:
                return
            try:
",
        ),
    ),
    (
        "asyncio/unix_events.py",
        Replace(
            r"
        os.close(pidfd)
",
            r"        finally:
            os.close(pidfd)
",
        ),
    ),
    (
        "_pydatetime.py",
        Replace(
            "def _parse_isoformat_date(dtstr):\n",
            r#"def _iso_number(text, width):
    # Digits of ASCII only: int() takes signs, spaces and other digits, too.
    if len(text) != width or not all(map(_is_ascii_digit, text)):
        raise ValueError("Invalid isoformat string")
    return int(text)


def _parse_isoformat_date(dtstr):
"#,
        ),
    ),
    ("_pydatetime.py", Replace("int(dtstr[0:4])", "_iso_number(dtstr[0:4], 4)")),
    (
        "_pydatetime.py",
        Replace("        weekno = int(dtstr[pos:pos + 2])", "        weekno = _iso_number(dtstr[pos:pos + 2], 2)"),
    ),
    ("_pydatetime.py", Replace("int(dtstr[pos:pos + 1])", "_iso_number(dtstr[pos:pos + 1], 1)")),
    (
        "_pydatetime.py",
        Replace("        month = int(dtstr[pos:pos + 2])", "        month = _iso_number(dtstr[pos:pos + 2], 2)"),
    ),
    (
        "_pydatetime.py",
        Replace("        day = int(dtstr[pos:pos + 2])", "        day = _iso_number(dtstr[pos:pos + 2], 2)"),
    ),
    (
        "_pydatetime.py",
        Replace(
            r#"        if (len_str - pos) < 2:
            raise ValueError("Incomplete time component")

        time_comps[comp] = int(tstr[pos:pos+2])"#,
            "        time_comps[comp] = _iso_number(tstr[pos:pos+2], 2)",
        ),
    ),
    (
        "configparser.py",
        Replace(
            r"            (?:\s+(?:(?!{delim})\S)+)*)    # optionally more words
        \s*(?P<vi>",
            r"            (?:(?:(?!{delim})\s)+(?:(?!{delim})\S)+)*) # optionally more words
        \s*(?P<vi>",
        ),
    ),
    (
        "configparser.py",
        Replace(
            r"            (?:\s+(?:(?!{delim})\S)+)*)    # optionally more words
        \s*(?:    ",
            r"            (?:(?:(?!{delim})\s)+(?:(?!{delim})\S)+)*) # optionally more words
        \s*(?:    ",
        ),
    ),
    (
        "logging/__init__.py",
        Replace(
            "                self.stream = self._open()\n",
            r"                try:
                    self.stream = self._open()
                except Exception:
                    return self.handleError(record)
",
        ),
    ),
    (
        "logging/__init__.py",
        Replace(
            r"            if hdlr in self.handlers:
                self.handlers.remove(hdlr)
",
            r"            if hdlr in self.handlers:
                # Whoever goes over the handlers keeps the list of before.
                at = self.handlers.index(hdlr)
                self.handlers = self.handlers[:at] + self.handlers[at + 1:]
",
        ),
    ),
    (
        "logging/handlers.py",
        Replace(
            r"                                     time.strftime(self.suffix, timeTuple))
        if os.path.exists(dfn):
            # Already",
            r"                                     time.strftime(self.suffix, timeTuple))
        # Whatever fails below is not tried again with each record.
        self.rolloverAt = self.computeRollover(currentTime)
        if os.path.exists(dfn):
            # Already",
        ),
    ),
    (
        "logging/handlers.py",
        After("                os.remove(s)\n", "        self.rolloverAt = self.computeRollover(currentTime)\n", ""),
    ),
    (
        "logging/handlers.py",
        Replace(
            r"        self.reopenIfNeeded()
        logging.FileHandler.emit(self, record)
",
            r"        try:
            self.reopenIfNeeded()
        except Exception:
            return self.handleError(record)
        logging.FileHandler.emit(self, record)
",
        ),
    ),
    (
        "logging/handlers.py",
        Replace(
            r"        self.timeout = timeout
        self.socket = None
        self.createSocket()
",
            r"        self.timeout = timeout
        self.socket = None
        try:
            self.createSocket()
        except socket.gaierror:
            self.socket = None  # the first record tries again
",
        ),
    ),
    (
        "logging/config.py",
        Replace(
            r"            server = self.rcvr(port=self.port, handler=self.hdlr,
                               ready=self.ready,
                               verify=self.verify)
",
            r"            try:
                server = self.rcvr(port=self.port, handler=self.hdlr,
                                   ready=self.ready,
                                   verify=self.verify)
            except BaseException:
                self.ready.set()  # nobody waits for what never starts
                raise
",
        ),
    ),
    (
        "linecache.py",
        Replace(
            "        # Try looking through the module search path, which is only useful\n",
            r"        # A file of an archive that modules are imported from.
        if (data := _archived(fullname)) is not None:
            lines = [line + '\n' for line in data.splitlines()]
            cache[filename] = (len(data), None, lines, fullname)
            return lines

        # Try looking through the module search path, which is only useful
",
        ),
    ),
    (
        "linecache.py",
        Replace(
            "def lazycache(filename, module_globals):\n",
            r#"def _archived(path):
    """The text of a file that lies below what a path entry finder reads."""
    try:
        import os
        import sys
        from importlib.util import decode_source
    except ImportError:
        return None
    finders = sys.path_importer_cache or {}
    above = path
    while above != (above := os.path.dirname(above)):
        read = getattr(finders.get(above), 'get_data', None)
        if read is not None:
            try:
                return decode_source(read(path))
            except (ImportError, OSError, SyntaxError, UnicodeDecodeError):
                pass
    return None


def lazycache(filename, module_globals):
"#,
        ),
    ),
    (
        "http/client.py",
        Replace(
            "_MAXHEADERS = 100\n",
            r"_MAXHEADERS = 100

# How many answers 100 may come before the real one.
_MAXINTERIMRESPONSES = 100
",
        ),
    ),
    (
        "http/client.py",
        After(
            "        # read until we get a non-100 response\n",
            "        while True:\n",
            r"        interim = 0
        while True:
",
        ),
    ),
    (
        "http/client.py",
        After(
            "            if status != CONTINUE:\n",
            "                break\n",
            r#"                break
            interim += 1
            if interim >= _MAXINTERIMRESPONSES:
                raise HTTPException(
                    f"got more than {_MAXINTERIMRESPONSES} interim responses")
"#,
        ),
    ),
    (
        "http/client.py",
        Replace(
            r"        ### note: we shouldn't have any trailers!
        while True:
",
            r#"        ### note: we shouldn't have any trailers!
        for seen in range(_MAXHEADERS + 2):
            if seen > _MAXHEADERS:
                raise HTTPException(f"got more than {_MAXHEADERS} trailers")
"#,
        ),
    ),
    (
        "http/client.py",
        Replace(
            r#"            value_bytes = value.encode("latin-1")
            if not _is_legal_header_name"#,
            r#"            value_bytes = str(value).encode("latin-1")
            if not _is_legal_header_name"#,
        ),
    ),
    (
        "http/server.py",
        Replace(
            r"            except (ValueError, IndexError):
                self.send_error(
",
            r"            except (ValueError, IndexError):
                self.request_version = ''  # unlike 0.9's, the answer has a head
                self.send_error(
",
        ),
    ),
    (
        "http/server.py",
        Replace(
            "            if version_number >= (1, 1) and self.protocol",
            r"            self.request_version = version
            if version_number >= (1, 1) and self.protocol",
        ),
    ),
    (
        "http/server.py",
        Replace(
            r"                return False
            self.request_version = version

        if not 2 <= len(words) <= 3:
",
            r"                return False

        if not 2 <= len(words) <= 3:
            self.request_version = ''
",
        ),
    ),
    (
        "http/server.py",
        Replace(
            "            if command != 'GET':\n",
            r"            if command != 'GET':
                self.request_version = ''
",
        ),
    ),
    (
        "_pyio.py",
        Replace(
            r"                    n = min(n, size)
                return n
        else:",
            r"                    n = min(n, size - len(res))
                return n
        else:",
        ),
    ),
    (
        "hmac.py",
        Replace(
            "    digest_cons = _get_digest_constructor(digest)\n",
            r#"    if not isinstance(key, (bytes, bytearray)):
        given = type(key).__name__
        raise TypeError(f"key: expected bytes or bytearray, but got {given!r}")
    digest_cons = _get_digest_constructor(digest)
"#,
        ),
    ),
    (
        "hmac.py",
        Replace(
            "    blocksize = getattr(inner, 'block_size', 64)\n",
            "    blocksize = _block_size_of(inner, HMAC.blocksize)\n",
        ),
    ),
    (
        "hmac.py",
        Replace(
            r#"        if hasattr(self._inner, 'block_size'):
            blocksize = self._inner.block_size
            if blocksize < 16:
                warnings.warn(f"block_size of {blocksize} seems too small; "
                              f"using our default of {self.blocksize}.",
                              RuntimeWarning, 2)
                blocksize = self.blocksize  # pragma: no cover
        else:
            warnings.warn("No block_size attribute on given digest object; "
                          f"Assuming {self.blocksize}.",
                          RuntimeWarning, 2)
            blocksize = self.blocksize  # pragma: no cover
"#,
            "        blocksize = _block_size_of(self._inner, self.blocksize)\n",
        ),
    ),
    (
        "hmac.py",
        Replace(
            r"        import warnings

        digest_cons",
            "        digest_cons",
        ),
    ),
    (
        "hmac.py",
        Replace(
            "class HMAC:\n",
            r#"def _block_size_of(digest, default):
    size = getattr(digest, 'block_size', None)
    if size is not None and size >= 16:
        return size
    import warnings
    if size is None:
        words = f"No block_size attribute on given digest object; Assuming {default}."
    else:
        words = f"block_size of {size} seems too small; using our default of {default}."
    warnings.warn(words, RuntimeWarning, 3)
    return default


class HMAC:
"#,
        ),
    ),
    (
        "gzip.py",
        Replace(
            r"            mtime = time.time()
        write32u(self.fileobj, int(mtime))
",
            r"            mtime = time.time()
        write32u(self.fileobj, _header_time(mtime))
",
        ),
    ),
    ("gzip.py", Replace("gzip_data, int(mtime), gzip_data[8]", "gzip_data, _header_time(mtime), gzip_data[8]")),
    (
        "gzip.py",
        Replace(
            "def compress(data,",
            r#"def _header_time(seconds):
    """A time as the header holds it: 0 if it does not fit."""
    return int(seconds) if 0 <= seconds < 2**32 else 0


def compress(data,"#,
        ),
    ),
    (
        "zipimport.py",
        Replace(
            r"                    name = name.decode()
",
            r#"                    try:
                        name = name.decode()
                    except UnicodeDecodeError as error:
                        raise ZipImportError(f"can't decode file name in Zip file: {archive!r}", path=archive) from error
"#,
        ),
    ),
    (
        "queue.py",
        Replace(
            r#"        if timeout is not None and timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        if not self._count"#,
            r#"        if not block:
            timeout = None
        if timeout is not None and timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        if not self._count"#,
        ),
    ),
    (
        "ssl.py",
        Replace(
            r"        self = cls.__new__(cls)
        sslobj = context._wrap_bio(
",
            r#"        self = cls.__new__(cls)
        # As of sockets.
        if server_side and server_hostname:
            raise ValueError("server_hostname can only be specified in client mode")
        if server_side and session is not None:
            raise ValueError("session can only be specified in client mode")
        if context.check_hostname and not server_hostname:
            raise ValueError("check_hostname requires server_hostname")
        sslobj = context._wrap_bio(
"#,
        ),
    ),
];
