/** What tenants need before anything can be related to them. */
import { find } from "../../records";
import { TenancyModel } from "../description";
import { below, pathOf } from "../path";
import type { Problem } from "../problem";
import { EVERY_TENANT } from "../relations/tenants";
import { type Rule, Severity } from "../rule";
import type { Topology } from "../topology";
import { listed, unknown } from "./support";

function checkShared({ tenants }: Topology): Problem[] {
  if (tenants?.model === TenancyModel.Mesh) return [];
  const all = Object.entries(tenants?.of ?? {});
  return all.flatMap(([name, { mesh, shares }]) => {
    const others = all.filter(([other, one]) => other !== name && one.mesh === mesh);
    const known = [EVERY_TENANT, ...others.map(([other]) => other)];
    return Object.entries(shares).flatMap(([host, { to }]) => {
      const path = pathOf("tenants", "of", name, "shares", host);
      return unknown(listed(below(path, "to"), to), known, "name another tenant of the same mesh");
    });
  });
}

function checkIngress({ tenants, meshes }: Topology): Problem[] {
  if (tenants?.model === TenancyModel.Mesh) return [];
  return Object.entries(tenants?.of ?? {}).flatMap(([name, { mesh, hosts }]) => {
    const described = find(meshes, mesh);
    if (described === undefined) return [];
    const known = Object.keys(described.ingress);
    return Object.entries(hosts).flatMap(([host, { ingress }]) => {
      const path = pathOf("tenants", "of", name, "hosts", host, "ingress");
      return unknown([{ path, name: ingress }], known, `add it to meshes.${mesh}.ingress`);
    });
  });
}

export const tenantFormRules: Rule[] = [
  {
    id: "tenant-share-to",
    summary: "A service is shared to other tenants of the same mesh.",
    why: "Between meshes services are exported (`federation`), and a tenant needs no leave to call its own.",
    severity: Severity.Problem,
    foundation: true,
    check: checkShared,
  },
  {
    id: "tenant-host-ingress",
    summary: "A host of a tenant is at an ingress gateway of its mesh.",
    why: "That of another mesh knows no service of the tenant's, and has an identity of another trust domain.",
    severity: Severity.Problem,
    foundation: true,
    check: checkIngress,
  },
];
