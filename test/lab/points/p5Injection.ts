import * as assert from "node:assert/strict";
import type { Json } from "../machine/kube";
import { sidecar, type Check } from "../run/check";
import { discoveryName } from "../run/proxy";
import type { Session } from "../run/session";
import { deployEcho, echoPod, namespace } from "../run/workload";

/** Part of the point that follows too: endpoints need pods. */
const deploy: Check = {
  key: "deploy",
  point: 5,
  title: "a pod of a labelled namespace becomes Ready in every cluster",
  async run(session) {
    for (const name of session.members) {
      await deployEcho(session.cluster(name), session.mesh.dataPlane);
      await echoPod(session.cluster(name));
    }
  },
};

function environmentOf(pod: Json): Record<string, string> {
  const containers: Json[] = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const proxy = containers.find(({ name }) => name === "istio-proxy");
  assert.ok(proxy, `expected a sidecar in ${pod.metadata.name}`);
  return Object.fromEntries(proxy.env.map(({ name, value }: Json) => [name, value]));
}

const injected: Check = {
  key: "injected",
  point: 5,
  title: "the sidecar carries cluster, network, mesh, trust domain and discovery address",
  skip: sidecar,
  async run(session) {
    const discovery = `${discoveryName(session)}:15012`;
    for (const name of session.members) {
      const variables = environmentOf(await echoPod(session.cluster(name)));
      const expected = {
        ISTIO_META_CLUSTER_ID: name,
        ISTIO_META_NETWORK: session.networkOf(name),
        ISTIO_META_MESH_ID: session.mesh.name,
        TRUST_DOMAIN: session.mesh.trustDomain,
        CA_ADDR: discovery,
      };
      for (const [variable, value] of Object.entries(expected)) {
        assert.equal(variables[variable], value, `${name}: ${variable} of the injected sidecar`);
      }
      const proxy = JSON.parse(variables.PROXY_CONFIG || "{}");
      assert.equal(proxy.discoveryAddress ?? discovery, discovery, `${name}: discovery address`);
    }
  },
};

/** Only istiod knows that a route must lead somewhere: the CRD's schema lets it pass. */
export async function demandValidated(
  { configured, cluster }: Session,
  where: string,
  refusal: RegExp,
): Promise<void> {
  for (const name of configured) {
    const path = `/apis/networking.istio.io/v1/namespaces/${where}/virtualservices`;
    const bad = {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: "bad" },
      spec: { hosts: ["echo"], http: [{ name: "nowhere" }] },
    };
    const answer = cluster(name).kube.request("POST", `${path}?dryRun=All`, bad);
    const message = `${name}: expected the bad VirtualService to be refused`;
    await assert.rejects(answer, refusal, message);
  }
}

const validated: Check = {
  key: "validated",
  point: 5,
  title: "a VirtualService that istiod would refuse is refused by validation",
  run: (session) => demandValidated(session, namespace, /admission webhook .*denied/),
};

export const injectionChecks = [deploy, injected, validated] as const satisfies readonly Check[];
