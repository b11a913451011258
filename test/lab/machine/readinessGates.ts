/** The webhook by which load-balancer controllers put gates into pods that they will register. */
import * as https from "node:https";
import type { ClusterState } from "./clusterState";
import type { Json } from "./kube";
import { selects } from "./policies/isolation";
import { bindingKinds, gateOf, registrars, type BindingKind } from "./registrars";
import type { ApiServer } from "./servers";

const PORT = 9443;
const CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

/** Whether a webhook configuration came with the cluster, as these do. */
export const isBrought = ({ metadata }: Json): boolean =>
  bindingKinds.some((kind) => registrars[kind].webhook === metadata.name);

/**
 * Gates of a pod that is being made: one for each binding of its namespace whose Service selects it
 * (kubernetes-sigs/aws-load-balancer-controller, pkg/inject/pod_readiness/pod_readiness_gate.go).
 */
export function gatesFor(
  cluster: Pick<ClusterState, "all" | "service">,
  kind: BindingKind,
  namespace: string,
  pod: Json,
): string[] {
  const labels = pod.metadata.labels ?? {};
  const isMeant = ({ spec, metadata }: Json) => {
    if (metadata.namespace !== namespace || spec.targetType !== "ip") return false;
    const matchLabels = cluster.service(namespace, spec.serviceRef.name)?.spec.selector ?? {};
    return Object.keys(matchLabels).length > 0 && selects({ matchLabels }, labels);
  };
  const known = (pod.spec.readinessGates ?? []).map((gate: Json) => gate.conditionType);
  return cluster
    .all(kind)
    .filter(isMeant)
    .map((binding) => gateOf(kind, binding))
    .filter((gate) => !known.includes(gate));
}

function answerTo(cluster: ClusterState, kind: BindingKind, { request }: Json): Json {
  const pod = request.object;
  const gates = gatesFor(cluster, kind, request.namespace, pod).map((conditionType) => ({
    conditionType,
  }));
  const all = [...(pod.spec.readinessGates ?? []), ...gates];
  const patch = [{ op: "add", path: "/spec/readinessGates", value: all }];
  const changed = {
    patchType: "JSONPatch",
    patch: Buffer.from(JSON.stringify(patch)).toString("base64"),
  };
  const response = { uid: request.uid, allowed: true, ...(gates.length > 0 ? changed : {}) };
  return { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response };
}

/** Of one cluster; it shows the certificate of the cluster's API server, whose address it shares. */
export class ReadinessGates {
  readonly #server: https.Server;

  constructor(
    readonly cluster: ClusterState,
    readonly api: Pick<ApiServer, "endpoint" | "certificateAuthority" | "certificateKey">,
  ) {
    const pair = { cert: api.certificateAuthority, key: api.certificateKey };
    this.#server = https.createServer(pair, (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => {
        const { pathname } = new URL(request.url ?? "", this.api.endpoint);
        const kind = pathname.slice(1) as BindingKind;
        const review = JSON.parse(Buffer.concat(chunks).toString());
        const body = JSON.stringify(answerTo(this.cluster, kind, review));
        response.setHeader("content-type", "application/json").end(body);
      });
    });
  }

  async start(): Promise<void> {
    const { hostname } = new URL(this.api.endpoint);
    await new Promise<void>((resolve) => this.#server.listen(PORT, hostname, resolve));
    for (const kind of bindingKinds) {
      const path = `${CONFIGURATIONS}/${registrars[kind].webhook}`;
      await this.cluster.kube.apply(path, this.#configuration(kind));
    }
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** helm/aws-load-balancer-controller/templates/webhook.yaml of the controller, with its default values. */
  #configuration(kind: BindingKind): Json {
    const { webhook, label } = registrars[kind];
    const caBundle = Buffer.from(this.api.certificateAuthority).toString("base64");
    const resources = ["pods"];
    return {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingWebhookConfiguration",
      metadata: { name: webhook },
      webhooks: [
        {
          name: "mpod.elbv2.k8s.aws",
          clientConfig: { url: `${this.api.endpoint}:${PORT}/${kind}`, caBundle },
          namespaceSelector: { matchLabels: { [label]: "enabled" } },
          rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources }],
          failurePolicy: "Ignore",
          sideEffects: "None",
          admissionReviewVersions: ["v1"],
        },
      ],
    };
  }
}
