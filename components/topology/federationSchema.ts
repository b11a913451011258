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

const publishedGateway = z.strictObject({
  addresses: names,
  port: port.optional(),
  network: text,
  region: text,
} satisfies Shape<d.PublishedGateway>);

const publishedService = z.strictObject({
  ports: map(port),
  serviceAccounts: names,
  allow: names,
} satisfies Shape<d.PublishedService>);

/** What others must know of a mesh. */
export const publishedMesh = z.strictObject({
  version: whole(1),
  trustDomain: text,
  roots: text,
  cidrs: names,
  gateways: map(publishedGateway).default({}),
  exports: map(publishedService).optional(),
} satisfies Shape<d.PublishedMesh>);

const peer = z.strictObject({
  output: z
    .strictObject({
      ...{ stack: text, name: text, mesh: text.optional() },
    } satisfies Shape<d.PeerOutput>)
    .optional(),
  given: publishedMesh.optional(),
} satisfies Shape<d.PeerDescription>);

/** Meshes that exchange services. */
export const federation = z.strictObject({
  gateways: map(gateway).default({}),
  exports: map(exported).default({}),
  peers: map(peer).default({}),
} satisfies Shape<d.FederationDescription>);
