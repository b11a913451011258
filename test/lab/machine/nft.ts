import { spawn } from "node:child_process";

/** A table of nftables, in nft's own language: it replaces the one of its name as a whole, at once. */
export function tableOf(name: string, lines: readonly string[]): string {
  const table = `ip ${name}`;
  return [
    `add table ${table}`,
    `delete table ${table}`,
    `table ${table} {`,
    ...lines,
    "}",
    "",
  ].join("\n");
}

/** Chains that have every packet pass the chain `packets`, but for what the first lines let through. */
export function packetHooks(first: readonly string[] = []): string[] {
  return ["forward", "input", "output"].flatMap((hook) => [
    `chain ${hook} {`,
    `type filter hook ${hook} priority filter`,
    ...first,
    "jump packets",
    "}",
  ]);
}

/** Gives rules to the kernel, in the network namespace of the lab; an error holds what nft says. */
export async function loadRules(rules: string): Promise<void> {
  const child = spawn("nft", ["-f", "-"], { stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  child.stdin.end(rules);
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`nft: ${said.trim()}`);
}
