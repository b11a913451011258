/** `discover`: what exists in AWS, as a description says it. */
import type { Command } from "commander";
import { Document, isMap } from "yaml";
import { DESCRIPTION_KEY } from "../../components/topology";
import { exitHelp } from "../exitCode";
import type { Streams } from "../exitCode";
import { refuseArgument } from "../problems";
import { askCluster, askVpc } from "./aws";
import type { AwsCluster, AwsOptions } from "./aws";
import { existingCluster, existingVpc } from "./existing";
import type { FoundCluster, FoundVpc } from "./existing";

interface Options extends AwsOptions {
  vpc?: string;
  cluster?: string;
}

export function addDiscover(program: Command, streams: Streams): void {
  program
    .command("discover")
    .description("print what exists in AWS as a description says it, by the `aws` CLI")
    .option("--vpc <id>", "VPC to print as a network (default: that of the cluster)")
    .option("--cluster <name>", "EKS cluster to print, as EKS names it")
    .option("--region <region>", "AWS region (default: that of `aws`)")
    .option("--profile <name>", "profile of `aws`")
    .addHelpText("after", exitHelp())
    .action((options: Options) => discover(options, streams));
}

async function discover(options: Options, { stdout }: Streams): Promise<void> {
  const { vpc, cluster: name } = options;
  if (vpc === undefined && name === undefined)
    refuseArgument({
      ...{ path: "discover", got: "neither --vpc nor --cluster" },
      ...{ allowed: "one of them, or both", fix: "name what is to be printed" },
    });
  const asked = name === undefined ? undefined : await askCluster(name, options);
  const found = existingVpc(await askVpc(vpcOf(vpc, asked), options));
  const cluster = asked && existingCluster(asked, found);
  stdout.write(written(found, cluster, options));
}

function vpcOf(vpc: string | undefined, cluster?: AwsCluster): string {
  const its = cluster?.resourcesVpcConfig.vpcId;
  if (vpc === undefined || its === undefined || vpc === its) return (vpc ?? its)!;
  const fix = "leave --vpc out, or ask for both apart";
  return refuseArgument({
    path: `--vpc ${vpc}`,
    got: vpc,
    allowed: `${its}, that of cluster ${cluster!.name}`,
    fix,
  });
}

/** Two sections to paste into a stack file, with what only who knows the place can say. */
function written(found: FoundVpc, cluster: FoundCluster | undefined, options: AwsOptions): string {
  const { name, region, existing } = found;
  const network = { ...(region === undefined ? {} : { region }), existing };
  const document = new Document({
    networks: { [name]: network },
    ...(cluster
      ? { clusters: { [cluster.name]: { network: name, existing: cluster.existing } } }
      : {}),
  });
  flow(document, ["networks", name, "existing", "subnets"]);
  flow(document, ["networks", name, "existing", "routeTables"]);
  document.commentBefore = [
    ` What AWS says of it, to paste under ${DESCRIPTION_KEY}. See before that whether`,
    " - subnets where load balancers are to have chosen addresses have `tier: load-balancer`: AWS does not say it;",
    ...(cluster
      ? [
          " - pods have addresses of private subnets alone, as the VPC CNI gives them: `podCidrs` says so;",
        ]
      : []),
    " - only subnets and route tables stand here that clusters use: routes are added to these tables.",
    ...(cluster ? secretWords(cluster, region, options) : []),
  ].join("\n");
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function secretWords(
  { existing }: FoundCluster,
  region: string | undefined,
  { profile }: AwsOptions,
): string[] {
  const words = [
    `aws eks update-kubeconfig --name ${existing.eksName} --kubeconfig none --dry-run`,
    ...(region === undefined ? [] : [`--region ${region}`]),
    ...(profile === undefined ? [] : [`--profile ${profile}`]),
  ];
  return [
    " Then give Pulumi the way to the cluster (`--config-file` names the file where it is not that of the stack):",
    `   ${words.join(" ")} | pulumi config set --secret istio-patterns:${existing.kubeconfig!.secret}`,
  ];
}

/** Entries of one line each. */
function flow(document: Document, path: string[]): void {
  const map = document.getIn(path);
  if (!isMap(map)) return;
  for (const { value } of map.items) if (isMap(value)) value.flow = true;
}
