"""Milliseconds of requests, one after the other: median and 99th percentile; each on a connection of its own, or all on one."""
import http.client
import json
import sys
import time

HOST, PORT, COUNT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def ask(connection):
    begun = time.perf_counter()
    connection.request("GET", "/hostname")
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        sys.exit(f"{HOST}:{PORT} answers {answer.status}")
    return (time.perf_counter() - begun) * 1000


def measured(times):
    ordered = sorted(times)
    return {
        "median": round(ordered[len(ordered) // 2], 2),
        "p99": round(ordered[int(len(ordered) * 0.99)], 2),
    }


def fresh():
    connection = http.client.HTTPConnection(HOST, PORT, timeout=10)
    try:
        return ask(connection)
    finally:
        connection.close()


one = http.client.HTTPConnection(HOST, PORT, timeout=10)
for _ in range(20):
    ask(one)
print(json.dumps({
    "kept": measured([ask(one) for _ in range(COUNT)]),
    "new": measured([fresh() for _ in range(COUNT)]),
}))
