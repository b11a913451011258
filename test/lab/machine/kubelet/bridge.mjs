// First process of a pod: holds its network, and lets the lab reach what listens on the pod's loopback only.
// Plain JavaScript, because one runs per pod and must be small and quick.
import * as net from "node:net";

for (const pair of process.argv.slice(2)) {
  const [outside, inside] = pair.split(":").map(Number);
  const server = net.createServer((client) => {
    const target = net.connect(inside, "127.0.0.1");
    client.pipe(target).pipe(client);
    client.on("error", () => target.destroy());
    target.on("error", () => client.destroy());
  });
  server.listen(outside, "0.0.0.0");
}
