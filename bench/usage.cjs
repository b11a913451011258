/** Loaded before a script that is measured: says on the last line of stderr what the process took. */
process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  const usage = {
    processor: (user + system) / 1e6,
    wall: process.uptime(),
    memory: process.resourceUsage().maxRSS / 1024,
  };
  process.stderr.write(`\n${JSON.stringify(usage)}\n`);
});
