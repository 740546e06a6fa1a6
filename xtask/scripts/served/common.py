"""What the checks share: limits, the certificate, servers that run in processes of their own."""

import contextlib
import os
import resource
import signal
import socket
import ssl
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CERTIFICATE = os.path.join(HERE, "cert.pem")
KEY = os.path.join(HERE, "key.pem")


def allow_many_files(wanted=8192):
    """Lets this process, and those it starts, have as many files open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < limit:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def client_context():
    """Trusts the servers' certificate and no other."""
    return ssl.create_default_context(cafile=CERTIFICATE)


def wait_for(port, process, seconds=30):
    """Until somebody answers at the port."""
    deadline = time.monotonic() + seconds
    while True:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@contextlib.contextmanager
def running(*words, log, **options):
    """A process that is ended at the end; its output goes to a file."""
    with open(log, "wb") as output:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **options)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def python(*words):
    return [sys.executable, *words]
