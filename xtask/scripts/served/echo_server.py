"""An asyncio server that sends back what it gets: `echo_server.py PORT [tls]`."""

import asyncio
import ssl
import sys

import common


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def main(port, tls):
    context = None
    if tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(common.CERTIFICATE, common.KEY)
    timeout = 120 if tls else None
    server = await asyncio.start_server(
        echo, "127.0.0.1", port, ssl=context, backlog=1024, ssl_handshake_timeout=timeout
    )
    await server.serve_forever()


if __name__ == "__main__":
    port, *tls = sys.argv[1:]
    common.allow_many_files()
    asyncio.run(main(int(port), bool(tls)))
