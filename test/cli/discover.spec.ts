import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { ExitCode, run } from "../../cli/command";

const directory = mkdtempSync(join(tmpdir(), "discover-"));
const { PATH } = process.env;

const tags = (name: string) => [{ Key: "Name", Value: name }];

/** In the shape of the EC2 API's answers; the lab asks moto's EC2 by the real command line. */
const vpcs = {
  Vpcs: [
    {
      VpcId: "vpc-0a",
      CidrBlockAssociationSet: [
        { CidrBlock: "10.20.0.0/16", CidrBlockState: { State: "associated" } },
        { CidrBlock: "100.64.0.0/16", CidrBlockState: { State: "disassociated" } },
      ],
      Tags: tags("Old Prod"),
    },
  ],
};
const subnet = (id: string, CidrBlock: string, zone: string, name?: string) => ({
  ...{ SubnetId: `subnet-${id}`, CidrBlock, AvailabilityZone: zone, VpcId: "vpc-0a" },
  SubnetArn: `arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-${id}`,
  ...(name === undefined ? {} : { Tags: tags(name) }),
});
const subnets = {
  Subnets: [
    subnet("0c", "10.20.32.0/24", "eu-west-1a", "public"),
    subnet("0a", "10.20.0.0/20", "eu-west-1a", "private"),
    subnet("0b", "10.20.16.0/20", "eu-west-1b", "private"),
    subnet("0d", "10.20.48.0/20", "eu-west-1b"),
  ],
};
const table = (id: string, target: object, Associations: object[], name?: string) => ({
  ...{ RouteTableId: `rtb-${id}`, Associations },
  Routes: [
    { DestinationCidrBlock: "10.20.0.0/16", GatewayId: "local" },
    { DestinationCidrBlock: "0.0.0.0/0", ...target },
  ],
  ...(name === undefined ? {} : { Tags: tags(name) }),
});
const tables = {
  RouteTables: [
    table("0m", { NatGatewayId: "nat-0a" }, [{ Main: true }]),
    table("0p", { GatewayId: "igw-0a" }, [{ Main: false, SubnetId: "subnet-0c" }], "public"),
    table(
      "0n",
      { NatGatewayId: "nat-0a" },
      [{ SubnetId: "subnet-0a" }, { SubnetId: "subnet-0b" }],
      "private",
    ),
    table("0x", { GatewayId: "igw-0a" }, [], "of nothing"),
  ],
};
const nats = {
  NatGateways: [
    { State: "available", NatGatewayAddresses: [{ PublicIp: "198.51.100.7" }] },
    { State: "deleted", NatGatewayAddresses: [{ PublicIp: "198.51.100.8" }] },
  ],
};

/** As the EKS API's reference has DescribeCluster's answer. */
const cluster = (more: object = {}) => ({
  cluster: {
    ...{
      name: "Legacy_1",
      version: "1.34",
      endpoint: "https://0A.gr7.eu-west-1.eks.amazonaws.com",
    },
    certificateAuthority: { data: "Y2VydGlmaWNhdGU=" },
    resourcesVpcConfig: {
      subnetIds: ["subnet-0a", "subnet-0b"],
      ...{ clusterSecurityGroupId: "sg-0a", vpcId: "vpc-0a" },
    },
    ...more,
  },
});

const answers: Record<string, object> = {
  "describe-vpcs": vpcs,
  "describe-subnets": subnets,
  "describe-route-tables": tables,
  "describe-nat-gateways": nats,
  "describe-cluster": cluster(),
};

/** `aws` on the path: it answers by the command's second word, and keeps what it was asked. */
async function discover(args: string[], changed: Record<string, object | undefined> = {}) {
  const script = [
    "#!/bin/sh",
    `echo "$*" >> ${join(directory, "asked")}`,
    'case "$2" in',
    ...Object.entries({ ...answers, ...changed })
      .filter(([, answer]) => answer !== undefined)
      .map(([command, answer]) => `${command}) cat <<'END'\n${JSON.stringify(answer)}\nEND\n;;`),
    '*) echo "An error occurred (AccessDenied)" >&2; exit 254;;',
    "esac\n",
  ];
  writeFileSync(join(directory, "asked"), "");
  writeFileSync(join(directory, "aws"), script.join("\n"), { mode: 0o755 });
  const seen = { stdout: "", stderr: "" };
  const code = await run(["discover", ...args], {
    stdout: { write: (text) => (seen.stdout += text) },
    stderr: { write: (text) => (seen.stderr += text) },
  });
  const asked = readFileSync(join(directory, "asked"), "utf8").trim().split("\n");
  return { code, ...seen, asked };
}

describe("istio-patterns discover", () => {
  before(() => (process.env.PATH = `${directory}:${PATH}`));
  after(() => {
    process.env.PATH = PATH;
    rmSync(directory, { recursive: true });
  });

  it("prints a VPC: subnets by name and zone, public by their way out, tables that they use, addresses of NAT", async () => {
    const { code, stdout, stderr } = await discover(["--vpc", "vpc-0a"]);
    assert.equal(code, ExitCode.Done, stderr);
    const of = (id: string, cidr: string, zone: string, tier: string) => ({
      ...{ id: `subnet-${id}`, cidr, zone, tier },
    });
    assert.deepEqual(parse(stdout), {
      networks: {
        "old-prod": {
          region: "eu-west-1",
          existing: {
            vpcId: "vpc-0a",
            cidrs: ["10.20.0.0/16"],
            subnets: {
              "private-eu-west-1a": of("0a", "10.20.0.0/20", "eu-west-1a", "private"),
              "private-eu-west-1b": of("0b", "10.20.16.0/20", "eu-west-1b", "private"),
              public: of("0c", "10.20.32.0/24", "eu-west-1a", "public"),
              "subnet-0d": of("0d", "10.20.48.0/20", "eu-west-1b", "private"),
            },
            routeTables: {
              private: { id: "rtb-0n" },
              public: { id: "rtb-0p" },
              "rtb-0m": { id: "rtb-0m" },
            },
            natAddresses: ["198.51.100.7"],
          },
        },
      },
    });
  });

  it("prints a cluster with its VPC, and how Pulumi gets its kubeconfig", async () => {
    const { stdout, asked } = await discover([
      "--cluster",
      "Legacy_1",
      "--region",
      "eu-west-1",
      "--profile",
      "work",
    ]);
    const { clusters } = parse(stdout);
    assert.deepEqual(clusters, {
      "legacy-1": {
        network: "old-prod",
        existing: {
          kubeconfig: { secret: "legacy1Kubeconfig" },
          kubernetesVersion: "1.34",
          podCidrs: ["10.20.0.0/20", "10.20.16.0/20", "10.20.48.0/20"],
          eksName: "Legacy_1",
          endpoint: "https://0A.gr7.eu-west-1.eks.amazonaws.com",
          certificateAuthority: "Y2VydGlmaWNhdGU=",
          securityGroupId: "sg-0a",
          loadBalancers: "controller",
        },
      },
    });
    assert.ok(
      stdout.includes(
        "#   aws eks update-kubeconfig --name Legacy_1 --kubeconfig none --dry-run --region eu-west-1 --profile work | pulumi config set --secret istio-patterns:legacy1Kubeconfig\n",
      ),
      stdout,
    );
    const more = "--region eu-west-1 --profile work --output json";
    assert.deepEqual(asked, [
      `eks describe-cluster --name Legacy_1 ${more}`,
      `ec2 describe-vpcs --vpc-ids vpc-0a ${more}`,
      `ec2 describe-subnets --filters Name=vpc-id,Values=vpc-0a ${more}`,
      `ec2 describe-route-tables --filters Name=vpc-id,Values=vpc-0a ${more}`,
      `ec2 describe-nat-gateways --filter Name=vpc-id,Values=vpc-0a ${more}`,
    ]);
  });

  it("sees Auto Mode", async () => {
    const auto = { "describe-cluster": cluster({ computeConfig: { enabled: true } }) };
    const { stdout } = await discover(["--cluster", "Legacy_1"], auto);
    assert.equal(parse(stdout).clusters["legacy-1"].existing.loadBalancers, "auto-mode");
  });

  it("prints what a plan accepts, pasted into a stack file", async () => {
    const { stdout } = await discover(["--cluster", "Legacy_1"]);
    const pasted = stdout.replace(/^(?=.)/gm, "    ");
    const own =
      'istio: { version: "1.31.4" }\n    meshes: { prod: { clusters: { legacy-1: {} } } }';
    const file = join(directory, "Pulumi.pasted.yaml");
    writeFileSync(
      file,
      `config:\n  aws:region: eu-west-1\n  istio-patterns:topology:\n    ${own}\n${pasted}`,
    );
    const seen = { stdout: "", stderr: "" };
    const code = await run(["plan", file], {
      stdout: { write: (text) => (seen.stdout += text) },
      stderr: { write: (text) => (seen.stderr += text) },
    });
    assert.equal(code, ExitCode.Done, seen.stderr);
    assert.match(seen.stdout, /cluster legacy-1/);
  });

  it("refuses a cluster of another VPC, and nothing to look for", async () => {
    const other = await discover(["--vpc", "vpc-0b", "--cluster", "Legacy_1"]);
    assert.deepEqual(
      [other.code, other.stderr],
      [
        ExitCode.Refused,
        "--vpc vpc-0b: got vpc-0b; allowed: vpc-0a, that of cluster Legacy_1; fix: leave --vpc out, or ask for both apart\n",
      ],
    );
    const none = await discover([]);
    assert.equal(
      none.stderr,
      "discover: got neither --vpc nor --cluster; allowed: one of them, or both; fix: name what is to be printed\n",
    );
  });

  it("says what `aws` says", async () => {
    const words = "fix: see that the name is right, and name --region and --profile\n";
    const empty = await discover(["--vpc", "vpc-0a"], { "describe-vpcs": { Vpcs: [] } });
    assert.equal(empty.stderr, `--vpc vpc-0a: got no VPC; allowed: what \`aws\` finds; ${words}`);
    const denied = await discover(["--vpc", "vpc-0a"], { "describe-subnets": undefined });
    assert.equal(
      denied.stderr,
      `--vpc vpc-0a: got An error occurred (AccessDenied); allowed: what \`aws\` finds; ${words}`,
    );
    assert.equal(denied.code, ExitCode.Refused);
  });
});
