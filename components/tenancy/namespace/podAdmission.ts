/** What is refused of pods in tenants' namespaces. */
import { DataPlane } from "../../topology";
import { list, NETWORK, without } from "./policy";
import type { GuardFacts, Policy, Validation } from "./policy";

/** Who runs as it goes around the sidecar (istio, tools/istio-iptables/pkg/capture/run.go). */
const PROXY_USER = 1337;

/** What the mesh adds to a pod. */
const PROXIES = list(["istio-proxy", "istio-validation", "istio-init"]);

const runsAs = (container: string) =>
  `!has(${container}.securityContext) || ((!has(${container}.securityContext.runAsUser) || ${container}.securityContext.runAsUser != ${PROXY_USER}) ` +
  `&& (!has(${container}.securityContext.runAsGroup) || ${container}.securityContext.runAsGroup != ${PROXY_USER}))`;

const isSaid = (map: string, key: string, value: string) =>
  `has(${map}) && '${key}' in ${map} && ${map}['${key}'] == '${value}'`;

/** Of a handler that the node calls: no host but the pod's. Pod Security refuses others from Kubernetes 1.34 on alone. */
const noHost = (handler: string) =>
  ["httpGet", "tcpSocket"]
    .map((kind) => `${handler}.${kind}`)
    .map((call) => `(!has(${call}) || !has(${call}.host) || ${call}.host == '')`)
    .join(" && ");

const each = (parent: string, handlers: readonly string[]) =>
  handlers
    .map((handler) => `${parent}.${handler}`)
    .map((handler) => `(!has(${handler}) || (${noHost(handler)}))`)
    .join(" && ");

/** Nodes call where a container's probes and hooks say (kubernetes, pkg/kubelet/lifecycle/handlers.go and pkg/probe/http/request.go). */
const ASKS_ITSELF =
  `${each("one", ["livenessProbe", "readinessProbe", "startupProbe"])} && ` +
  `(!has(one.lifecycle) || (${each("one.lifecycle", ["postStart", "preStop"])}))`;

export const pods: Policy = {
  name: "pods",
  rules: [{ apiGroups: [""], resources: ["pods", "pods/ephemeralcontainers"] }],
  variables: {
    starting: "has(object.spec.initContainers) ? object.spec.initContainers : []",
    added: "has(object.spec.ephemeralContainers) ? object.spec.ephemeralContainers : []",
  },
  validations: (facts) => [
    facts.dataPlane === DataPlane.Ambient ? inAmbient : withSidecar,
    {
      expression:
        `(${runsAs("object.spec")}) && object.spec.containers.all(one, one.name in ${PROXIES} || ${runsAs("one")}) && ` +
        `variables.starting.all(one, one.name in ${PROXIES} || ${runsAs("one")}) && variables.added.all(one, ${runsAs("one")})`,
      message: `runAsUser and runAsGroup: any but ${PROXY_USER}, whose traffic no proxy takes`,
    },
    {
      expression: "!has(object.spec.hostNetwork) || !object.spec.hostNetwork",
      message: "hostNetwork: such a pod has the node's addresses, and no proxy",
    },
    {
      expression: `object.spec.containers.all(one, ${ASKS_ITSELF}) && variables.starting.all(one, ${ASKS_ITSELF})`,
      message:
        "host of probes and hooks: none; the node would ask it, past sidecars and NetworkPolicies",
    },
    ownNetwork(facts),
  ],
};

/** The mesh labels pods itself (istio, manifests/charts/istio-control/istio-discovery/files/injection-template.yaml). */
const ownNetwork = ({ network }: GuardFacts): Validation => ({
  expression: `(${without("object.metadata.labels", NETWORK)}) || object.metadata.labels['${NETWORK}'] == '${network}'`,
  message: `${NETWORK}: the pods' own network, or nothing`,
});

/** After injection: whatever label or annotation kept it away, a pod without a sidecar is not there. */
const withSidecar: Validation = {
  expression:
    "object.spec.containers.exists(one, one.name == 'istio-proxy') || variables.starting.exists(one, one.name == 'istio-proxy')",
  message: "the pod has no sidecar: nothing may take it out of the mesh",
};

const inAmbient: Validation = {
  expression: `!(${isSaid("object.metadata.labels", "istio.io/dataplane-mode", "none")})`,
  message: "istio.io/dataplane-mode: nothing may take a pod out of the mesh",
};
