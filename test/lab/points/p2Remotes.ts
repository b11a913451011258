import * as assert from "node:assert/strict";
import * as tls from "node:tls";
import { planAddresses } from "../../../components/istio/addresses/addresses";
import { relate } from "../../../components/topology/relations/relate";
import type { Json } from "../machine/kube";
import { until } from "../machine/processes";
import { peered, remotes, type Check } from "../run/check";
import { rootOf } from "../run/proxy";
import type { Session } from "../run/session";

/** Namespaces that istiod leaves alone (istio, pilot/pkg/serviceregistry/kube/controller/namespacecontroller.go). */
const ignored = ["kube-public", "kube-node-lease"];

const rootEverywhere: Check = {
  key: "root-everywhere",
  point: 3,
  title: "every namespace of a remote has istio-ca-root-cert with the bytes of the mesh's root",
  skip: remotes,
  async run({ remotes: names, istiods: [{ cluster: serving }], namespace, cluster }) {
    const { data } = await serving.kube.get(`/api/v1/namespaces/${namespace}/secrets/cacerts`);
    const root = Buffer.from(data["root-cert.pem"], "base64").toString();
    for (const remote of names) {
      const { kube } = cluster(remote);
      const all = (await kube.list("/api/v1/namespaces")).map(({ metadata }) => metadata.name);
      const expected = all.filter((name) => !ignored.includes(name)).sort();
      await until(`${remote}: istio-ca-root-cert in ${expected.join(", ")}`, 30, async () => {
        const maps = await kube.list(
          "/api/v1/configmaps?fieldSelector=metadata.name%3Distio-ca-root-cert",
        );
        const right = maps.filter((map) => map.data["root-cert.pem"] === root);
        const found = right.map(({ metadata }) => metadata.namespace).sort();
        return found.join() === expected.join();
      });
    }
  },
};

const entry = (namespace: string) => ({
  apiVersion: "networking.istio.io/v1",
  kind: "ServiceEntry",
  metadata: { name: "lab", namespace },
  spec: {
    hosts: ["lab.invalid"],
    ports: [{ number: 80, name: "http", protocol: "HTTP" }],
    resolution: "NONE",
  },
});

/** An istiod in a remote's stead reads nothing of its own cluster's where it is external. */
const configured: Check = {
  key: "configz",
  point: 2,
  title: "what is written where the configuration is kept shows in istiod's /debug/configz",
  skip: remotes,
  async run(session) {
    const namespace = "default";
    const path = `/apis/networking.istio.io/v1/namespaces/${namespace}/serviceentries/lab`;
    for (const istiod of session.istiods) {
      const { kube } = session.cluster(istiod.clusterId);
      await kube.apply(path, entry(namespace));
      const shows = async () => {
        const all: Json[] = await istiod.debug("configz");
        return all.some(({ kind, metadata }) => {
          return kind === "ServiceEntry" && metadata.name === "lab";
        });
      };
      await until(`${istiod.name}: the ServiceEntry in /debug/configz`, 30, shows);
      await kube.delete(path);
      await until(`${istiod.name}: its end`, 30, async () => !(await shows()));
    }
  },
};

const asNumber = (address: string): number =>
  address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

/** Place in its subnets of an istiod's address in `stacks/`, by mesh and cluster: another number would replace live load balancers. */
const places: Record<string, number> = { "prod/east": 157, "prod/mgmt": 8 };

/** Load balancer of an istiod, by its tag: its name ends in a digest. */
function balancerOf({ machine, topology, mesh, istiod }: Session, server: string): Json {
  const name = `${topology.name}-${mesh.name}-${server}-${istiod}`;
  const all = machine.store.outputs("lb.LoadBalancer");
  const found = all.filter(({ tags }) => tags?.Name === name);
  assert.equal(found.length, 1, `expected one load balancer ${name}`);
  return found[0];
}

/** The address as the plan has it, which follows from the names of mesh and cluster alone. */
function chosen({ machine, mesh, topology, istiod, file }: Session, server: string) {
  const planned = planAddresses(relate(topology))[`${mesh.name}/${server}/${istiod}`];
  const place = places[`${mesh.name}/${server}`];
  const subnets = machine.store.list("ec2.Subnet");
  return ({ subnetId, privateIpv4Address }: Json): string => {
    const subnet = subnets.find(({ id }) => id === subnetId);
    const [start] = subnet?.outputs.cidrBlock.split("/") ?? [];
    const offset = asNumber(privateIpv4Address) - asNumber(start);
    const what = `${server}: place of ${privateIpv4Address} in its subnet`;
    if (file.kind === "shipped") assert.equal(offset, place, what);
    assert.ok(planned.addresses.includes(privateIpv4Address), what);
    return privateIpv4Address;
  };
}

/** Who answers behind an address: the names that its certificate is for, once a root has said that it is right. */
async function namesAt(address: string, servername: string, ca: string): Promise<string> {
  return new Promise((done, fail) => {
    const socket = tls.connect({ host: address, port: 15012, servername, ca }, () => {
      done(socket.getPeerCertificate().subjectaltname ?? "");
      socket.destroy();
    });
    socket.on("error", fail).setTimeout(5000, () => socket.destroy(new Error("no answer")));
  });
}

const addressed: Check = {
  key: "addressed",
  point: 2,
  title:
    "istiod's load balancers have the chosen addresses, and its certificate the private name of each",
  skip: remotes,
  async run(session) {
    const { topology, mesh, members, istiods } = session;
    for (const { name: server } of istiods) {
      const { subnetMappings, internal } = balancerOf(session, server);
      assert.equal(internal, true, `${server}: expected its load balancer to be internal`);
      const { zones } = topology.vpcs[topology.clusters[server].vpc].settings;
      assert.equal(subnetMappings.length, zones, `${server}: zones of its load balancer`);
      const addresses = subnetMappings.map(chosen(session, server)).sort();
      const host = `${session.istiod}.${server}.${mesh.name}.${topology.name}.internal`;
      for (const member of members) {
        const root = await rootOf(session, member);
        for (const address of addresses) {
          assert.match(await namesAt(address, host, root), new RegExp(`DNS:${host}`), address);
        }
      }
    }
  },
};

/** `<source> <first port>-<last port>` of every rule of some security groups. */
function ingressOf({ machine }: Session, groups: readonly string[]): string[] {
  return machine.store
    .outputs("vpc.SecurityGroupIngressRule")
    .filter(({ securityGroupId }) => groups.includes(securityGroupId))
    .map(({ fromPort, toPort, ...rule }) => {
      const source = rule.referencedSecurityGroupId ?? rule.cidrIpv4 ?? rule.prefixListId;
      return `${source} ${fromPort}-${toPort}`;
    })
    .sort();
}

/** The cluster's own security group where it is in the same VPC, else the range of its VPC. */
function sourceOf({ machine, topology }: Session, remote: string, server: string): string[] {
  const { clusters, vpcs } = topology;
  const { vpc } = clusters[remote];
  if (vpc !== clusters[server].vpc) return vpcs[vpc].cidrs;
  const eks = machine.store.outputs("eks.Cluster");
  const own = eks.find(({ name }) => name === `${topology.name}-${remote}`);
  return [own?.vpcConfig.clusterSecurityGroupId];
}

const letIn: Check = {
  key: "let-in",
  point: 8,
  title: "istiod's load balancers let in the clusters that they serve, and nobody else",
  skip: (pattern) => remotes(pattern) ?? peered(pattern),
  async run(session) {
    const { members } = session.mesh;
    for (const server of session.mesh.runsIn) {
      const served = Object.keys(members).filter((one) => members[one].servedBy.includes(server));
      const sources = new Set(served.flatMap((remote) => sourceOf(session, remote, server)));
      const expected = [...sources].map((source) => `${source} 15012-15017`).sort();
      const { securityGroups } = balancerOf(session, server);
      assert.deepEqual(ingressOf(session, securityGroups), expected, `${server}: who is let in`);
    }
  },
};

export const remoteChecks = [
  rootEverywhere,
  configured,
  addressed,
  letIn,
] as const satisfies readonly Check[];
