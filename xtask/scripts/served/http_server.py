"""`http.server` with a queue for many connections at once: `http_server.py PORT FOLDER [tls]`.

`python -m http.server` lets five wait; of those that come at the same moment, the system lets the others try again and gives
up on some in the end, whatever serves them.
"""

import functools
import http.server
import sys

import common


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024


class SecureServer(http.server.ThreadingHTTPSServer):
    request_queue_size = 1024


if __name__ == "__main__":
    port, folder, *tls = sys.argv[1:]
    common.allow_many_files()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    address = ("127.0.0.1", int(port))
    if tls:
        server = SecureServer(address, handler, certfile=common.CERTIFICATE, keyfile=common.KEY)
    else:
        server = Server(address, handler)
    server.serve_forever()
