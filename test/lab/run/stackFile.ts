import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { planClusters } from "../../../components/cluster/planClusters";
import type { ClusterPlan } from "../../../components/cluster/plan";
import { newestKubernetes, newestVersion } from "../../../components/istio/versions";
import type { TopologyArgs } from "../../../components/topology/description";
import { parse as parseTopology } from "../../../components/topology/parse";
import type { Topology } from "../../../components/topology/topology";
import { severalClusters, type Pattern } from "./check";

const key = "istio-patterns:topology";

/** Of Istio's source that the lab's istiod is built from; a row of the versions table. */
const istioVersion = "1.31.1";

/** Documentation range (RFC 5737): an address that reaches nothing here. */
const allowedFrom = "198.51.100.7/32";

/** Name of the cluster that is added while a pattern runs. */
export const addedCluster = "added";

interface Content {
  config: Record<string, unknown> & { [key]: TopologyArgs };
}

/** A copy of a stack file, outside the tree, with the four fields that the lab sets. */
export class StackFile {
  readonly name: string;
  /** As it was written, with the lab's fields. */
  readonly original: TopologyArgs;
  readonly #content: Content;

  constructor(
    source: string,
    readonly copy: string,
    readonly stack: string,
    charts: string,
  ) {
    this.name = path.basename(source, ".yaml");
    this.#content = parse(fs.readFileSync(source, "utf8"));
    const description = this.#content.config[key];
    this.original = {
      ...description,
      api: { allowFrom: [allowedFrom] },
      istio: {
        ...description.istio,
        version: istioVersion,
        hub: "registry.invalid/istio",
        charts: { source: "directory", location: charts },
      },
    };
    this.write(this.original);
  }

  /** Makes a description the stack's; what the CLI has written beside it stays. */
  write(description: TopologyArgs): void {
    const present = fs.existsSync(this.copy) ? parse(fs.readFileSync(this.copy, "utf8")) : {};
    const config = { ...this.#content.config, [key]: description };
    fs.writeFileSync(this.copy, stringify({ ...present, config }));
  }

  /** A description as the program reads it. */
  topology(description: TopologyArgs = this.original): Topology {
    const region = this.#content.config["aws:region"] as string | undefined;
    const defaults = { istioVersion: newestVersion(), kubernetesVersion: newestKubernetes };
    const context = { stack: this.stack, region, defaults };
    const { topology, problems } = parseTopology(description, context);
    if (!topology) throw new Error(`${this.name}: ${JSON.stringify(problems)}`);
    return topology;
  }

  get pattern(): Pattern {
    return { name: this.name, topology: this.topology() };
  }

  /** The stack with one more cluster, beside the first one of its mesh. */
  withAddedCluster(): TopologyArgs {
    const [[name, mesh]] = Object.entries(this.original.meshes);
    const [first] = Object.keys(mesh.clusters);
    return {
      ...this.original,
      clusters: { ...this.original.clusters, [addedCluster]: this.original.clusters[first] },
      meshes: {
        ...this.original.meshes,
        [name]: { ...mesh, clusters: { ...mesh.clusters, [addedCluster]: {} } },
      },
    };
  }

  /** Every cluster that any step of a run builds. */
  clusters(): ClusterPlan[] {
    const grows = severalClusters(this.pattern) === undefined;
    const description = grows ? this.withAddedCluster() : this.original;
    return Object.values(planClusters(this.topology(description)));
  }
}
