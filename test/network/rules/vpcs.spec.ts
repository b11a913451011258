import assert from "node:assert/strict";
import type { NetworkDescription, TopologyDescription } from "../../../components/topology";
import { brought } from "../../support/variants";
import { check, networksApart } from "../support";

const checkVpc = (id: string, vpc: NetworkDescription) =>
  check(
    id,
    networksApart(1, {}, () => vpc),
  );

describe("vpc-zones", () => {
  it("refuses more zones than addresses are reserved for", () => {
    assert.deepEqual(checkVpc("vpc-zones", { zones: 5 }), [
      "networks.n1.zones: got 5; allowed: 2 to 4; fix: set 4",
    ]);
  });

  it("lets two to four zones pass", () => {
    for (const zones of [2, 3, 4]) assert.deepEqual(checkVpc("vpc-zones", { zones }), []);
  });
});

describe("vpc-zones-region", () => {
  it("refuses the default in a region with two zones", () => {
    assert.deepEqual(checkVpc("vpc-zones-region", { region: "us-west-1" }), [
      "networks.n1.zones: got 3; allowed: 2: us-west-1 gives an account no more; fix: set zones: 2, or take another region",
    ]);
  });

  it("lets two zones pass there, and three elsewhere", () => {
    assert.deepEqual(checkVpc("vpc-zones-region", { region: "us-west-1", zones: 2 }), []);
    assert.deepEqual(checkVpc("vpc-zones-region", {}), []);
  });
});

describe("vpc-endpoint-unknown", () => {
  const rest =
    "allowed: s3, dynamodb, acm-pca, autoscaling, ec2, ec2messages, ecr.api, ecr.dkr, ecs, ecs-agent, ecs-telemetry, eks, eks-auth, elasticfilesystem, elasticloadbalancing, kms, logs, monitoring, secretsmanager, ssm, ssmmessages, sts, xray; fix:";

  it("asks whether a known service was meant", () => {
    assert.deepEqual(checkVpc("vpc-endpoint-unknown", { endpoints: ["s3", "ecr.dk"] }), [
      `networks.n1.endpoints[1]: got "ecr.dk"; ${rest} did you mean "ecr.dkr"?`,
    ]);
  });

  it("leaves other services to the user", () => {
    assert.deepEqual(checkVpc("vpc-endpoint-unknown", { endpoints: ["sagemaker.runtime"] }), [
      `networks.n1.endpoints[0]: got "sagemaker.runtime"; ${rest} remove it, and make this endpoint yourself`,
    ]);
  });

  it("lets known services pass", () => {
    assert.deepEqual(checkVpc("vpc-endpoint-unknown", { endpoints: ["s3", "ecr.api", "sts"] }), []);
  });
});

describe("vpc-listed-twice", () => {
  it("refuses a second endpoint of a service", () => {
    assert.deepEqual(checkVpc("vpc-listed-twice", { endpoints: ["s3", "sts", "s3"] }), [
      'networks.n1.endpoints[2]: got "s3"; allowed: each once; fix: remove it',
    ]);
  });

  it("refuses a subnet, a route table and a NAT address that are listed twice", () => {
    const { subnets } = brought.networks.old.existing!;
    const existing = {
      ...brought.networks.old.existing!,
      subnets: { ...subnets, second: { ...subnets["private-a"], cidr: "10.20.64.0/20" } },
      routeTables: { a: { id: "rtb-1" }, b: { id: "rtb-1" }, c: {}, d: {} },
      natAddresses: ["198.51.100.7", "198.51.100.7"],
    };
    const networks = { ...brought.networks, old: { existing } };
    const description: TopologyDescription = { ...brought, networks };
    assert.deepEqual(check("vpc-listed-twice", description), [
      'networks.old.existing.subnets.second.id: got "subnet-0a"; allowed: each once; fix: remove it',
      'networks.old.existing.routeTables.b.id: got "rtb-1"; allowed: each once; fix: remove it',
      'networks.old.existing.natAddresses[1]: got "198.51.100.7"; allowed: each once; fix: remove it',
    ]);
  });

  it("lets lists without repetition pass", () => {
    assert.deepEqual(checkVpc("vpc-listed-twice", { endpoints: ["s3", "sts"] }), []);
    assert.deepEqual(check("vpc-listed-twice", brought), []);
  });
});
