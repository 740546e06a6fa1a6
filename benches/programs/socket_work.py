"""Sockets: messages of many sizes over TCP and over pairs, by threads, a selector and files made of sockets."""
import selectors, socket, threading
def exactly(sock, size):
    parts = []
    while size:
        part = sock.recv(size)
        size -= len(part)
        parts.append(part)
    return b"".join(parts)
total = 0
left, right = socket.socketpair()
for i in range(25000):
    left.sendall(b"%08d" % i)
    total += int(exactly(right, 8))
buffer = bytearray(65536)
for i in range(4000):
    left.sendall(buffer)
    got = 0
    while got < 65536: got += right.recv_into(memoryview(buffer)[got:])
    total += got
left.close(); right.close()
server = socket.create_server(("127.0.0.1", 0), backlog=64)
def echo():
    while True:
        sock, _ = server.accept()
        with sock, sock.makefile("rwb") as file:
            for line in file:
                if line == b"stop\n": return
                file.write(line.upper())
                file.flush()
thread = threading.Thread(target=echo)
thread.start()
for i in range(500):
    with socket.create_connection(server.getsockname()) as sock, sock.makefile("rwb") as file:
        for k in range(12):
            file.write(b"hello %d %d\n" % (i, k)); file.flush()
            total += len(file.readline())
with socket.create_connection(server.getsockname()) as sock: sock.sendall(b"stop\n")
thread.join(); server.close()
selector, pairs = selectors.DefaultSelector(), [socket.socketpair() for _ in range(100)]
for number, (a, b) in enumerate(pairs):
    a.setblocking(False); b.setblocking(False)
    selector.register(b, selectors.EVENT_READ, number)
for turn in range(150):
    for a, _ in pairs: a.send(b"ping")
    waiting = len(pairs)
    while waiting:
        for key, _ in selector.select():
            total += key.data + len(key.fileobj.recv(64))
            waiting -= 1
for a, b in pairs: a.close(); b.close()
selector.close()
udp, back = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
udp.bind(("127.0.0.1", 0)); back.bind(("127.0.0.1", 0))
for i in range(8000):
    back.sendto(b"datagram %d" % i, udp.getsockname())
    data, where = udp.recvfrom(100)
    total += len(data) + (where == back.getsockname())
udp.close(); back.close()
print(total)
