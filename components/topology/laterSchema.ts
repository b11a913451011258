/** The shape of tenants. */
import { z } from "zod";
import * as d from "./description";
import { map, names, text, type Shape, whole } from "./shapes";

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
  tenants: tenants.optional(),
} satisfies Shape<Pick<d.TopologyDescription, "tenants">>;
