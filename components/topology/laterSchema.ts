/** The shape of tasks on ECS and tenants. */
import { z } from "zod";
import * as d from "./description";
import { map, names, port, text, type Shape, whole } from "./shapes";

const ecsService = z.strictObject({
  mesh: text,
  controlledBy: text,
  vpc: text.optional(),
  launchType: z.enum(d.LaunchType).default(d.LaunchType.Fargate),
  namespace: text,
  serviceAccount: text,
  image: text,
  ports: map(port),
  count: whole(0).default(1),
  cpu: whole(256).default(512),
  memory: whole(512).default(1024),
} satisfies Shape<d.EcsServiceDescription>);

const tenantQuota = z.strictObject({
  pods: whole(1).optional(),
} satisfies Shape<d.TenantQuotaDescription>);

const tenant = z.strictObject({
  mesh: text,
  namespaces: names.optional(),
  clusters: names.optional(),
  admins: names.optional(),
  quota: tenantQuota.optional(),
} satisfies Shape<d.TenantDescription>);

const tenants = z.strictObject({
  model: z.enum(d.TenancyModel),
  of: map(tenant),
} satisfies Shape<d.TenantsDescription>);

/** Keys of the description whose rooms come later. */
export const laterShapes = {
  ecsServices: map(ecsService).default({}),
  tenants: tenants.optional(),
} satisfies Shape<Pick<d.TopologyDescription, "ecsServices" | "tenants">>;
