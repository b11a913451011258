/**
 * The token refresher: a native sidecar of istiod that keeps one EKS token per watched cluster in a file.
 *
 * Nothing here knows which clusters: it reads them from a ConfigMap, so that a further cluster changes no Release.
 */
import { REFRESHER_CLUSTERS, REFRESHER_CONFIG, TOKEN_DIRECTORY } from "../names";

const CONFIG_DIRECTORY = "/etc/istio-token-refresher";
const TOKENS = "eks-tokens";
const CONFIG = "token-refresher-config";

/** One watched cluster, as the refresher's list has it. */
export interface RefresherLine {
  /** Istio's cluster id: the name of the token's file. */
  cluster: string;
  eksName: string;
  region: string;
  /** Role to assume first; absent: the pod's own. */
  roleArn?: string;
}

/** The refresher's list: a line per cluster, empty fields as `-` since the shell joins blanks. */
export function refresherList(clusters: RefresherLine[]): string {
  const lines = clusters.map(({ cluster, eksName, region, roleArn }) =>
    [cluster, eksName, region, roleArn ?? "-"].join(" "),
  );
  return lines.map((line) => `${line}\n`).join("");
}

/**
 * The refresher's loop, for any POSIX shell.
 *
 * A pass makes a token for every line of the list, replacing each file in one step, and deletes tokens of clusters that
 * left. It repeats every 10 minutes, since tokens live 15
 * (https://docs.aws.amazon.com/cli/latest/reference/eks/get-token.html), as soon as the list changes, and sooner after a
 * failure. One cluster that fails keeps nothing else waiting: the first pass makes the pod ready whatever came of it.
 *
 * It waits for its role first, and is not ready before: istiod would run without reading another cluster, and only its log would
 * say so. Pod Identity knows an association some seconds after it is made
 * (https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html#pod-id-considerations), on nodes that run long after the
 * pod has started, and its webhook gives pods made before then nothing for life: see `identity`.
 *
 * No two braces in a row and no double dollar sign: the chart passes it through a template, Kubernetes through its own
 * variable expansion.
 */
export const refresherScript = `
set -u
umask 077
list="$CONFIG_DIRECTORY/${REFRESHER_CLUSTERS}"

refresh_one() {
  file="$TOKEN_DIRECTORY/$1"
  pending="$TOKEN_DIRECTORY/.$1"
  set -- --cluster-name "$2" --region "$3" --role-arn "$4"
  [ "$6" != "-" ] || set -- "$1" "$2" "$3" "$4"
  token="$(aws eks get-token "$@" --cli-connect-timeout 5 --cli-read-timeout 10 \\
    --output text --query status.token)"
  [ -n "$token" ] && printf '%s' "$token" > "$pending" && mv "$pending" "$file"
}

refresh_all() {
  failed=0
  while read -r cluster name region role; do
    [ -n "$cluster" ] || continue
    refresh_one "$cluster" "$name" "$region" "$role" < /dev/null || {
      failed=1
      echo "no token for cluster $cluster ($name in $region)" >&2
    }
  done < "$list"
  return "$failed"
}

listed() {
  while read -r cluster rest; do
    [ "$cluster" != "$1" ] || return 0
  done < "$list"
  return 1
}

forget_gone() {
  for file in "$TOKEN_DIRECTORY"/*; do
    [ -f "$file" ] || continue
    listed "\${file##*/}" || rm -f "$file"
  done
}

stop() { exit 0; }
trap stop TERM INT
until aws configure export-credentials --format process < /dev/null > /dev/null; do
  echo "no role yet: Pod Identity must have an association for this service account, and its agent run here" >&2
  sleep "$POLL_SECONDS" &
  wait "$!"
done
while :; do
  seen="$(cat "$list")"
  if refresh_all; then pause="$REFRESH_SECONDS"; else pause="$RETRY_SECONDS"; fi
  forget_gone
  : > "$TOKEN_DIRECTORY/.ready"
  waited=0
  while [ "$waited" -lt "$pause" ] && [ "$(cat "$list")" = "$seen" ]; do
    sleep "$POLL_SECONDS" &
    wait "$!"
    waited=$((waited + POLL_SECONDS))
  done
done
`.trimStart();

/** Seconds between passes, between passes after a failure, and between looks at the list. */
export const refresherPace = { REFRESH_SECONDS: "600", RETRY_SECONDS: "30", POLL_SECONDS: "5" };

const IDENTITY = "pod-identity-token";
const IDENTITY_DIRECTORY = "/var/run/secrets/pods.eks.amazonaws.com/token-refresher";
const IDENTITY_TOKEN = "token";

/**
 * How a container asks the agent of Pod Identity for its role: what EKS's webhook gives to pods whose association it knows when they
 * are made (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html), and leaves as it is where it stands already
 * (https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html). Said here, a pod gets its role whenever
 * the association is known. The address is the agent's own on every node.
 */
const identity = {
  environment: {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.170.23/v1/credentials",
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${IDENTITY_DIRECTORY}/${IDENTITY_TOKEN}`,
  },
  volume: {
    name: IDENTITY,
    projected: {
      sources: [
        {
          serviceAccountToken: {
            audience: "pods.eks.amazonaws.com",
            expirationSeconds: 86400,
            path: IDENTITY_TOKEN,
          },
        },
      ],
    },
  },
  volumeMount: { name: IDENTITY, mountPath: IDENTITY_DIRECTORY, readOnly: true },
};

const refresherEnvironment = {
  ...identity.environment,
  ...refresherPace,
  CONFIG_DIRECTORY,
  TOKEN_DIRECTORY,
  // The root file system is read-only, and the AWS CLI keeps caches under its home directory.
  HOME: `${TOKEN_DIRECTORY}/.home`,
  // What the role of the pod may not do, that of the node is not to be asked for.
  AWS_EC2_METADATA_DISABLED: "true",
};

/** Values of the `istiod` chart that add the refresher. */
export interface RefresherValues {
  initContainers: Record<string, unknown>[];
  volumes: Record<string, unknown>[];
  volumeMounts: Record<string, unknown>[];
  env: Record<string, string>;
}

/**
 * Values of the `istiod` chart that add the refresher.
 *
 * @param image holds the AWS CLI 2 and a shell, with its tag or digest
 */
export function refresherValues(image: string): RefresherValues {
  return {
    initContainers: [refresherContainer(image)],
    volumes: [
      { name: TOKENS, emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
      { name: CONFIG, configMap: { name: REFRESHER_CONFIG } },
      identity.volume,
    ],
    volumeMounts: [{ name: TOKENS, mountPath: TOKEN_DIRECTORY, readOnly: true }],
    // istiod refuses files in kubeconfigs unless told (istio, pkg/kube/util.go sanitizeKubeConfig).
    env: { PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS: "tokenFile" },
  };
}

/** `restartPolicy: Always` makes it a native sidecar: istiod starts after its startup probe has passed. */
function refresherContainer(image: string) {
  return {
    name: "token-refresher",
    image,
    restartPolicy: "Always",
    command: ["/bin/sh", "-c", refresherScript],
    env: Object.entries(refresherEnvironment).map(([name, value]) => ({ name, value })),
    startupProbe: {
      exec: { command: ["test", "-f", `${TOKEN_DIRECTORY}/.ready`] },
      periodSeconds: 1,
      failureThreshold: 300,
    },
    // As istiod's own user, who must read the tokens. The Pod Identity token is readable too: kubelet narrows it to one
    // user only where every container of the pod names the same one (kubernetes, pkg/volume/projected).
    securityContext: {
      runAsUser: 1337,
      runAsGroup: 1337,
      runAsNonRoot: true,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
    resources: { requests: { cpu: "20m", memory: "96Mi" }, limits: { memory: "256Mi" } },
    volumeMounts: [
      { name: TOKENS, mountPath: TOKEN_DIRECTORY },
      { name: CONFIG, mountPath: CONFIG_DIRECTORY, readOnly: true },
      identity.volumeMount,
    ],
  };
}
