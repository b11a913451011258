import assert from "node:assert/strict";
import { type Values, mapPaths, pathsTo } from "../engine/graph";
import { logicalName, planRoles } from "../components/topology";
import { expandCluster } from "./support/expanded";
import type { Graph, Registration } from "./support/graph";
import { ingressRules } from "./support/ingressRules";
import { runDescription } from "./support/program";
import {
  ingresses,
  internetIngresses,
  meeting,
  readByIdentity,
  servers,
  sidesOfServed,
} from "./support/reach";
import { patterns, topologyOf } from "./support/topologies";
import {
  behindHub,
  brought,
  broughtConfigCluster,
  exposures,
  joinedByOthers,
  management,
  managedNodes,
  movingRemotes,
  providedRoot,
  tasks,
  transitGateways,
  twoServers,
} from "./support/variants";

/** Every pattern's whole graph, and variants that add what the ready stacks leave out. */
const subjects = {
  ...patterns,
  managedNodes,
  transitGateways,
  behindHub,
  joinedByOthers,
  brought,
  broughtConfigCluster,
  exposures,
  ...{ twoServers, management, movingRemotes, tasks },
};
/** Of an account and a path that no pattern says. */
const iam = { permissionsBoundary: "arn:aws:iam::111122223333:policy/edge", path: "/mesh/" };
const MESH_TOPOLOGY = "istio-patterns:index:MeshTopology";
const secretConfig = {
  "istio-patterns:meshRoot": providedRoot,
  "istio-patterns:labKubeconfig": '{"token": "secret-of-the-lab-cluster"}',
};

const CREDENTIAL = /-----BEGIN [A-Z ]*PRIVATE KEY|"?token"?: ?"?[\w-]{16,}|aws_secret_access_key/i;
/** Secrets of this type are made empty; the provider keeps what Kubernetes puts into them secret. */
const FILLED_BY_KUBERNETES = "kubernetes.io/service-account-token";
const ANNOTATION = "service.beta.kubernetes.io/aws-load-balancer-";
const WORLD = ["0.0.0.0/0", "::/0"];

for (const [name, description] of Object.entries(subjects)) {
  describe(`security of ${name}`, () => {
    const topology = topologyOf(description);
    let graph: Graph;
    /** Role by which the provider of a resource, or of the component above it, comes to another account than the program's. */
    const accountOf = ({ provider, parent }: Registration): string | undefined => {
      const { assumeRoles = "[]" } = graph.get(provider ?? graph.get(parent!).providers.aws).inputs;
      return JSON.parse(assumeRoles)[0]?.roleArn;
    };
    before(async () => {
      const options = { config: secretConfig, secretKeys: Object.keys(secretConfig) };
      graph = await runDescription({ iam, ...description }, options, ({ kubeconfigs }) => {
        for (const { name: cluster, existing } of Object.values(topology.clusters))
          if (!existing) expandCluster(logicalName("dev", cluster), [MESH_TOPOLOGY], kubeconfigs);
      });
      assert.ok(graph.resources.length > 40, `${graph.resources.length} resources`);
    });

    it("keeps every key, token and kubeconfig inside a secret", function () {
      const plain = plainStrings(graph);
      const secrets = graph.secretValues().filter(isConfidential);
      for (const [where, value] of plain) {
        assert.doesNotMatch(value, CREDENTIAL, where);
        assert.equal(
          secrets.find((secret) => value.includes(secret)),
          undefined,
          `${where} shows a secret`,
        );
      }
      counted(this, plain.length, "plain values", 150);
      counted(this, secrets.length, "secret values", 2);
    });

    it("marks private keys, cacerts, remote Secrets and the kubeconfig output secret", function () {
      const secretful = [
        ...graph
          .ofType("kubernetes:core/v1:Secret")
          .filter(({ inputs }) => inputs.type !== FILLED_BY_KUBERNETES)
          .map((r) => [r, /^(stringData|data)$/] as const),
        ...graph
          .ofType("tls:index/locallySignedCert:LocallySignedCert")
          .map((r) => [r, /^caPrivateKeyPem$/] as const),
        ...graph.ofType("pulumi:providers:kubernetes").map((r) => [r, /^kubeconfig$/] as const),
      ];
      for (const [resource, path] of secretful) {
        assert.ok(
          resource.secrets.some((secret) => path.test(secret)),
          resource.urn,
        );
      }
      assert.ok(graph.outputSecrets.some((path) => path.startsWith("kubeconfigs")));
      counted(this, secretful.length, "holders of secrets", 3);
    });

    it("grants no IAM action or resource by a wildcard that AWS lets one narrow", function () {
      const statements = policies(graph).flatMap(([where, policy]) =>
        [policy.Statement].flat().map((statement) => [where, statement] as const),
      );
      for (const [where, statement] of statements) {
        if (statement.Effect !== "Allow") continue;
        const actions: string[] = [statement.Action].flat();
        assert.deepEqual(
          actions.filter((action) => action.includes("*")),
          [],
          where,
        );
        const everywhere = [statement.Resource ?? []].flat().includes("*");
        const broad = actions.filter((action) => !READ_ONLY.test(action));
        assert.ok(
          !everywhere || broad.length === 0 || statement.Condition,
          `${where}: ${broad.join(", ")} on every resource`,
        );
      }
      counted(
        this,
        statements.length,
        "policy statements",
        Math.min(readByIdentity(topology).length, 1),
      );
    });

    it("makes every role below the boundary and path that are said, EKS's own too", function () {
      const roles = graph.ofType("aws:iam/role:Role");
      for (const role of roles) {
        const { permissionsBoundary, path } = role.inputs;
        assert.deepEqual({ permissionsBoundary, path }, planRoles(iam, accountOf(role)), role.urn);
      }
      const made = graph.ofType("eks:index:Cluster").length;
      // Of the control plane and of the nodes.
      counted(this, roles.length, "roles", 2 * made);
    });

    it("opens to the world only ports 80 and 443 of internet ingresses", function () {
      const rules = ingressRules(graph);
      const open = rules.filter(({ cidr }) => WORLD.includes(cidr));
      const allowed = internetIngresses(topology).flatMap(({ mesh, cluster, gateway }) => [
        [`dev-${mesh}-${cluster}-${gateway}.http-0.0.0.0-0`, 80, 80],
        [`dev-${mesh}-${cluster}-${gateway}.https-0.0.0.0-0`, 443, 443],
      ]);
      assert.deepEqual(
        open.map(({ where, from, to }) => [nameIn(where), from, to]),
        allowed,
      );
      counted(this, rules.length, "ingress rules", allowed.length + meeting(topology).length);
    });

    it("makes only internal load balancers with a security group, but for an internet ingress", function () {
      const annotated = loadBalancers(graph).map(({ where, annotations }) => {
        assert.ok(annotations[`${ANNOTATION}security-groups`], where);
        return [nameIn(where), annotations[`${ANNOTATION}scheme`]];
      });
      const facing = internetIngresses(topology).map(({ mesh, cluster, gateway }) => [
        `dev-${mesh}-${cluster}-${gateway}`,
        "internet-facing",
      ]);
      const others = annotated.filter(([, scheme]) => scheme !== "internal");
      assert.deepEqual(others, facing);
      const eastWest = meeting(topology).filter(({ networks }) => networks > 1);
      const expected = eastWest.length + ingresses(topology).length;
      counted(this, annotated.length, "load balancers", expected);
    });

    it("lets only the clusters that an istiod serves to its load balancer, which is internal", function () {
      const balancers = graph
        .ofType("aws:lb/loadBalancer:LoadBalancer")
        .filter(({ name }) => !name.endsWith("-federation"));
      const rules = graph.ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
      for (const { name: balancer, inputs, urn } of balancers) {
        const [group, ...others] = inputs.securityGroups;
        assert.deepEqual([inputs.internal, others], [true, []], urn);
        const letIn = rules.filter((rule) => rule.inputs.securityGroupId === group);
        const sides = letIn.map(({ name: rule, inputs: { fromPort, toPort, cidrIpv4 } }) => {
          // Machines have no API server that asks for injection.
          const last = rule.includes(".outside-") ? 15012 : 15017;
          assert.deepEqual([fromPort, toPort], [15012, last], rule);
          return cidrIpv4 ?? rule.split(/\.(?:remotes|outside)-/)[1];
        });
        assert.deepEqual(sides.sort(), sidesOfServed(topology, balancer), urn);
      }
      counted(this, balancers.length, "load balancers of istiods", servers(topology).length);
    });

    it("lets only the networks of importing meshes to a gateway for other meshes, which is internal", function () {
      const { gateways, exports } = topology.federation;
      const expected = Object.entries(gateways).flatMap(([mesh, { clusters }]) =>
        clusters.map((cluster) => ({ mesh, name: `dev-${mesh}-${cluster}-federation` })),
      );
      const rules = graph.ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
      for (const { mesh, name } of expected) {
        const { inputs } = graph
          .ofType("aws:lb/loadBalancer:LoadBalancer")
          .find((balancer) => balancer.name === name)!;
        const [group, ...others] = inputs.securityGroups;
        assert.deepEqual([inputs.internal, others], [true, []], name);
        const letIn = rules.filter((rule) => rule.inputs.securityGroupId === group);
        const importing = Object.values(exports)
          .filter(({ from }) => from === mesh)
          .flatMap(({ to }) => to)
          .flatMap((one) => Object.keys(topology.meshes[one].members))
          .flatMap((cluster) => topology.vpcs[topology.clusters[cluster].vpc].cidrs);
        assert.deepEqual(
          letIn.map((rule) => [rule.inputs.fromPort, rule.inputs.toPort, rule.inputs.cidrIpv4]),
          [...new Set(importing)].map((cidr) => [15444, 15444, cidr]),
          name,
        );
      }
      counted(this, expected.length, "gateways for other meshes", Object.keys(gateways).length);
    });

    it("encrypts cluster secrets and volumes and asks nodes for IMDSv2", function () {
      const clusters = graph.ofType("eks:index:Cluster");
      for (const cluster of clusters) {
        assert.ok(cluster.inputs.encryptionConfigKeyArn, cluster.urn);
        const { endpointPublicAccess: isPublic, publicAccessCidrs: callers = [] } = cluster.inputs;
        // AWS lets the world in where nobody is named.
        assert.equal(callers.length > 0, isPublic, cluster.urn);
        assert.deepEqual(
          callers.filter((cidr: string) => WORLD.includes(cidr)),
          [],
        );
      }
      const templates = graph.ofType("aws:ec2/launchTemplate:LaunchTemplate");
      for (const { inputs, urn } of templates) {
        assert.equal(inputs.metadataOptions.httpTokens, "required", urn);
        assert.equal(inputs.metadataOptions.httpPutResponseHopLimit, 1, urn);
        const volumes = inputs.blockDeviceMappings.map(({ ebs }: Registration["inputs"]) => ebs);
        assert.deepEqual(
          volumes.map(({ encrypted }: Registration["inputs"]) => String(encrypted)),
          ["true"],
          urn,
        );
      }
      const made = Object.values(topology.clusters).filter(({ existing }) => !existing);
      const managed = made.filter(({ nodes }) => nodes.kind === "managed");
      const { virtualMachines, ecsClusters } = topology;
      const groups = [virtualMachines, ecsClusters].flatMap((all) => Object.keys(all));
      assert.equal(templates.length, managed.length + groups.length);
      assert.equal(clusters.length, made.length);
      counted(this, clusters.length, "clusters", 1);
    });
  });
}

/** The name that ends a URN. */
function nameIn(urn: string): string {
  return urn.split("::").pop()!;
}

/** A Secret also holds what is public, certificates above all, and short words such as its keys' names. */
function isConfidential(value: string): boolean {
  const decoded = Buffer.from(value, "base64").toString("latin1");
  return (
    value.length > 8 &&
    ![value, decoded].some((text) =>
      /^(-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\s*)+$/.test(text),
    )
  );
}

/** Actions that only read, or open the way of ECS Exec, and that AWS authorises on every resource or not at all. */
const READ_ONLY =
  /^(ecr:GetAuthorizationToken$|ssmmessages:(Create|Open)(Control|Data)Channel$|ec2:Describe|ec2:Get|elasticloadbalancing:Describe|sts:GetCallerIdentity)/;

/** Says in the test's title how much it looked at, and fails where that is less than expected. */
function counted(context: Mocha.Context, count: number, what: string, floor: number): void {
  assert.ok(count >= floor, `only ${count} ${what} inspected`);
  if (context.test) context.test.title += ` (${count} ${what})`;
}

/** Every string that would stand in state as plain text, with its place. */
function plainStrings(graph: Graph): [string, string][] {
  return graph.resources.flatMap((resource) => [
    ...strings(resource.inputs, resource.secrets, `${resource.urn} inputs`),
    ...strings(resource.outputs, resource.outputSecrets, `${resource.urn} outputs`),
  ]);
}

function strings(root: Values, secrets: string[], where: string): [string, string][] {
  const open = pathsTo(mapPaths(root, secrets, () => null));
  return open.flatMap(([path, value]): [string, string][] =>
    typeof value === "string" ? [[`${where} ${path}`, value]] : [],
  );
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- IAM documents have no type here
function policies(graph: Graph): [string, any][] {
  return graph.resources.flatMap((resource) =>
    ["policy", "assumeRolePolicy"]
      .filter((key) => resource.type.startsWith("aws:") && resource.inputs[key])
      .map(
        (key) => [`${resource.urn} ${key}`, document(resource.inputs[key])] as [string, unknown],
      ),
  );
}

function document(value: unknown): unknown {
  return typeof value === "string" ? JSON.parse(value) : value;
}

/** Annotations of every Service of type LoadBalancer: of gateway charts, and of Gateways that become one. */
function loadBalancers(graph: Graph): { where: string; annotations: Record<string, string> }[] {
  const releases = graph
    .ofType("kubernetes:helm.sh/v3:Release")
    // That of a gateway for other meshes is made beside it.
    .filter(
      ({ inputs: { chart, values } }) => chart === "gateway" && values.service.type !== "ClusterIP",
    )
    .map(({ urn, inputs }) => ({ where: urn, annotations: inputs.values.service.annotations }));
  const gateways = graph
    .ofType("kubernetes:gateway.networking.k8s.io/v1:Gateway")
    // One at an address is of a gateway that stands; istiod gives a waypoint one within its cluster
    // (istio, pilot/pkg/config/kube/gatewaycommon/classinfo.go).
    .filter(({ inputs: { spec } }) => !spec.addresses && spec.gatewayClassName !== "istio-waypoint")
    .map(({ urn: where, inputs: { spec } }) => ({ where, ...spec.infrastructure }));
  const services = graph
    .ofType("kubernetes:core/v1:Service")
    .filter(({ read, inputs }) => !read && inputs.spec?.type === "LoadBalancer")
    .map(({ urn, inputs }) => ({ where: urn, annotations: inputs.metadata.annotations }));
  return [...releases, ...gateways, ...services];
}
