/**
 * A small API server in this process: what `verify` asks of a real one, in the shapes of the real API
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/), with port-forward as the kubelet serves it to web sockets
 * (k8s.io/cri-streaming, pkg/streaming/portforward/websocket.go: two channels a port, each beginning with its number).
 */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import type { Thing } from "../../../cli/verify/access";

/** Kinds that it knows, by group and version, as its discovery says them. */
const KINDS: Record<string, Record<string, { plural: string; namespaced: boolean }>> = {
  v1: {
    Namespace: { plural: "namespaces", namespaced: false },
    Pod: { plural: "pods", namespaced: true },
    Secret: { plural: "secrets", namespaced: true },
    ConfigMap: { plural: "configmaps", namespaced: true },
    Service: { plural: "services", namespaced: true },
    ServiceAccount: { plural: "serviceaccounts", namespaced: true },
  },
  "networking.k8s.io/v1": { NetworkPolicy: { plural: "networkpolicies", namespaced: true } },
  "discovery.k8s.io/v1": { EndpointSlice: { plural: "endpointslices", namespaced: true } },
  "security.istio.io/v1": {
    AuthorizationPolicy: { plural: "authorizationpolicies", namespaced: true },
    PeerAuthentication: { plural: "peerauthentications", namespaced: true },
  },
  "networking.istio.io/v1": {
    Gateway: { plural: "gateways", namespaced: true },
    VirtualService: { plural: "virtualservices", namespaced: true },
  },
};

/** What answers in a pod: status and body of a path. */
export type Listener = (path: string) => { status?: number; body: string } | undefined;

export class ApiServer {
  /** Objects by the path that each is read at. */
  readonly objects = new Map<string, Thing>();
  /** Listeners in pods, by `namespace/name:port`. */
  readonly listeners = new Map<string, Listener>();
  /** Answers of its own to requests whose method and path begin so, such as a refusal. */
  readonly refusals = new Map<string, { code: number; message: string }>();
  /** Methods and paths of all that changed something. */
  readonly changes: string[] = [];
  /** Called when an object is made, as a controller would see it. */
  onCreate: (object: Thing) => void = () => undefined;
  private readonly server: Server = createServer((request, response) =>
    this.answer(request, response),
  );
  url = "";

  async start(): Promise<this> {
    const sockets = new WebSocketServer({ server: this.server });
    sockets.on("connection", (socket, request) => this.forward(socket, request.url!));
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  put(...objects: Thing[]): this {
    for (const object of objects) this.objects.set(pathOf(object), object);
    return this;
  }

  listen(namespace: string, pod: string, port: number, listener: Listener): this {
    this.listeners.set(`${namespace}/${pod}:${port}`, listener);
    return this;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = "GET" } = request;
    const url = new URL(request.url!, "http://localhost");
    const send = (code: number, body: Thing) => {
      response.writeHead(code, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const line = `${method} ${url.pathname}`;
    const refusal = [...this.refusals].find(([start]) => line.startsWith(start))?.[1];
    if (refusal) return send(refusal.code, status(refusal.code, refusal.message));
    if (method !== "GET") this.changes.push(line);
    if (method === "POST") return this.create(request, send);
    if (method === "DELETE") return this.remove(url.pathname, send);
    const found = this.objects.get(url.pathname);
    const list = discovery(url.pathname) ?? found ?? this.list(url);
    return list ? send(200, list) : send(404, status(404, `${url.pathname} not found`));
  }

  private create(request: IncomingMessage, send: (code: number, body: Thing) => void): void {
    let text = "";
    request.on("data", (part) => (text += part));
    request.on("end", () => {
      const object = JSON.parse(text);
      this.put(object);
      this.onCreate(object);
      send(201, object);
    });
  }

  /** A namespace takes all that is in it along. */
  private remove(path: string, send: (code: number, body: Thing) => void): void {
    if (!this.objects.has(path)) return send(404, status(404, `${path} not found`));
    for (const key of this.objects.keys())
      if (key === path || (path.includes("/namespaces/") && key.startsWith(`${path}/`)))
        this.objects.delete(key);
    if (path.startsWith("/api/v1/namespaces/")) {
      const within = path.slice("/api/v1".length);
      for (const key of [...this.objects.keys()])
        if (key.includes(`${within}/`)) this.objects.delete(key);
    }
    send(200, { kind: "Status", apiVersion: "v1", status: "Success" });
  }

  private list(url: URL): Thing | undefined {
    const known = Object.entries(KINDS).flatMap(([version, kinds]) =>
      Object.entries(kinds).map(([kind, { plural }]) => ({ version, kind, plural })),
    );
    const own = known.find(
      ({ version, plural }) =>
        url.pathname.startsWith(rootOf(version)) && url.pathname.endsWith(`/${plural}`),
    );
    if (!own) return undefined;
    const selector = url.searchParams.get("labelSelector")?.split(",").filter(Boolean) ?? [];
    const items = [...this.objects.values()].filter(
      (object) =>
        object.apiVersion === own.version &&
        object.kind === own.kind &&
        pathOf(object).startsWith(`${url.pathname}/`) &&
        selector.every((one) => {
          const [key, value] = one.split("=");
          return object.metadata.labels?.[key] === value;
        }),
    );
    return { apiVersion: own.version, kind: `${own.kind}List`, metadata: {}, items };
  }

  private forward(socket: WebSocket, path: string): void {
    const url = new URL(path, "http://localhost");
    const [, , , , namespace, , pod] = url.pathname.split("/");
    const port = Number(url.searchParams.get("ports"));
    const number = Buffer.from([port & 255, port >> 8]);
    const frame = (channel: number, data: Buffer) =>
      socket.send(Buffer.concat([Buffer.from([channel]), data]));
    frame(0, number);
    frame(1, number);
    const listener = this.listeners.get(`${namespace}/${pod}:${port}`);
    if (!listener)
      return frame(1, Buffer.from(`error forwarding port ${port}: connection refused`));
    let text = "";
    socket.on("message", (data: Buffer) => {
      text += data.subarray(1).toString();
      if (!text.includes("\r\n\r\n")) return;
      const answer = listener(text.split(" ")[1]);
      if (!answer) return;
      const { status: code = 200, body } = answer;
      const length = Buffer.byteLength(body);
      frame(0, Buffer.from(`HTTP/1.1 ${code} X\r\ncontent-length: ${length}\r\n\r\n${body}`));
    });
  }
}

function rootOf(version: string): string {
  return version === "v1" ? "/api/v1" : `/apis/${version}`;
}

function pathOf({ apiVersion, kind, metadata: { name, namespace } }: Thing): string {
  const { plural, namespaced } = KINDS[apiVersion][kind];
  const where = namespaced ? `/namespaces/${namespace}` : "";
  return `${rootOf(apiVersion)}${where}/${plural}/${name}`;
}

function discovery(path: string): Thing | undefined {
  const version = Object.keys(KINDS).find((one) => rootOf(one) === path);
  if (!version) return undefined;
  const resources = Object.entries(KINDS[version]).map(([kind, { plural, namespaced }]) => ({
    ...{ name: plural, singularName: "", namespaced, kind },
    verbs: ["create", "delete", "get", "list"],
  }));
  return { kind: "APIResourceList", groupVersion: version, resources };
}

function status(code: number, message: string): Thing {
  const reason = { 401: "Unauthorized", 403: "Forbidden", 404: "NotFound" }[code] ?? "Unknown";
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    code,
  };
}
