import type { Graph, Registration, Values } from "../../../engine";
import type { TopologyDescription } from "../../../components/topology";
import { runDescription } from "../../support/program";
import { patterns, stackFiles } from "../../support/topologies";
import * as variants from "../../support/variants";
import { expandedCluster } from "../providers/testing/expanded";

/** Helm's own releases, and charts whose objects Pulumi applies one by one. */
export const chartTypes = ["kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v4:Chart"];

/** What one stack file or variant plans. */
export interface Subject {
  readonly name: string;
  readonly resources: readonly Planned[];
}

/** A resource, with what its AWS provider adds to it. */
export interface Planned {
  readonly resource: Registration;
  /** Made by `eks:index:Cluster` of pulumi-eks, from arguments that are ours. */
  readonly expanded: boolean;
  /** Name of the AWS provider: one for each account and region. */
  readonly provider: string;
  readonly region: string;
  readonly defaultTags: Record<string, string>;
}

const { providedRoot, ...described } = variants;

/** What the variants that name config keys read there. */
const secrets = {
  "istio-patterns:meshRoot": providedRoot,
  "istio-patterns:labKubeconfig": JSON.stringify({ apiVersion: "v1", kind: "Config" }),
};

/** Whatever a user can plan: stack files by their names, then what they leave out. */
export const descriptions: Readonly<Record<string, TopologyDescription>> = {
  ...patterns,
  ...described,
};

/** The plan of a description, with the children of its EKS clusters. */
export async function subject(name: string): Promise<Subject> {
  const region = (stackFiles[name]?.config["aws:region"] as string | undefined) ?? "eu-west-1";
  const config = { ...secrets, "aws:region": region };
  const secretKeys = Object.keys(secrets);
  const graph = await runDescription(descriptions[name], { config, secretKeys });
  const resources = graph.resources
    .filter((one) => isMade(one) || chartTypes.includes(one.type))
    .map((resource) => planned(graph, resource, region));
  for (const cluster of graph.ofType("eks:index:Cluster")) {
    resources.push(...(await expansion(graph, cluster, region)));
  }
  return { name, resources };
}

const isMade = ({ custom, read }: Registration) => custom && !read;

/** With the provider that the component hands to them. */
async function expansion(graph: Graph, cluster: Registration, region: string): Promise<Planned[]> {
  const inner = await expandedCluster(cluster.name, cluster.inputs);
  const own = planned(graph, { ...cluster, provider: cluster.providers.aws }, region);
  return inner.resources.filter(isMade).map((resource) => ({
    ...planned(inner, resource, region),
    provider: own.provider,
    region: own.region,
    defaultTags: own.defaultTags,
    expanded: true,
  }));
}

function planned(graph: Graph, resource: Registration, stackRegion: string): Planned {
  const provider = graph.providerOf(resource);
  const inputs: Values = provider?.inputs ?? {};
  return {
    ...{ resource, expanded: false, provider: provider?.name ?? "" },
    region: inputs.region ?? stackRegion,
    defaultTags: JSON.parse(inputs.defaultTags ?? "{}").tags ?? {},
  };
}
