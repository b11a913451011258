import type { Claim } from "../support/rules";
import { tenantOf } from "./good";

const at = (host: string, tenant = "team-a") => `tenants.of.${tenant}.hosts["${host}"]`;

export const hostClaims: Claim[] = [
  [
    "tenant-host",
    "hosts that are no name, or many",
    (description) => {
      const host = { ingress: "web", certificate: "a-web/a-tls" };
      tenantOf(description).hosts = { "*.example": host, "A.example": host };
    },
    `${at("*.example")}: got "*.example"; allowed: a DNS name of at least two labels in lower case, without *; fix: write each host by its whole name`,
    `${at("A.example")}: got "A.example"; allowed: a DNS name of at least two labels in lower case, without *; fix: write each host by its whole name`,
  ],
  [
    "tenant-host-twice",
    "one host of two tenants",
    (description) => {
      const host = { ingress: "web" };
      tenantOf(description).hosts = { "a.example": { ...host, certificate: "a-web/a" } };
      tenantOf(description, "team-b").hosts = { "a.example": { ...host, certificate: "b-web/a" } };
    },
    `${at("a.example", "team-b")}: got "a.example"; allowed: a host that no tenant has yet: ${at("a.example")} is the same; fix: remove one of the two`,
  ],
  [
    "tenant-host-certificate",
    "a certificate of another tenant's, and one of no namespace",
    (description) => {
      tenantOf(description).hosts = {
        "a.example": { ingress: "web", certificate: "b-web/b-tls" },
        "b.example": { ingress: "web", certificate: "a-tls" },
      };
    },
    `${at("a.example")}.certificate: got "b-web/b-tls"; allowed: <namespace>/<name of a Secret>, the namespace one of a-web, a-db; fix: say where the tenant keeps the certificate of this host`,
    `${at("b.example")}.certificate: got "a-tls"; allowed: <namespace>/<name of a Secret>, the namespace one of a-web, a-db; fix: say where the tenant keeps the certificate of this host`,
  ],
  [
    "tenant-host-port",
    "a gateway without a port for TLS",
    (description) => {
      description.meshes.prod!.ingress!.web!.ports = { http: 8080 };
      tenantOf(description).hosts = { "a.example": { ingress: "web", certificate: "a-web/a" } };
    },
    `${at("a.example")}.ingress: got "web", with ports http; allowed: a gateway with a port named https; fix: give meshes.prod.ingress.web.ports one, or choose another gateway`,
  ],
  [
    "tenant-host-number",
    "more hosts than a Gateway has listeners",
    (description) => {
      const host = { ingress: "web", certificate: "a-web/a" };
      tenantOf(description).hosts = Object.fromEntries(
        Array.from({ length: 65 }, (_, index) => [`h${index}.example`, host]),
      );
    },
    "tenants.of.team-a.hosts: got 65 hosts at ingress web; allowed: at most 64 at each; fix: lead some to another ingress gateway",
  ],
  [
    "tenant-host-configured",
    "a gateway in a cluster whose istiod reads its configuration elsewhere",
    (description) => {
      const prod = description.meshes.prod!;
      prod.controlPlane = { runsIn: ["east"] };
      prod.ingress!.web!.clusters = ["east", "west"];
      tenantOf(description).hosts = { "a.example": { ingress: "web", certificate: "a-web/a" } };
    },
    `${at("a.example")}.ingress: got "web", which stands in cluster west; allowed: a gateway in clusters that hold the mesh's configuration; fix: choose one, or let this one stand there: Gateway and routes stand where the gateway does, and istiod reads neither elsewhere`,
  ],
];

export const hostFoundation: Claim[] = [
  [
    "tenant-host-ingress",
    "a gateway that the mesh has not",
    (description) => {
      tenantOf(description).hosts = { "a.example": { ingress: "wep", certificate: "a-web/a" } };
    },
    `${at("a.example")}.ingress: got "wep"; allowed: web; fix: did you mean "web"?`,
  ],
];
