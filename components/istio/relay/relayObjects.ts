/** Kubernetes objects of a relay of istiod. */
import { createHash } from "node:crypto";
import { istiodName } from "../../topology";
import { relayDrain, serveOn } from "../drain";
import { ISTIOD_PORTS, ISTIOD_SERVICE } from "../ports";
import { RELAY_READY, relayConfig } from "./relayConfig";
import { spreadOverZones } from "../spread";

/** What the objects depend on; `Leaf` may be a Pulumi Output, which is placed and never read. */
export interface RelayPlace<Leaf> {
  namespace: Leaf;
  /** Revision of the istiods behind it; absent: the default one. */
  revision?: string;
  /** Addresses of their load balancers, one list per istiod in the order of failover. */
  backends: string[][];
  /** Istio's proxy image, whose Envoy is used by itself. */
  image: Leaf;
  /** Names of Secrets by which it is pulled; absent: none. */
  imagePullSecrets?: string[];
  /** Absent: the cluster's default. */
  priorityClassName?: string;
}

const CONFIG_FILE = "envoy.json";
const CONFIG_DIRECTORY = "/etc/istiod-relay";

/** Everything of one relay, by what it is. */
export function relayObjects<Leaf>(place: RelayPlace<Leaf>) {
  const { namespace, revision } = place;
  const name = `${istiodName(revision)}-relay`;
  const config = JSON.stringify(relayConfig(place.backends));
  const labels = { app: name };
  return {
    config: { metadata: { name, namespace, labels }, data: { [CONFIG_FILE]: config } },
    deployment: {
      metadata: { name, namespace, labels },
      spec: {
        replicas: 2,
        strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        selector: { matchLabels: labels },
        template: relayPods(place, { name, config, labels }),
      },
    },
    disruptionBudget: {
      metadata: { name, namespace, labels },
      spec: {
        minAvailable: 1,
        selector: { matchLabels: labels },
        // A relay is not ready while no istiod answers: nodes can be drained then too
        // (https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy).
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    },
    // The name that proxies, node agents and webhooks look for where istiod itself would be.
    service: {
      metadata: { name: istiodName(revision), namespace, labels },
      spec: {
        selector: labels,
        ports: [
          { name: "tcp-istiod", port: ISTIOD_SERVICE.xds, targetPort: ISTIOD_PORTS.xds },
          { name: "tcp-webhook", port: ISTIOD_SERVICE.webhook, targetPort: ISTIOD_PORTS.webhook },
        ],
      },
    },
  };
}

interface Pods {
  name: string;
  config: string;
  labels: Record<string, string>;
}

function relayPods<Leaf>(place: RelayPlace<Leaf>, { name, config, labels }: Pods) {
  const { image, imagePullSecrets = [], priorityClassName } = place;
  return {
    metadata: {
      labels: {
        ...labels,
        // Injection asks istiod through these very pods.
        "sidecar.istio.io/inject": "false",
        "istio.io/dataplane-mode": "none",
      },
      // Envoy reads its file once: another configuration is other pods.
      annotations: { "checksum/config": createHash("sha256").update(config).digest("hex") },
    },
    spec: {
      automountServiceAccountToken: false,
      ...(priorityClassName === undefined ? {} : { priorityClassName }),
      ...(imagePullSecrets.length === 0
        ? {}
        : { imagePullSecrets: imagePullSecrets.map((secret) => ({ name: secret })) }),
      terminationGracePeriodSeconds: relayDrain.grace,
      // As istiod, which they stand for.
      tolerations: [{ key: "CriticalAddonsOnly", operator: "Exists" }],
      topologySpreadConstraints: spreadOverZones(labels),
      securityContext: {
        runAsNonRoot: true,
        // Not the image's 1337, whose traffic Istio exempts: `istioctl analyze` reports it outside of sidecars (IST0144).
        runAsUser: 65532,
        runAsGroup: 65532,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [relayContainer(image)],
      volumes: [{ name: "config", configMap: { name } }],
    },
  };
}

/**
 * For a thousand proxies on one relay, as while the other one is replaced: Envoy takes 64 MiB by itself and as much for as many
 * stalled connections with the buffers of `relayConfig`. It is killed with some five thousand. No limit of processor time, which would hold up
 * every push.
 */
const RESOURCES = { requests: { cpu: "100m", memory: "160Mi" }, limits: { memory: "512Mi" } };

function relayContainer<Leaf>(image: Leaf) {
  return {
    name: "relay",
    image,
    command: ["/usr/local/bin/envoy"],
    // Hot restart needs shared memory on a disk that is read-only here, and a second Envoy that never comes.
    args: [
      ...["--config-path", `${CONFIG_DIRECTORY}/${CONFIG_FILE}`],
      ...["--concurrency", "2", "--disable-hot-restart"],
    ],
    ports: [
      { name: "tcp-istiod", containerPort: ISTIOD_PORTS.xds },
      { name: "tcp-webhook", containerPort: ISTIOD_PORTS.webhook },
      { name: "ready", containerPort: RELAY_READY.port },
    ],
    readinessProbe: {
      httpGet: { path: RELAY_READY.path, port: RELAY_READY.port },
      periodSeconds: 2,
    },
    // Envoy ends at once: clients are to be told of another pod before.
    lifecycle: serveOn(relayDrain.sleep),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    resources: RESOURCES,
    volumeMounts: [{ name: "config", mountPath: CONFIG_DIRECTORY, readOnly: true }],
  };
}
