import assert from "node:assert/strict";
import type { Json, Kube } from "../kube";
import { ztunnelOf } from "./ambient";

const container = {
  name: "istio-proxy",
  image: "registry.invalid/istio/ztunnel:1.31.1-distroless",
  args: ["proxy", "ztunnel"],
  readinessProbe: { httpGet: { port: 15021, path: "/healthz/ready" } },
  securityContext: { capabilities: { add: ["NET_ADMIN"] } },
  env: [
    { name: "XDS_ADDRESS", value: "istiod.istio-system.svc:15012" },
    { name: "NETWORK", value: "net-east" },
    { name: "INPOD_ENABLED", value: "true" },
  ],
};
const volumes = [{ name: "istio-token" }];
const ztunnel = { spec: { template: { spec: { containers: [container], volumes } } } };

/** A cluster with these DaemonSets and the labels of the one namespace. */
function clusterWith(labels: Record<string, string>, sets: Record<string, Json>): Kube {
  const found = (path: string) =>
    Object.entries(sets).filter(([name]) => decodeURIComponent(path).endsWith(`=${name}`));
  const kube: Pick<Kube, "get" | "list"> = {
    get: async () => ({ metadata: { labels } }),
    list: async (path) => found(path).map(([, set]) => set),
  };
  return kube as Kube;
}

const pod = (labels: Record<string, string> = {}, hostNetwork = false): Json => ({
  metadata: { namespace: "app", name: "one", labels },
  spec: { serviceAccountName: "client", hostNetwork },
});

const ambient = { "istio.io/dataplane-mode": "ambient" };
const both = { ztunnel, "istio-cni": {} };

describe("the ztunnel of a pod", () => {
  it("has what the DaemonSet says, and knows its workload", async () => {
    const beside = await ztunnelOf(clusterWith(ambient, both), pod());
    const env = Object.fromEntries(
      (beside?.container.env as Json[]).map(({ name, value }) => [name, value]),
    );
    assert.deepEqual(env, {
      XDS_ADDRESS: "istiod.istio-system.svc:15012",
      NETWORK: "net-east",
      INPOD_ENABLED: "false",
      PROXY_MODE: "dedicated",
      PROXY_WORKLOAD_INFO: "app/one/client",
      ENABLE_ORIG_SRC: "false",
      IPV6_ENABLED: "false",
      AUTH_TOKEN: "/var/run/secrets/tokens/istio-token",
    });
    assert.deepEqual(beside?.volumes, volumes);
  });

  it("has no right that the pod has not", async () => {
    const beside = await ztunnelOf(clusterWith(ambient, both), pod());
    assert.deepEqual(beside?.container.securityContext, {
      ...{ runAsUser: 1337, readOnlyRootFilesystem: true },
    });
  });

  const without: Record<string, [Kube, Json]> = {
    "outside the mesh": [clusterWith({}, both), pod()],
    "that opts out": [clusterWith(ambient, both), pod({ "istio.io/dataplane-mode": "none" })],
    "on its node's network": [clusterWith(ambient, both), pod({}, true)],
    "where nothing redirects": [clusterWith(ambient, { ztunnel }), pod()],
    "where there is no ztunnel": [clusterWith(ambient, { "istio-cni": {} }), pod()],
  };
  for (const [what, [kube, one]] of Object.entries(without)) {
    it(`is none for a pod ${what}`, async () => {
      assert.equal(await ztunnelOf(kube, one), undefined);
    });
  }

  it("comes with the pod's own label too", async () => {
    assert.ok(await ztunnelOf(clusterWith({}, both), pod(ambient)));
  });
});
