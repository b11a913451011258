/** What must hold for what is written of exports. */
import { below, oneOf, pathOf, Severity, written } from "../topology";
import type { Problem, Rule, Topology } from "../topology";
import { LABEL } from "../topology/rules/names";
import { when } from "../topology/rules/support";

type Exported = Topology["federation"]["exports"][string];
type Service = Exported["services"][string];

/** A check of every exported service, with its host and the path that it stands at. */
function perService(
  check: (service: Service, at: string, host: string, of: Exported) => Problem[],
) {
  return ({ federation }: Topology): Problem[] =>
    Object.entries(federation.exports).flatMap(([name, exported]) =>
      Object.entries(exported.services).flatMap(([host, service]) =>
        check(service, pathOf("federation", "exports", name, "services", host), host, exported),
      ),
    );
}

const LONGEST = 63;
const isLabel = (text = "") => LABEL.test(text) && text.length <= LONGEST;
const SUFFIX = ".svc.cluster.local";

const checkHost = perService((_, path, host) => {
  const [service, namespace, ...rest] = host.split(".");
  const isWhole = isLabel(service) && isLabel(namespace) && `.${rest.join(".")}` === SUFFIX;
  return when(!isWhole, {
    path,
    got: written(host),
    allowed: `<service>.<namespace>${SUFFIX}, exactly: no wildcard`,
    fix: "write the full name of one Service of the exporting mesh",
  });
});

/** No name under `svc`: istiod takes that for a Service's. */
const ALIAS = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;

const checkAlias = perService(({ alias }, path) =>
  when(alias !== undefined && (!ALIAS.test(alias) || `.${alias}`.endsWith(SUFFIX)), {
    path: below(path, "alias"),
    got: written(alias),
    allowed: `a DNS name with a dot, not under ${SUFFIX.slice(1)}`,
    fix: "write such as pay.bank.mesh",
  }),
);

const checkPorts = perService(({ ports }, path) => [
  ...when(Object.keys(ports).length === 0, {
    path: below(path, "ports"),
    got: "no port",
    allowed: "at least one",
    fix: "name those that the other meshes call",
  }),
  ...Object.keys(ports).flatMap((name) =>
    when(!isLabel(name), {
      path: below(path, "ports", name),
      got: written(name),
      allowed: `lower-case letters, digits and hyphens, at most ${LONGEST}`,
      fix: "rename it; what it begins with says what the port speaks, as http or tcp",
    }),
  ),
  ...Object.keys(ports).flatMap((name) =>
    when(/^(udp|dns)(-|$)/.test(name), {
      path: below(path, "ports", name),
      got: written(name),
      allowed: "a port of TCP",
      fix: "leave it out: mutual TLS carries no UDP",
    }),
  ),
]);

const checkAccounts = perService(({ serviceAccounts }, path) => [
  ...when(serviceAccounts.length === 0, {
    path: below(path, "serviceAccounts"),
    got: "none",
    allowed: "at least one",
    fix: "name those that its pods run as: without one, clients would take whoever answers",
  }),
  ...serviceAccounts.flatMap((account, index) =>
    when(!account.split(".").every(isLabel), {
      path: below(path, "serviceAccounts", index),
      got: written(account),
      allowed: "the name of a service account in its namespace",
      fix: "correct it",
    }),
  ),
]);

const checkAllow = perService(({ allow }, path, _, { to }) => [
  ...allow.flatMap((one, index) => {
    const [mesh, namespace, ...more] = one.split("/");
    return when(!to.includes(mesh!) || !isLabel(namespace) || more.length > 0, {
      path: below(path, "allow", index),
      got: written(one),
      allowed: `<mesh>/<namespace>, the mesh one of \`to\`: ${oneOf(to)}`,
      fix: "name a namespace of an importing mesh",
    });
  }),
  ...to
    .filter((mesh) => !allow.some((one) => one.startsWith(`${mesh}/`)))
    .map((mesh) => ({
      path: below(path, "allow"),
      got: oneOf(allow),
      allowed: `a namespace of every mesh in \`to\`: none of ${mesh} is here`,
      fix: `add ${mesh}/<namespace>, or export it in an entry of its own`,
    })),
]);

function checkEnds({ federation, meshes }: Topology): Problem[] {
  return Object.entries(federation.exports).flatMap(([name, { from, to }]) => [
    ...to.flatMap((mesh, index) =>
      when(mesh === from || to.indexOf(mesh) < index, {
        path: pathOf("federation", "exports", name, "to", index),
        got: written(mesh),
        allowed: "another mesh than the exporting one, each once",
        fix: "remove it",
      }),
    ),
    ...when(
      [from, ...to].every(
        (mesh) => Object.hasOwn(federation.peers, mesh) && !Object.hasOwn(meshes, mesh),
      ),
      {
        path: pathOf("federation", "exports", name),
        got: `an export from ${from} to ${to.join(", ")}, all of which are peers`,
        allowed: "one end that is a mesh of this description",
        fix: "leave it to the stacks of these meshes",
      },
    ),
    ...when(to.length === 0, {
      path: pathOf("federation", "exports", name, "to"),
      got: "no mesh",
      allowed: "at least one",
      fix: "name the importing meshes, or remove the export",
    }),
  ]);
}

const severity = Severity.Problem;

export const federationFormRules: Rule[] = [
  {
    id: "federation-host",
    summary: "An exported service is named by the full name of a Service.",
    why: "Clients ask the gateway for it by that name, and policies name its namespace (istio, pilot/pkg/networking/core/gateway.go, builtAutoPassthroughFilterChains).",
    severity,
    check: checkHost,
  },
  {
    id: "federation-alias",
    summary: "An alias is a DNS name that no Service has.",
    why: "Sidecars answer for it themselves (https://istio.io/latest/docs/ops/configuration/traffic-management/dns-proxy/).",
    severity,
    check: checkAlias,
  },
  {
    id: "federation-ports",
    summary: "An exported service has TCP ports with names that a Service takes.",
    why: "What is not named is refused to the other mesh.",
    severity,
    check: checkPorts,
  },
  {
    id: "federation-accounts",
    summary: "An exported service says as whom it answers.",
    why: "An empty list of subjectAltNames is no check: any workload of the other mesh could answer (istio, pilot/pkg/networking/core/cluster_tls.go).",
    severity,
    check: checkAccounts,
  },
  {
    id: "federation-allow",
    summary: "An exported service says who in each importing mesh may call it.",
    why: "Everyone else is refused, and does not know its name.",
    severity,
    check: checkAllow,
  },
  {
    id: "federation-ends",
    summary: "A mesh exports to other meshes.",
    why: "Its own know its services already.",
    severity,
    check: checkEnds,
  },
];
