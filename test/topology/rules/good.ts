import type { TopologyDescription } from "../../../components/topology";

/** Two meshes over four networks, with something of everything that can be built. */
export const good: TopologyDescription = {
  name: "demo",
  istio: {
    revisions: { canary: { version: "1.31.3" }, stable: { version: "1.31.2" } },
    tags: { default: "stable", next: "canary" },
  },
  api: { allowFrom: ["203.0.113.7/32"] },
  links: { via: "transit-gateway", owner: { roleArn: "arn:aws:iam::777788889999:role/network" } },
  networks: {
    shared: { cidr: "10.10.0.0/16", nat: "per-zone" },
    wide: {
      vpcs: {
        eu: { cidr: "10.20.0.0/16", nat: "per-zone" },
        us: { cidr: "10.30.0.0/16", nat: "per-zone", region: "us-east-1" },
      },
    },
    old: {
      existing: {
        vpcId: "vpc-1",
        cidrs: ["10.40.0.0/16"],
        subnets: {
          one: { id: "subnet-1", cidr: "10.40.0.0/24", zone: "eu-west-1a", tier: "private" },
          two: { id: "subnet-2", cidr: "10.40.1.0/24", zone: "eu-west-1b", tier: "private" },
          three: { id: "subnet-3", cidr: "10.40.2.0/24", zone: "eu-west-1a", tier: "public" },
        },
        routeTables: { main: { id: "rtb-1" } },
        natAddresses: ["198.51.100.1"],
      },
    },
  },
  clusters: {
    east: { network: "shared" },
    west: { network: "wide", vpc: "eu" },
    lab: {
      network: "old",
      remoteAccess: "eks-identity",
      existing: {
        kubeconfig: { secret: "lab-kubeconfig" },
        kubernetesVersion: "1.35",
        podCidrs: ["10.40.0.0/16"],
        eksName: "lab",
        endpoint: "https://lab.example",
        certificateAuthority: "Q0E=",
        securityGroupId: "sg-1",
        loadBalancers: "auto-mode",
      },
    },
    solo: { network: "shared" },
  },
  meshes: {
    prod: {
      trustDomain: "prod.example",
      revision: "stable",
      clusters: { east: {}, west: { revision: "canary" }, lab: {} },
      ingress: {
        public: {
          clusters: ["east", "lab"],
          exposure: "internet",
          values: { autoscaling: { maxReplicas: 9 } },
        },
      },
    },
    dev: {
      dataPlane: "ambient",
      trust: {},
      istio: { version: "1.31.3" },
      clusters: { solo: {} },
    },
  },
};
