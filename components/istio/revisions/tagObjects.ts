/** Kubernetes objects of a tag: what charts `istiod` and `base` render for it, apart from the releases of any revision. */
import { DEFAULT_REVISION, istiodName, SYSTEM_NAMESPACE } from "../../topology";
import { ISTIOD_PORTS, ISTIOD_SERVICE, METRICS_PORTS } from "../ports";
import type { HelmValues } from "../values";
import { isMap } from "../values";

/** What the objects depend on; `Leaf` may be a Pulumi Output, which is placed and never read. */
export interface TagFacts<Leaf> {
  tag: string;
  /** Revision that it points to. */
  revision: string;
  namespace: string;
  /** Root certificates as base64 of the exact bytes of `root-cert.pem`. */
  caBundle: Leaf;
  /** Path that istiod knows a remote by; absent: pods here are of istiod's own cluster. */
  injectionPath?: string;
  /** The user's own values of chart `istiod`, of which those of webhooks and Services apply. */
  values?: HelmValues;
}

/** Where chart `istiod` has its webhooks ask, unless a remote says more. */
const INJECTION_PATH = "/inject";

/** Labels that istiod finds a tag by (istio, pkg/revisions/tag_watcher.go), beside those of the charts. */
function labelsOf({ tag, revision }: TagFacts<unknown>, app: string) {
  return {
    "istio.io/tag": tag,
    "istio.io/rev": revision,
    app,
    "app.kubernetes.io/name": "istiod",
    "app.kubernetes.io/part-of": "istio",
  };
}

type Expression = { key: string; operator: string; values?: string[] };
interface Selectors {
  prefix: string;
  namespace: Expression[];
  object: Expression[];
}

const isIn = (key: string, ...values: string[]): Expression => ({ key, operator: "In", values });
const isNotIn = (key: string, ...values: string[]) => ({ key, operator: "NotIn", values });
const isAbsent = (key: string): Expression => ({ key, operator: "DoesNotExist" });

const REVISION = "istio.io/rev";
const INJECTION = "istio-injection";
const INJECT = "sidecar.istio.io/inject";

/** Pods that ask for the tag by the label of their namespace, or by their own. */
function byTag(tag: string): Selectors[] {
  const isWilling = isNotIn(INJECT, "false");
  return [
    {
      prefix: "rev.namespace.",
      namespace: [isIn(REVISION, tag), isAbsent(INJECTION)],
      object: [isWilling],
    },
    {
      prefix: "rev.object.",
      namespace: [isAbsent(REVISION), isAbsent(INJECTION)],
      object: [isWilling, isIn(REVISION, tag)],
    },
  ];
}

/** Pods that ask for injection by no revision. */
const unlabelled: Selectors[] = [
  {
    prefix: "namespace.",
    namespace: [isIn(INJECTION, "enabled")],
    object: [isNotIn(INJECT, "false")],
  },
  {
    prefix: "object.",
    namespace: [isAbsent(INJECTION), isAbsent(REVISION)],
    object: [isIn(INJECT, "true"), isAbsent(REVISION)],
  },
];

/** Pods that ask for nothing, with `sidecarInjectorWebhook.enableNamespacesByDefault`. */
const everyOther: Selectors = {
  prefix: "auto.",
  namespace: [
    isAbsent(INJECTION),
    isAbsent(REVISION),
    isNotIn(
      "kubernetes.io/metadata.name",
      ...["kube-system", "kube-public", "kube-node-lease", "local-path-storage"],
    ),
  ],
  object: [isAbsent(INJECT), isAbsent(REVISION)],
};

function mapIn(values: HelmValues, key: string): HelmValues {
  const found = values[key];
  return isMap(found) ? found : {};
}

/** What istiod's namespace is to names in the whole cluster: external istiods of several meshes have tags of one name. */
function clusterName(name: string, namespace: string): string {
  return namespace === SYSTEM_NAMESPACE ? name : `${name}-${namespace}`;
}

/**
 * istiod writes the roots that it hears of into the webhooks of its revision (istio, pkg/webhooks/webhookpatch.go and
 * pkg/webhooks/validation/controller), before `pulumi up` comes to them, and owns the field from then on: without force the API server
 * refuses the next bundle
 * (https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources).
 */
const TAKEN_BACK = { "pulumi.com/patchForce": "true" };

/** The webhook by which pods that ask for the tag are injected: the chart's templates/revision-tags-mwc.yaml. */
export function tagWebhook<Leaf>(facts: TagFacts<Leaf>) {
  const { tag, revision, namespace, caBundle, injectionPath = INJECTION_PATH, values = {} } = facts;
  const { reinvocationPolicy = "Never", enableNamespacesByDefault = false } = mapIn(
    values,
    "sidecarInjectorWebhook",
  );
  const service = { name: istiodName(revision), namespace, path: injectionPath, port: 443 };
  const auto = enableNamespacesByDefault === true ? [everyOther] : [];
  const selectors = [...byTag(tag), ...(tag === DEFAULT_REVISION ? [...unlabelled, ...auto] : [])];
  return {
    metadata: {
      name: clusterName(`istio-revision-tag-${tag}`, namespace),
      labels: labelsOf(facts, "sidecar-injector"),
      annotations: {
        ...(mapIn(values, "sidecarInjectorWebhookAnnotations") as Record<string, string>),
        ...TAKEN_BACK,
      },
    },
    webhooks: selectors.map(({ prefix, namespace: ofNamespace, object }) => ({
      name: `${prefix}sidecar-injector.istio.io`,
      clientConfig: { service, caBundle },
      sideEffects: "None",
      rules: [
        { operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] },
      ],
      failurePolicy: "Fail",
      reinvocationPolicy: String(reinvocationPolicy),
      admissionReviewVersions: ["v1"],
      namespaceSelector: { matchExpressions: ofNamespace },
      objectSelector: { matchExpressions: object },
    })),
  };
}

/** The Service by which istiod learns its tags, and clients find it by one: the chart's templates/revision-tags-svc.yaml. */
export function tagService(facts: TagFacts<unknown>) {
  const { tag, revision, namespace, values = {} } = facts;
  const { ipFamilyPolicy, ipFamilies } = values;
  const tcp = (port: number, name: string, targetPort?: number) => ({
    ...{ port, name, protocol: "TCP" },
    ...(targetPort === undefined ? {} : { targetPort }),
  });
  return {
    metadata: {
      name: `istiod-revision-tag-${tag}`,
      namespace,
      labels: { ...labelsOf(facts, "istiod"), istio: "pilot" },
      annotations: mapIn(values, "serviceAnnotations") as Record<string, string>,
    },
    spec: {
      ports: [
        tcp(15010, "grpc-xds"),
        tcp(ISTIOD_SERVICE.xds, "https-dns"),
        tcp(ISTIOD_SERVICE.webhook, "https-webhook", ISTIOD_PORTS.webhook),
        tcp(METRICS_PORTS.controlPlane, "http-monitoring"),
      ],
      selector: { app: "istiod", "istio.io/rev": revision },
      ...(typeof ipFamilyPolicy === "string" && ipFamilyPolicy !== "" ? { ipFamilyPolicy } : {}),
      ...(Array.isArray(ipFamilies) && ipFamilies.length > 0
        ? { ipFamilies: ipFamilies as string[] }
        : {}),
    },
  };
}

/**
 * The webhook that validates configuration of no revision, for tag `default` alone: chart base's
 * templates/defaultrevision-validatingwebhookconfiguration.yaml. Its label and its Service name the revision: istiod compares the label
 * with its own (istio, pkg/revisions/tag_watcher.go), and a Service `istiod-default` does not exist.
 */
export function defaultValidator<Leaf>(facts: TagFacts<Leaf>) {
  const { revision, namespace, caBundle } = facts;
  const apiGroups = ["security", "networking", "telemetry", "extensions"];
  return {
    metadata: {
      name: "istiod-default-validator",
      labels: {
        app: "istiod",
        istio: "istiod",
        "istio.io/rev": revision,
        "app.kubernetes.io/name": "istiod",
        "app.kubernetes.io/part-of": "istio",
      },
      annotations: TAKEN_BACK,
    },
    webhooks: [
      {
        name: "validation.istio.io",
        clientConfig: {
          service: { name: istiodName(revision), namespace, path: "/validate" },
          caBundle,
        },
        rules: [
          {
            operations: ["CREATE", "UPDATE"],
            apiGroups: apiGroups.map((group) => `${group}.istio.io`),
            apiVersions: ["*"],
            resources: ["*"],
          },
        ],
        failurePolicy: "Fail",
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
      },
    ],
  };
}
