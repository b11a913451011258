import type { Values } from "../../../../../engine";
import { capitalised, tagged, type Row } from "../row";

/** Options of a log driver are a map of the driver's own keys, and stay as they are. */
const containers = (text: string) => ({
  ContainerDefinitions: (JSON.parse(text) as Values[]).map(({ logConfiguration, ...one }) => ({
    ...(capitalised(one) as Values),
    LogConfiguration: {
      LogDriver: logConfiguration.logDriver,
      Options: logConfiguration.options,
    },
  })),
});

const deployment = (property: string) => (value: unknown) => ({
  DeploymentConfiguration: { [property]: value },
});

/** What ECS runs. */
export const tasks = {
  "aws:appautoscaling/policy:Policy": {
    type: "AWS::ApplicationAutoScaling::ScalingPolicy",
    names: { name: "PolicyName" },
    forms: {
      targetTrackingScalingPolicyConfiguration: (configuration) => ({
        TargetTrackingScalingPolicyConfiguration: capitalised(configuration),
      }),
    },
    autonamed: "PolicyName",
  },
  "aws:appautoscaling/target:Target": {
    type: "AWS::ApplicationAutoScaling::ScalableTarget",
    without: { tags: "CloudFormation takes none" },
  },
  "aws:ecs/capacityProvider:CapacityProvider": {
    type: "AWS::ECS::CapacityProvider",
    forms: {
      autoScalingGroupProvider: (provider) => ({
        AutoScalingGroupProvider: capitalised(provider),
      }),
    },
    autonamed: "Name",
    tags: tagged,
  },
  "aws:ecs/cluster:Cluster": {
    type: "AWS::ECS::Cluster",
    names: { name: "ClusterName" },
    tags: tagged,
  },
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": {
    type: "AWS::ECS::ClusterCapacityProviderAssociations",
    names: { clusterName: "Cluster" },
    forms: {
      defaultCapacityProviderStrategies: (all) => ({
        DefaultCapacityProviderStrategy: capitalised(all),
      }),
    },
  },
  "aws:ecs/service:Service": {
    type: "AWS::ECS::Service",
    names: { name: "ServiceName", enableEcsManagedTags: "EnableECSManagedTags" },
    forms: {
      capacityProviderStrategies: (all) => ({ CapacityProviderStrategy: capitalised(all) }),
      deploymentCircuitBreaker: (breaker) =>
        deployment("DeploymentCircuitBreaker")(capitalised(breaker)),
      deploymentMaximumPercent: deployment("MaximumPercent"),
      deploymentMinimumHealthyPercent: deployment("MinimumHealthyPercent"),
      orderedPlacementStrategies: (all) => ({ PlacementStrategies: capitalised(all) }),
      networkConfiguration: ({ subnets, securityGroups, assignPublicIp }) => ({
        NetworkConfiguration: {
          AwsvpcConfiguration: {
            Subnets: subnets,
            SecurityGroups: securityGroups,
            AssignPublicIp: assignPublicIp ? "ENABLED" : "DISABLED",
          },
        },
      }),
    },
    without: { waitForSteadyState: "a step of the provider's" },
    autonamed: "ServiceName",
    tags: tagged,
  },
  "aws:ecs/taskDefinition:TaskDefinition": {
    type: "AWS::ECS::TaskDefinition",
    forms: {
      containerDefinitions: containers,
      runtimePlatform: (platform) => ({ RuntimePlatform: capitalised(platform) }),
      volumes: (volumes) => ({ Volumes: capitalised(volumes) }),
    },
    tags: tagged,
  },
} satisfies Record<string, Row>;
