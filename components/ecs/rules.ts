/** What must hold for ECS services. */
import { hasTier } from "../network/rules/existing";
import {
  below,
  DataPlane,
  hasValue,
  pathOf,
  Severity,
  SubnetTier,
  tasksOf,
  trustOf,
  written,
} from "../topology";
import type { Mesh, Problem, Relations, Rule, Tasks, Topology } from "../topology";
import type { EcsServicePlan, TasksPlan } from "./facts";
import { ecsFormRules } from "./formRules";
import { pullRules } from "./pullRules";
import { definitionLength, LARGEST } from "./tasks/containers";
import { wayOutRules } from "./wayOutRules";

type EcsRule = Rule<TasksPlan>;

function all({ meshes }: Relations): Tasks[] {
  return meshes.flatMap(tasksOf);
}

function at({ service }: Pick<Tasks, "service">, ...parts: string[]): string {
  return pathOf("ecsServices", service.name, ...parts);
}

function checkDataPlane(_: unknown, relations: Relations): Problem[] {
  return all(relations)
    .filter(({ controlledBy }) => controlledBy.in.mesh.dataPlane !== DataPlane.Ambient)
    .map((tasks) => ({
      path: at(tasks, "mesh"),
      got: `${written(tasks.service.mesh)}, which runs ${tasks.controlledBy.in.mesh.dataPlane}`,
      allowed: "a mesh that runs ambient: tasks carry ztunnel, which talks to ztunnels",
      fix: "name another mesh, or give this one dataPlane: ambient",
    }));
}

function checkCluster(_: unknown, relations: Relations): Problem[] {
  return all(relations).flatMap((tasks) => {
    const { cluster, eksName } = tasks.controlledBy.at;
    const missing = [
      ...(eksName === undefined ? ["eksName"] : []),
      ...(["endpoint", "certificateAuthority"] as const).filter(
        (value) => cluster.existing && !hasValue(cluster, value),
      ),
    ];
    return missing.map((value) => ({
      path: pathOf("clusters", cluster.name, "existing", value),
      got: "nothing",
      allowed: `a value: tasks ${tasks.service.name} ask this cluster for their tokens`,
      fix: "say it; they sign in with their IAM role, which EKS alone knows",
    }));
  });
}

function checkIdentity(_: unknown, relations: Relations): Problem[] {
  const seen = new Map<string, Tasks>();
  return all(relations).flatMap((tasks) => {
    const { namespace, serviceAccount } = tasks.service;
    const key = [tasks.controlledBy.at.cluster.name, namespace, serviceAccount].join("/");
    const first = seen.get(key);
    if (!first) {
      seen.set(key, tasks);
      return [];
    }
    return [
      {
        path: at(tasks, "serviceAccount"),
        got: written(serviceAccount),
        allowed: `an account of its own: ${at(first)} has this one, by another role`,
        fix: "name another one",
      },
    ];
  });
}

/** Both rooms would make the namespace. */
function checkNamespace({ virtualMachines }: Topology, relations: Relations): Problem[] {
  return all(relations).flatMap((tasks) => {
    const { namespace, mesh } = tasks.service;
    const machines = Object.values(virtualMachines).find(
      (group) => group.mesh === mesh && group.namespace === namespace,
    );
    if (!machines) return [];
    return [
      {
        path: at(tasks, "namespace"),
        got: written(namespace),
        allowed: `a namespace without machines: ${pathOf("virtualMachines", machines.name)} has this one`,
        fix: "name another one",
      },
    ];
  });
}

function checkSubnets(_: unknown, relations: Relations): Problem[] {
  return all(relations)
    .filter(({ vpc: { existing } }) => existing && !hasTier({ existing }, SubnetTier.Private))
    .map((tasks) => ({
      path: below(tasks.vpc.path, "existing", "subnets"),
      got: "no private subnet",
      allowed: `a private subnet for tasks ${tasks.service.name}`,
      fix: "add one in each zone that they are to stand in",
    }));
}

/** As long as EKS's bundle, as a root that is made here, and as one of 4096 bits. */
const AUTHORITY = 1600;
const ROOT = { made: 800, given: 2100 };

function rootsLength(topology: Topology, mesh: Mesh): number {
  return Object.values(trustOf(topology, mesh).roots)
    .map(({ secret }) => (secret === undefined ? ROOT.made : ROOT.given))
    .reduce((sum, length) => sum + length, 0);
}

/** Bytes of the task definition, with what is not known yet as long as it may be. */
function lengthOf(plan: EcsServicePlan, roots: number): number {
  const facts = { ...plan, service: plan.name, clusterId: plan.cluster };
  return definitionLength(facts, {
    endpoint: `https://${"0".repeat(64)}`,
    certificateAuthority: "A".repeat(AUTHORITY),
    roots: "A".repeat(roots),
    logGroup: "0".repeat(128),
  });
}

const checkLength: EcsRule["check"] = (topology, relations, { services }) =>
  all(relations).flatMap((tasks) => {
    const roots = rootsLength(topology, tasks.controlledBy.in.mesh);
    const length = lengthOf(services[tasks.service.name]!, roots);
    if (length <= LARGEST) return [];
    return [
      {
        path: at(tasks, "environment"),
        got: `a task definition of ${length} bytes`,
        allowed: `at most ${LARGEST}`,
        fix: "shorten it: let the application read the rest from where it is stored",
      },
    ];
  });

function checkOthers(_: unknown, relations: Relations): Problem[] {
  return all(relations).flatMap((tasks) => {
    const { in: mesh, at: own } = tasks.controlledBy;
    const others = mesh.members.filter((member) => member.at !== own);
    if (others.length === 0) return [];
    return [
      {
        path: at(tasks, "controlledBy"),
        got: written(own.cluster.name),
        allowed: "a mesh of one cluster, where all of it is to call the tasks",
        fix: `istiods of an ambient mesh read entries of their own cluster alone: nothing in ${others.map((member) => member.at.cluster.name).join(", ")} calls these tasks`,
      },
    ];
  });
}

const severity = Severity.Problem;

export const ecsRules: EcsRule[] = [
  ...ecsFormRules,
  ...pullRules,
  ...wayOutRules,
  {
    id: "ecs-data-plane",
    summary: "ECS services join meshes that run ambient.",
    why: "An istiod of a mesh of sidecars serves no ztunnel (istio, pilot/pkg/xds/ads.go).",
    severity,
    check: checkDataPlane,
  },
  {
    id: "ecs-cluster-values",
    summary: "The cluster that serves tasks says how it is reached, and its name in EKS.",
    why: "Tasks ask its API server for tokens with a signed request that names the cluster (https://docs.aws.amazon.com/eks/latest/userguide/cluster-auth.html).",
    severity,
    check: checkCluster,
  },
  {
    id: "ecs-identity-shared",
    summary: "No two ECS services have a service account in common.",
    why: "Each has a role of its own: taking one service's access away would leave the other the same identity.",
    severity,
    check: checkIdentity,
  },
  {
    id: "ecs-namespace-shared",
    summary: "Tasks and machines have namespaces of their own.",
    why: "A namespace is made once.",
    severity,
    check: checkNamespace,
  },
  {
    id: "ecs-subnets",
    summary: "A VPC that exists has a private subnet where tasks stand.",
    why: "They have no public address.",
    severity,
    check: checkSubnets,
  },
  {
    id: "ecs-definition-length",
    summary: "A task definition fits into what ECS takes.",
    why: "ECS takes 64 KiB (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html).",
    severity,
    check: checkLength,
  },
  {
    id: "ecs-called-from",
    summary: "Tasks are called from the cluster that serves them.",
    why: "https://github.com/istio/istio/issues/46779",
    severity: Severity.Warning,
    check: checkOthers,
  },
];
