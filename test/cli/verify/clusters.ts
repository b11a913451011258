/** Clusters as `up` leaves them, on API servers of this process. */
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import { run } from "../../../cli/command";
import type { Thing } from "../../../cli/verify/access";
import { newestVersion } from "../../../components/versions/istio";
import { ApiServer } from "./apiServer";

export const FILE = join(__dirname, "../../../stacks/02-multi-primary-different-networks.yaml");

export const VERSION = newestVersion();

/** A root, and an intermediate that it signed, with the days until they end. */
export interface Pki {
  root: string;
  intermediate: string;
}

export async function pki(name: string, ends = inDays(365)): Promise<Pki> {
  const [ca, own] = [await keys(), await keys()];
  const subject = `CN=${name}`;
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ name: subject, notBefore: BEGIN, notAfter: inDays(3650), keys: ca },
    signingAlgorithm: ALGORITHM,
  });
  const intermediate = await x509.X509CertificateGenerator.create({
    ...{ subject: `CN=${name} intermediate`, issuer: subject, notBefore: BEGIN, notAfter: ends },
    ...{ publicKey: own.publicKey, signingKey: ca.privateKey, signingAlgorithm: ALGORITHM },
  });
  return { root: `${root.toString("pem")}\n`, intermediate: `${intermediate.toString("pem")}\n` };
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const BEGIN = new Date("2020-01-01T00:00:00Z");

export function inDays(days: number): Date {
  return new Date(Date.now() + days * 86_400_000);
}

function keys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

export function folder(): string {
  return mkdtempSync(join(tmpdir(), "verify-"));
}

/** One kubeconfig with a context for each server, by the name that it has. */
export function kubeconfig(folder: string, servers: Record<string, string>): string {
  const file = join(folder, "kubeconfig");
  const names = Object.keys(servers);
  const config = {
    ...{ apiVersion: "v1", kind: "Config", "current-context": names[0] },
    clusters: names.map((name) => ({
      name,
      cluster: { server: servers[name], "insecure-skip-tls-verify": true },
    })),
    users: [{ name: "me", user: { token: "secret" } }],
    contexts: names.map((name) => ({ name, context: { cluster: name, user: "me" } })),
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

export function pod(namespace: string, name: string, labels: object, image: string): Thing {
  return {
    ...{ apiVersion: "v1", kind: "Pod", metadata: { name, namespace, labels } },
    spec: { containers: [{ name: "discovery", image }] },
    status: { conditions: [{ type: "Ready", status: "True" }] },
  };
}

const inSystem = { namespace: "istio-system" };

/** A cluster of mesh prod with an istiod and an east-west gateway, which sees some others. */
export async function primary(name: string, { root, intermediate }: Pki, others: string[]) {
  const server = await new ApiServer().start();
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const data = { "ca-cert.pem": base64(intermediate), "root-cert.pem": base64(root) };
  server.put(
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } },
    namespace("istio-system", { "topology.istio.io/network": `net-${name}` }),
    { apiVersion: "v1", kind: "Secret", metadata: { name: "cacerts", ...inSystem }, data },
    rootCert(root),
    pod(
      "istio-system",
      "istiod-1",
      { app: "istiod", "istio.io/rev": "default" },
      `docker.io/istio/pilot:${VERSION}`,
    ),
    gateway(name),
    slice("istio-eastwestgateway", [true, true]),
  );
  server.listen("istio-system", "istiod-1", 8080, debugPages(name, others));
  return server;
}

export function namespace(name: string, labels: object): Thing {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

export function rootCert(root: string): Thing {
  const metadata = { name: "istio-ca-root-cert", ...inSystem };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "root-cert.pem": root } };
}

export function gateway(cluster: string, ingress = [{ hostname: `${cluster}.elb.test` }]): Thing {
  const labels = { "topology.istio.io/network": `net-${cluster}` };
  return {
    ...{ apiVersion: "v1", kind: "Service" },
    metadata: { name: "istio-eastwestgateway", labels, ...inSystem },
    status: { loadBalancer: { ingress } },
  };
}

export function slice(service: string, ready: boolean[]): Thing {
  const labels = { "kubernetes.io/service-name": service };
  return {
    ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", addressType: "IPv4" },
    metadata: { name: `${service}-x`, labels, ...inSystem },
    endpoints: ready.map((one) => ({ addresses: ["10.0.0.1"], conditions: { ready: one } })),
  };
}

/** Clusters east and west, which see each other. */
export function primaries(mesh: Pki) {
  return Promise.all([primary("east", mesh, ["west"]), primary("west", mesh, ["east"])]);
}

/** As istiod writes them (istio, pkg/cluster/debug.go and pilot/pkg/xds/debug.go). */
export function debugPages(name: string, others: string[], more: Record<string, Thing> = {}) {
  const pages: Record<string, Thing> = {
    "/debug/clusterz": [name, ...others].map((id) => ({
      ...{ id, secretName: id === name ? "" : `istio-system/remote-${id}`, syncStatus: "synced" },
    })),
    "/debug/syncz": [proxy("gateway-1.istio-system", name, {})],
    ...more,
  };
  return (path: string) => {
    const page = pages[path];
    return page === undefined ? { status: 404, body: "not found" } : { body: JSON.stringify(page) };
  };
}

export function proxy(id: string, cluster: string, behind: object): Thing {
  const right = { sent: "n1", acked: "n1", sentTime: "2026-01-01T00:00:00Z" };
  const type = (kind: string) => `type.googleapis.com/envoy.config.${kind}.v3.Cluster`;
  return {
    ...{ proxy: id, proxy_type: "router", cluster_id: cluster, istio_version: VERSION },
    resources: { [type("cluster")]: { ...right, ...behind } },
  };
}

/** Runs `verify` on two clusters on networks of their own; what a shell would see. */
export async function verify(...words: string[]) {
  const seen = { stdout: "", stderr: "" };
  const code = await run(["verify", FILE, ...words], {
    stdout: { write: (text) => (seen.stdout += text) },
    stderr: { write: (text) => (seen.stderr += text) },
  });
  return { code, ...seen };
}
