import { pathOf } from "../topology";
import type { EcsService, Problem, Topology } from "../topology";

type At = (...below: string[]) => string;

/** A check of every service, with the path that it stands at. */
export function perService(check: (service: EcsService, at: At, topology: Topology) => Problem[]) {
  return (topology: Topology): Problem[] =>
    Object.values(topology.ecsServices).flatMap((service) =>
      check(service, (...below) => pathOf("ecsServices", service.name, ...below), topology),
    );
}
