import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { mapValues } from "../../../components/records";
import { checkTopology } from "../../../components/mesh/check";
import { plan } from "../../../components/mesh/plan";
import type { ClusterPlan } from "../../../components/cluster/facts";
import { newestKubernetes } from "../../../components/versions/istio";
import { Locality } from "../../../components/topology/description";
import type {
  IstioDescription,
  MeshDescription,
  TopologyDescription,
} from "../../../components/topology/description";
import { parse as parseTopology } from "../../../components/topology/parse";
import { overlap } from "../../../components/topology/cidr";
import { relate } from "../../../components/topology/relations/relate";
import type { Topology } from "../../../components/topology/topology";
import { mirrorAddress } from "../machine/ec2/ec2";
import { RUNNER } from "../machine/vpc/ways";
import { growing, type Kind, type Pattern } from "./check";
import { beyondLab } from "./limits";
import { tree } from "./project";
import { forEnvoyOfTheLab } from "./proxySettings";

const key = "istio-patterns:topology";

/** Of Istio's source that the lab's istiod is built from; a row of the versions table. */
const istioVersion = "1.31.1";

/** Documentation range (RFC 5737): an address that reaches nothing here. */
const allowedFrom = "198.51.100.7/32";

/** Name of the cluster that is added while a pattern runs, and of its network where it has one. */
export const addedCluster = "added";
/** Second numbers that its range may have. */
const addedNumbers = [30, 130, 230];

/** The pattern whose added cluster runs a second istiod, which serves the remotes that there are too. */
export const addedPrimary = "02-primary-remote-same-network";
/** Age at which istiod ends streams there. */
export const streamSeconds = 15;

/** The pattern in an organization that lets no role be made without a boundary, or outside a path. */
export const boundPattern = "02-multi-primary-same-network";
export const organization = { permissionsBoundary: "edge", path: "/mesh/" };
/** Its API servers answer nobody outside, and are called from where the lab's Pulumi is. */
const inside = { private: { cidrs: [`${RUNNER}/32`] } };
/** Who uses the clusters there. */
export const people = {
  admin: "arn:aws:iam::210987654321:role/people/admin",
  viewer: "arn:aws:iam::123456789012:role/viewer",
};
const access = { admins: [people.admin], viewers: [people.viewer] };
const iam = {
  permissionsBoundary: `arn:aws:iam::123456789012:policy/${organization.permissionsBoundary}`,
  path: organization.path,
};

/** Machines of a group: each is a system that boots on the processors that all of the lab has, and none does before a check asks for it. */
const machineCount = { min: 0, max: 3 };

/** The pattern whose proxies prefer near endpoints. */
export const preferring = "02-multi-primary-different-networks";

const folders: Readonly<Record<string, Kind>> = {
  [path.join(tree, "stacks")]: "shipped",
  [path.join(tree, "test/lab/stacks")]: "walked",
};

function kindOf(source: string): Kind {
  return folders[path.dirname(path.resolve(source))] ?? "given";
}

/** What the lab has not it cannot build: it says so before it builds anything. */
function demandOfLab(source: string, description: TopologyDescription): void {
  const missing = beyondLab(description);
  if (missing.length > 0) throw new Error(`${source}: the lab has no\n  ${missing.join("\n  ")}`);
}

interface Content {
  config: Record<string, unknown> & { [key]: TopologyDescription };
}

/** A copy of a stack file, outside the tree, with the fields that the lab sets. */
export class StackFile {
  readonly name: string;
  /** As it was written, with the lab's fields. */
  readonly original: TopologyDescription;
  readonly #content: Content;
  #pattern?: Pattern;

  constructor(
    source: string,
    readonly copy: string,
    readonly stack: string,
    charts: string,
    readonly kind: Kind = kindOf(source),
  ) {
    this.name = path.basename(source, ".yaml");
    this.#content = parse(fs.readFileSync(source, "utf8"));
    const description = this.#content.config[key];
    this.original = {
      ...description,
      api: description.api ?? { allowFrom: [allowedFrom] },
      ...(this.is(boundPattern) ? { api: inside, iam, access } : {}),
      istio: ofLab(description.istio, charts),
      // What a mesh says of its own stands in the place of all of that.
      meshes: mapValues(this.#meshes(description), ({ istio, ...mesh }) => ({
        ...mesh,
        ...(istio && { istio: ofLab(istio, charts) }),
      })),
      ...(description.virtualMachines && {
        virtualMachines: mapValues(description.virtualMachines, (group) => ({
          ...group,
          count: machineCount,
          agentPackage: { location: `http://${mirrorAddress}/istio` },
        })),
      }),
    };
    demandOfLab(source, this.original);
    this.write(this.original);
  }

  /** Whether it is this one of `stacks/`, which says something more. */
  is(name: string): boolean {
    return this.kind === "shipped" && this.name === name;
  }

  #meshes({ meshes }: TopologyDescription): TopologyDescription["meshes"] {
    return withTrustDomain(this.#own(mapValues(meshes, forEnvoyOfTheLab)));
  }

  /** What this pattern alone says. */
  #own(meshes: TopologyDescription["meshes"]): TopologyDescription["meshes"] {
    if (this.is(preferring))
      return mapValues(meshes, (mesh) => ({ ...mesh, locality: Locality.Near }));
    return this.is(addedPrimary) ? withShortStreams(meshes) : meshes;
  }

  /** What was written last. */
  get current(): TopologyDescription {
    return parse(fs.readFileSync(this.copy, "utf8")).config[key];
  }

  /** Makes a description the stack's; what the CLI has written beside it stays. */
  write(description: TopologyDescription): void {
    const present = fs.existsSync(this.copy) ? parse(fs.readFileSync(this.copy, "utf8")) : {};
    const config = { ...present.config, ...this.#content.config, [key]: description };
    // The CLI writes the file anew with its salt, and adds lines to folded text (go-yaml).
    fs.writeFileSync(this.copy, stringify({ ...present, config }, { blockQuote: "literal" }));
  }

  /** What a program knows besides the description. */
  get #program() {
    return { name: this.stack, region: this.#content.config["aws:region"] as string | undefined };
  }

  /** A description as the program reads it. */
  topology(description: TopologyDescription = this.original): Topology {
    const defaults = { kubernetesVersion: newestKubernetes };
    const context = { ...this.#program, defaults };
    const { topology, problems } = parseTopology(description, context);
    if (!topology) throw new Error(`${this.name}: ${JSON.stringify(problems)}`);
    return topology;
  }

  /** What of the stack decides which checks apply; asked for at every check. */
  get pattern(): Pattern {
    const { name, kind } = this;
    return (this.#pattern ??= { name, kind, topology: this.topology(), grows: this.#grows });
  }

  /** The stack with one more cluster: on a network of its own where every cluster has one. */
  withAddedCluster(): TopologyDescription {
    const { networks, clusters, meshes } = this.original;
    const [[name, mesh]] = Object.entries(meshes);
    const members = Object.keys(mesh.clusters);
    const apart = new Set(members.map((one) => clusters[one].network)).size === members.length;
    const own = { network: addedCluster };
    return {
      ...this.original,
      networks: apart ? { ...networks, [addedCluster]: { cidr: this.#freeRange } } : networks,
      clusters: { ...clusters, [addedCluster]: apart ? own : clusters[members[0]] },
      meshes: {
        ...meshes,
        [name]: {
          ...mesh,
          ...this.#addedServer(mesh),
          clusters: { ...mesh.clusters, [addedCluster]: {} },
        },
      },
    };
  }

  /** A range that no VPC has. */
  get #freeRange(): string {
    const taken = Object.values(this.topology().vpcs).flatMap(({ cidrs }) => cidrs);
    const ranges = addedNumbers.map((number) => `10.${number}.0.0/16`);
    return ranges.find((range) => !overlap(taken, [range])) ?? ranges[0];
  }

  get #grows(): boolean {
    if (addedCluster in this.original.clusters) return false;
    const context = { ...this.#program, offline: true };
    return checkTopology(this.withAddedCluster(), context).problems.length === 0;
  }

  #addedServer({ controlPlane }: MeshDescription): Pick<MeshDescription, "controlPlane"> {
    if (!this.is(addedPrimary)) return {};
    const runsIn = [...(controlPlane?.runsIn ?? []), addedCluster];
    return { controlPlane: { ...controlPlane, runsIn } };
  }

  /** Every cluster that any step of a run builds. */
  clusters(): ClusterPlan[] {
    const takesMore = ["shipped", "given"].includes(this.kind) && !growing(this.pattern);
    const description = takesMore ? this.withAddedCluster() : this.original;
    return Object.values(plan(relate(this.topology(description))).clusters);
  }
}

/** Istio as it is here. Revisions are compared with each other, and say their own version. */
function ofLab(istio: IstioDescription | undefined, location: string): IstioDescription {
  return {
    ...istio,
    ...(istio?.revisions ? {} : { version: istioVersion }),
    hub: "registry.invalid/istio",
    charts: { source: "directory", location },
  };
}

/** What istiod takes for a trust domain that nobody has said differs from it. */
function withTrustDomain(meshes: TopologyDescription["meshes"]): TopologyDescription["meshes"] {
  return mapValues(meshes, (mesh) => ({ trustDomain: "lab.example", ...mesh }));
}

/** The chart's value is half an hour: nobody would see streams come back. */
function withShortStreams(meshes: TopologyDescription["meshes"]): TopologyDescription["meshes"] {
  const [[name, mesh]] = Object.entries(meshes);
  const own = { keepaliveMaxServerConnectionAge: `${streamSeconds}s` };
  const values = { ...mesh.values, istiod: { ...mesh.values?.istiod, ...own } };
  return { ...meshes, [name]: { ...mesh, values } };
}
