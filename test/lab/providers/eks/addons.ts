import type * as Sdk from "@pulumi/pulumi";
import { asProps } from "../base/values";
import { child, component } from "./children";
import type { Child, Context, Inputs } from "./children";

/**
 * The add-ons of `createCore`, in its order and by its conditions: nodejs/eks/cluster/cluster.ts and
 * nodejs/eks/addons/cni-addon.ts of pulumi-eks v4.3.0 (https://github.com/pulumi/pulumi-eks/tree/v4.3.0/nodejs/eks).
 */
export function addons(context: Context, cluster: Child, entries: readonly Child[]): void {
  const { args } = context;
  const isAuto = Boolean(asProps(args.autoMode).enabled);
  if (asProps(args.kubeProxyAddonOptions).enabled ?? !isAuto) {
    plainAddon(context, cluster, "kube-proxy", asProps(args.kubeProxyAddonOptions));
  }
  if (args.useDefaultVpcCni === undefined ? !isAuto : !args.useDefaultVpcCni) {
    vpcCni(context, cluster, entries);
  }
  if (wantsCoreDns(args, isAuto)) {
    plainAddon(context, cluster, "coredns", asProps(args.corednsAddonOptions));
  }
}

/** Also with Auto Mode, unless told not to (https://github.com/pulumi/pulumi-eks/issues/1726). */
function wantsCoreDns(args: Inputs, isAuto: boolean): boolean {
  const options = asProps(args.corednsAddonOptions);
  const explicitly = options.enabled === true || options.configurationValues !== undefined;
  const hasNodes = Boolean(args.fargate) || !args.skipDefaultNodeGroup || isAuto;
  return explicitly || (hasNodes && Boolean(options.enabled ?? true));
}

function plainAddon(context: Context, cluster: Child, addonName: string, options: Inputs): void {
  const addonVersion = options.version ?? newest(context, addonName, cluster.out.version);
  registerAddon(context, `${context.name}-${addonName}`, {
    ...{ clusterName: cluster.out.name, addonName, addonVersion },
    ...conflicts(options),
    configurationValues: configuration(context, options.configurationValues),
  });
}

/** `eks:index:VpcCniAddon`, which always configures the plugin. */
function vpcCni(context: Context, cluster: Child, entries: readonly Child[]): void {
  const { sdk, args } = context;
  const options = asProps(args.vpcCniOptions);
  const name = `${context.name}-vpc-cni`;
  const parent = component(sdk, "eks:index:VpcCniAddon", name, {
    ...{ parent: context.parent, dependsOn: [...entries] },
  });
  const within = { ...context, parent };
  registerAddon(within, name, {
    ...{ clusterName: cluster.out.name, addonName: "vpc-cni" },
    addonVersion: options.addonVersion ?? newest(within, "vpc-cni", cluster.out.version),
    ...conflicts(options),
    configurationValues: configuration(within, cniConfiguration(options)),
    serviceAccountRoleArn: options.serviceAccountRoleArn,
  });
  parent.finish({});
}

function registerAddon(context: Context, name: string, inputs: Inputs): void {
  const all = { ...inputs, preserve: true, tags: context.args.tags };
  child(context, "aws:eks/addon:Addon", name, all, []);
}

function conflicts(options: Inputs) {
  return {
    resolveConflictsOnCreate: options.resolveConflictsOnCreate ?? "OVERWRITE",
    resolveConflictsOnUpdate: options.resolveConflictsOnUpdate ?? "OVERWRITE",
  };
}

/** Without a version the newest of the day. */
function newest({ sdk, parent }: Context, addonName: string, version: Sdk.Output<unknown>) {
  const args = { addonName, kubernetesVersion: version, mostRecent: true };
  return sdk.runtime
    .invokeOutput<{ version: string }>("aws:eks/getAddonVersion:getAddonVersion", args, { parent })
    .apply((found) => found.version);
}

/** Keys are sorted, so that the text is always the same. */
function configuration({ sdk }: Context, values: unknown) {
  return values === undefined
    ? undefined
    : sdk.jsonStringify(values, (_, value: unknown) =>
        typeof value === "object" && value !== null && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
          : value,
      );
}

/** Environment of the plugin by argument of `vpcCniOptions`, with what stands there unless it is given. */
const CNI: Readonly<Record<string, readonly [variable: string, otherwise?: string]>> = {
  nodePortSupport: ["AWS_VPC_CNI_NODE_PORT_SUPPORT"],
  warmEniTarget: ["WARM_ENI_TARGET", "1"],
  warmIpTarget: ["WARM_IP_TARGET"],
  warmPrefixTarget: ["WARM_PREFIX_TARGET"],
  enablePrefixDelegation: ["ENABLE_PREFIX_DELEGATION"],
  logLevel: ["AWS_VPC_K8S_CNI_LOGLEVEL", "DEBUG"],
  logFile: ["AWS_VPC_K8S_CNI_LOG_FILE", "/host/var/log/aws-routed-eni/ipamd.log"],
  vethPrefix: ["AWS_VPC_K8S_CNI_VETHPREFIX", "eni"],
  eniMtu: ["AWS_VPC_ENI_MTU", "9001"],
  eniConfigLabelDef: ["ENI_CONFIG_LABEL_DEF"],
  pluginLogLevel: ["AWS_VPC_K8S_PLUGIN_LOG_LEVEL", "DEBUG"],
  pluginLogFile: ["AWS_VPC_K8S_PLUGIN_LOG_FILE", "/var/log/aws-routed-eni/plugin.log"],
  enablePodEni: ["ENABLE_POD_ENI", "false"],
  cniConfigureRpfilter: ["AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER"],
  cniCustomNetworkCfg: ["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "false"],
  cniExternalSnat: ["AWS_VPC_K8S_CNI_EXTERNALSNAT", "false"],
};

function cniConfiguration(options: Inputs) {
  const given = Object.entries(CNI).flatMap(([argument, [variable, otherwise]]) => {
    const value = options[argument] === undefined ? otherwise : String(options[argument]);
    return value === undefined ? [] : [[variable, value] as const];
  });
  const early = String(options.disableTcpEarlyDemux ?? false);
  return { env: Object.fromEntries(given), init: { env: { DISABLE_TCP_EARLY_DEMUX: early } } };
}
