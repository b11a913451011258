/** A program of another project: two components on Pulumi's ordinary mocks, and what they made. */
import * as pulumi from "@pulumi/pulumi";
import { IntermediateCa, MeshTopology, RootCa } from "istio-patterns";

const made: string[] = [];
const outputs = {
  privateKeyPem: "key",
  certPem: "certificate",
  certRequestPem: "request",
};
pulumi.runtime.setMocks({
  newResource: ({ type, name, inputs }) => {
    made.push(type);
    return { id: `${name}-id`, state: { ...inputs, ...outputs } };
  },
  call: ({ inputs }) => inputs,
});

function main() {
  const root = new RootCa("root", { commonName: "demo root" });
  const { certificate: rootCertificate, privateKey: rootPrivateKey } = root;
  const east = new IntermediateCa("east", { commonName: "east", rootCertificate, rootPrivateKey });
  east.chain.apply(() => console.log([typeof MeshTopology, ...made.sort()].join("\n")));
}

main();
