// First process of a pod: holds its network, and lets the lab reach what listens on the pod's loopback only.
// Plain JavaScript, because one runs per pod and must be small and quick.
import * as net from "node:net";

const [door, ...pairs] = process.argv.slice(2);

function join(client, port) {
  const target = net.connect(port, "127.0.0.1");
  client.pipe(target).pipe(client);
  client.on("error", () => target.destroy());
  target.on("error", () => client.destroy());
}

for (const pair of pairs) {
  const [outside, inside] = pair.split(":").map(Number);
  net.createServer((client) => join(client, inside)).listen(outside, "0.0.0.0");
}

// A socket in the file system is in no network: whoever is at it says the port, in a line.
const server = net.createServer((client) => {
  client.on("error", () => client.destroy());
  client.once("data", (chunk) => {
    const end = chunk.indexOf("\n");
    client.pause();
    if (end + 1 < chunk.length) client.unshift(chunk.subarray(end + 1));
    join(client, Number(chunk.subarray(0, end)));
  });
});
server.listen(door);
