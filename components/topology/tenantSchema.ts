/** The shape of tenants. */
import { z } from "zod";
import * as d from "./description";
import { map, names, port, text, type Shape, whole } from "./shapes";

const quota = z.strictObject({
  pods: whole(1).default(100),
  cpu: text.optional(),
  memory: text.optional(),
  istioObjects: whole(1).default(50),
} satisfies Shape<d.TenantQuotaDescription>);

const limits = z.strictObject({
  cpu: text.optional(),
  memory: text.default("512Mi"),
} satisfies Shape<d.TenantLimitsDescription>);

const shared = z.strictObject({
  to: names,
  pods: map(text),
  ports: z.array(port),
} satisfies Shape<d.SharedServiceDescription>);

const host = z.strictObject({
  ingress: text,
  certificate: text,
} satisfies Shape<d.TenantHostDescription>);

const tenant = z.strictObject({
  mesh: text,
  namespaces: names.default([]),
  clusters: names.default([]),
  admins: names.default([]),
  quota: quota.prefault({}),
  limits: limits.prefault({}),
  egress: z.enum(d.Egress).default(d.Egress.None),
  outside: map(z.array(port)).default({}),
  hosts: map(host).default({}),
  shares: map(shared).default({}),
} satisfies Shape<d.TenantDescription>);

/** Tenants and what separates them. */
export const tenants = z.strictObject({
  model: z.enum(d.TenancyModel),
  of: map(tenant),
} satisfies Shape<d.TenantsDescription>);
