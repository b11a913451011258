#!/lab/node
// In the place of a ztunnel that nobody has named: says in a line how it was started and with which variables, and that it is ready. It
// carries no packet and registers nobody.
const { createServer } = process.getBuiltinModule("node:http");

process.stdout.write(`${JSON.stringify({ args: process.argv.slice(2), env: process.env })}\n`);
const server = createServer((_, response) => response.end());
server.listen(15021, "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
