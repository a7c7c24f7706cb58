# SPDX-License-Identifier: GPL-3.0-or-later
"""For e2e_torture: phutaid, a real InfluxDB and a real VictoriaMetrics, the proxies before them, who
writes readings, and what is done to them."""
import http.client
import os
import random
import re
import signal
import socket
import struct
import subprocess
import threading
import time
import urllib.request

BUILD = os.path.realpath(os.environ.get("BUILD", "build"))
SANITIZED = BUILD.endswith("-san")  # slower by a multiple: fewer events in the same time
EVENTS = int(os.environ.get("TORTURE_EVENTS", 60 if SANITIZED else 300))
SEED = int(os.environ.get("TORTURE_SEED", random.randrange(1 << 30)))
LIMIT_S = 540  # of the events; a run that cannot do them in this time fails
STEP_S = 1800
FIRST = 1710176400  # 2024-03-12T00:00+07:00
HISTORY = 14 * 48  # intervals known at the start
ZONES = ("yen-lu", "phuc-son")
DISK_MB = 64
chance = random.Random(SEED)


def wait_for(condition, limit_s, pause_s=0.1):
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        try:
            if condition():
                return True
        except (OSError, http.client.HTTPException, ValueError):
            pass
        time.sleep(pause_s)
    return False


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port, path, timeout=30):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=timeout) as reply:
        return reply.read().decode()


class Server:
    """A program that listens at a port, kept running but for what is done to it."""

    def __init__(self, name, argv, port, ready, **env):
        self.name, self.argv, self.port, self.ready = name, argv, port, ready
        self.env = {**os.environ, **env}
        self.env.pop("OPENBLAS_NUM_THREADS", None)
        self.log = open(name + ".log", "ab")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.argv, env=self.env, stdout=self.log, stderr=self.log)

    def answers(self):
        return bool(get(self.port, self.ready, 2) is not None)

    def send(self, what):
        if self.process.poll() is None:
            self.process.send_signal(what)

    def kill(self):
        self.send(signal.SIGKILL)
        self.process.wait()

    def mind(self):  # starts it again where it has ended
        if self.process.poll() is not None:
            self.start()


class Proxy:
    """Stands before a server and can cut every connection, or refuse new ones."""

    def __init__(self, target):
        self.target = target
        self.lock = threading.Lock()
        self.sockets = set()
        self.port = free_port()
        self.budget = None  # bytes that still go through before the next cut
        self.listen()

    def listen(self):
        self.server = socket.create_server(("127.0.0.1", self.port), backlog=64)
        threading.Thread(target=self.accept, args=(self.server,), daemon=True).start()

    def accept(self, server):
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=self.connect, args=(client,), daemon=True).start()

    def connect(self, client):
        try:
            server = socket.create_connection(("127.0.0.1", self.target), 5)
        except OSError:
            self.reset(client)
            return
        with self.lock:
            self.sockets |= {client, server}
        for a, b in ((client, server), (server, client)):
            threading.Thread(target=self.pump, args=(a, b), daemon=True).start()

    def pump(self, source, sink):
        try:
            while data := source.recv(65536):
                if self.budget is not None and (left := self.budget - len(data)) < 0:
                    sink.sendall(data[:left])  # a piece of it, and then the end
                    self.cut()
                    return
                elif self.budget is not None:
                    self.budget = left
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            self.drop(source, sink)

    @staticmethod
    def reset(one):
        try:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        one.close()

    def drop(self, *sockets):
        with self.lock:
            self.sockets -= set(sockets)
        for one in sockets:
            self.reset(one)

    def cut(self):
        self.budget = None
        with self.lock:
            sockets, self.sockets = self.sockets, set()
        for one in sockets:
            self.reset(one)

    def refuse(self):
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.cut()


class Writer(threading.Thread):
    """Sends readings, each until it is acknowledged, and some again with another value."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port = port
        self.acknowledged = {}
        self.next = 0
        self.attempts = self.batches = 0
        self.stopping = False
        self.chance = random.Random(SEED + 1)

    def value(self, zone, interval):
        day = interval % 48 / 48
        shape = 20 + 7 * (0.25 < day < 0.8) + 3 * ZONES.index(zone)
        return round(shape + self.chance.random(), 3)

    def batch(self, n):
        readings = {(zone, i): self.value(zone, i) for zone in ZONES for i in range(self.next, self.next + n)}
        for _ in range(self.chance.randrange(3) if self.next else 0):  # corrections
            key = (self.chance.choice(ZONES), self.chance.randrange(self.next))
            readings[key] = self.value(*key)
        self.next += n
        return readings

    def post(self, body):
        self.attempts += 1
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=3)
        try:
            connection.request("POST", "/write?precision=s", body)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def send(self, readings):
        lines = "".join(f"load,zone={zone} mw={mw} {FIRST + i * STEP_S}\n" for (zone, i), mw in readings.items())
        while (status := self.post(lines.encode())) != 204:
            if status and status != 503:
                raise RuntimeError(f"HTTP {status}")
            time.sleep(0.05)
        self.acknowledged.update(readings)
        self.batches += 1

    def run(self):
        while not self.stopping:
            self.send(self.batch(1))
            time.sleep(self.chance.uniform(0.05, 0.4))


class Disk:
    """The folder of the store: a small file system of its own that can be filled."""

    def __init__(self, path):
        self.path = path
        self.filler = os.path.join(path, "filler")
        os.mkdir(path)
        self.mounted = not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "phutai-test", path], stderr=subprocess.DEVNULL).returncode

    def fill(self):
        with open(self.filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError:
                pass

    def empty(self):
        if os.path.exists(self.filler):
            os.remove(self.filler)

    def unmount(self):
        if self.mounted:
            subprocess.run(["umount", "-l", self.path])


class Town:
    """The three servers, the proxies before them, the writer, and what is done to them."""

    def __init__(self):
        self.disk = Disk("disk")
        self.influxdb_port, rpc, self.vm_port, self.port = (free_port() for _ in range(4))
        self.influxdb = Server(
            "influxdb", ["influxd", "-config", "/dev/null"], self.influxdb_port, "/ping",
            INFLUXDB_HTTP_BIND_ADDRESS=f"127.0.0.1:{self.influxdb_port}", INFLUXDB_BIND_ADDRESS=f"127.0.0.1:{rpc}",
            INFLUXDB_META_DIR=os.path.abspath("influx/meta"), INFLUXDB_DATA_DIR=os.path.abspath("influx/data"),
            INFLUXDB_DATA_WAL_DIR=os.path.abspath("influx/wal"), INFLUXDB_REPORTING_ENABLED="false",
            INFLUXDB_MONITOR_STORE_ENABLED="false", INFLUXDB_HTTP_LOG_ENABLED="false")
        self.vm = Server("vm", ["victoria-metrics", f"-httpListenAddr=127.0.0.1:{self.vm_port}", "-storageDataPath=vm",
                                "-retentionPeriod=100y", "-memory.allowedBytes=256MB", "-search.latencyOffset=0s"],
                         self.vm_port, "/health")
        self.phutaid = Server("phutaid", [BUILD + "/phutaid", "--config", "phutaid.conf"], self.port, "/ping")
        self.servers = (self.phutaid, self.influxdb, self.vm)
        self.to_influxdb, self.to_vm, self.to_phutaid = (Proxy(p) for p in (self.influxdb_port, self.vm_port, self.port))
        self.proxies = (self.to_influxdb, self.to_vm, self.to_phutaid)
        self.configure()
        self.writer = Writer(self.to_phutaid.port)
        self.events = {}

    def configure(self):
        with open("zones.csv", "w") as file:
            file.write("id,name\n" + "".join(f"{zone},{zone}\n" for zone in ZONES))
        with open("phutaid.conf", "w") as file:
            file.write(f"""[site]
clock = +07:00
step = 30min
zones = zones.csv
[store]
path = disk/store.db
[intake]
listen = 127.0.0.1:{self.port}
[season]
every = 0s
[heartbeat]
every = 0s
[forecast]
clock = readings
every = 30min
horizon = 6h
[influxdb influxdb]
url = http://127.0.0.1:{self.to_influxdb.port}
batch_lines = 20
retry_max = 1s
timeout = 2s
[influxdb vm]
dialect = victoriametrics
url = http://127.0.0.1:{self.to_vm.port}
batch_lines = 20
retry_max = 1s
timeout = 2s
""")

    def start(self):
        for server in self.servers:
            server.start()
        if not all(wait_for(server.answers, 30) for server in self.servers):
            return False
        self.writer.send(self.writer.batch(HISTORY))
        self.writer.start()
        return True

    def kill(self, server):
        server.kill()
        time.sleep(chance.choice((0, 0, chance.uniform(0, 1.5))))
        server.start()

    def pause(self, server):
        server.send(signal.SIGSTOP)
        time.sleep(chance.choice((0.1, 0.5, chance.uniform(0, 3))))
        server.send(signal.SIGCONT)

    def kill_together(self):
        victims = chance.sample(self.servers, chance.randrange(2, 4))
        for server in victims:
            server.send(signal.SIGKILL)
        for server in victims:
            server.kill()
            server.start()

    def cut(self, proxy):
        if chance.random() < 0.5:
            proxy.cut()
        else:
            proxy.budget = chance.randrange(20000)

    def refuse(self, proxy):
        proxy.refuse()
        time.sleep(chance.uniform(0, 1.5))
        proxy.listen()

    def fill(self):
        self.disk.fill()
        time.sleep(chance.uniform(0.2, 1.5))
        if chance.random() < 0.4:
            self.phutaid.kill()
            self.phutaid.start()
            time.sleep(chance.uniform(0, 0.5))
        self.disk.empty()

    def event(self):
        kinds = (("kill", 6, lambda: self.kill(chance.choice(self.servers))),
                 ("kill several at once", 1, self.kill_together),
                 ("pause", 3, lambda: self.pause(chance.choice(self.servers))),
                 ("cut", 4, lambda: self.cut(chance.choice(self.proxies))),
                 ("refuse", 2, lambda: self.refuse(chance.choice(self.proxies))),
                 ("fill the disk", 2, self.fill))
        kinds = kinds if self.disk.mounted else kinds[:-1]
        name, _, act = chance.choices(kinds, [weight for _, weight, _ in kinds])[0]
        act()
        self.events[name] = self.events.get(name, 0) + 1
        for server in self.servers:
            server.mind()
        time.sleep(chance.choice((0, 0.1, chance.uniform(0, 0.9))))

    def torture(self):
        end = time.monotonic() + LIMIT_S
        for done in range(EVENTS):
            if time.monotonic() > end or not self.writer.is_alive():
                return done
            self.event()
        return EVENTS

    def metric(self, name, labels=""):
        found = re.search(rf"^phutai_{name}{re.escape(labels)} (\S+)$", get(self.port, "/metrics"), re.M)
        return float(found.group(1)) if found else None

    def is_quiet(self):
        for server in self.servers:
            server.mind()
        newest = FIRST + self.writer.next * STEP_S
        page = get(self.port, "/metrics")
        issues = re.findall(r"^phutai_zone_forecast_issue_seconds\{.*\} (\d+)$", page, re.M)
        waiting = re.findall(r"^phutai_outbox_batches\{.*\} (\d+)$", page, re.M)
        return set(issues) == {str(newest)} and set(waiting) == {"0"}

    def settle(self):
        self.disk.empty()
        self.writer.stopping = True
        self.writer.join(60)
        return not self.writer.is_alive() and wait_for(self.is_quiet, 240, 1)

    def stop(self):
        for server in self.servers:
            if server.process:
                server.send(signal.SIGCONT)
                server.kill()
        self.disk.unmount()
