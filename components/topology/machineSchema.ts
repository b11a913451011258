/** The shape of groups of machines. */
import { z } from "zod";
import * as d from "./description";
import { count, map, names, port, text, type Shape, whole } from "./shapes";

/** Seconds: a machine drains for as long as four runs take, and has five minutes to leave in (components/vm/group.ts). */
export const LONGEST_PROBE_PERIOD = 60;

const probe = z.strictObject({
  command: z.array(text).min(1).optional(),
  periodSeconds: whole(1, LONGEST_PROBE_PERIOD).default(5),
} satisfies Shape<d.MachineProbeDescription>);

const agentPackage = z.strictObject({
  source: z.enum(d.AgentSource).default(d.AgentSource.Package),
  location: text.optional(),
  sha256: text.optional(),
} satisfies Shape<d.AgentPackageDescription>);

/** A group of machines. */
export const virtualMachines = z.strictObject({
  mesh: text,
  controlledBy: text,
  network: text,
  vpc: text.optional(),
  namespace: text,
  serviceAccount: text,
  ports: map(port),
  inbound: z.enum(d.Inbound).default(d.Inbound.Routed),
  instanceType: text.optional(),
  architecture: z.enum(d.Architecture).optional(),
  image: text.default("amazon-linux-2023"),
  capacity: z.enum(d.Capacity).default(d.Capacity.OnDemand),
  count: count.default({ min: 1, max: 1 }),
  // What AWS takes (https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-max-instance-lifetime.html).
  lifetimeDays: whole(1, 365).default(30),
  userData: text.optional(),
  probe: probe.prefault({}),
  policyArns: names.default([]),
  revision: text.optional(),
  metadata: z.enum(d.MetadataAccess).default(d.MetadataAccess.Agent),
  ssm: z.boolean().default(true),
  agentPackage: agentPackage.prefault({}),
} satisfies Shape<d.VirtualMachinesDescription>);
