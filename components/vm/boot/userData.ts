/** User data of a machine: names, addresses and certificates of authorities, and no secret. */
import { agentEnvironment, drainSeconds, istiodAddress, meshFile, shellFile } from "./environment";
import type { AgentFacts } from "./environment";
import { program } from "./packed";
import { earliest, first, guardScript, HOME, PROBE, probeScript, PROGRAM } from "./script";
import { units } from "./units";

/** EC2 takes 16 KiB (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html), counted before it is encoded. */
export const LARGEST = 16384;

/** What of a group's plan is in its user data. */
export interface BootFacts extends AgentFacts {
  /** Name of the Auto Scaling group. */
  autoScalingGroup: string;
  region: string;
  /** Domain of AWS's services there. */
  domain: string;
  /** Name that EKS knows the cluster by. */
  clusterName: string;
  /** Nobody but root and the agent asks for instance metadata. */
  agentOnly: boolean;
  /** Folder of the agent's package; absent: the image has the agent. `{kind}` stands for `deb` or `rpm`. */
  packageLocation?: string;
  /** SHA-256 of the package; absent: a file beside it says it. */
  packageSha256?: string;
  /** The user's own part. */
  userData?: string;
}

/** What exists only once the cluster does. */
export interface BootValues {
  /** URL of the API server. */
  server: string;
  /** Its CA bundle, base64. */
  certificateAuthority: string;
  /** PEM of the mesh's roots. */
  roots: string;
}

/** Seconds that a token is asked for: it is renewed every 20 minutes, so that three in a row may fail. */
const TOKEN_SECONDS = 3600;

/** Seconds for which a machine waits for its clock: then certificates say what is wrong with it. */
const CLOCK_SECONDS = 120;

/** Seconds without a ready agent after which a machine that has joined is replaced. */
const UNHEALTHY_SECONDS = 900;

function settingsOf(facts: BootFacts, server: string) {
  return {
    ...{ cluster: facts.clusterName, server, istiod: istiodAddress(facts) },
    ...{ namespace: facts.namespace, serviceAccount: facts.serviceAccount },
    ...{ group: facts.autoScalingGroup, region: facts.region, domain: facts.domain },
    ...{ tokenSeconds: TOKEN_SECONDS, clockSeconds: CLOCK_SECONDS },
    ...{ unhealthySeconds: UNHEALTHY_SECONDS, drainSeconds: drainSeconds(facts) },
    ...(facts.packageLocation !== undefined && { location: facts.packageLocation }),
    ...(facts.packageSha256 !== undefined && { sha256: facts.packageSha256 }),
  };
}

interface File {
  path: string;
  content: string;
  permissions?: string;
  encoding?: string;
}

function filesOf(facts: BootFacts, { server, certificateAuthority, roots }: BootValues): File[] {
  const ports = Object.values(facts.ports);
  const permissions = "0755";
  const authority = Buffer.from(certificateAuthority, "base64").toString("utf8");
  return [
    { path: `${HOME}/settings.json`, content: JSON.stringify(settingsOf(facts, server)) },
    { path: `${HOME}/api-server.pem`, content: authority },
    { path: `${HOME}/roots.pem`, content: roots },
    { path: "/var/lib/istio/envoy/cluster.env", content: shellFile(agentEnvironment(facts)) },
    { path: "/var/lib/istio/config/mesh", content: meshFile(facts) },
    { path: PROGRAM, content: program, permissions, encoding: "gz+b64" },
    { path: PROBE, content: probeScript(ports), permissions },
    ...Object.entries(units).map(([path, content]) => ({ path, content })),
  ];
}

const BOUNDARY = "istio-machine-part";

function part(type: string, content: string, ...headers: string[]): string {
  return [`--${BOUNDARY}`, `Content-Type: ${type}; charset="utf-8"`, ...headers, "", content].join(
    "\n",
  );
}

/** cloud-init takes scripts in the order of their names (cloud-init, cloudinit/handlers/shell_script.py). */
function attached(name: string): string {
  return `Content-Disposition: attachment; filename="${name}"`;
}

/** Lists of the user's own part are added to those here, which they would replace otherwise (https://docs.cloud-init.io/en/latest/reference/merging.html). */
const ADDED = "Merge-Type: list(append)+dict(no_replace,recurse_list)+str()";

/** JSON is YAML where it holds printable characters alone. */
function asYaml(value: object): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Bytes of the user data that some facts make, however many EC2 takes. */
export function userDataLength(facts: BootFacts, values: BootValues): number {
  return Buffer.byteLength(parts(facts, values));
}

/**
 * User data of a group of machines, of several parts: what joins the mesh, and then the user's own, which cloud-init knows by its first
 * line. The same facts make the same bytes: other ones replace the machines.
 *
 * @throws where it is too long for EC2
 */
export function userData(facts: BootFacts, values: BootValues): string {
  const text = parts(facts, values);
  const length = Buffer.byteLength(text);
  if (length <= LARGEST) return text;
  throw new Error(
    `User data of machines ${facts.group}: got ${length} bytes; allowed: ${LARGEST}, what EC2 takes; ` +
      "fix: let userData fetch the rest, such as a script in S3",
  );
}

function parts(facts: BootFacts, values: BootValues): string {
  const config = `#cloud-config\n${asYaml({ write_files: filesOf(facts, values) })}`;
  const { userData: own, ports, agentOnly } = facts;
  const guard = guardScript(Object.values(ports), agentOnly);
  const all = [
    part("text/cloud-boothook", earliest(guard), attached("istio-machine-guard")),
    part("text/cloud-config", config),
    part("text/x-shellscript", first, attached("00-istio-machine")),
    ...(own === undefined ? [] : [part("text/plain", own, attached("50-application"), ADDED)]),
  ];
  const head = `Content-Type: multipart/mixed; boundary="${BOUNDARY}"\nMIME-Version: 1.0\n`;
  return `${head}\n${all.join("\n")}\n--${BOUNDARY}--\n`;
}
