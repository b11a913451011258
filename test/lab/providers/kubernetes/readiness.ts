import { asList, asProps, asText } from "../base/values";
import type { Props } from "../base/values";
import type { Client } from "./client";
import { annotation } from "./objects";

/** Why an object is not ready yet; undefined when it is. */
type Readiness = (
  object: Props,
  client: Client,
) => Promise<string | undefined> | string | undefined;

const status = (object: Props) => asProps(object.status);
const count = (value: unknown) => Number(value ?? 0);

function condition(object: Props, type: string): Props | undefined {
  return asList(status(object).conditions)
    .map(asProps)
    .find((it) => it.type === type);
}

const isTrue =
  (type: string): Readiness =>
  (object) =>
    condition(object, type)?.status === "True"
      ? undefined
      : `condition ${type} is not True: ${asText(condition(object, type)?.message)}`;

const observed = (object: Props) =>
  count(status(object).observedGeneration) >= count(asProps(object.metadata).generation);

const deployment: Readiness = (object) => {
  const wanted = count(asProps(object.spec).replicas ?? 1);
  const { updatedReplicas, availableReplicas } = status(object);
  if (!observed(object)) return "the controller has not seen this generation";
  return count(updatedReplicas) >= wanted && count(availableReplicas) >= wanted
    ? undefined
    : `${count(availableReplicas)} of ${wanted} replicas are available`;
};

const statefulSet: Readiness = (object) => {
  const wanted = count(asProps(object.spec).replicas ?? 1);
  return observed(object) && count(status(object).readyReplicas) >= wanted
    ? undefined
    : `${count(status(object).readyReplicas)} of ${wanted} replicas are ready`;
};

const daemonSet: Readiness = (object) => {
  const { desiredNumberScheduled, numberReady } = status(object);
  return observed(object) && count(numberReady) >= count(desiredNumberScheduled)
    ? undefined
    : `${count(numberReady)} of ${count(desiredNumberScheduled)} pods are ready`;
};

const pod: Readiness = (object) =>
  status(object).phase === "Succeeded" ? undefined : isTrue("Ready")(object, undefined as never);

const job: Readiness = (object) => {
  const failed = condition(object, "Failed");
  if (failed?.status === "True") return `failed: ${asText(failed.message)}`;
  return isTrue("Complete")(object, undefined as never);
};

const service: Readiness = async (object, client) => {
  const { type, selector, externalName } = asProps(object.spec);
  if (type === "ExternalName" || externalName !== undefined) return undefined;
  const ingress = asList(asProps(status(object).loadBalancer).ingress);
  if (type === "LoadBalancer" && ingress.length === 0) return "no load balancer address";
  if (Object.keys(asProps(selector)).length === 0) return undefined;
  const { namespace, name } = asProps(object.metadata);
  const kind = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" };
  const label = `kubernetes.io/service-name=${asText(name)}`;
  const slices = await client.list(kind, asText(namespace), label);
  const endpoints = slices.flatMap((slice) => asList(slice.endpoints).map(asProps));
  const ready = endpoints.some((it) => asProps(it.conditions).ready !== false);
  return ready ? undefined : "no endpoint is ready";
};

const claim: Readiness = (object) =>
  ["Bound", "Pending"].includes(asText(status(object).phase)) ? undefined : "not bound";

/** A controller fills in the token some moments later (pulumi-kubernetes, provider/pkg/await/awaiters.go, untilCoreV1SecretInitialized). */
const secret: Readiness = (object) =>
  object.type !== "kubernetes.io/service-account-token" || Object.keys(asProps(object.data)).length
    ? undefined
    : "no token";

/** What the real provider waits for; every other kind is ready when it is there. */
const READINESS: Readonly<Record<string, Readiness>> = {
  "apps/v1/Deployment": deployment,
  "apps/v1/StatefulSet": statefulSet,
  "apps/v1/DaemonSet": daemonSet,
  "batch/v1/Job": job,
  "v1/Pod": pod,
  "v1/Secret": secret,
  "v1/Service": service,
  "v1/PersistentVolumeClaim": claim,
  "v1/Namespace": (object) =>
    status(object).phase === "Active" ? undefined : `phase is ${asText(status(object).phase)}`,
  "apiextensions.k8s.io/v1/CustomResourceDefinition": isTrue("Established"),
};

/** What the annotation `pulumi.com/waitFor` asks for. The real provider also takes JSONPath and lists. */
function waitedFor(expression: string): Readiness {
  const [, type] = /^condition=(\w+)$/.exec(expression) ?? [];
  if (type === undefined) throw new Error(`pulumi.com/waitFor: cannot wait for ${expression}`);
  return isTrue(type);
}

export async function notReadyBecause(object: Props, client: Client): Promise<string | undefined> {
  if (annotation(object, "pulumi.com/skipAwait") === "true") return undefined;
  const expression = annotation(object, "pulumi.com/waitFor");
  if (expression !== "") return waitedFor(expression)(object, client);
  const readiness = READINESS[`${asText(object.apiVersion)}/${asText(object.kind)}`];
  return readiness?.(object, client);
}
