"""A small operating system's scheduler: method calls, attributes, subclasses."""
IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = range(6)
class Packet:
    def __init__(self, link, ident, kind):
        self.link, self.ident, self.kind = link, ident, kind
        self.datum = 0
        self.data = [0] * 4
    def append_to(self, queue):
        self.link = None
        if queue is None:
            return self
        p = queue
        while p.link is not None:
            p = p.link
        p.link = self
        return queue
class Task:
    def __init__(self, system, ident, priority, queue):
        self.system, self.ident, self.priority, self.queue = system, ident, priority, queue
        self.held = False
        self.waiting = queue is None
        self.pending = queue is not None
    def is_blocked(self):
        return self.held or (self.waiting and not self.pending)
    def run(self):
        packet = None
        if self.pending:
            packet = self.queue
            self.queue = packet.link
            self.pending = self.queue is not None
            self.waiting = False
        return self.work(packet)
    def wait(self):
        self.waiting = True
        return self
    def receive(self, packet, current):
        if self.queue is None:
            self.queue = packet
            packet.link = None
            self.pending = True
            if self.priority > current.priority:
                return self
        else:
            self.queue = packet.append_to(self.queue)
        return current
class Idle(Task):
    def __init__(self, system, ident, count):
        super().__init__(system, ident, 0, None)
        self.waiting = False
        self.control, self.count = 1, count
    def work(self, packet):
        self.count -= 1
        if self.count == 0:
            return self.system.hold(self)
        if self.control & 1:
            self.control = self.control // 2 ^ 0xD008
            return self.system.release(HANDLER_B - 1 + 1, DEVICE_B)
        self.control //= 2
        return self.system.release(HANDLER_A, DEVICE_A)
class Worker(Task):
    def __init__(self, *args):
        super().__init__(*args)
        self.destination, self.letter = HANDLER_A, 0
    def work(self, packet):
        if packet is None:
            return self.wait()
        self.destination = HANDLER_B if self.destination == HANDLER_A else HANDLER_A
        packet.ident = self.destination
        packet.datum = 0
        for i in range(4):
            self.letter = self.letter % 26 + 1
            packet.data[i] = 64 + self.letter
        return self.system.send(packet, self)
class Handler(Task):
    def __init__(self, *args):
        super().__init__(*args)
        self.works = self.devices = None
    def work(self, packet):
        if packet is not None:
            if packet.kind == "work":
                self.works = packet.append_to(self.works)
            else:
                self.devices = packet.append_to(self.devices)
        if self.works is not None:
            work = self.works
            if work.datum >= 4:
                self.works = work.link
                return self.system.send(work, self)
            if self.devices is not None:
                device = self.devices
                self.devices = device.link
                device.datum = work.data[work.datum]
                work.datum += 1
                return self.system.send(device, self)
        return self.wait()
class Device(Task):
    def __init__(self, *args):
        super().__init__(*args)
        self.buffered = None
    def work(self, packet):
        if packet is None:
            if self.buffered is None:
                return self.wait()
            packet, self.buffered = self.buffered, None
            return self.system.send(packet, self)
        self.buffered = packet
        self.system.trace += packet.datum
        return self.system.hold(self)
class System:
    def __init__(self, count):
        self.holds = self.sends = self.trace = 0
        q = lambda ident, kind, n: (lambda p: [p := Packet(p, ident, kind) for _ in range(n)][-1])(None)
        self.table = [Idle(self, IDLE, count), Worker(self, WORKER, 1000, q(WORKER, "work", 2)),
                      Handler(self, HANDLER_A, 2000, q(DEVICE_A, "device", 3)), Handler(self, HANDLER_B, 3000, q(DEVICE_B, "device", 3)),
                      Device(self, DEVICE_A, 4000, None), Device(self, DEVICE_B, 5000, None)]
    def hold(self, task):
        self.holds += 1
        task.held = True
        return None
    def release(self, *idents):
        best = None
        for ident in idents:
            task = self.table[ident]
            task.held = False
            if best is None or task.priority > best.priority:
                best = task
        return best
    def send(self, packet, task):
        target = self.table[packet.ident]
        self.sends += 1
        packet.link = None
        packet.ident = task.ident
        return target.receive(packet, task)
    def schedule(self):
        ready = sorted(self.table, key=lambda t: -t.priority)
        while not self.table[IDLE].held:
            for task in ready:
                if not task.is_blocked():
                    current = task
                    while current is not None and not current.is_blocked():
                        current = current.run()
                    break
s = System(90000)
s.schedule()
print(s.holds, s.sends, s.trace)
