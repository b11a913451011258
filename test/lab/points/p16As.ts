/** The API server as those who administer tenants meet it, and what they deploy. */
import * as assert from "node:assert/strict";
import { Kube, type KubeError } from "../machine/kube";
import type { Cluster } from "../machine/machine";
import { until } from "../machine/processes";
import { demandRefusal, image, podOf, port, type Caller } from "../run/applications";
import type { Session } from "../run/session";
import { deploymentOf } from "../run/workload";
import { restricted, restrictedContainer, type Attempt } from "./p16Attempt";

/** Whoever administers a tenant of a shipped file, with EKS's token. */
export function asTenant({ machine }: Session, tenant: string, { server, kubelet }: Cluster): Kube {
  const admin = `arn:aws:iam::123456789012:role/${tenant}`;
  const token = machine.authenticator.tokenOf(kubelet.options.cluster, admin);
  return new Kube(server.endpoint, server.certificateAuthority, token);
}

interface Answer {
  readonly status: number;
  readonly message: string;
}

/** Asks whether it would be done: whatever is asked is, but for keeping it. */
async function answerTo(kube: Kube, { method, path, body }: Attempt): Promise<Answer> {
  const query = method === "GET" ? path : `${path}?dryRun=All`;
  const type = method === "PATCH" ? "application/merge-patch+json" : undefined;
  return kube.request(method, query, body, type).then(
    () => ({ status: 200, message: "" }),
    ({ status, message }: KubeError) => ({ status, message }),
  );
}

/** Who stopped it, by what the API server says. */
function stopOf({ status, message }: Answer): string {
  if (status < 300) return "nobody";
  if (status === 401) return "entry";
  if (/ValidatingAdmissionPolicy 'istio-patterns-tenants-/.test(message)) return "admission";
  if (/violates PodSecurity/.test(message)) return "pod-security";
  if (/exceeded quota/.test(message)) return "quota";
  if (status === 403 && /is forbidden: User|cannot/.test(message)) return "rights";
  return `${status} ${message}`;
}

/** Each attempt, asked by whom it is given with, is stopped by what should; what is not is told together. */
export async function demandStops(attempts: readonly (readonly [Kube, Attempt])[]): Promise<void> {
  const wrong: string[] = [];
  for (const [kube, attempt] of attempts) {
    const answer = await answerTo(kube, attempt);
    const stop = stopOf(answer);
    const isSaid = attempt.says?.test(answer.message) ?? true;
    if (stop !== attempt.stop || !isSaid)
      wrong.push(`${attempt.what}: expected ${attempt.stop}, got ${stop}: ${answer.message}`);
  }
  assert.deepEqual(wrong, []);
}

/** Until Kubernetes has counted once what a quota holds, it takes nothing of it (kubernetes, plugin/pkg/admission/resourcequota). */
export async function untilCounted({ kube }: Cluster, namespace: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
  await until(`${namespace}: quotas are counted`, 120, async () => {
    const quotas = await kube.list(path);
    return quotas.every(({ spec, status }) =>
      Object.keys(spec.hard).every((counted) => status?.used?.[counted] !== undefined),
    );
  });
}

const labels = (name: string) => ({ app: name });

/** As its tenant's own people do it. */
export async function deploy(kube: Kube, namespace: string, name: string, exportTo?: string) {
  const core = `/api/v1/namespaces/${namespace}`;
  await kube.apply(`${core}/serviceaccounts/${name}`, {
    ...{ apiVersion: "v1", kind: "ServiceAccount", metadata: { name } },
  });
  const annotations = exportTo === undefined ? {} : { "networking.istio.io/exportTo": exportTo };
  await kube.apply(`${core}/services/${name}`, {
    ...{ apiVersion: "v1", kind: "Service", metadata: { name, annotations } },
    spec: { selector: labels(name), ports: [{ name: "http", port, targetPort: port }] },
  });
  const container = {
    ...{ name: "agnhost", image, args: ["netexec", `--http-port=${port}`] },
    ports: [{ containerPort: port }],
    readinessProbe: { httpGet: { path: "/readyz", port } },
    securityContext: restrictedContainer,
  };
  const spec = { serviceAccountName: name, securityContext: restricted, containers: [container] };
  await kube.apply(
    `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`,
    deploymentOf(name, spec),
  );
}

/** By whichever of the things that stand between; Go says of a connection that ends before it is written to that it was idle (net/http, errServerClosedIdle). */
const STOPPED =
  /RBAC: access denied|no such host|lookup|deadline|timeout|refused|reset|EOF|closed idle connection|unreachable|503|upstream connect error|"responses":\[""\]|^\{\}$/;

/** A proxy that knows no such service answers without a word: nothing is in what agnhost then says. */
export const demandSilence = (caller: Caller, host: string, to = port) =>
  demandRefusal(caller, host, STOPPED, to);

/** Name of a Service in every cluster. */
export const hostOf = (namespace: string, name: string): string =>
  `${name}.${namespace}.svc.cluster.local`;

/** Nothing is heard of an application, by its name or by its address. */
export async function demandClosed(
  from: Caller,
  cluster: Cluster,
  namespace: string,
  name: string,
): Promise<void> {
  const { status } = await podOf(cluster, namespace, name);
  await demandSilence(from, hostOf(namespace, name));
  await demandSilence(from, status.podIP as string);
}
