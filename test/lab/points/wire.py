"""What a network's interface sees for some seconds: connections by the port that was called, which no system chooses, and datagrams."""
import json
import socket
import struct
import sys
import time

SECONDS, OWN = float(sys.argv[1]), sys.argv[2]
CHOSEN = 32768


def seen(packet):
    if len(packet) < 34 or struct.unpack("!H", packet[12:14])[0] != 0x0800:
        return None
    ip = packet[14:]
    length = (ip[0] & 15) * 4
    source, target = socket.inet_ntoa(ip[12:16]), socket.inet_ntoa(ip[16:20])
    if ip[9] not in (6, 17):
        return None
    transport = ip[length:]
    ports = struct.unpack("!HH", transport[:4])
    if ip[9] == 6:
        own, other = ports if source == OWN else reversed(ports)
        local = "169.254.170.2" in (source, target)
        way, port = ("in", own) if own < CHOSEN else ("out", other)
        return f"{way} tcp {port}" + (" of ECS" if local else "")
    if source != OWN:
        return None
    return f"out udp {ports[1]}"


wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
wire.bind(("eth0", 0))
wire.settimeout(0.5)
found = set()
end = time.monotonic() + SECONDS
while time.monotonic() < end:
    try:
        found.add(seen(wire.recv(65535)))
    except socket.timeout:
        pass
print(json.dumps(sorted(found - {None})))
