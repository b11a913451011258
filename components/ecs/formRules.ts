/** What must hold for what is written of ECS services. */
import { Capacity, LaunchType, oneOf, Severity, written } from "../topology";
import type { Rule } from "../topology";
import { when } from "../topology/rules/support";
import { isLabel, KUBERNETES_NAMES, LONGEST_LABEL, SERVICE, SYSTEM } from "../vm/formRules";
import { policyProblems, portNameProblems, samePortProblems } from "../vm/formRules";
import { sizesOf } from "./fargate";
import { forwardRules } from "./forwardRules";
import { ecsClusterRules } from "./clusterRules";
import { imageRules } from "./imageRules";
import { perService } from "./perService";
import { isTaken } from "./ports";
import { roomRules } from "./roomRules";
import { proxyEnvironment } from "./tasks/environment";
import { waypointRules } from "./waypointRules";

const checkName = perService(({ name }, at) =>
  when(!SERVICE.test(name), {
    path: at(),
    got: written(name),
    allowed: "a name that begins with a letter: it is a Service's",
    fix: "rename it",
  }),
);

const checkIdentity = perService(({ namespace, serviceAccount }, at) =>
  Object.entries({ namespace, serviceAccount }).flatMap(([field, name]) =>
    when(!isLabel(name), {
      path: at(field),
      got: written(name),
      allowed: `lower-case letters, digits and hyphens, a letter or digit first and last, at most ${LONGEST_LABEL}`,
      fix: "rename it",
    }),
  ),
);

const checkNamespace = perService(({ namespace }, at) =>
  when(SYSTEM.test(namespace), {
    path: at("namespace"),
    got: written(namespace),
    allowed: "a namespace of applications, which is made here",
    fix: "name another one: this one is somebody else's",
  }),
);

const checkPorts = perService(({ ports }, at) => [
  ...Object.entries(ports).flatMap(([name, port]) =>
    when(isTaken(port), {
      path: at("ports", name),
      got: String(port),
      allowed: "a port outside 15000 to 15090, which are ztunnel's",
      fix: "let the application listen on another one",
    }),
  ),
  ...when(Object.keys(ports).length === 0, {
    path: at("ports"),
    got: "none",
    allowed: "at least one port",
    fix: "name what the application listens on",
  }),
]);

const checkPortNames = perService(({ ports }, at) => portNameProblems(ports, at));
const checkSamePort = perService(({ ports }, at) => samePortProblems(ports, at));

const checkSize = perService(({ launchType, cpu, memory }, at) => {
  if (launchType !== LaunchType.Fargate) return [];
  const { cpus, memories } = sizesOf(cpu);
  if (memories === undefined)
    return [
      {
        path: at("cpu"),
        got: String(cpu),
        allowed: oneOf(cpus.map(String)),
        fix: "name one of these CPU units",
      },
    ];
  const { least, most, step } = memories;
  const fits = memory >= least && memory <= most && (memory - least) % step === 0;
  return when(!fits && !(cpu === 256 && memory === 512), {
    path: at("memory"),
    got: `${memory} MiB with ${cpu} CPU units`,
    allowed: `${cpu === 256 ? "512, or " : ""}${least} to ${most} MiB in steps of ${step}`,
    fix: "correct cpu or memory",
  });
});

/** IAM lets a role have ten (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html). */
const MOST_POLICIES = 10;

const checkPolicies = perService(({ policyArns }, at) =>
  policyProblems(policyArns, MOST_POLICIES, at),
);

const checkCount = perService(({ name, scaling }, at, { description }) => [
  ...when(scaling !== undefined && description.ecsServices?.[name]?.count !== undefined, {
    path: at("count"),
    got: String(description.ecsServices?.[name]?.count),
    allowed: "nothing beside scaling, which says how many there are",
    fix: "leave out one of the two",
  }),
  ...when(scaling !== undefined && scaling.min > scaling.max, {
    path: at("scaling"),
    got: `${scaling?.min} to ${scaling?.max}`,
    allowed: "no more at least than at most",
    fix: "correct min or max",
  }),
]);

const checkBase = perService(({ capacity, onDemandBase, launchType, count, scaling }, at) => {
  if (onDemandBase === undefined) return [];
  const most = scaling?.max ?? count;
  const isOnSpot = capacity === Capacity.Spot && launchType === LaunchType.Fargate;
  return [
    ...when(!isOnSpot, {
      path: at("onDemandBase"),
      got: String(onDemandBase),
      allowed: `nothing without capacity: ${Capacity.Spot} on Fargate`,
      fix: "leave out the base, or buy the rest on Spot",
    }),
    ...when(isOnSpot && onDemandBase >= most, {
      path: at("onDemandBase"),
      got: String(onDemandBase),
      allowed: `less than the ${most} tasks that there are at most`,
      fix: `lower it, or write capacity: ${Capacity.OnDemand} alone`,
    }),
  ];
});

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

const checkEnvironment = perService(({ environment, secrets, proxyEnv }, at) => {
  const taken = proxyEnv ? Object.keys(proxyEnvironment("")) : [];
  const all = [
    ...Object.keys(environment).map((name) => ({ name, path: at("environment", name) })),
    ...Object.keys(secrets).map((name) => ({ name, path: at("secrets", name) })),
  ];
  return all.flatMap(({ name, path }, index) => [
    ...when(!VARIABLE.test(name), {
      path,
      got: written(name),
      allowed: "letters, digits and underscores, no digit first",
      fix: "rename it",
    }),
    ...when(taken.includes(name), {
      path,
      got: "a value of your own",
      allowed: "nothing, the plan sets it",
      fix: "say proxyEnv: false and all four yourself, or remove it",
    }),
    ...when(
      all.slice(0, index).some((other) => other.name === name),
      {
        path,
        got: written(name),
        allowed: "a variable once: it stands in environment too",
        fix: "leave out one of the two",
      },
    ),
  ]);
});

const STORED =
  /^arn:(aws|aws-cn|aws-us-gov):(secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+|ssm:[a-z0-9-]+:\d{12}:parameter\/\S+)$/;

const checkSecrets = perService(({ secrets }, at) =>
  Object.entries(secrets).flatMap(([name, arn]) =>
    when(!STORED.test(arn), {
      path: at("secrets", name),
      got: written(arn),
      allowed: "the ARN of a Secrets Manager secret or of an SSM parameter",
      fix: "store it there, and name it here: the task definition shows what stands in environment",
    }),
  ),
);

const severity = Severity.Problem;

export const ecsFormRules: Rule[] = [
  {
    id: "ecs-name",
    summary: "The name of an ECS service is a Service's.",
    why: KUBERNETES_NAMES,
    severity,
    check: checkName,
  },
  {
    id: "ecs-identity-name",
    summary: "Namespace and service account of tasks are names that Kubernetes takes.",
    why: KUBERNETES_NAMES,
    severity,
    check: checkIdentity,
  },
  {
    id: "ecs-namespace",
    summary: "Tasks have a namespace of applications.",
    why: "It is made and deleted here, and whoever may act in it has the tasks' identity within reach.",
    severity,
    check: checkNamespace,
  },
  {
    id: "ecs-port",
    summary: "Tasks have ports, and none of ztunnel's.",
    why: "ztunnel listens beside the application, at the same address (istio/ztunnel, ARCHITECTURE.md).",
    severity,
    check: checkPorts,
  },
  {
    id: "ecs-port-name",
    summary: "Names of tasks' ports are names that a Service takes.",
    why: KUBERNETES_NAMES,
    severity,
    check: checkPortNames,
  },
  {
    id: "ecs-port-twice",
    summary: "A port of tasks has one name.",
    why: "A Service refuses a port twice (https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services).",
    severity,
    check: checkSamePort,
  },
  {
    id: "ecs-fargate-size",
    summary: "CPU and memory of a task are a pair that Fargate has.",
    why: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html",
    severity,
    check: checkSize,
  },
  {
    id: "ecs-count",
    summary: "The number of tasks stays, or follows their load within bounds.",
    why: "Scaling would be taken back by every `up` (https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html).",
    severity,
    check: checkCount,
  },
  {
    id: "ecs-on-demand-base",
    summary: "Some of the tasks on Spot are on-demand, and some are not.",
    why: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html",
    severity,
    check: checkBase,
  },
  {
    id: "ecs-policies",
    summary: "Policies of tasks are managed ones, as many as a role takes.",
    why: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    severity,
    check: checkPolicies,
  },
  ...imageRules,
  ...ecsClusterRules,
  ...roomRules,
  ...forwardRules,
  ...waypointRules,
  {
    id: "ecs-environment",
    summary: "Variables of tasks have names of their own.",
    why: "What leads an application to ztunnel, and keeps it from asking for credentials that way, is in four variables.",
    severity,
    check: checkEnvironment,
  },
  {
    id: "ecs-secrets",
    summary: "Secrets of tasks are named, not written.",
    why: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
    severity,
    check: checkSecrets,
  },
];
