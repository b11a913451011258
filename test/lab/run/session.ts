import * as path from "node:path";
import { istiodName, type ControlPlane, type MeshRelation } from "../../../components/topology";
import { relate } from "../../../components/topology/relations/relate";
import type { Topology } from "../../../components/topology/topology";
import type { Cluster, Machine } from "../machine/machine";
import type { BuiltProviders } from "../providers/build";
import { Cli } from "./cli";
import { Istiod } from "./istiod";
import { writeProject } from "./project";
import type { StackFile } from "./stackFile";

/** The stack's name, and so the prefix of every physical name. */
export const stackName = "lab";

/** One pattern while it is built, looked at and taken down. */
export class Session {
  readonly cli: Cli;
  topology: Topology;

  constructor(
    readonly machine: Machine,
    readonly file: StackFile,
    readonly work: string,
    readonly providers: BuiltProviders,
  ) {
    const folder = path.join(work, "project");
    writeProject(folder, providers.plugins);
    this.cli = this.cliIn(folder, file.copy, "logs");
    this.topology = file.topology();
  }

  /** The CLI for a project of this machine. */
  cliIn(folder: string, configFile: string, logs: string): Cli {
    const { PATH, ...rest } = this.machine.environment;
    const search = { PATH: `${this.providers.path}:${PATH}` };
    const environment = { ...rest, ...search };
    const stack = stackName;
    return new Cli({ folder, stack, configFile, logs: path.join(this.work, logs), environment });
  }

  get mesh() {
    return this.relation.mesh;
  }

  get relation(): MeshRelation {
    return relate(this.topology).meshes[0];
  }

  /** Names in the description of the clusters that are members of the mesh. */
  get members(): string[] {
    return Object.keys(this.mesh.members);
  }

  /** Members that run no istiod. */
  get remotes(): string[] {
    return this.members.filter((name) => !this.mesh.runsIn.includes(name));
  }

  /** Clusters whose API servers hold the configuration of the mesh. */
  get configured(): string[] {
    return [...new Set(this.relation.controlPlanes.map(clusterIdOf))];
  }

  /** Namespace of the control plane, in every cluster of the mesh. */
  get namespace(): string {
    return this.relation.namespace;
  }

  /** What istiod's release, Deployment and Service are called, in every cluster of the mesh. */
  get istiod(): string {
    return istiodName(this.relation.revisions[0].name);
  }

  readonly networkOf = (cluster: string): string => this.topology.clusters[cluster].network;

  /** By name in the description. */
  readonly cluster = (name: string): Cluster => {
    const found = this.machine.clusters.get(`${this.topology.name}-${name}`);
    if (!found) throw new Error(`no cluster ${this.topology.name}-${name} in the lab`);
    return found;
  };

  /** The control planes that this mesh runs, by cluster. */
  get istiods(): Istiod[] {
    const { controlPlanes, namespace } = this.relation;
    return controlPlanes.map((controlPlane) => {
      const { name } = controlPlane.at.cluster;
      return new Istiod(name, clusterIdOf(controlPlane), this.cluster(name), namespace);
    });
  }
}

function clusterIdOf({ configuredIn }: ControlPlane): string {
  return configuredIn.cluster.name;
}
