/** What the helpers of a task run, for any POSIX shell. */
import { GATEWAY_READY, HBONE, METRICS_PORTS } from "../../istio/ports";
import { LaunchType } from "../../topology";
import { SERVICE_LABEL } from "../registration";

/** What containers of the mesh share, and the application does not see. */
export const DIRECTORY = "/mesh";

export const FILES = {
  /** What ztunnel is told that only a task knows. */
  environment: `${DIRECTORY}/env`,
  /** The token of the service account. */
  token: `${DIRECTORY}/token`,
  /** CA of the API server. */
  authority: `${DIRECTORY}/eks-ca.pem`,
};

/** User of ztunnel and of its helpers: what istio-proxy is in Istio's images. */
export const USER = 1337;

/**
 * Volumes of tasks belong to root (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html): the helpers, who are
 * not, could write nothing.
 */
const OWN = `chmod 0750 ${DIRECTORY}\nchown ${USER}:${USER} ${DIRECTORY}\n`;

/** Ports of ztunnel that are called as they are: HBONE, metrics and readiness. */
const UNCAPTURED = [HBONE, METRICS_PORTS.proxy, GATEWAY_READY.port];

/**
 * What the application sends goes to ztunnel, names of Services to its resolver, and what comes in to the port that knows policies
 * (istio/ztunnel, scripts/ztunnel-redirect.sh and ARCHITECTURE.md). What ztunnel and the helpers send does not, nor what ECS
 * answers on: 169.254.170.2.
 */
const CAPTURE = [
  `OUTPUT -m owner --uid-owner ${USER} -j RETURN`,
  "OUTPUT -o lo -j RETURN",
  "OUTPUT -p udp --dport 53 -j REDIRECT --to-ports 15053",
  "OUTPUT -d 169.254.0.0/16 -j RETURN",
  "OUTPUT -p tcp -j REDIRECT --to-ports 15001",
  `PREROUTING -p tcp -m multiport ! --dports ${UNCAPTURED.join()} -j REDIRECT --to-ports 15006`,
].map((rule) => `iptables -w -t nat -A ${rule}\n`);

/** A task whose rules are not there must not start: its application would be called, and would call, in plain text. */
export const initScripts = {
  [LaunchType.Fargate]: OWN,
  [LaunchType.Ec2]: [OWN, ...CAPTURE].join(""),
} satisfies Record<LaunchType, string>;

/** Seconds that a question to the API server takes at most. */
const ASK_SECONDS = 10;

/**
 * Asks the API server something, as the task's role: method, path, type and body. The token of EKS lives for 15 minutes and is
 * made by signing alone; it is made anew after ten, and after a failure. It stands in no command line.
 */
const ask = `
expiry=0
ask() {
  if [ "$(date +%s)" -ge "$expiry" ]; then
    bearer="$(aws eks get-token --cluster-name "$EKS_NAME" --region "$AWS_REGION" \\
      --output text --query status.token)" || return 1
    expiry="$(($(date +%s) + 600))"
  fi
  printf 'header = "Authorization: Bearer %s"\\n' "$bearer" |
    curl --config - --silent --show-error --fail --max-time ${ASK_SECONDS} --cacert ${FILES.authority} \\
      --request "$1" --header "Content-Type: $3" --data "$4" "$EKS_ENDPOINT$2" ||
    { expiry=0; return 1; }
}

pause() {
  sleep "$1" &
  wait "$!"
}
`.trimStart();

/**
 * Says who the task is, then keeps a token of its service account in a file, replaced in one step and without a new line, which no
 * header takes. A zone is part of the group's name. A failure is said and tried again: what a proxy has of a token serves on.
 */
export const tokenScript = `
set -u
umask 027
trap 'exit 0' TERM INT
${ask}
field() {
  printf '%s' "$task" | sed -n "s/.*\\"$1\\":\\[*\\"\\([^\\"]*\\)\\".*/\\1/p"
}

until task="$(curl --silent --show-error --fail --max-time 5 "$ECS_CONTAINER_METADATA_URI_V4/task" | tr -d ' \\n\\t')" &&
  address="$(field IPv4Addresses)" && zone="$(field AvailabilityZone)" && arn="$(field TaskARN)" &&
  [ -n "$address" ] && [ -n "$zone" ]; do
  echo "ECS does not say yet which address and zone the task has" >&2
  pause 2
done
group="$SERVICE-$zone"
printf '%s' "$EKS_CA" | base64 -d > ${FILES.authority}
{
  printf 'export INSTANCE_IP=%s POD_NAME=%s\\n' "$address" "\${arn##*/}"
  printf 'export ISTIO_META_AUTO_REGISTER_GROUP=%s ENTRY=%s-%s\\n' "$group" "$group" "$address"
  printf 'export PROXY_WORKLOAD_INFO=%s/%s-%s/%s\\n' "$NAMESPACE" "$group" "$address" "$SERVICE_ACCOUNT"
} > ${FILES.environment}

refresh() {
  answer="$(ask POST "/api/v1/namespaces/$NAMESPACE/serviceaccounts/$SERVICE_ACCOUNT/token" application/json \\
    '{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"audiences":["istio-ca"],"expirationSeconds":3600}}' |
    tr -d ' \\n\\t')"
  token="$(printf '%s' "$answer" | sed -n 's/.*"token":"\\([^"]*\\)".*/\\1/p')"
  [ -n "$token" ] && printf '%s' "$token" > ${FILES.token}.new && mv -f ${FILES.token}.new ${FILES.token}
}

while :; do
  if refresh; then pause "$REFRESH_SECONDS"; else
    echo "no token for service account $NAMESPACE/$SERVICE_ACCOUNT of cluster $EKS_NAME: tried again" >&2
    pause "$RETRY_SECONDS"
  fi
done
`.trimStart();

/** Seconds between tokens, which live for an hour, and after a failure. */
export const tokenPace = { REFRESH_SECONDS: "1200", RETRY_SECONDS: "20" };

/** ztunnel is told what only the task knows. */
export const ztunnelScript = `. ${FILES.environment}\nexec /usr/local/bin/ztunnel proxy ztunnel\n`;

/** Says that the task is in its Service. */
const SERVING = `${DIRECTORY}/serving`;

/** Well once the task has been put into its Service: until then ECS takes no other away for it. */
export const servingCheck = `test -e ${SERVING}`;

/** Seconds that clients have to hear that a task leaves, while it still answers. */
export const DRAIN_SECONDS = 15;

/**
 * Seconds for which a task tries to leave its Service. istiod validates what is written to entries, so that the API server refuses while
 * none is there (istio, manifests/charts/base), and nobody would hear of it either; the task serves on meanwhile.
 */
const LEAVE_SECONDS = 18;

export const leavePace = {
  DRAIN_SECONDS: String(DRAIN_SECONDS),
  LEAVE_SECONDS: String(LEAVE_SECONDS),
};

/** What a task may take to leave: it may be asking just then, and asks once more at the end. */
export const LONGEST_LEAVE = ASK_SECONDS + LEAVE_SECONDS + ASK_SECONDS + 2 + DRAIN_SECONDS;

/** Seconds between labels, and after a failure. */
export const labelPace = { REFRESH_SECONDS: "30", RETRY_SECONDS: "2" };

/**
 * Puts the task into its Service once something listens on each of its ports, as the kernel says it of the network that a task's containers
 * share (https://docs.kernel.org/networking/proc_net_tcp.html). It says so again and again: istiod makes another entry, without the label,
 * of a task that it has not heard of for a while. ECS stops it first: then it takes the task out of its Service, not out of the mesh. ztunnel
 * needs its own entry to serve what is under way, and istiod deletes it once ztunnel is gone.
 */
export const drainScript = `
set -u
${ask}
. ${FILES.environment}
label() {
  ask PATCH "/apis/networking.istio.io/v1/namespaces/$NAMESPACE/workloadentries/$ENTRY" \\
    application/merge-patch+json "{\\"metadata\\":{\\"labels\\":{\\"${SERVICE_LABEL}\\":$1}}}" > /dev/null
}

leave() {
  last="$(($(date +%s) + LEAVE_SECONDS))"
  until label null; do
    if [ "$(date +%s)" -ge "$last" ]; then
      echo "entry $NAMESPACE/$ENTRY keeps its label: given up" >&2
      break
    fi
    echo "entry $NAMESPACE/$ENTRY keeps its label: tried again" >&2
    sleep 1
  done
  sleep "$DRAIN_SECONDS"
  exit 0
}

listens() {
  for port in $PORTS; do
    grep -qs ":$(printf %04X "$port") 0*:0000 0A " /proc/net/tcp /proc/net/tcp6 || return 1
  done
}

trap leave TERM INT
until listens; do pause 1; done
while :; do
  if label "\\"$SERVICE\\""; then
    : > ${SERVING}
    pause "$REFRESH_SECONDS"
  else
    echo "entry $NAMESPACE/$ENTRY gets no label: tried again" >&2
    pause "$RETRY_SECONDS"
  fi
done
`.trimStart();
