import type * as Sdk from "@pulumi/pulumi";
import type { Component } from "../base/provider";
import { asProps } from "../base/values";
import type { Props } from "../base/values";
import { child, component } from "./children";
import type { Child, Context, Inputs } from "./children";

/** Arguments that go to the node group as they are. */
const PASSED = [
  "amiType",
  "capacityType",
  "forceUpdateVersion",
  "instanceTypes",
  "labels",
  "nodeGroupName",
  "nodeGroupNamePrefix",
  "releaseVersion",
  "taints",
  "tags",
  "version",
] as const;

/** `eks:index:ManagedNodeGroup`: a launch template where one is asked for, and the node group. */
export async function constructNodeGroup(
  name: string,
  args: Inputs,
  options: Props,
): Promise<Component> {
  const sdk = await import("@pulumi/pulumi");
  const parent = component(sdk, "eks:index:ManagedNodeGroup", name, options);
  const context: Context = { sdk, name, args, parent };
  const template = args.launchTemplate ?? ownTemplate(context);
  const core = sdk.output(args.cluster).apply((cluster) => asProps(cluster).core ?? cluster);
  const cluster = core.apply((it) => asProps(it).cluster) as Sdk.Output<Child["out"]>;
  const role = args.nodeRole as { arn: Sdk.Output<string> } | undefined;
  const inputs = {
    ...Object.fromEntries(PASSED.map((key) => [key, args[key]])),
    clusterName: args.clusterName ?? cluster.apply((it) => it.name),
    nodeRoleArn: args.nodeRoleArn ?? role?.arn,
    scalingConfig: args.scalingConfig ?? { desiredSize: 2, minSize: 1, maxSize: 2 },
    subnetIds: args.subnetIds ?? core.apply((it) => asProps(it).subnetIds),
    launchTemplate: template,
    diskSize: template ? undefined : args.diskSize,
  };
  const type = "aws:eks/nodeGroup:NodeGroup";
  const nodeGroup = child(context, type, name, inputs, ["arn", "nodeGroupName", "resources"], {
    ignoreChanges: args.ignoreScalingChanges ? ["scalingConfig.desiredSize"] : undefined,
  });
  const state = { nodeGroup, placementGroupName: "" };
  parent.finish(state);
  return { urn: parent.urn, state };
}

/** The real component makes one only for what a node group cannot say itself. */
function ownTemplate(context: Context) {
  const { name, args } = context;
  if (args.enableIMDSv2 === undefined && !args.amiId && !args.userData) return undefined;
  const tokens = args.enableIMDSv2 ? "required" : "optional";
  const inputs = {
    metadataOptions:
      args.enableIMDSv2 === undefined
        ? undefined
        : { httpTokens: tokens, httpPutResponseHopLimit: 2, httpEndpoint: "enabled" },
    blockDeviceMappings: args.diskSize
      ? [{ deviceName: "/dev/xvda", ebs: { volumeSize: args.diskSize } }]
      : undefined,
    imageId: args.amiId,
    userData: args.userData,
  };
  const type = "aws:ec2/launchTemplate:LaunchTemplate";
  const template = child(context, type, `${name}-launchTemplate`, inputs, ["latestVersion"]);
  const version = template.out.latestVersion.apply(String);
  return { id: template.id, version };
}
