import type { MachineGroup } from "../../../components/topology";
import type { Json } from "../machine/kube";

type Outside = Pick<MachineGroup, "name" | "namespace">;

const folder = "/apis/security.istio.io/v1/namespaces";

/** Where the policy of a group of machines, or of an ECS service, is. */
export const onlyFromPath = ({ name, namespace }: Outside): string =>
  `${folder}/${namespace}/authorizationpolicies/only-to-${name}`;

/** Lets nobody but one identity in there. */
export function onlyFrom({ name }: Outside, principal: string): Json {
  const rules = [{ from: [{ source: { notPrincipals: [principal] } }] }];
  return {
    ...{ apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy" },
    metadata: { name: `only-to-${name}` },
    spec: { selector: { matchLabels: { app: name } }, action: "DENY", rules },
  };
}
