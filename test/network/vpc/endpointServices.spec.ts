import assert from "node:assert/strict";
import {
  endpointServiceName,
  ENDPOINT_SERVICES,
} from "../../../components/network/vpc/endpointServices";

describe("the name of an endpoint's service", () => {
  it("is made from region and service", () => {
    assert.equal(endpointServiceName("sts", "eu-west-1"), "com.amazonaws.eu-west-1.sts");
    for (const service of ENDPOINT_SERVICES)
      for (const region of ["us-east-1", "us-gov-west-1"])
        assert.equal(endpointServiceName(service, region), `com.amazonaws.${region}.${service}`);
  });

  it("is of China for some of the services there", () => {
    for (const region of ["cn-north-1", "cn-northwest-1"]) {
      const own = ENDPOINT_SERVICES.filter((service) =>
        endpointServiceName(service, region).startsWith(`cn.com.amazonaws.${region}.`),
      );
      assert.deepEqual(own, [
        ...["autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks", "elasticfilesystem"],
        ...["monitoring", "sts", "xray"],
      ]);
      assert.equal(endpointServiceName("s3", region), `com.amazonaws.${region}.s3`);
    }
  });
});
