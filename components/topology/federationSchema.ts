/** The shape of what meshes offer to each other. */
import { z } from "zod";
import type * as d from "./description";
import { map, names, port, text, type Shape, whole } from "./shapes";

const gateway = z.strictObject({
  clusters: names,
  addressNumbers: map(whole(0)).default({}),
} satisfies Shape<d.FederationGatewayDescription>);

const service = z.strictObject({
  ports: map(port),
  serviceAccounts: names,
  allow: names,
  alias: text.optional(),
} satisfies Shape<d.ExportedServiceDescription>);

const exported = z.strictObject({
  from: text,
  to: names,
  services: map(service),
} satisfies Shape<d.ExportDescription>);

/** Meshes that exchange services. */
export const federation = z.strictObject({
  gateways: map(gateway).default({}),
  exports: map(exported).default({}),
} satisfies Shape<d.FederationDescription>);
