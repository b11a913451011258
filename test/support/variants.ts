/** Descriptions that use what the ready stack files leave out, for checks that must hold for any stack. */
import { generateKeyPairSync } from "node:crypto";
import type { TopologyDescription } from "../../components/topology";

const api = { allowFrom: ["192.0.2.1/32"] };

/** Two clusters on managed nodes, one open to the internet through an ingress gateway, flow logs and endpoints. */
export const managedNodes: TopologyDescription = {
  api,
  access: {
    admins: ["arn:aws:iam::111122223333:role/people/admin"],
    viewers: ["arn:aws:iam::444455556666:role/viewer"],
  },
  istio: { version: "1.31.3" },
  networks: {
    one: { cidr: "10.10.0.0/16", flowLogs: true, endpoints: ["s3", "sts"], nat: "per-zone" },
    two: { cidr: "10.20.0.0/16" },
  },
  clusters: {
    east: {
      network: "one",
      access: { viewers: ["arn:aws:iam::111122223333:user/auditor"] },
      nodes: { kind: "managed" },
      upgradePolicy: "standard",
      zonalShift: true,
      logs: { types: ["audit", "authenticator"], retentionDays: 365 },
    },
    west: {
      network: "two",
      nodes: {
        kind: "managed",
        count: { min: 3, max: 9 },
        instanceTypes: ["m7g.large", "m8g.large"],
        architectures: ["arm64"],
        capacity: "spot",
        diskGiB: 100,
      },
    },
  },
  meshes: {
    prod: {
      clusters: { east: {}, west: {} },
      ingress: { public: { clusters: ["east"], exposure: "internet" } },
    },
  },
};

/** One cluster with an ingress gateway for the internet and one for its VPC. */
export const exposures: TopologyDescription = {
  api,
  istio: { version: "1.31.3" },
  networks: { main: { cidr: "10.10.0.0/16" } },
  clusters: {
    main: {
      network: "main",
      nodes: { limits: { cpu: 64 }, architectures: ["arm64", "x86"], diskGiB: 100 },
    },
  },
  meshes: {
    dev: {
      clusters: { main: {} },
      ingress: {
        public: { clusters: ["main"], exposure: "internet" },
        partners: { clusters: ["main"], exposure: "internal" },
      },
    },
  },
};

/** An ambient mesh over two networks, with an ingress gateway on ports of its own and values of one cluster. */
export const ambientEntrance: TopologyDescription = {
  api,
  istio: { version: "1.31.3" },
  networks: { one: { cidr: "10.10.0.0/16" }, two: { cidr: "10.20.0.0/16" } },
  clusters: { east: { network: "one" }, west: { network: "two" } },
  meshes: {
    prod: {
      dataPlane: "ambient",
      clusters: {
        east: { values: { istiod: { autoscaleMin: 3 } } },
        west: {},
      },
      ingress: {
        public: {
          clusters: ["east"],
          exposure: "internet",
          ports: { https: 443, "tcp-broker": 9093 },
        },
      },
      values: {
        ambientEastWest: { horizontalPodAutoscaler: { spec: { minReplicas: 3, maxReplicas: 9 } } },
      },
    },
  },
};

/** An ambient mesh of two networks, with an ECS service that says all that one may. */
export const tasks: TopologyDescription = {
  api,
  istio: { version: "1.31.4" },
  networks: { one: { cidr: "10.10.0.0/16" }, two: { cidr: "10.20.0.0/16" } },
  clusters: { east: { network: "one" }, west: { network: "two" } },
  meshes: {
    prod: {
      ...{ dataPlane: "ambient", clusters: { east: {}, west: {} } },
      observability: { metrics: { from: ["10.99.0.0/24"] } },
    },
  },
  ecsServices: {
    pay: {
      ...{ mesh: "prod", controlledBy: "west", namespace: "pay", serviceAccount: "pay" },
      image: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/pay:1.2",
      ...{ ports: { "grpc-api": 9090, http: 8080 }, command: ["serve"], waypoint: true },
      ...{ cpu: 1024, memory: 4096, capacity: "spot", onDemandBase: 2, architecture: "arm64" },
      ...{ scaling: { min: 2, max: 6, cpuPercent: 50 }, exec: true, proxyEnv: false },
      ...{ environment: { MODE: "live" }, healthCheck: { command: ["pay", "health"] } },
      forward: { stock: { host: "stock.shop.svc.cluster.local", port: 80, local: 9001 } },
      secrets: {
        CERT: "arn:aws:ssm:eu-west-1:111122223333:parameter/pay/cert",
        KEY: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:pay-a1b2c3:key::",
      },
      policyArns: ["arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"],
    },
  },
};

/** Three regions and two accounts on transit gateways, private API servers, keys of the user's in two regions. */
export const transitGateways: TopologyDescription = {
  encryption: {
    keys: {
      "eu-west-1": "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001",
      "us-east-1": "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000002",
    },
  },
  loadBalancers: { deletionProtection: true },
  api: { private: { cidrs: ["172.16.0.0/12"] } },
  links: { via: "transit-gateway" },
  istio: { version: "1.31.3" },
  networks: {
    eu: { cidr: "10.10.0.0/16", region: "eu-west-1" },
    us: { cidr: "10.20.0.0/16", region: "us-east-1" },
    other: {
      cidr: "10.30.0.0/16",
      region: "eu-west-1",
      account: { roleArn: "arn:aws:iam::210987654321:role/deploy" },
    },
  },
  clusters: { a: { network: "eu" }, b: { network: "us" }, c: { network: "other" } },
  meshes: { prod: { clusters: { a: {}, b: {}, c: {} } } },
};

/** A cluster that Pulumi reaches from runners behind a transit gateway of somebody else's, through a VPC made here. */
export const behindHub: TopologyDescription = {
  api: { private: { cidrs: ["192.168.9.0/24"] } },
  links: {
    via: "transit-gateway",
    transitGateways: { "eu-west-1": { existing: "tgw-0123456789abcdef0" } },
    reachable: { office: { cidrs: ["172.16.0.0/12"] }, runners: { cidrs: ["192.168.9.0/24"] } },
  },
  istio: { version: "1.31.3" },
  networks: { main: { cidr: "10.10.0.0/16" } },
  clusters: {
    main: {
      network: "main",
      api: {
        private: {
          cidrs: ["192.168.9.0/24"],
          securityGroups: ["sg-0123456789abcdef0"],
          prefixLists: ["pl-0123456789abcdef0"],
        },
      },
    },
  },
  meshes: { dev: { clusters: { main: {} } } },
};

/** Networks whose VPCs somebody else joins. */
export const joinedByOthers: TopologyDescription = {
  ...transitGateways,
  links: { via: "existing" },
};

/** A provided root, and a cluster in a VPC that exist already. */
export const brought: TopologyDescription = {
  api,
  trust: { roots: { own: { secret: "meshRoot" } } },
  istio: { version: "1.31.3" },
  networks: {
    made: { cidr: "10.10.0.0/16" },
    old: {
      existing: {
        vpcId: "vpc-0123456789abcdef0",
        cidrs: ["10.20.0.0/16"],
        subnets: {
          "private-a": {
            id: "subnet-0a",
            cidr: "10.20.0.0/20",
            zone: "eu-west-1a",
            tier: "private",
          },
          "private-b": {
            id: "subnet-0b",
            cidr: "10.20.16.0/20",
            zone: "eu-west-1b",
            tier: "private",
          },
          "balancers-a": {
            id: "subnet-0c",
            cidr: "10.20.32.0/27",
            zone: "eu-west-1a",
            tier: "load-balancer",
          },
          "balancers-b": {
            id: "subnet-0d",
            cidr: "10.20.32.32/27",
            zone: "eu-west-1b",
            tier: "load-balancer",
          },
        },
        routeTables: { private: { id: "rtb-0a" } },
        natAddresses: ["198.51.100.7"],
      },
    },
  },
  clusters: {
    east: { network: "made", remoteAccess: "service-account-token" },
    lab: {
      network: "old",
      existing: {
        kubeconfig: { secret: "labKubeconfig" },
        kubernetesVersion: "1.34",
        podCidrs: ["10.20.0.0/20"],
        endpoint: "https://lab.example",
        certificateAuthority: "Y2VydGlmaWNhdGU=",
        securityGroupId: "sg-0123456789abcdef0",
        loadBalancers: "auto-mode",
      },
    },
  },
  meshes: { prod: { clusters: { east: {}, lab: {} } } },
};

/** Two primaries that serve two remotes, of which one prefers the second, on one network and on another. */
export const twoServers: TopologyDescription = {
  api,
  istio: { version: "1.31.3" },
  networks: { shared: { cidr: "10.10.0.0/16" }, apart: { cidr: "10.20.0.0/16" } },
  clusters: {
    a: { network: "shared" },
    b: { network: "shared" },
    near: { network: "shared" },
    far: { network: "apart" },
  },
  meshes: {
    prod: {
      controlPlane: { runsIn: ["a", "b"] },
      clusters: { a: {}, b: {}, near: {}, far: { servedBy: ["b", "a"] } },
    },
  },
};

/** One management cluster that runs the external istiods of two meshes and is a member of none. */
export const management: TopologyDescription = {
  api,
  istio: { version: "1.31.3" },
  networks: { mgmt: { cidr: "10.0.0.0/16" }, apps: { cidr: "10.10.0.0/16" } },
  clusters: {
    mgmt: { network: "mgmt" },
    shop: { network: "apps" },
    stock: { network: "apps" },
    bank: { network: "apps", nodes: { kind: "managed" } },
  },
  meshes: {
    retail: {
      trustDomain: "retail.example",
      controlPlane: { runsIn: ["mgmt"], configCluster: "shop" },
      clusters: { shop: {}, stock: {} },
    },
    finance: {
      trustDomain: "finance.example",
      trust: {},
      controlPlane: { runsIn: ["mgmt"], configCluster: "bank" },
      clusters: { bank: {} },
    },
  },
};

/** A remote whose gateways are on a second revision already; the primary and the other remote stay on the first. */
export const movingRemotes: TopologyDescription = {
  api,
  istio: {
    revisions: { canary: { version: "1.31.3" }, stable: { version: "1.31.2" } },
    tags: { default: "stable", next: "canary" },
  },
  networks: { shared: { cidr: "10.10.0.0/16" } },
  clusters: {
    east: { network: "shared", nodes: { kind: "managed" } },
    west: { network: "shared" },
    south: { network: "shared", gatewayApi: "installed" },
  },
  meshes: {
    prod: {
      controlPlane: { runsIn: ["east"] },
      revision: "stable",
      clusters: { east: {}, west: { revision: "canary" }, south: {} },
      values: { istiod: { global: { imagePullSecrets: ["registry"] } } },
    },
  },
};

/** A config cluster of yours that an istiod made here reads by a token that never expires. */
export const broughtConfigCluster: TopologyDescription = {
  ...brought,
  meshes: {
    prod: {
      controlPlane: { runsIn: ["east"], configCluster: "lab" },
      clusters: { lab: {} },
    },
  },
};

/** What a provided root's secret holds: a certificate and its private key. The in-process engine does not read inside. */
export const providedRoot = [
  "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n",
  generateKeyPairSync("ec", { namedCurve: "P-256" })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString(),
].join("");
