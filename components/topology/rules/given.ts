/** Values of things that exist: each stands in one place, in the description or among what a program gives. */
import { find } from "../../records";
import { CLUSTER_VALUES, type GivenVpc, type UnreadValue, VPC_VALUES } from "../given";
import { below, pathOf } from "../path";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import { oneOf, suggest } from "../suggest";
import type { Cluster, Topology, Vpc } from "../topology";
import { when } from "./support";

/** A value that stands in the description or is given. */
interface Value {
  path: string;
  /** Where a program gives it. */
  arg: string;
  said: unknown;
  isGiven: boolean;
  /** What it is, where there must be one. */
  needed?: string;
}

const NOTHING: GivenVpc = { vpcId: false, subnets: [], routeTables: [], natAddresses: 0 };

/** Where a program gives something. */
function argOf(...keys: string[]): string {
  return pathOf("args", "existing", ...keys);
}

function valuesOfVpc({ id, path, existing, given = NOTHING }: Vpc): Value[] {
  if (!existing) return [];
  const { vpcId, subnets, routeTables = {}, natAddresses } = existing;
  const value = (key: "vpcId" | "natAddresses", said: unknown, isGiven: boolean): Value => ({
    ...{ path: below(path, "existing", key), arg: argOf("vpcs", id, key), said, isGiven },
    needed: key === "vpcId" ? "the VPC's id" : undefined,
  });
  const ids = (things: Record<string, { id?: string }>, key: keyof typeof IDS): Value[] =>
    Object.entries(things).map(([name, { id: said }]) => ({
      path: below(path, "existing", key, name, "id"),
      arg: argOf("vpcs", id, IDS[key].arg, name),
      said,
      isGiven: given[key].includes(name),
      needed: `the ${IDS[key].what}'s id`,
    }));
  return [
    value("vpcId", vpcId, given.vpcId),
    ...ids(subnets, "subnets"),
    ...ids(routeTables, "routeTables"),
    value("natAddresses", natAddresses, given.natAddresses > 0),
  ];
}

/** Things of a VPC that have ids. */
const IDS = {
  subnets: { arg: "subnetIds", what: "subnet" },
  routeTables: { arg: "routeTableIds", what: "route table" },
} as const;

function valuesOfCluster({ name, existing, given }: Cluster): Value[] {
  if (!existing) return [];
  return CLUSTER_VALUES.map((key) => ({
    path: pathOf("clusters", name, "existing", key),
    arg: argOf("clusters", name, key),
    said: existing[key],
    isGiven: given.includes(key),
    needed: key === "kubeconfig" ? "secret: <config key>, or output: { stack, name }" : undefined,
  }));
}

function checkPlaces({ vpcs, clusters, given }: Topology): Problem[] {
  const values = [
    ...Object.values(vpcs).flatMap(valuesOfVpc),
    ...Object.values(clusters).flatMap(valuesOfCluster),
  ];
  return values.flatMap(({ path, arg, said, isGiven, needed }) => [
    ...when(said !== undefined && isGiven, {
      path,
      got: `${written(said)}, and ${arg} as well`,
      allowed: "one of the two",
      fix: "remove the other",
    }),
    ...when(said === undefined && !isGiven && needed !== undefined, {
      path,
      got: "nothing",
      allowed: given ? `${needed}, here or in ${arg}` : needed!,
      fix: given
        ? "give it in one of the two"
        : "write it here; outputs of other resources can be given to a MeshTopology in a program of yours",
    }),
  ]);
}

function checkUnknown({ vpcs, clusters, given }: Topology): Problem[] {
  if (!given) return [];
  const yours = (things: Record<string, Vpc | Cluster>) =>
    Object.keys(things).filter((key) => things[key]!.existing !== undefined);
  const things = (path: string, key: UnreadValue["of"], what: string, known: string[]) =>
    Object.keys(given[key]).flatMap((name) =>
      unknownName(path, argOf(key, name), name, what, known),
    );
  return [
    ...things("networks", "vpcs", "VPC", yours(vpcs)),
    ...things("clusters", "clusters", "cluster", yours(clusters)),
    ...Object.values(vpcs).flatMap(unknownIn),
    ...(given.unread ?? []).flatMap((value) => unreadIn(value, { vpcs, clusters })),
  ];
}

/** Keys that no value has, of what is described: of anything else another problem says enough. */
function unreadIn(
  { of, name, key }: UnreadValue,
  { vpcs, clusters }: Pick<Topology, "vpcs" | "clusters">,
): Problem[] {
  const thing = find<Vpc | Cluster>({ vpcs, clusters }[of], name);
  if (!thing?.existing) return [];
  const known: readonly string[] = of === "vpcs" ? VPC_VALUES : CLUSTER_VALUES;
  return [
    {
      path: "path" in thing ? below(thing.path, "existing") : pathOf(of, name, "existing"),
      got: `nothing that ${argOf(of, name, key)} is for`,
      allowed: known.join(", "),
      fix: suggest(key, known, `leave out ${argOf(of, name, key)}`),
    },
  ];
}

/** Ids that are given of what a VPC's description does not name. */
function unknownIn({ id, path, existing, given = NOTHING }: Vpc): Problem[] {
  if (!existing) return [];
  return (Object.keys(IDS) as (keyof typeof IDS)[]).flatMap((key) => {
    const { arg, what } = IDS[key];
    const known = Object.keys(existing[key] ?? {});
    return given[key].flatMap((name) =>
      unknownName(below(path, "existing", key), argOf("vpcs", id, arg, name), name, what, known),
    );
  });
}

function unknownName(
  path: string,
  arg: string,
  name: string,
  what: string,
  known: string[],
): Problem[] {
  return when(!known.includes(name), {
    path,
    got: `no ${what} of yours that ${arg} is for`,
    allowed: oneOf(known),
    fix: suggest(name, known, `describe it here, or leave out ${arg}`),
  });
}

const severity = Severity.Problem;

export const givenRules: Rule[] = [
  {
    id: "existing-value-place",
    summary:
      "A value of something that exists stands in the description or is given by the program, never both.",
    why: "Ids of what the same program makes are known only as outputs (https://www.pulumi.com/docs/iac/concepts/inputs-outputs/); of two that differ one would be ignored.",
    severity,
    check: checkPlaces,
  },
  {
    id: "existing-value-unknown",
    summary: "A program gives values only of what the description says exists.",
    why: "They would have no effect.",
    severity,
    check: checkUnknown,
  },
];
