import * as fs from "node:fs";
import * as path from "node:path";
import { command, until } from "./processes";

/**
 * Addresses of the lab itself come from the range for benchmarks (RFC 2544), which no VPC uses; all
 * private ranges are local as well, so that any address that a stack chooses can be listened on.
 */
export const addresses = {
  source: "198.18.0.1",
  person: "198.18.0.2",
  resolver: "198.18.0.53",
  server: (cluster: number) => `198.18.1.${cluster + 1}`,
  servers: "198.18.1.0/24",
  clusterResolver: (cluster: number) => `198.18.2.${cluster + 1}`,
  controllerLoadBalancers: (cluster: number) => `198.19.${cluster}.0/24`,
  pods: (cluster: number) => `100.${64 + cluster}.0.0/16`,
} as const;

const localRanges = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "198.18.0.0/15",
];
const podTable = "50";
const gateway = "169.254.1.1";

/** Prepares the network namespace that this process is in; refuses the one of the host. */
export async function prepareNetwork(work: string): Promise<void> {
  const links: { ifname: string }[] = JSON.parse(await command("ip", "-j", "link", "show"));
  if (links.some(({ ifname }) => ifname !== "lo")) {
    throw new Error("the lab needs a network namespace of its own: start it through enterLab");
  }
  await command("ip", "link", "set", "lo", "up");
  fs.writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
  // Routes to pods win over the local ranges, which hold the pods' addresses too.
  await command("ip", "rule", "add", "pref", "100", "lookup", "local");
  await command("ip", "rule", "add", "pref", "10", "lookup", podTable);
  await command("ip", "rule", "del", "pref", "0");
  await command("ip", "address", "add", `${addresses.source}/32`, "dev", "lo");
  // istioctl names itself by an address that is not on loopback, and refuses to work without one.
  await command("ip", "link", "add", "lab0", "type", "veth", "peer", "name", "lab1");
  await command("ip", "address", "add", `${addresses.person}/32`, "dev", "lab0");
  for (const link of ["lab0", "lab1"]) await command("ip", "link", "set", link, "up");
  for (const range of localRanges) await command("ip", "route", "add", "local", range, "dev", "lo");
  const resolv = path.join(work, "resolv.conf");
  fs.writeFileSync(resolv, `nameserver ${addresses.resolver}\n`);
  await command("mount", "--bind", resolv, "/etc/resolv.conf");
}

/** What the names of the links of a cluster's pods begin with; rules know by it whose pod a packet is from. */
export const linksOf = (cluster: number): string => `c${cluster}-`;

/** Whether an address is one of the lab's own, outside every cluster and VPC. */
export const isOfTheLab = (address: string): boolean => /^198\.1[89]\./.test(address);

/** Waits until a process is in a network of its own. */
export async function untilParted(pid: number): Promise<void> {
  const mine = fs.readlinkSync("/proc/self/ns/net");
  await until("network", 5, () => fs.readlinkSync(`/proc/${pid}/ns/net`) !== mine);
}

/** Connects the namespace of a process with one address of its own, as the VPC CNI does. */
export async function connectPod(pid: number, address: string, link: string): Promise<void> {
  const inside = (...args: string[]) => command("nsenter", "-t", `${pid}`, "--net", "ip", ...args);
  const peer = ["peer", "name", "eth0", "netns", `${pid}`];
  await command("ip", "link", "add", link, "type", "veth", ...peer);
  await command("ip", "address", "add", `${gateway}/32`, "dev", link);
  await command("ip", "link", "set", link, "up");
  await inside("link", "set", "lo", "up");
  await inside("link", "set", "eth0", "up");
  await inside("address", "add", `${address}/32`, "dev", "eth0");
  await inside("route", "add", gateway, "dev", "eth0");
  await inside("route", "add", "default", "via", gateway);
  const source = ["src", addresses.source, "table", podTable];
  await command("ip", "route", "add", `${address}/32`, "dev", link, ...source);
}

/** The n-th address of a range, from its first one on. */
export function addressIn(cidr: string, n: number): string {
  const [network, length] = cidr.split("/");
  const size = 2 ** (32 - Number(length));
  if (n >= size - 1) throw new Error(`${cidr} has no address ${n}`);
  const start = network.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const value = start - (start % size) + n;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
