/** What must hold for groups of machines. */
import { hasTier } from "../network/rules/existing";
import {
  architectureOf,
  below,
  DataPlane,
  hasValue,
  machinesOf,
  oneOf,
  pathOf,
  Severity,
  SubnetTier,
  trustOf,
  written,
} from "../topology";
import type { Machines, Mesh, Problem, Relations, Rule, Topology } from "../topology";
import { when } from "../topology/rules/support";
import { LARGEST, userDataLength } from "./boot/userData";
import type { MachineGroupPlan, MachinesPlan } from "./facts";
import { machineFormRules } from "./formRules";

type VmRule = Rule<MachinesPlan>;

function all({ meshes }: Relations): Machines[] {
  return meshes.flatMap(machinesOf);
}

function at({ group }: Pick<Machines, "group">, ...parts: string[]): string {
  return pathOf("virtualMachines", group.name, ...parts);
}

function checkAmbient(_: unknown, relations: Relations): Problem[] {
  return all(relations)
    .filter(({ controlledBy }) => controlledBy.in.mesh.dataPlane === DataPlane.Ambient)
    .flatMap((machines) => ambientProblems(machines));
}

function ambientProblems(machines: Machines): Problem[] {
  const { at: cluster, in: of } = machines.controlledBy;
  const { mesh, members } = of;
  const others = members
    .filter((member) => member.at !== cluster)
    .map((one) => one.at.cluster.name);
  return [
    ...when(!mesh.experimental, {
      path: pathOf("meshes", mesh.name, "experimental"),
      got: "false",
      allowed: `true, since machines ${machines.group.name} join an ambient mesh`,
      fix: "name a mesh of sidecars, or set experimental: true",
    }),
    ...when(others.length > 0, {
      path: at(machines, "mesh"),
      got: `${written(mesh.name)}, an ambient mesh with ${cluster.cluster.name}, ${others.join(", ")}`,
      allowed: "an ambient mesh of one cluster: its istiods read only entries of their own",
      fix: "name a mesh of one cluster, or one of sidecars",
    }),
    ...when(machines.vpc.network !== cluster.cluster.network, {
      path: at(machines, "network"),
      got: written(machines.vpc.network),
      allowed: `${cluster.cluster.network}, that of ${cluster.cluster.name}: in ambient another one needs a gateway of its own`,
      fix: `name ${cluster.cluster.network}`,
    }),
  ];
}

function checkCluster(_: unknown, relations: Relations): Problem[] {
  return all(relations).flatMap((machines) => {
    const { cluster, eksName } = machines.controlledBy.at;
    const missing = [
      ...(eksName === undefined ? ["eksName"] : []),
      ...(["endpoint", "certificateAuthority"] as const).filter(
        (value) => cluster.existing && !hasValue(cluster, value),
      ),
    ];
    return missing.map((value) => ({
      path: pathOf("clusters", cluster.name, "existing", value),
      got: "nothing",
      allowed: `a value: machines ${machines.group.name} ask this cluster for their tokens`,
      fix: "say it; they sign in with their IAM role, which EKS alone knows",
    }));
  });
}

function checkIdentity(_: unknown, relations: Relations): Problem[] {
  const seen = new Map<string, Machines>();
  return all(relations).flatMap((machines) => {
    const { namespace, serviceAccount } = machines.group;
    const key = [machines.controlledBy.at.cluster.name, namespace, serviceAccount].join("/");
    const first = seen.get(key);
    if (!first) {
      seen.set(key, machines);
      return [];
    }
    return [
      {
        path: at(machines, "serviceAccount"),
        got: written(serviceAccount),
        allowed: `an account of its own: ${at(first)} has this one, by another role`,
        fix: "name another one",
      },
    ];
  });
}

function checkRevision(_: unknown, relations: Relations): Problem[] {
  return all(relations).flatMap((machines) => {
    const { revision } = machines.group;
    const known = machines.controlledBy.in.revisions.flatMap(({ name }) => name ?? []);
    if (revision === undefined || known.includes(revision)) return [];
    return [
      {
        path: at(machines, "revision"),
        got: written(revision),
        allowed: known.length > 0 ? oneOf(known) : "nothing: the mesh has no named revisions",
        fix: known.length > 0 ? "name one of these" : "remove it",
      },
    ];
  });
}

function checkSubnets(_: unknown, relations: Relations): Problem[] {
  return all(relations)
    .filter(({ vpc: { existing } }) => existing && !hasTier({ existing }, SubnetTier.Private))
    .map((machines) => ({
      path: below(machines.vpc.path, "existing", "subnets"),
      got: "no private subnet",
      allowed: `a private subnet for machines ${machines.group.name}`,
      fix: "add one in each zone that they are to stand in",
    }));
}

function checkArchitecture(_: unknown, relations: Relations): Problem[] {
  return all(relations)
    .filter(({ group }) => architectureOf(group.instanceType) !== group.architecture)
    .map((machines) => ({
      path: at(machines, "architecture"),
      got: machines.group.architecture,
      allowed: `what ${machines.group.instanceType} has: ${architectureOf(machines.group.instanceType)}`,
      fix: "leave it out, or name another instance type",
    }));
}

/** As long as EKS's bundle, as a root that is made here, and as one of 4096 bits. */
const AUTHORITY = 1200;
const ROOT = { made: 800, given: 2100 };

/** Bytes of the roots of a mesh. */
function rootsLength(topology: Topology, mesh: Mesh): number {
  return Object.values(trustOf(topology, mesh).roots)
    .map(({ secret }) => (secret === undefined ? ROOT.made : ROOT.given))
    .reduce((sum, length) => sum + length, 0);
}

function lengthOf(plan: MachineGroupPlan, roots: number): number {
  const facts = {
    ...{ ...plan, group: plan.name, clusterId: plan.cluster, clusterName: plan.eksName },
    ...{ domain: "amazonaws.com", agentOnly: true },
  };
  return userDataLength(facts, {
    server: `https://${"0".repeat(64)}`,
    certificateAuthority: Buffer.alloc(AUTHORITY, "A").toString("base64"),
    roots: "A".repeat(roots),
  });
}

const checkLength: VmRule["check"] = (topology, relations, { groups }) =>
  all(relations).flatMap((machines) => {
    const roots = rootsLength(topology, machines.controlledBy.in.mesh);
    const over = lengthOf(groups[machines.group.name]!, roots) - LARGEST;
    if (over <= 0) return [];
    const own = machines.group.userData?.length ?? 0;
    return [
      {
        path: at(machines, "userData"),
        got: `${own} characters`,
        allowed: `${Math.max(0, own - over)}, what the rest of the user data leaves of EC2's ${LARGEST} bytes`,
        fix: "let it fetch the rest, such as a script in S3, or put the application into an image",
      },
    ];
  });

const severity = Severity.Problem;

export const vmRules: VmRule[] = [
  ...machineFormRules,
  {
    id: "machine-ambient",
    summary:
      "Machines join an ambient mesh only as an experiment, in one cluster and on its network.",
    why: "There Envoy takes HBONE in ztunnel's place, which Istio has under its experimental features, and an istiod reads the entries of its own cluster alone (istio, pilot/pkg/serviceregistry/ambient/workloads.go).",
    severity,
    check: checkAmbient,
  },
  {
    id: "machine-cluster-values",
    summary: "The cluster that serves machines says how it is reached, and its name in EKS.",
    why: "Machines ask its API server for tokens with a signed request that names the cluster (https://docs.aws.amazon.com/eks/latest/userguide/cluster-auth.html).",
    severity,
    check: checkCluster,
  },
  {
    id: "machine-identity-shared",
    summary: "No two groups of machines have a service account in common.",
    why: "Each has a role of its own: taking one group's access away would leave the other the same identity.",
    severity,
    check: checkIdentity,
  },
  {
    id: "machine-revision",
    summary: "The revision that serves machines is one of their mesh.",
    why: "Their agent asks that istiod alone.",
    severity,
    check: checkRevision,
  },
  {
    id: "machine-subnets",
    summary: "A VPC that exists has a private subnet where machines stand.",
    why: "They have no public address.",
    severity,
    check: checkSubnets,
  },
  {
    id: "machine-architecture",
    summary: "Machines' architecture is that of their instance type.",
    why: "EC2 refuses an image of another one (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resize-limitations.html).",
    severity,
    check: checkArchitecture,
  },
  {
    id: "machine-user-data-length",
    summary: "User data of machines fits into what EC2 takes.",
    why: "EC2 takes 16 KiB (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html).",
    severity,
    check: checkLength,
  },
];
