import * as assert from "node:assert/strict";
import type { Json } from "../machine/kube";
import { until } from "../machine/processes";
import type { MeshDescription } from "../../../components/topology/description";
import { only, type Check } from "../run/check";
import { failure } from "../run/cli";
import type { Session } from "../run/session";

const inOne = only("01-single-cluster");

/** What a mesh may say as a whole, while it runs. */
const wishes: Partial<MeshDescription> = { injection: "cni" };

/** Makes the mesh say more than it did; with nothing, what it said at first. */
async function wish({ cli, file, mesh }: Session, more: Partial<MeshDescription>): Promise<void> {
  const { original } = file;
  const meshes = { ...original.meshes, [mesh.name]: { ...original.meshes[mesh.name], ...more } };
  file.write({ ...original, meshes });
  const outcome = await cli.operate("up");
  assert.equal(outcome.code, 0, `\`up\` ended with ${failure(outcome)}`);
}

const wished: Check = {
  key: "wishes",
  point: 6,
  title: "a mesh that runs takes istio-cni",
  skip: inOne,
  run: (session) => wish(session, wishes),
};

const took: Check = {
  key: "no-wishes",
  point: 6,
  title: "and goes back",
  skip: inOne,
  run: (session) => wish(session, {}),
};

/** What the Pod Security Standard `restricted` asks of a pod itself (https://kubernetes.io/docs/concepts/security/pod-security-standards/). */
const unprivileged = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};

const restricted: Check = {
  key: "restricted",
  point: 5,
  title: "with istio-cni a namespace that enforces `restricted` takes a pod with a sidecar",
  skip: inOne,
  async run(session) {
    const [name] = session.members;
    const { kube } = session.cluster(name);
    const enforce = { "pod-security.kubernetes.io/enforce": "restricted" };
    const metadata = {
      name: "restricted",
      labels: { "istio-injection": "enabled", ...enforce },
    };
    const path = "/api/v1/namespaces/restricted";
    await kube.apply(path, { apiVersion: "v1", kind: "Namespace", metadata });
    await until(`${name}: a service account`, 30, () =>
      kube.find(`${path}/serviceaccounts/default`),
    );
    const container = { name: "one", image: "registry.invalid/one:1" };
    const containers = [{ ...container, securityContext: unprivileged }];
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "one" }, spec: { containers } };
    // istiod reads its injection template again some seconds after the release has changed it.
    await until(`${name}: a pod that the agent redirects`, 60, async () => {
      const { spec } = await kube.request("POST", `${path}/pods?dryRun=All`, pod).catch(refused);
      const names = spec.initContainers.map((one: Json) => one.name);
      return names.join() === "istio-validation,istio-proxy";
    });
    await kube.delete(path);
  },
};

/** As long as istiod gives pods a container with privileges, this is what admission says. */
function refused(error: Error): Json {
  assert.match(error.message, /violates PodSecurity "restricted/);
  return { spec: { initContainers: [] } };
}

export const wishChecks = [wished, restricted, took] as const satisfies readonly Check[];
