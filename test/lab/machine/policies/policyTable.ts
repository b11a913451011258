import { packetHooks, tableOf } from "../nft";
import type { Allowance, Isolation } from "./isolation";

const chainOf = (direction: "in" | "out", address: string): string =>
  `${direction}_${address.replaceAll(".", "_")}`;

function line(side: "saddr" | "daddr", allowed: Allowance): string {
  const { cidrs, except, protocol, ports } = allowed;
  const but = except.length > 0 ? ` ip ${side} != { ${except.join(", ")} }` : "";
  const range = ports ? ` th dport ${ports.join("-")}` : "";
  const match = protocol ? ` meta l4proto ${protocol}${range}` : "";
  return `ip ${side} { ${cidrs.join(", ")} }${but}${match} return`;
}

function chains(isolation: Isolation): string[] {
  return (["in", "out"] as const).flatMap((direction) => {
    const allowed = isolation[direction];
    if (!allowed) return [];
    const side = direction === "in" ? "saddr" : "daddr";
    const lines = [...new Set(allowed.map((one) => line(side, one)))];
    return [`chain ${chainOf(direction, isolation.address)} {`, ...lines, "drop", "}"];
  });
}

function dispatch(all: readonly Isolation[], direction: "in" | "out"): string[] {
  const side = direction === "in" ? "daddr" : "saddr";
  const entries = all
    .filter((one) => one[direction])
    .map(({ address }) => `${address} : jump ${chainOf(direction, address)}`);
  return entries.length > 0 ? [`ip ${side} vmap { ${entries.join(", ")} }`] : [];
}

/** A cluster's policies for nftables, as a network policy agent of its nodes would enforce them. */
export function policyTable(index: number, all: readonly Isolation[]): string {
  return tableOf(`policies_${index}`, [
    ...all.flatMap(chains),
    "chain packets {",
    "ct state established,related return",
    // A pod's node always reaches it: the lab asks probes, and is the node.
    "ip saddr 198.18.0.0/15 return",
    "ip daddr 198.18.0.0/15 return",
    ...dispatch(all, "out"),
    ...dispatch(all, "in"),
    "}",
    ...packetHooks(),
  ]);
}
