"""Who answers connections in the network of a task that has written its rules, as JSON; the rules are read from standard input.

A task on ECS has an interface and an address of its own
(https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html). Beside it stands a peer, which answers
for the address of credentials too.
"""

import json
import subprocess
import sys

TASK, PEER, CREDENTIALS = "10.255.0.2", "10.255.0.1", "169.254.170.2"

# ztunnel's resolver listens on localhost alone, its other ports on all addresses (istio/ztunnel, src/config.rs).
SERVE = """
import socket, sys, threading
def tcp(port, name):
    one = socket.create_server(("0.0.0.0", port))
    while True:
        there, _ = one.accept()
        there.recv(1)
        there.sendall(name.encode())
        there.close()
def udp(port, name):
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("127.0.0.1" if port == 15053 else "0.0.0.0", port))
    while True:
        _, whom = one.recvfrom(64)
        one.sendto(name.encode(), whom)
for kind, port, name in (spec.split(":") for spec in sys.argv[1:]):
    threading.Thread(target={"tcp": tcp, "udp": udp}[kind], args=(int(port), name)).start()
print("ready", flush=True)
"""
ASK = """
import os, socket, sys
user, kind, address, port = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
os.setgid(user)
os.setuid(user)
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
one.settimeout(10)
one.connect((address, port))
one.send(b"?")
print(one.recv(64).decode(), end="")
"""

OWN = {80: "application", 15001: "outbound", 15006: "inbound", 15008: "hbone", 15020: "metrics", 15021: "ready"}
USERS = {"application": 1000, "ztunnel": 1337}
CALLED = {
    "a peer": ("tcp", PEER, 9000),
    "a resolver": ("udp", PEER, 53),
    "credentials": ("tcp", CREDENTIALS, 80),
    "localhost": ("tcp", "127.0.0.1", 80),
    "itself": ("tcp", TASK, 80),
}


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{command[-6:]}: {done.stderr}")
    return done.stdout


def serve(prefix, *specs):
    command = [*prefix, sys.executable, "-c", SERVE, *specs]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    server.stdout.readline()
    return server


def ask(prefix, user, *at):
    return run(*prefix, sys.executable, "-c", ASK, str(user), *map(str, at))


def join(peer, there):
    run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", str(peer.pid))
    for inside, address in ([], TASK), (there, PEER):
        run(*inside, "ip", "link", "set", "lo", "up")
        run(*inside, "ip", "address", "add", f"{address}/24", "dev", "eth0")
        run(*inside, "ip", "link", "set", "eth0", "up")
    run(*there, "ip", "address", "add", f"{CREDENTIALS}/32", "dev", "eth0")
    run("ip", "route", "add", CREDENTIALS, "dev", "eth0")


def answers(there):
    calls = {
        f"{who} calls {what}": ask([], user, *at) for who, user in USERS.items() for what, at in CALLED.items()
    }
    ports = [port for port in OWN if port not in (15001, 15006)]
    return calls | {f"a peer calls {port}": ask(there, USERS["application"], "tcp", TASK, port) for port in ports}


def main():
    sleep = ["unshare", "--net", "sh", "-c", "echo; exec sleep 300"]
    peer = subprocess.Popen(sleep, stdout=subprocess.PIPE)
    peer.stdout.readline()
    there = ["nsenter", "-t", str(peer.pid), "--net"]
    started = [peer]
    try:
        join(peer, there)
        for rule in sys.stdin.read().splitlines():
            run(*rule.split())
        own = [f"tcp:{port}:{name}" for port, name in OWN.items()]
        started.append(serve([], "udp:15053:resolver", *own))
        started.append(serve(there, "tcp:80:peer", "tcp:9000:peer", "udp:53:peer"))
        print(json.dumps(answers(there)))
    finally:
        for one in started:
            one.kill()


main()
