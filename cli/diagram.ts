/** The topology as a Mermaid flowchart, alone or in a Markdown file. */
import { DataPlane } from "../components/topology";
import { count } from "./report/count";
import type { ClusterReport, MeshReport, NetworkReport, Report } from "./report/report";

/** Clusters beyond which what there is for each pair would hide everything else. */
const MOST_PAIRED = 4;

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

function drawNetwork(report: Report, { name, vpcs }: NetworkReport): string[] {
  const inner = vpcs.flatMap((vpc) => {
    const clusters = report.clusters.filter((cluster) => cluster.vpc === vpc.id);
    return [
      `subgraph ${id("vpc", vpc.id)}["VPC ${vpc.cidrs.join(", ")} · ${vpc.region}"]`,
      ...clusters.flatMap(drawCluster).map(indent),
      ...report.machines
        .filter((group) => group.vpc === vpc.id)
        .map((group) => indent(`${id("machines", group.name)}["machines ${group.name}"]`)),
      ...report.tasks
        .filter((service) => service.vpc === vpc.id)
        .map((service) => indent(`${id("tasks", service.name)}["tasks ${service.name}"]`)),
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
    ...(members.length <= MOST_PAIRED ? drawWatches(report, mesh) : []),
  ];
}

/** Between networks through the gateway, inside one directly; with many members once for all of them. */
function drawTraffic(mesh: MeshReport, members: ClusterReport[]): string[] {
  if (members.length > MOST_PAIRED) return drawOnce(mesh, members);
  const pairs = members.flatMap((from) =>
    members.filter((to) => to !== from).map((to) => ({ from, to })),
  );
  return pairs.map(({ from, to }) => {
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

/** Every pair would be a black square. */
function drawOnce({ name }: MeshReport, members: ClusterReport[]): string[] {
  const mesh = id("mesh", name);
  return [
    `${mesh}{{"mesh ${name}: each cluster calls each by mTLS"}}`,
    ...members.map((member) => `${id("pods", name, member.name)} --- ${mesh}`),
  ];
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
