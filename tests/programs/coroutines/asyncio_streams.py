# asyncio: streams and subprocesses on one machine.
import asyncio, sys
async def handle(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper()); await writer.drain()
    writer.close()
async def main():
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        r, w = await asyncio.open_connection("127.0.0.1", port)
        for text in (b"hello\n", b"world\n"):
            w.write(text)
            print(await r.readline())
        w.write(b"abc" * 3 + b"\n"); print(await r.readexactly(3), await r.readuntil(b"\n"))
        w.write_eof(); print(await r.read(), r.at_eof()); w.close(); await w.wait_closed()
    try:
        rd = asyncio.StreamReader(); rd.feed_data(b"ab"); rd.feed_eof(); await rd.readexactly(5)
    except asyncio.IncompleteReadError as e:
        print(e, e.partial, e.expected)
    p = await asyncio.create_subprocess_exec(sys.executable, "-c", "import sys; print(sys.stdin.read()[::-1]); sys.exit(3)", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    out, err = await p.communicate(b"abc")
    print(out, err, p.returncode)
    p = await asyncio.create_subprocess_shell("echo shell; exit 2", stdout=asyncio.subprocess.PIPE)
    print(await p.stdout.read(), await p.wait())
    try:
        await asyncio.open_connection("127.0.0.1", 1)
    except ConnectionRefusedError as e:
        print(type(e).__name__, e.errno)
asyncio.run(main())
