/** Probes of two clusters on networks of their own, as they answer where all is as planned, and what a test changes in that. */
import type { Thing } from "../../../cli/verify/access";
import type { ApiServer } from "./apiServer";

/** What a call comes to: the answer's body, or the error that agnhost says. */
export type Call = { body: string } | { error: string };

export interface Caller {
  cluster: string;
  pod: string;
}

const TIMEOUT =
  'Get "http://10.0.0.1:8080/header": context deadline exceeded (Client.Timeout exceeded)';

export class World {
  /** Calls whose outcome a test has changed, by `east/in-mesh to-west` or `east/out-of-mesh west/in-mesh`. */
  readonly changed = new Map<string, Call>();
  /** Calls in their order, as `changed` has them. */
  readonly called: string[] = [];
  namespace = "";
  private readonly pods = new Map<string, string>();

  constructor(private readonly servers: Record<string, ApiServer>) {
    for (const [cluster, server] of Object.entries(servers))
      server.onCreate = (object) => this.made(cluster, server, object);
  }

  /** What is created stands at once, as by a kubelet that has the image. */
  private made(cluster: string, server: ApiServer, object: Thing): void {
    const { kind, metadata } = object;
    if (kind === "Namespace") this.namespace = metadata.name;
    if (kind !== "Pod") return;
    const address = `10.${Object.keys(this.servers).indexOf(cluster)}.0.${this.pods.size + 1}`;
    this.pods.set(address, `${cluster}/${metadata.name}`);
    object.status = { podIP: address, conditions: [{ type: "Ready", status: "True" }] };
    const caller = { cluster, pod: metadata.name };
    server.listen(metadata.namespace, metadata.name, 8080, (path) => this.answer(caller, path));
  }

  private answer(caller: Caller, path: string): { status?: number; body: string } {
    const url = new URL(path, "http://localhost");
    const host = url.searchParams.get("host");
    if (url.pathname === "/shell") return this.shell(url.searchParams.get("cmd")!);
    if (url.pathname !== "/dial" || !host) return { status: 404, body: "not found" };
    const call = this.call(caller, host, Number(url.searchParams.get("port")));
    const said = "body" in call ? { responses: [call.body] } : { errors: [call.error] };
    return { body: JSON.stringify(said) };
  }

  /** What `curl` is asked by, and its answer. */
  shell: (cmd: string) => { body: string } = () => ({ body: "{}" });

  protected call({ cluster, pod }: Caller, host: string, port: number): Call {
    const to = this.pods.get(host) ?? host.split(".")[0];
    this.called.push(`${cluster}/${pod} ${to}`);
    const changed = this.changed.get(this.called.at(-1)!);
    if (changed) return changed;
    if (to.startsWith("to-")) return this.byName(cluster, to, port);
    const [other, target] = to.split("/");
    if (other !== cluster) return { error: TIMEOUT };
    if (target === "in-mesh") return { error: 'Get "http://10.0.0.1:8080/header": EOF' };
    return { body: "{}" };
  }

  /** Sidecars tell the server who calls. */
  protected byName(cluster: string, to: string, port: number): Call {
    void to;
    void port;
    return { body: headersFrom(this.identity(cluster)) };
  }

  identity(cluster: string): string {
    return `spiffe://cluster.local/ns/${this.namespace}/sa/at-${cluster}`;
  }
}

/** As a sidecar writes them, of one hop or of several. */
export function headersFrom(...identities: string[]): string {
  const hops = identities.map((uri) => `By=spiffe://x;Hash=0a;Subject="";URI=${uri}`);
  return JSON.stringify({ "X-Forwarded-Client-Cert": [hops.join(",")] });
}

/** ztunnel tells nobody, but lets each caller in on a port of its own. */
export class AmbientWorld extends World {
  protected override byName(cluster: string, to: string, port: number): Call {
    const callers = ["east", "west"];
    return callers[port - 9000] === cluster
      ? { body: cluster }
      : { error: "read tcp 10.0.0.1:8080: connection reset by peer" };
  }
}
