/** What must hold for the package of Istio's agent. */
import { AgentSource, Severity, written } from "../topology";
import type { Rule } from "../topology";
import { when } from "../topology/rules/support";
import { perGroup } from "./perGroup";

const SHA256 = /^[0-9a-fA-F]{64}$/;

const checkPackage = perGroup(({ agentPackage: { source, location, sha256 } }, at) => {
  const said = Object.entries({ location, sha256 }).filter(([, value]) => value !== undefined);
  if (source === AgentSource.Image)
    return said.map(([field, value]) => ({
      path: at("agentPackage", field),
      got: written(value),
      allowed: `nothing with source: ${AgentSource.Image}`,
      fix: "remove it: no package is installed",
    }));
  return [
    ...when(location !== undefined && !isAddress(location), {
      path: at("agentPackage", "location"),
      got: written(location),
      allowed: "an http or https URL of a folder, without a query",
      fix: "correct it",
    }),
    ...when(sha256 !== undefined && !SHA256.test(sha256), {
      path: at("agentPackage", "sha256"),
      got: written(sha256),
      allowed: "64 hexadecimal digits",
      fix: "copy what `sha256sum` says of the package",
    }),
  ];
});

const checkWay = perGroup(({ agentPackage: { location, sha256 } }, at) =>
  when(/^http:/.test(location ?? "") && sha256 === undefined, {
    path: at("agentPackage", "location"),
    got: `${written(location)}, and no sha256`,
    allowed:
      "an https URL, or agentPackage.sha256: who changes the package on its way changes the checksum beside it too",
    fix: "say https, or the checksum",
  }),
);

function isAddress(location: string): boolean {
  return /^https?:\/\/[^\s?#'"\\]+$/.test(location) && URL.canParse(location);
}

export const packageRules: Rule[] = [
  {
    id: "machine-package",
    summary: "Istio's package is said by a URL and a checksum, where it is installed.",
    why: "What is installed as root is checked first.",
    severity: Severity.Problem,
    check: checkPackage,
  },
  {
    id: "machine-package-way",
    summary: "Istio's package comes by https, or has a checksum of yours.",
    why: "It is installed as root.",
    severity: Severity.Warning,
    check: checkWay,
  },
];
