import * as fs from "node:fs";
import * as path from "node:path";
import type { Json } from "../machine/kube";
import { Service } from "../machine/processes";
import { nodeMetadata } from "./xds";
import { discoveryName, resolve, rootOf, tokenIn } from "./proxy";
import type { Session } from "./session";
import { host, namespace, port } from "./workload";

const admin = { address: "127.0.0.1", port_value: 19000 };
const cluster = `outbound|${port}||${host}`;
const options = "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
const tlsContext =
  "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";

/** The way to istiod: through every relay of the cluster, over TLS. */
function discovery(addresses: readonly string[], name: string, root: string) {
  const endpoints = addresses.map((address) => ({
    endpoint: { address: { socket_address: { address, port_value: 15012 } } },
  }));
  const names = { san_type: "DNS", matcher: { exact: name } };
  const validation_context = {
    trusted_ca: { inline_string: root },
    match_typed_subject_alt_names: [names],
  };
  return {
    name: "xds",
    type: "STATIC",
    load_assignment: { cluster_name: "xds", endpoints: [{ lb_endpoints: endpoints }] },
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": options,
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
    transport_socket: {
      name: "envoy.transport_sockets.tls",
      typed_config: { "@type": tlsContext, sni: name, common_tls_context: { validation_context } },
    },
  };
}

async function bootstrap(session: Session, inCluster: string) {
  const name = discoveryName(session);
  const token = await tokenIn(session, inCluster);
  const proxy = { kind: "sidecar", cluster: inCluster, namespace } as const;
  const { id, metadata } = nodeMetadata({ ...proxy, network: session.networkOf(inCluster) });
  const grpc = {
    envoy_grpc: { cluster_name: "xds" },
    initial_metadata: [
      { key: "authorization", value: `Bearer ${token}` },
      { key: "clusterid", value: inCluster },
    ],
  };
  const source = { ads: {}, resource_api_version: "V3" };
  const service = { name: cluster, type: "EDS", eds_cluster_config: { eds_config: source } };
  const addresses = await resolve(session, inCluster, name);
  const root = await rootOf(session, inCluster);
  return {
    admin: { address: { socket_address: admin } },
    node: { id, cluster: "asker", metadata },
    dynamic_resources: {
      ads_config: { api_type: "GRPC", transport_api_version: "V3", grpc_services: [grpc] },
    },
    static_resources: { clusters: [discovery(addresses, name, root), service] },
  };
}

/** A real Envoy that gets the endpoints of one service as a sidecar of a cluster does. */
export class Sidecar {
  private constructor(readonly service: Service) {}

  static async start(session: Session, inCluster: string): Promise<Sidecar> {
    const { work, machine } = session;
    const file = path.join(work, `sidecar-${inCluster}.json`);
    fs.writeFileSync(file, JSON.stringify(await bootstrap(session, inCluster)), { mode: 0o600 });
    const command = path.join(machine.options.tools.bin, "envoy");
    const args = ["--config-path", file, "--concurrency", "1", "--disable-hot-restart"];
    const logs = path.join(work, "logs");
    return new Sidecar(new Service({ name: `sidecar-${inCluster}`, command, args, logs }));
  }

  async #ask(page: string): Promise<Json> {
    const answer = await fetch(`http://${admin.address}:${admin.port_value}/${page}&format=json`);
    return answer.json();
  }

  /** `address:port` of what it would send requests to. */
  async endpoints(): Promise<string[]> {
    const { cluster_statuses } = await this.#ask(`clusters?filter=^outbound`);
    const mine = cluster_statuses.find(({ name }: Json) => name === cluster);
    return (mine?.host_statuses ?? [])
      .map(({ address: { socket_address: one } }: Json) => `${one.address}:${one.port_value}`)
      .sort();
  }

  async connected(): Promise<boolean> {
    const { stats } = await this.#ask("stats?filter=^control_plane.connected_state$");
    return stats[0]?.value === 1;
  }

  stop(): Promise<void> {
    return this.service.stop();
  }
}
