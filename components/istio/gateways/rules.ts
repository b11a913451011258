/** What must hold of gateways, and what they need of a VPC that exists. */
import { hasTier, existingVpcs } from "../../network/rules/existing";
import { below, pathOf, Severity, SubnetTier, written } from "../../topology";
import type { Ingress, Problem, Relations, Rule, Topology } from "../../topology";
import { gatewayBalancers } from "../openings";
import { PROXY_PORTS } from "../ports";
import { ingressName } from "./plan";

const LONGEST_RELEASE_NAME = 53;

/** Every ingress gateway as it is described, with its path. */
function ingressesOf({ meshes }: Topology): { path: string; name: string; ingress: Ingress }[] {
  return Object.values(meshes).flatMap((mesh) =>
    Object.entries(mesh.ingress).map(([name, ingress]) => ({
      path: pathOf("meshes", mesh.name, "ingress", name),
      name,
      ingress,
    })),
  );
}

function checkNames(topology: Topology): Problem[] {
  return ingressesOf(topology)
    .filter(({ name }) => ingressName(name).length > LONGEST_RELEASE_NAME)
    .map(({ path, name }) => ({
      path,
      got: `${written(name)} (${name.length} characters)`,
      allowed: `at most ${LONGEST_RELEASE_NAME - ingressName("").length} characters`,
      fix: "shorten it",
    }));
}

function checkPorts(topology: Topology): Problem[] {
  return ingressesOf(topology).flatMap(({ path, ingress: { ports } }) =>
    Object.entries(ports).flatMap(([name, port], index, all) => {
      const same = all.slice(0, index).find(([, other]) => other === port);
      const wrong = PROXY_PORTS.includes(port)
        ? "which the proxy has for itself"
        : same && `which is ${written(same[0])} too`;
      if (wrong === undefined) return [];
      return [
        {
          path: below(path, "ports", name),
          got: `${port}, ${wrong}`,
          allowed: `each port once, and none of ${PROXY_PORTS.join(", ")}`,
          fix: "choose another port",
        },
      ];
    }),
  );
}

function checkAnyPort(topology: Topology): Problem[] {
  return ingressesOf(topology)
    .filter(({ ingress }) => Object.keys(ingress.ports).length === 0)
    .map(({ path }) => ({
      path: below(path, "ports"),
      got: "no port",
      allowed: "at least one",
      fix: "name those that clients come by, or remove `ports` for 80 and 443",
    }));
}

/** Keys of the gateways in a VPC. */
function gatewaysIn(relations: Relations, vpc: string): string[] {
  return gatewayBalancers(relations)
    .filter(({ balancer }) => balancer.in.vpc.id === vpc)
    .map(({ balancer }) => balancer.key);
}

function checkGateways(topology: Topology, relations: Relations): Problem[] {
  return existingVpcs(topology).flatMap((vpc) => {
    const gateways = gatewaysIn(relations, vpc.id);
    if (gateways.length === 0 || hasTier(vpc, SubnetTier.Private)) return [];
    return [
      {
        path: below(vpc.path, "existing", "subnets"),
        got: "no private subnet",
        allowed: "at least one private subnet",
        fix: `add the private subnets for the load balancers of ${gateways.join(", ")}`,
      },
    ];
  });
}

function checkTags(topology: Topology, relations: Relations): Problem[] {
  return existingVpcs(topology)
    .filter(({ id }) => gatewaysIn(relations, id).length > 0)
    .map(({ path }) => ({
      path: below(path, "existing", "subnets"),
      got: "subnets of yours",
      allowed:
        "private ones tagged kubernetes.io/role/internal-elb=1, public ones kubernetes.io/role/elb=1",
      fix: "see that they carry these tags, and load-balancer subnets neither: gateways find their subnets by them",
    }));
}

/** Rules about gateways. */
export const gatewayRules: Rule[] = [
  {
    id: "istio-ingress-name",
    summary: "An ingress gateway's name leaves room for the name of its release.",
    why: "The release is `istio-ingress-<name>`, and Helm takes 53 characters (https://helm.sh/docs/chart_template_guide/getting_started/).",
    severity: Severity.Problem,
    check: checkNames,
  },
  {
    id: "istio-ingress-ports",
    summary: "The ports of an ingress gateway are apart, and none is one of the proxy's own.",
    why: "Each becomes a listener of one load balancer and one Envoy, which has some itself (https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio).",
    severity: Severity.Problem,
    check: checkPorts,
  },
  {
    id: "istio-ingress-no-ports",
    summary: "An ingress gateway has a port.",
    why: "The chart makes no Service without one (istio, manifests/charts/gateway/templates/service.yaml).",
    severity: Severity.Problem,
    check: checkAnyPort,
  },
  {
    id: "existing-vpc-gateway-subnets",
    summary: "A VPC that exists has private subnets where gateways stand in it.",
    why: "Internal load balancers stand in private subnets (https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html).",
    severity: Severity.Problem,
    check: checkGateways,
  },
  {
    id: "existing-vpc-subnet-tags",
    summary: "Subnets of a VPC that exists carry the tags that load balancers are placed by.",
    why: "Tags of subnets that exist are not changed here (https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html).",
    severity: Severity.Warning,
    check: checkTags,
  },
];
