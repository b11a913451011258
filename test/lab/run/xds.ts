import type * as grpc from "@grpc/grpc-js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { open, type Connection } from "./connection";
import { message, Message } from "./protobuf";

const service = "/envoy.service.discovery.v3.AggregatedDiscoveryService";
const types = {
  clusters: "type.googleapis.com/envoy.config.cluster.v3.Cluster",
  listeners: "type.googleapis.com/envoy.config.listener.v3.Listener",
  endpoints: "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
  addresses: "type.googleapis.com/istio.workload.Address",
  proxyConfig: "type.googleapis.com/istio.mesh.v1alpha1.ProxyConfig",
} as const;

/** Who asks: what istiod shows depends on the proxy's cluster and network. */
export interface Proxy {
  readonly kind: "sidecar" | "ztunnel";
  readonly cluster: string;
  readonly network: string;
  readonly namespace: string;
  /** Where it runs; nowhere where it is left out. */
  readonly locality?: { readonly region: string; readonly zone: string };
  /** Of no pod of the lab's where it is left out. */
  readonly address?: string;
  /** What else its metadata says. */
  readonly says?: Readonly<Record<string, unknown>>;
}

/** What a proxy says of itself. */
export function nodeMetadata(proxy: Proxy) {
  const { kind, cluster, network, namespace, address = "198.18.0.1", says } = proxy;
  const id = `${kind}~${address}~asker.${namespace}~${namespace}.svc.cluster.local`;
  const metadata = { CLUSTER_ID: cluster, NETWORK: network, NAMESPACE: namespace };
  return { id, metadata: { ...metadata, NODE_NAME: "asker", ISTIO_VERSION: "1.31.1", ...says } };
}

function node(proxy: Proxy): Buffer {
  const { id, metadata } = nodeMetadata(proxy);
  const { locality } = proxy;
  const place = locality && message([1, locality.region], [2, locality.zone]);
  const told = Struct.fromJavaScript(metadata).serializeBinary();
  return message([1, id], [2, "asker"], [3, told], [4, place]);
}

const same = (bytes: Buffer) => bytes;

function begin(client: grpc.Client, { metadata }: Connection, method: string) {
  return client.makeBidiStreamRequest(`${service}/${method}`, same, same, metadata);
}

/** Sends one request and gives the first answer that is not empty, or the last one within the time. */
async function ask(
  connection: Connection,
  method: string,
  request: Buffer,
  resources: (answer: Message) => Buffer[],
): Promise<Buffer[]> {
  const client = open(connection);
  const call = begin(client, connection, method);
  try {
    return await new Promise<Buffer[]>((resolve, reject) => {
      const timer = setTimeout(() => resolve([]), 5000);
      call.on("error", reject);
      call.on("data", (bytes: Buffer) => {
        clearTimeout(timer);
        resolve(resources(new Message(bytes)));
      });
      call.write(request);
    });
  } finally {
    call.removeAllListeners("error").on("error", () => {});
    call.cancel();
    client.close();
  }
}

const clusterOf = (host: string, port: number): string => `outbound|${port}||${host}`;

const endpointsRequest = (proxy: Proxy, host: string, port: number): Buffer =>
  message([2, node(proxy)], [3, clusterOf(host, port)], [4, types.endpoints]);

const resourcesIn = (answer: Message): Buffer[] => answer.list(2).map((any) => any.bytes(2)[0]);

interface Endpoint {
  /** `address:port`. */
  readonly address: string;
  /** 0 first; the others are asked when those before them fail. */
  readonly priority: number;
}

function placedIn(resource: Buffer): Endpoint[] {
  return new Message(resource).list(2).flatMap((locality) =>
    locality.list(2).map((endpoint) => {
      const socket = endpoint.one(1).one(1).one(1);
      return { address: `${socket.text(2)}:${socket.number(3)}`, priority: locality.number(5) };
    }),
  );
}

const endpointsIn = (resource: Buffer): string[] =>
  placedIn(resource).map(({ address }) => address);

/** Every endpoint that a sidecar is given for a service. */
export async function placesFor(
  connection: Connection,
  proxy: Proxy,
  host: string,
  port: number,
): Promise<Endpoint[]> {
  const request = endpointsRequest(proxy, host, port);
  const found = await ask(connection, "StreamAggregatedResources", request, resourcesIn);
  return found.flatMap(placedIn);
}

/** `address:port` of every endpoint that a sidecar is given for a service. */
export async function endpointsFor(...asked: Parameters<typeof placesFor>): Promise<string[]> {
  return (await placesFor(...asked)).map(({ address }) => address);
}

/** Names that a client of a cluster takes from a server's certificate: `match_subject_alt_names` of its TLS context. */
function namesIn(cluster: Message): string[] {
  const contexts = cluster.list(43).map((match) => match.one(3).one(3).one(2).one(1));
  const checks = contexts.map((context) => context.one(8).one(1));
  return checks.flatMap((check) => check.list(9).map((name) => name.text(1)));
}

/** Identities that a sidecar accepts from whoever answers for a service. */
export async function identitiesFor(
  connection: Connection,
  proxy: Proxy,
  host: string,
  port: number,
): Promise<string[]> {
  const request = message([2, node(proxy)], [4, types.clusters]);
  const found = await ask(connection, "StreamAggregatedResources", request, resourcesIn);
  const clusters = found.map((bytes) => new Message(bytes));
  const mine = clusters.filter((cluster) => cluster.text(1) === clusterOf(host, port));
  return [...new Set(mine.flatMap(namesIn))].sort();
}

/** Every listener that a sidecar is given, as it is sent. */
export function listenersFor(connection: Connection, proxy: Proxy): Promise<Buffer[]> {
  const request = message([2, node(proxy)], [4, types.listeners]);
  return ask(connection, "StreamAggregatedResources", request, resourcesIn);
}

/** PEM of the roots that a sidecar which runs is told to accept (istio/api, mesh/v1alpha1/proxy.proto). */
export async function trustBundleFor(connection: Connection, proxy: Proxy): Promise<string> {
  const request = message([2, node(proxy)], [4, types.proxyConfig]);
  const found = await ask(connection, "StreamAggregatedResources", request, resourcesIn);
  return found.flatMap((bytes) => new Message(bytes).bytes(34).map(String)).join("");
}

/** A sidecar that stays connected and keeps what it was given last. */
export class Subscription {
  /** Endpoints of every answer. */
  readonly answers: string[][] = [];
  /** Undefined while it is open. */
  end?: string;
  readonly #client: grpc.Client;
  readonly #call: grpc.ClientDuplexStream<Buffer, Buffer>;

  constructor(
    readonly connection: Connection,
    proxy: Proxy,
    host: string,
    port: number,
  ) {
    this.#client = open(connection);
    this.#call = begin(this.#client, connection, "StreamAggregatedResources");
    this.#call.on("data", (bytes: Buffer) => {
      this.answers.push(resourcesIn(new Message(bytes)).flatMap(endpointsIn).sort());
    });
    this.#call.on("error", (error) => (this.end ??= error.message));
    this.#call.on("end", () => (this.end ??= "ended by the server"));
    this.#call.write(endpointsRequest(proxy, host, port));
  }

  get last(): string[] | undefined {
    return this.answers.at(-1);
  }

  close(): void {
    this.#call.cancel();
    this.#client.close();
  }
}

export interface Workload {
  readonly name: string;
  readonly cluster: string;
  readonly network: string;
  readonly addresses: readonly string[];
  /** `namespace/hostname` of the services that it belongs to. */
  readonly services: readonly string[];
  /** `<address or host>:<port>` of the gateway of its network; empty where no gateway stands before it. */
  readonly gateway: string;
}

function workload(bytes: Buffer): Workload {
  const found = new Message(bytes);
  const gateway = found.one(19);
  const address = gateway.one(2).bytes(2)[0];
  const place = address ? address.join(".") : gateway.one(1).text(2);
  return {
    name: found.text(1),
    cluster: found.text(18),
    network: found.text(4),
    addresses: found.bytes(3).map((part) => part.join(".")),
    services: found.list(22).map((entry) => entry.text(1)),
    gateway: place && `${place}:${gateway.number(3)}`,
  };
}

const addressesRequest = (proxy: Proxy): Buffer =>
  message([1, node(proxy)], [2, types.addresses], [3, "*"]);

/** Why istiod ends the stream of a proxy; empty where it answers. */
export async function refusalOf(connection: Connection, proxy: Proxy): Promise<string> {
  const asked =
    proxy.kind === "ztunnel"
      ? ask(connection, "DeltaAggregatedResources", addressesRequest(proxy), () => [])
      : listenersFor(connection, proxy);
  return asked.then(
    () => "",
    (error: Error) => error.message,
  );
}

/** All workloads that a ztunnel is given. */
export async function workloadsFor(connection: Connection, proxy: Proxy): Promise<Workload[]> {
  const request = addressesRequest(proxy);
  const resources = (answer: Message) => answer.list(2).map((one) => one.one(2).bytes(2)[0]);
  const found = await ask(connection, "DeltaAggregatedResources", request, resources);
  return found.flatMap((bytes) => new Message(bytes).bytes(1).map(workload));
}
