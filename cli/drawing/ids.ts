/** Ids of what is drawn. */
import { Exposure } from "../../components/topology";
import type { GatewayReport, Report } from "../report/report";

/** Kinds begin an id, so no two things have the same one; names hold no slash. */
export const ids = {
  internet: "internet",
  network: (name: string) => `network/${name}`,
  vpc: (id: string) => `vpc/${id}`,
  cluster: (name: string) => `cluster/${name}`,
  istiod: (mesh: string, cluster: string, revision = "") => `istiod/${mesh}/${cluster}/${revision}`,
  istiodBalancer: (mesh: string, cluster: string, revision = "") =>
    `balancer/${mesh}/${cluster}/istiod/${revision}`,
  relay: (mesh: string, cluster: string, revision = "") => `relay/${mesh}/${cluster}/${revision}`,
  pods: (mesh: string, cluster: string) => `pods/${mesh}/${cluster}`,
  gateway: (mesh: string, cluster: string, name: string) => `gateway/${mesh}/${cluster}/${name}`,
  balancer: (mesh: string, cluster: string, name: string) =>
    `balancer/${mesh}/${cluster}/gateway/${name}`,
  machines: (name: string) => `machines/${name}`,
  tasks: (name: string) => `tasks/${name}`,
  tenant: (mesh: string, cluster: string, name = "") => `tenant/${mesh}/${cluster}/${name}`,
  mesh: (name: string) => `mesh/${name}`,
  link: (index: number) => `link/${index}`,
};

/** Whether anybody out there gets in. */
export function hasInternet({ clusters }: Report): boolean {
  return clusters.some(({ gateways }) => gateways.some(isPublic));
}

export function isPublic({ exposure }: GatewayReport): boolean {
  return exposure === Exposure.Internet;
}
