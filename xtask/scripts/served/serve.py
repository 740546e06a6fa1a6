"""Servers before many clients: `serve.py http|echo plain|tls COUNT FOLDER CLIENT`, where CLIENT is an interpreter."""

import os
import subprocess
import sys

import common


def server(kind, tls, port, folder):
    secure = ["tls"] if tls else []
    if kind == "echo":
        return common.python(os.path.join(common.HERE, "echo_server.py"), str(port), *secure)
    site = os.path.join(folder, "site")
    os.makedirs(site, exist_ok=True)
    for n in range(10):
        with open(os.path.join(site, f"{n}.txt"), "w") as file:
            file.write(f"{n}\n" * 1000)
    return common.python(os.path.join(common.HERE, "http_server.py"), str(port), site, *secure)


def main(kind, security, count, folder, client):
    common.allow_many_files()
    tls = security == "tls"
    port = common.free_port()
    log = os.path.join(folder, "server.log")
    with common.running(*server(kind, tls, port, folder), log=log) as process:
        common.wait_for(port, process)
        words = [client, os.path.join(common.HERE, "clients.py"), kind, str(port), str(count)]
        done = subprocess.run(words + (["tls"] if tls else []), stdout=subprocess.PIPE, timeout=300)
        assert process.poll() is None, "the server has ended"
    served = int(done.stdout or 0)
    with open(log, errors="replace") as file:
        complaints = [line for line in file if "Traceback" in line or "Error" in line]
    print(f"{served} of {count} served, {len(complaints)} complaints")
    # Whether somebody listens is asked without a handshake: the server may say that it missed one.
    return served == int(count) and len(complaints) <= (2 if tls else 0)


if __name__ == "__main__":
    sys.exit(not main(*sys.argv[1:]))
