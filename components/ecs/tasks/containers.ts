/** Containers of a task, as ECS's task definition has them. Plain data. */
import { HBONE } from "../../istio/ports";
import { LaunchType } from "../../topology";
import type { Forward } from "../../topology";
import { GRACE_SECONDS, proxyEnvironment, ztunnelEnvironment } from "./environment";
import type { ZtunnelFacts } from "./environment";
import { forwardHealth, forwardScript } from "./forwarder";
import {
  DIRECTORY,
  drainScript,
  FILES,
  initScripts,
  labelPace,
  leavePace,
  LONGEST_LEAVE,
  servingCheck,
  tokenPace,
  tokenScript,
  USER,
  ztunnelScript,
} from "./scripts";

/** What the mesh's containers of a task are told. */
export interface MeshFacts extends ZtunnelFacts {
  /** Name of the service, of its Service and of what begins its groups. */
  service: string;
  serviceAccount: string;
  /** Name that EKS knows the cluster by. */
  eksName: string;
  region: string;
  ztunnelImage: string;
  helperImage: string;
  forwarderImage: string;
  ports: Record<string, number>;
  /** Services behind ports of the task, by name. */
  forward: Record<string, Forward>;
}

/** What of a service's plan its tasks are told. */
export interface TaskFacts extends MeshFacts {
  image: string;
  command?: string[];
  environment: Record<string, string>;
  /** ARNs by variable. */
  secrets: Record<string, string>;
  healthCheck: { command?: string[] };
}

/** A container that is not the mesh's. */
export interface Own {
  /** Its name, which none of the mesh's has. */
  name: string;
  /**
   * Tells whether it is well: the task is called once it is.
   *
   * @default none: the task is called once its ports are listened on
   */
  healthCheck?: object;
}

/** What exists only after deployment. */
export interface TaskValues {
  /** URL of the API server, and its CA bundle, base64. */
  endpoint: string;
  certificateAuthority: string;
  /** PEM of the mesh's roots. */
  roots: string;
  logGroup: string;
}

/** Volume that the containers of the mesh share. */
export const VOLUME = "mesh";

/** Containers that are not the application's. */
export const HELPERS: readonly string[] = [
  ...["mesh-init", "mesh-token", "ztunnel", "mesh-forward", "mesh-drain"],
];

/** The application's. */
export const APPLICATION = "app";

/** What containers have where nothing is said (moby/moby, oci/caps/defaults.go). Fargate takes away, and adds none of these. */
const USUAL = [
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD"],
  ...["NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
];

/**
 * Istio's image lets its user become root by sudo, who then has no capability either; on EC2 not even that
 * (Fargate takes no such option: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html).
 */
const POWERLESS = {
  [LaunchType.Fargate]: { linuxParameters: { capabilities: { drop: ["ALL"] } } },
  [LaunchType.Ec2]: {
    linuxParameters: { capabilities: { drop: ["ALL"] } },
    dockerSecurityOptions: ["no-new-privileges"],
  },
} satisfies Record<LaunchType, object>;

/** It owns the volume; on EC2 it writes iptables' rules too, which asks for raw sockets and a lock in its own files. */
const OWNING = {
  [LaunchType.Fargate]: {
    readonlyRootFilesystem: true,
    linuxParameters: { capabilities: { drop: without("CHOWN") } },
  },
  [LaunchType.Ec2]: {
    readonlyRootFilesystem: false,
    linuxParameters: { capabilities: { add: ["NET_ADMIN"], drop: without("CHOWN", "NET_RAW") } },
    dockerSecurityOptions: ["no-new-privileges"],
  },
} satisfies Record<LaunchType, object>;

function without(...kept: string[]): string[] {
  return USUAL.filter((one) => !kept.includes(one));
}

/** One that ends sooner than this after its start is not started again (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html). */
const restartPolicy = { enabled: true, restartAttemptPeriod: 60 };

/** Seconds; ECS takes no more (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html). */
const LONGEST_START = 300;

type Condition = "START" | "SUCCESS" | "HEALTHY";

const after = (...needed: [containerName: string, condition: Condition][]) => ({
  dependsOn: needed.map(([containerName, condition]) => ({ containerName, condition })),
});

/**
 * Containers in the order of their start. ECS stops them the other way round, one before all that it names itself, since the order is
 * not passed on (https://github.com/aws/amazon-ecs-agent/issues/1866): so first what takes the task out of its Service, then the
 * application, then ztunnel.
 */
export function withMesh(facts: MeshFacts, values: TaskValues, own: Own[]): object[] {
  const logged = <T extends Own>(one: T) => ({ ...one, ...logs(facts, values, one.name) });
  const before = [
    ...[initContainer(facts), tokenContainer(facts, values), ztunnelContainer(facts, values)],
    ...forwardContainer(facts),
  ];
  return [...before.map(logged), ...own, logged(drainContainer(facts, values, own))];
}

/** Those of a service that is described: one application. */
export function containerDefinitions(facts: TaskFacts, values: TaskValues): object[] {
  return withMesh(facts, values, [{ ...application(facts), ...logs(facts, values, APPLICATION) }]);
}

/** What a container that is not the mesh's waits for: all that it calls through. */
export const neededBy = (facts: MeshFacts) => after(["ztunnel", "HEALTHY"], ...forwarding(facts));

function initContainer({ ztunnelImage, launchType }: MeshFacts) {
  return {
    ...{ name: "mesh-init", image: ztunnelImage, essential: false, user: "0" },
    ...{ ...shell(initScripts[launchType]), ...mount({ readOnly: false }), ...OWNING[launchType] },
  };
}

/** Its health says that the first token is there, and stays so: one that cannot be renewed is to end no task. */
function tokenContainer(facts: MeshFacts, values: TaskValues) {
  const environment = { ...apiEnvironment(facts, values), EKS_CA: values.certificateAuthority };
  return {
    ...{ name: "mesh-token", image: facts.helperImage, essential: true, ...ours(facts) },
    ...{ ...shell(tokenScript), ...mount({ readOnly: false }) },
    environment: variables({ ...environment, SERVICE: facts.service, ...tokenPace }),
    healthCheck: health(["CMD-SHELL", `test -s ${FILES.token}`]),
    ...after(["mesh-init", "SUCCESS"]),
    ...{ restartPolicy, stopTimeout: 5 },
  };
}

function ztunnelContainer(facts: MeshFacts, { roots }: TaskValues) {
  return {
    ...{ name: "ztunnel", image: facts.ztunnelImage, essential: true, ...ours(facts) },
    ...{ ...shell(ztunnelScript), ...mount({ readOnly: true }) },
    environment: variables(ztunnelEnvironment(facts, roots)),
    portMappings: [{ containerPort: HBONE, hostPort: HBONE, protocol: "tcp" }],
    healthCheck: health(["CMD-SHELL", "curl -fsS http://127.0.0.1:15021/healthz/ready"]),
    ulimits: [{ name: "nofile", softLimit: 65535, hardLimit: 65535 }],
    ...after(["mesh-token", "HEALTHY"]),
    ...{ restartPolicy, stopTimeout: GRACE_SECONDS },
  };
}

function application(facts: TaskFacts) {
  const { image, command, environment, secrets, healthCheck, proxyEnv, ports, region } = facts;
  const own = { ...(proxyEnv && proxyEnvironment(region)), ...environment };
  return {
    ...{ name: APPLICATION, image, essential: true, ...(command && { command }) },
    environment: variables(own),
    secrets: sorted(secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
    portMappings: Object.values(ports).map((port) => ({
      ...{ containerPort: port, hostPort: port, protocol: "tcp" },
    })),
    ...(healthCheck.command && { healthCheck: health(["CMD", ...healthCheck.command]) }),
    ...neededBy(facts),
    stopTimeout: GRACE_SECONDS,
  };
}

/** The application starts after what it calls through, and what drains stops before it. */
function forwarding({ forward }: MeshFacts): [string, Condition][] {
  return Object.keys(forward).length > 0 ? [["mesh-forward", "HEALTHY"]] : [];
}

function forwardContainer(facts: MeshFacts) {
  const { forwarderImage: image, forward } = facts;
  if (Object.keys(forward).length === 0) return [];
  return [
    {
      ...{ name: "mesh-forward", image, essential: true, ...ours(facts) },
      ...{ ...shell(forwardScript(forward)), ...after(["ztunnel", "HEALTHY"]) },
      healthCheck: health(["CMD-SHELL", forwardHealth(forward)]),
      ...{ restartPolicy, stopTimeout: 5 },
    },
  ];
}

/** Its health says that the task is called: so long may an application take that has no health of its own. */
function drainContainer(facts: MeshFacts, values: TaskValues, own: Own[]) {
  const { service, ports } = facts;
  const environment = {
    ...{ ...apiEnvironment(facts, values), ...labelPace, ...leavePace },
    ...{ SERVICE: service, PORTS: Object.values(ports).join(" ") },
  };
  const ready = own.map(({ name, healthCheck }): [string, Condition] => [
    name,
    healthCheck ? "HEALTHY" : "START",
  ]);
  return {
    ...{ name: "mesh-drain", image: facts.helperImage, essential: true, ...ours(facts) },
    ...{ ...shell(drainScript), ...mount({ readOnly: false }) },
    environment: variables(environment),
    healthCheck: { ...health(["CMD-SHELL", servingCheck]), startPeriod: LONGEST_START },
    ...after(["mesh-token", "HEALTHY"], ["ztunnel", "HEALTHY"], ...forwarding(facts), ...ready),
    ...{ restartPolicy, stopTimeout: LONGEST_LEAVE },
  };
}

/** Containers that run as ztunnel's user. */
function ours({ launchType }: MeshFacts) {
  return { user: `${USER}:${USER}`, readonlyRootFilesystem: true, ...POWERLESS[launchType] };
}

function shell(script: string) {
  return { entryPoint: ["/bin/sh", "-ec"], command: [script] };
}

function mount({ readOnly }: { readOnly: boolean }) {
  return { mountPoints: [{ sourceVolume: VOLUME, containerPath: DIRECTORY, readOnly }] };
}

/** The first two minutes do not count: an istiod that is away lets a task wait, and then ends it. */
function health(command: string[]) {
  return { command, interval: 5, timeout: 5, retries: 6, startPeriod: 120 };
}

/** What helpers ask the API server with. The AWS CLI keeps its caches where it may write. */
function apiEnvironment(facts: MeshFacts, { endpoint }: TaskValues): Record<string, string> {
  const { eksName, region, namespace, serviceAccount } = facts;
  return {
    ...{ EKS_NAME: eksName, EKS_ENDPOINT: endpoint, AWS_REGION: region, HOME: DIRECTORY },
    ...{ NAMESPACE: namespace, SERVICE_ACCOUNT: serviceAccount },
  };
}

/** Sorted, as AWS answers it: an order of ours would be a change for ever. */
function variables(environment: Record<string, string>) {
  return sorted(environment).map(([name, value]) => ({ name, value }));
}

function sorted(map: Record<string, string>): [string, string][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A log that takes no lines is to stop nobody (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html). */
function logs({ region }: MeshFacts, { logGroup }: TaskValues, name: string) {
  const options = {
    ...{ "awslogs-group": logGroup, "awslogs-region": region, "awslogs-stream-prefix": name },
    ...{ mode: "non-blocking", "max-buffer-size": "25m" },
  };
  return { logConfiguration: { logDriver: "awslogs", options } };
}

/** Most bytes of a task definition (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html). */
export const LARGEST = 64 * 1024;

/** Bytes that the containers of a task take. */
export function definitionLength(facts: TaskFacts, values: TaskValues): number {
  return lengthOf(containerDefinitions(facts, values));
}

export function lengthOf(containers: readonly object[]): number {
  return Buffer.byteLength(JSON.stringify(containers));
}
