"""Clients that are all connected at the same time: `clients.py http|echo PORT COUNT [tls]`.

Nobody sends anything before everybody is connected. Prints how many were served; what goes wrong goes to stderr. Any
interpreter can run it.
"""

import asyncio
import sys

import common

GREETING = b"0123456789abcdef" * 64


async def echo(reader, writer, number, everybody):
    await everybody.wait()
    for size in (1, 100, 5000, 100_000):
        sent = (b"%d:" % number + GREETING * (size // len(GREETING) + 1))[:size]
        writer.write(sent)
        await writer.drain()
        received = await reader.readexactly(size)
        assert received == sent, f"client {number}: {size} bytes came back changed"


async def http(reader, writer, number, everybody):
    await everybody.wait()
    writer.write(b"GET /%d.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" % (number % 10))
    await writer.drain()
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert head.split(None, 2)[1:2] == [b"200"], f"client {number}: {head[:80]!r}"
    assert body == b"%d\n" % (number % 10) * 1000, f"client {number}: {len(body)} bytes of body"


async def client(work, port, context, number, everybody):
    # A queue of connections that is full makes the system try again, which takes seconds.
    server = "localhost" if context else None
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname=server, ssl_handshake_timeout=120 if context else None
    )
    await everybody.joined()
    await work(reader, writer, number, everybody)
    writer.close()
    try:
        await writer.wait_closed()
    except ConnectionError:
        pass  # the server was first


class Everybody:
    """Lets all go on when all are there."""

    def __init__(self, count):
        self.missing = count
        self.there = asyncio.Event()

    async def joined(self):
        self.missing -= 1
        if not self.missing:
            self.there.set()

    async def wait(self):
        async with asyncio.timeout(180):
            await self.there.wait()


async def main(kind, port, count, tls):
    context = common.client_context() if tls else None
    everybody = Everybody(count)
    work = {"echo": echo, "http": http}[kind]
    tasks = [client(work, port, context, n, everybody) for n in range(count)]
    done = await asyncio.gather(*tasks, return_exceptions=True)
    failed = [e for e in done if e is not None]
    for error in failed[:5]:
        print(repr(error), file=sys.stderr)
    print(count - len(failed))


if __name__ == "__main__":
    kind, port, count, *tls = sys.argv[1:]
    common.allow_many_files()
    asyncio.run(main(kind, int(port), int(count), bool(tls)))
