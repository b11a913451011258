import * as dgram from "node:dgram";
import type { ClusterState } from "./clusterState";
import type { Json } from "./kube";
import { resolverAddress, serviceAddress } from "./ec2/ec2";
import { addresses, isOfTheLab } from "./network";
import { holds } from "./vpc/ranges";
import type { Store } from "./store";

const A = 1;
const headerLength = 12;
const noSuchName = 3;

interface Question {
  readonly name: string;
  readonly type: number;
  /** Where the question ends in the packet. */
  readonly end: number;
}

export function parse(packet: Buffer): Question {
  const labels: string[] = [];
  let at = headerLength;
  while (packet[at] !== 0) {
    labels.push(packet.toString("latin1", at + 1, at + 1 + packet[at]));
    at += packet[at] + 1;
  }
  const name = labels.join(".").toLowerCase();
  return { name, type: packet.readUInt16BE(at + 1), end: at + 5 };
}

/** An answer of addresses (RFC 1035, 4.1); undefined says that there is no such name. */
export function answer(
  packet: Buffer,
  question: Question,
  found: readonly string[] | undefined,
): Buffer {
  const records = question.type === A ? (found ?? []) : [];
  const header = Buffer.from(packet.subarray(0, headerLength));
  header.writeUInt16BE(0x8580 | (found ? 0 : noSuchName), 2);
  [1, records.length, 0, 0].forEach((count, n) => header.writeUInt16BE(count, 4 + 2 * n));
  const bodies = records.map((address) => {
    const body = Buffer.alloc(16);
    body.writeUInt16BE(0xc000 | headerLength, 0);
    body.writeUInt16BE(A, 2);
    body.writeUInt16BE(1, 4);
    body.writeUInt32BE(5, 6);
    body.writeUInt16BE(4, 10);
    address.split(".").forEach((part, n) => body.writeUInt8(Number(part), 12 + n));
    return body;
  });
  return Buffer.concat([header, packet.subarray(headerLength, question.end), ...bodies]);
}

const trim = (name: string) => name.replace(/\.$/, "").toLowerCase();

/** Names as each cluster sees them: its Services, private zones of its VPC, load balancers. */
export class Names {
  readonly #sockets: dgram.Socket[] = [];

  constructor(
    readonly store: Store,
    readonly clusters: readonly ClusterState[],
  ) {}

  async start(): Promise<void> {
    await this.#serve(addresses.resolver, (name) => this.#loadBalancer(name));
    for (const cluster of this.clusters) {
      const lookUp = (name: string, asker: string) =>
        this.#service(cluster, name, asker) ??
        this.#private(cluster, name) ??
        this.#loadBalancer(name);
      await this.#serve(addresses.clusterResolver(cluster.index), lookUp);
    }
  }

  /** AWS's own resolver in every VPC, which instances ask: no Service has a name there. */
  async serveVpcs(): Promise<void> {
    await this.#serve(resolverAddress, (name, asker) => {
      if (/^(sts|autoscaling)\.[a-z0-9-]+\.amazonaws\.com$/.test(name)) return [serviceAddress];
      const vpcs = this.store.list("ec2.Vpc");
      const vpc = vpcs.find(({ outputs }) => holds(outputs.cidrBlock, asker));
      return this.#inVpc(vpc?.id, name) ?? this.#loadBalancer(name);
    });
  }

  stop(): void {
    this.#sockets.forEach((socket) => socket.close());
  }

  async #serve(
    address: string,
    lookUp: (name: string, asker: string) => string[] | undefined,
  ): Promise<void> {
    const socket = dgram.createSocket("udp4");
    this.#sockets.push(socket);
    socket.on("message", (packet, from) => {
      const question = parse(packet);
      const found = lookUp(question.name, from.address);
      socket.send(answer(packet, question, found), from.port, from.address);
    });
    await new Promise<void>((resolve) => socket.bind(53, address, resolve));
  }

  /** A Service's address for pods; for the lab itself, where that leads nowhere, the pods behind it. */
  #service(cluster: ClusterState, name: string, asker: string): string[] | undefined {
    const [, service, namespace] = /^([^.]+)\.([^.]+)\.svc(\.cluster\.local)?$/.exec(name) ?? [];
    const found = cluster.service(namespace, service);
    if (!found) return undefined;
    const { clusterIP } = found.spec;
    const isHeadless = !clusterIP || clusterIP === "None";
    if (!isHeadless && !isOfTheLab(asker)) return [clusterIP];
    return cluster.targets(namespace, service).map(({ address }) => address);
  }

  #loadBalancer(name: string): string[] | undefined {
    const all = this.store.outputs("lb.LoadBalancer");
    const found = all.find(({ dnsName }) => dnsName && trim(dnsName) === name);
    return found?.subnetMappings?.map((m: Json) => m.privateIpv4Address).filter(Boolean);
  }

  /** A private zone answers in the VPCs that it is associated with. */
  #private(cluster: ClusterState, name: string): string[] | undefined {
    const eks = this.store.outputs("eks.Cluster").find((one) => one.name === cluster.name);
    return this.#inVpc(eks?.vpcConfig?.vpcId, name);
  }

  #inVpc(vpc: string | undefined, name: string): string[] | undefined {
    const associations = this.store.outputs("route53.ZoneAssociation");
    const visible = this.store.outputs("route53.Zone").filter(({ zoneId, vpcs }) => {
      const further = associations.filter((one) => one.zoneId === zoneId);
      return [...(vpcs ?? []), ...further].some(({ vpcId }) => vpcId === vpc);
    });
    const zones = new Set(visible.map(({ zoneId }) => zoneId));
    const record = this.store
      .outputs("route53.Record")
      .find(
        (one) => zones.has(one.zoneId) && one.type === "A" && trim(one.fqdn ?? one.name) === name,
      );
    if (!record) return undefined;
    const aliases: Json[] = record.aliases ?? [];
    return record.records ?? aliases.flatMap((one) => this.#loadBalancer(trim(one.name)) ?? []);
  }
}
