import assert from "node:assert/strict";
import { contentAt } from "./metadata";

const informed = {
  told: { "instance-id": "i-1", "placement/region": "eu-west-1", "iam/info": "{}" },
  userData: "#!/bin/sh\n",
};

describe("metadata of instances", () => {
  const at = (path: string) => contentAt(informed, path);

  it("has values and user data", () => {
    assert.equal(at("meta-data/instance-id"), "i-1");
    assert.equal(at("user-data"), "#!/bin/sh\n");
  });

  it("lists what is below a folder", () => {
    assert.equal(at("meta-data/"), "iam/\ninstance-id\nplacement/");
    assert.equal(at("meta-data/placement/"), "region");
  });

  it("has nothing else", () => {
    for (const path of ["meta-data/none", "meta-data/none/", "", "dynamic/"])
      assert.equal(at(path), undefined, path);
  });
});
