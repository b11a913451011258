/** An attempt of whoever administers a tenant, and its parts. Names are those of the shipped file. */
import type { Json } from "../machine/kube";

/** Who stops an attempt: no access entry, RBAC, an admission policy, Pod Security, a quota; nobody where a tenant may. */
export type Stop = "entry" | "rights" | "admission" | "pod-security" | "quota" | "nobody";

export interface Attempt {
  readonly what: string;
  readonly stop: Stop;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: Json;
  /** Of the message. */
  readonly says?: RegExp;
}

export const core = (namespace: string, kind: string) => `/api/v1/namespaces/${namespace}/${kind}`;
export const apis = (group: string, namespace: string, kind: string) =>
  `/apis/${group}/namespaces/${namespace}/${kind}`;
export const networking = "networking.istio.io/v1";
export const gatewayApi = "gateway.networking.k8s.io/v1";
export const security = "security.istio.io/v1";

export const create = (
  what: string,
  stop: Stop,
  path: string,
  apiVersion: string,
  kind: string,
  rest: Json,
  says?: RegExp,
): Attempt => {
  const { metadata = {}, ...fields } = rest;
  const body = { apiVersion, kind, metadata: { name: "tried", ...metadata }, ...fields };
  return { what, stop, method: "POST", path, body, says };
};

export const service = (what: string, stop: Stop, rest: Json, says?: RegExp): Attempt => {
  const { spec, ...others } = rest;
  const ports = [{ name: "http", port: 8080 }];
  const whole = { ...others, spec: { selector: { app: "web" }, ports, ...spec } };
  return create(what, stop, core("a-web", "services"), "v1", "Service", whole, says);
};

export const exported = (to: string, name = "tried") => ({
  metadata: { name, annotations: { "networking.istio.io/exportTo": to } },
});

const istio =
  (kind: string, plural: string) => (what: string, stop: Stop, spec: Json, says?: RegExp) =>
    create(what, stop, apis(networking, "a-web", plural), networking, kind, { spec }, says);

export const virtualService = istio("VirtualService", "virtualservices");
export const destinationRule = istio("DestinationRule", "destinationrules");
export const serviceEntry = (what: string, stop: Stop, spec: Json, says?: RegExp) =>
  istio("ServiceEntry", "serviceentries")(
    what,
    stop,
    {
      ...{ hosts: ["api.partner.example"], ports: [{ number: 443, name: "tls", protocol: "TLS" }] },
      ...{ resolution: "STATIC", ...spec },
    },
    says,
  );
export const workloadEntry = istio("WorkloadEntry", "workloadentries");

export const route = [{ route: [{ destination: { host: "web.a-web.svc.cluster.local" } }] }];

/** At the tenant's own Gateway, to its own Service, unless the rest says otherwise. */
export const httpRoute = (what: string, stop: Stop, rest: Json, says?: RegExp): Attempt => {
  const parentRefs = [{ namespace: "istio-ingress-shared", name: "team-a" }];
  const rules = [{ backendRefs: [{ name: "web", port: 8080 }] }];
  const spec = { parentRefs, rules, ...rest };
  const path = apis(gatewayApi, "a-web", "httproutes");
  return create(what, stop, path, gatewayApi, "HTTPRoute", { spec }, says);
};

const fine = {
  ...{ allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, runAsUser: 65532 },
  seccompProfile: { type: "RuntimeDefault" },
};

/** A pod as Pod Security `restricted` takes it. */
export const restricted = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
export const restrictedContainer = fine;

export const pod = (
  what: string,
  stop: Stop,
  metadata: Json,
  spec: Json,
  says?: RegExp,
): Attempt => {
  const { container = {}, lifecycle, ...rest } = spec;
  const image = "registry.invalid/app:1";
  const securityContext = { ...fine, ...container };
  const containers = [{ name: "app", image, securityContext, lifecycle }];
  const body = { metadata, spec: { securityContext: restricted, containers, ...rest } };
  return create(what, stop, core("a-web", "pods"), "v1", "Pod", body, says);
};
