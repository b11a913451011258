import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { MeshTopology, SubnetTier } from "istio-patterns";

const config = new pulumi.Config();
const region = "eu-west-1";

// Takes whatever an AWS provider takes. Default tags are yours to set here: those of the description are for the providers
// that a MeshTopology makes itself. Kubeconfigs then ask for tokens with what the AWS CLI finds in its environment.
const ireland = new aws.Provider("ireland", {
  region,
  defaultTags: { tags: { team: "platform" } },
  // Set by somebody else, such as a cost tool, and no change of ours.
  ignoreTags: { keyPrefixes: ["cost:"] },
});

// The VPC is another stack's, so its ids are outputs; those of a VPC of this program would be, too. What decides which
// resources there are stands in the description.
const network = new pulumi.StackReference(config.require("networkStack"));
const id = (name: string) => network.requireOutput(name) as pulumi.Output<string>;

const shop = new MeshTopology(
  "shop",
  {
    region,
    topology: {
      api: { allowFrom: config.requireObject<string[]>("allowFrom") },
      istio: { version: "1.31.4" },
      networks: {
        main: {
          existing: {
            cidrs: ["10.20.0.0/16"],
            // The names are yours: `subnetIds` below has the same.
            subnets: {
              a: { cidr: "10.20.0.0/20", zone: "eu-west-1a", tier: SubnetTier.Private },
              b: { cidr: "10.20.16.0/20", zone: "eu-west-1b", tier: SubnetTier.Private },
            },
          },
        },
      },
      clusters: { main: { network: "main" } },
      meshes: { dev: { clusters: { main: {} } } },
    },
    existing: {
      vpcs: { main: { vpcId: id("vpcId"), subnetIds: { a: id("subnetA"), b: id("subnetB") } } },
    },
  },
  // One for each region; for an account whose role the description names also `<account id>/<region>`.
  { awsProviders: { [region]: ireland } },
);

export const kubeconfigs = shop.kubeconfigs;
