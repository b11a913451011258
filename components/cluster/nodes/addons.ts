import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { addonVersion } from "../../versions/addons";
import type { AddonName } from "../../versions/addons";

/** The version of an add-on that goes with a cluster's Kubernetes version. */
export function addonFor(
  kubernetesVersion: pulumi.Input<string>,
  addon: AddonName,
): pulumi.Output<string> {
  return pulumi.output(kubernetesVersion).apply((version) => addonVersion(version, addon));
}

/** Where an add-on stands already, its fields are taken over, as with those that `@pulumi/eks` makes. */
export function createAddon(
  name: string,
  addonName: AddonName,
  args: { clusterName: pulumi.Input<string>; kubernetesVersion: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
): aws.eks.Addon {
  return new aws.eks.Addon(
    name,
    {
      clusterName: args.clusterName,
      addonName,
      addonVersion: addonFor(args.kubernetesVersion, addonName),
      resolveConflictsOnCreate: "OVERWRITE",
      resolveConflictsOnUpdate: "OVERWRITE",
    },
    opts,
  );
}
