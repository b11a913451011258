/** The topology as a Mermaid flowchart, alone or in a Markdown file or drawn as SVG. */
import { DataPlane } from "../components/topology";
import { count } from "./report/count";
import type { ClusterReport, MeshReport, NetworkReport, Report } from "./report/report";

/** Clusters beyond which watches, one per pair, would hide everything else. */
const MOST_WATCHES = 4;

/** Mermaid source. */
export function renderMermaid(report: Report): string {
  return [
    "flowchart LR",
    ...report.networks.flatMap((network) => drawNetwork(report, network)).map(indent),
    ...report.meshes.flatMap((mesh) => drawMesh(report, mesh)).map(indent),
    "",
  ].join("\n");
}

/** A page with the diagram, which GitHub and GitLab draw. */
export function renderMarkdown(report: Report): string {
  const { name, istio, clusters, networks } = report;
  const summary = [
    `Istio ${Object.keys(istio.versions).join(", ")}`,
    count(clusters.length, "cluster"),
    count(networks.length, "network"),
  ].join(", ");
  return `# ${name}\n\n${summary}.\n\n\`\`\`mermaid\n${renderMermaid(report)}\`\`\`\n`;
}

/** The drawing library is an ES module; a CommonJS program can only import it when it needs it. */
export async function renderSvg(report: Report): Promise<string> {
  const { renderMermaidSVG } = await import("beautiful-mermaid");
  return renderMermaidSVG(renderMermaid(report)).replaceAll(WEB_FONT, "");
}

/** A picture of someone's network should not call a font server whenever it is looked at; the next font is the system's. */
const WEB_FONT = /^\s*@import url\(.*\);$\n/gm;

function drawNetwork(report: Report, { name, vpcs }: NetworkReport): string[] {
  const inner = vpcs.flatMap((vpc) => {
    const clusters = report.clusters.filter((cluster) => cluster.vpc === vpc.id);
    return [
      `subgraph ${id("vpc", vpc.id)}["VPC ${vpc.cidrs.join(", ")} · ${vpc.region}"]`,
      ...clusters.flatMap(drawCluster).map(indent),
      ...report.machines
        .filter((group) => group.vpc === vpc.id)
        .map((group) => indent(`${id("machines", group.name)}["machines ${group.name}"]`)),
      "end",
    ];
  });
  return [`subgraph ${id("network", name)}["network ${name}"]`, ...inner.map(indent), "end"];
}

function drawCluster(cluster: ClusterReport): string[] {
  const { name, kubernetesVersion, controlPlanes, served, gateways } = cluster;
  const members = [...controlPlanes.filter(({ external }) => !external), ...served];
  const nodes = [
    ...controlPlanes.map(
      ({ mesh, istiods }) =>
        `${id("istiod", mesh, name)}["istiod ${istiods.map(({ version }) => version).join(", ")}"]`,
    ),
    ...served.map(({ mesh }) => `${id("relay", mesh, name)}["relay"]`),
    ...members.map(
      ({ mesh, dataPlane }) =>
        `${id("pods", mesh, name)}["${dataPlane === DataPlane.Ambient ? "pods behind ztunnel" : "pods with sidecars"}"]`,
    ),
    ...gateways.map(
      (gateway) =>
        `${id("gateway", gateway.mesh, name, gateway.name)}["${gateway.name} gateway :${gateway.ports.join(", :")}"]`,
    ),
  ];
  return [
    `subgraph ${id("cluster", name)}["cluster ${name} · EKS ${kubernetesVersion}"]`,
    ...nodes.map(indent),
    "end",
  ];
}

function drawMesh(report: Report, mesh: MeshReport): string[] {
  const members = report.clusters.filter(({ name }) => mesh.members.includes(name));
  const root = `${id("root", mesh.name)}(["root of ${mesh.name}"])`;
  return [
    root,
    ...mesh.runsIn.map(
      (cluster) =>
        `${id("root", mesh.name)} -. intermediate .-> ${id("istiod", mesh.name, cluster)}`,
    ),
    ...drawTraffic(mesh, members),
    ...members.flatMap(drawRelays),
    ...(members.length <= MOST_WATCHES ? drawWatches(report, mesh) : []),
  ];
}

/** Between networks through the gateway, inside one directly. */
function drawTraffic(mesh: MeshReport, members: ClusterReport[]): string[] {
  const pairs = members.flatMap((from) =>
    members.filter((to) => to !== from).map((to) => ({ from, to })),
  );
  const shown = members.length <= MOST_WATCHES ? pairs : ring(members);
  return shown.map(({ from, to }) => {
    const gateway = to.gateways.find(
      ({ kind, mesh: of }) => kind === "east-west" && of === mesh.name,
    );
    const target =
      gateway && from.network !== to.network
        ? id("gateway", mesh.name, to.name, gateway.name)
        : id("pods", mesh.name, to.name);
    return `${id("pods", mesh.name, from.name)} -->|mTLS| ${target}`;
  });
}

/** Each to the next: with many members every pair would be a black square. */
function ring(members: ClusterReport[]) {
  return members.map((from, index) => ({ from, to: members[(index + 1) % members.length]! }));
}

/** Pods get their configuration through the relay; the next in the order of failover is dotted. */
function drawRelays({ name, served }: ClusterReport): string[] {
  return served.flatMap(({ mesh, servers }) => [
    `${id("pods", mesh, name)} --> ${id("relay", mesh, name)}`,
    ...servers.map((server, index) => {
      const arrow = index === 0 ? "-->|xDS and webhooks|" : "-. failover .->";
      return `${id("relay", mesh, name)} ${arrow} ${id("istiod", mesh, server)}`;
    }),
  ]);
}

/** Also of istiods in clusters that are no members. */
function drawWatches(report: Report, mesh: MeshReport): string[] {
  return report.clusters.flatMap(({ name, controlPlanes }) =>
    controlPlanes
      .filter((plane) => plane.mesh === mesh.name)
      .flatMap(({ watches }) =>
        watches.map(
          ({ cluster }) =>
            `${id("istiod", mesh.name, name)} -. watches .-> ${id("cluster", cluster)}`,
        ),
      ),
  );
}

/** Mermaid takes letters, digits and underscores for ids; names may hold dashes, which two names may differ in. */
function id(...parts: string[]): string {
  return parts
    .map((part) => part.replace(/[^A-Za-z0-9]/g, (c) => (c === "-" ? "_" : "__")))
    .join("_");
}

function indent(line: string): string {
  return `  ${line}`;
}
