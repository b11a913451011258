/** The shape of ECS services. */
import { z } from "zod";
import * as d from "./description";
import { count, map, names, port, text, type Shape, whole } from "./shapes";

const healthCheck = z.strictObject({
  command: z.array(text).min(1).optional(),
} satisfies Shape<d.EcsHealthCheckDescription>);

const scaling = z.strictObject({
  min: whole(1),
  max: whole(1),
  cpuPercent: whole(10, 95).default(60),
} satisfies Shape<d.EcsScalingDescription>);

const forward = z.strictObject({
  host: text,
  port,
  local: port.optional(),
} satisfies Shape<d.EcsForwardDescription>);

/** An ECS service. */
export const ecsService = z.strictObject({
  mesh: text,
  controlledBy: text,
  vpc: text.optional(),
  launchType: z.enum(d.LaunchType).default(d.LaunchType.Fargate),
  ecsCluster: text.optional(),
  namespace: text,
  serviceAccount: text,
  image: text,
  ports: map(port),
  count: whole(0).optional(),
  scaling: scaling.optional(),
  cpu: whole(256).default(512),
  memory: whole(512).default(1024),
  capacity: z.enum(d.Capacity).default(d.Capacity.OnDemand),
  onDemandBase: whole(1).optional(),
  architecture: z.enum(d.Architecture).optional(),
  command: z.array(text).min(1).optional(),
  environment: map(z.string()).default({}),
  secrets: map(text).default({}),
  healthCheck: healthCheck.prefault({}),
  policyArns: names.default([]),
  proxyEnv: z.boolean().optional(),
  forward: map(forward).default({}),
  waypoint: z.boolean().default(false),
  exec: z.boolean().default(false),
} satisfies Shape<d.EcsServiceDescription>);

const existing = z.strictObject({
  clusterArn: text,
  capacityProvider: text.optional(),
} satisfies Shape<d.ExistingEcsClusterDescription>);

/** What ECS services run on. */
export const ecsCluster = z.strictObject({
  mesh: text,
  controlledBy: text,
  vpc: text.optional(),
  instanceType: text.optional(),
  count: count.default({ min: 1, max: 4 }),
  capacity: z.enum(d.Capacity).default(d.Capacity.OnDemand),
  // What AWS takes (https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-max-instance-lifetime.html).
  lifetimeDays: whole(1, 365).default(30),
  existing: existing.optional(),
} satisfies Shape<d.EcsClusterDescription>);
