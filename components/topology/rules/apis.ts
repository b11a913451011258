/** Who reaches API servers and ingress gateways. */
import { isIP } from "node:net";
import { hasInside, isCidr, prefixLength } from "../cidr";
import { below, pathOf } from "../path";
import { DESCRIPTION_KEY, type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import type { Api, Topology } from "../topology";
import { idPattern, listed, type Reference, when } from "./support";

/** Every `api` of a topology. Not as written: the offline plan puts one in where none was. */
function apisOf({ api, clusters }: Topology): { path: string; api: Api }[] {
  const own = Object.values(clusters).map((cluster) => ({
    path: pathOf("clusters", cluster.name, "api"),
    api: cluster.api,
  }));
  return [{ path: "api", api }, ...own].flatMap(({ path, api }) => (api ? [{ path, api }] : []));
}

/** The one command that says who reaches the API servers, or that of one cluster. */
function apiCommand(path: string): string {
  return `pulumi config set --path '${DESCRIPTION_KEY}.${path}.allowFrom[0]' '<your address>/32'`;
}

function checkMissing({ api, clusters }: Topology): Problem[] {
  const open = Object.values(clusters).filter((cluster) => !cluster.existing && !cluster.api);
  return when(api === undefined && open.length > 0, {
    path: "api",
    got: "nothing",
    allowed:
      "{ allowFrom: [<CIDR>, ...] }, or { private: { cidrs: [<CIDR>, ...] } } where Pulumi runs inside the network",
    fix: `\`${apiCommand("api")}\``,
  });
}

function checkOneWay({ path, api }: { path: string; api: Api }): Problem[] {
  const isListed = api.allowFrom.length > 0;
  if (isListed !== (api.private !== undefined)) return [];
  return [
    {
      path,
      got: isListed ? "allowFrom and private" : "neither allowFrom nor private",
      allowed: "allowFrom for a public endpoint, or private for none",
      fix: isListed ? "remove one of the two" : `\`${apiCommand(path)}\``,
    },
  ];
}

function checkWayIn({ path, api }: { path: string; api: Api }): Problem[] {
  if (!api.private) return [];
  const { cidrs, securityGroups, prefixLists } = api.private;
  return when([...cidrs, ...securityGroups, ...prefixLists].length === 0, {
    path: below(path, "private", "cidrs"),
    got: "[]",
    allowed: "the private addresses that Pulumi runs at, as CIDRs",
    fix: "list them: an API server that lets nobody in cannot be installed on",
  });
}

/** Kinds of things that come in by their ids. */
const IDS = {
  securityGroups: { what: "a security group: sg-", pattern: idPattern("sg") },
  prefixLists: { what: "a managed prefix list: pl-", pattern: idPattern("pl") },
};
const ID_KEYS = ["securityGroups", "prefixLists"] as const;

function checkSharedIds({ api }: Topology): Problem[] {
  return ID_KEYS.flatMap((key) => {
    const ids = api?.private?.[key] ?? [];
    return when(ids.length > 0, {
      path: pathOf("api", "private", key),
      got: written(ids),
      allowed: "ids in a cluster's own api only: they are of one region and account",
      fix: `move them to clusters.<name>.api.private.${key}`,
    });
  });
}

function checkIds({ path, api }: { path: string; api: Api }): Problem[] {
  return ID_KEYS.flatMap((key) =>
    listed(below(path, "private", key), api.private?.[key]).flatMap(({ path: at, name }) =>
      when(!IDS[key].pattern.test(name), {
        path: at,
        got: written(name),
        allowed: `the id of ${IDS[key].what} and 17 hexadecimal digits`,
        fix: "copy its id",
      }),
    ),
  );
}

function checkCidr({ path, name }: Reference): Problem[] {
  const hint = isIP(name) === 4 ? `write ${name}/32` : "write an address and a prefix length";
  return when(!isCidr(name), {
    path,
    got: written(name),
    allowed: "an IPv4 CIDR, such as 203.0.113.7/32",
    fix: hint,
  });
}

function isWorld(cidr: string): boolean {
  return isCidr(cidr) && prefixLength(cidr) === 0;
}

function checkWorld({ path, name }: Reference): Problem[] {
  return when(isWorld(name), {
    path,
    got: written(name),
    allowed: "the addresses of those who need the API server",
    fix: "list them, such as the address of your office or CI runner",
  });
}

function checkInside({ path, name }: Reference): Problem[] {
  return when(isCidr(name) && !isWorld(name) && hasInside(name), {
    path,
    got: written(name),
    allowed: "public addresses: the public endpoint sees no others",
    fix: "list the public address that you are seen with, or use private and run Pulumi inside the network",
  });
}

function apiCidrs(topology: Topology): Reference[] {
  return apisOf(topology).flatMap(({ path, api }) =>
    listed(below(path, "allowFrom"), api.allowFrom),
  );
}

function privateCidrs(topology: Topology): Reference[] {
  return apisOf(topology).flatMap(({ path, api }) =>
    listed(below(path, "private", "cidrs"), api.private?.cidrs),
  );
}

function ingressCidrs({ meshes }: Topology): Reference[] {
  return Object.values(meshes).flatMap((mesh) =>
    Object.entries(mesh.ingress).flatMap(([gateway, { allowFrom }]) =>
      listed(pathOf("meshes", mesh.name, "ingress", gateway, "allowFrom"), allowFrom),
    ),
  );
}

function metricsCidrs({ meshes }: Topology): Reference[] {
  return Object.values(meshes).flatMap(({ name, observability }) =>
    listed(
      pathOf("meshes", name, "observability", "metrics", "from"),
      observability.metrics?.from ?? [],
    ),
  );
}

const severity = Severity.Problem;

/** Only `up` and `preview` need to know; what is planned offline goes on without. */
export const apiMissing = {
  id: "api-missing",
  summary: "Where a cluster is made here, the description says who reaches its API server.",
  why: "An API server open to the world is never right, and Pulumi itself must reach it.",
  severity,
  check: checkMissing,
} satisfies Rule;

export const apiRules: Rule[] = [
  apiMissing,
  {
    id: "api-one-way",
    summary: "An API server is reached from listed addresses, or from inside only.",
    why: "With both, the list would have no effect; with neither, nobody gets in.",
    severity,
    check: (topology) => apisOf(topology).flatMap(checkOneWay),
  },
  {
    id: "api-private-way-in",
    summary: "A private API server says who comes in.",
    why: "Its security group lets in nobody else, and Pulumi installs the charts through it (https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html#private-access).",
    severity,
    check: (topology) => apisOf(topology).flatMap(checkWayIn),
  },
  {
    id: "api-private-shared-ids",
    summary: "Security groups and prefix lists come in to one cluster.",
    why: "A rule names those of its own region and account (https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html).",
    severity,
    check: checkSharedIds,
  },
  {
    id: "api-private-ids",
    summary: "Security groups and prefix lists that come in are named by their ids.",
    why: "AWS takes no names here (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html).",
    severity,
    check: (topology) => apisOf(topology).flatMap(checkIds),
  },
  {
    id: "allow-from-cidr",
    summary: "Addresses that are let in are IPv4 CIDRs.",
    why: "API servers and security groups take no host names.",
    severity,
    foundation: true,
    check: (topology) =>
      [apiCidrs, privateCidrs, ingressCidrs, metricsCidrs]
        .flatMap((cidrs) => cidrs(topology))
        .flatMap(checkCidr),
  },
  {
    id: "api-open",
    summary: "No API server is open to the world.",
    why: "It is the key to everything in the cluster (https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html).",
    severity,
    check: (topology) => [...apiCidrs(topology), ...privateCidrs(topology)].flatMap(checkWorld),
  },
  {
    id: "api-inside",
    summary: "Addresses that may call a public API server are public.",
    why: "Calls from inside a VPC do not arrive with private addresses at the public endpoint (https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html).",
    severity,
    check: (topology) => apiCidrs(topology).flatMap(checkInside),
  },
];
