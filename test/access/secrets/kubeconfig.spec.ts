import assert from "node:assert/strict";
import { remoteKubeconfig } from "../../../components/access/secrets/kubeconfig";

const remote = {
  cluster: "west",
  endpoint: "https://west.example",
  certificateAuthority: "Y2VydGlmaWNhdGU=",
};

describe("the kubeconfig of a watched cluster", () => {
  it("reads its token from the refresher's file, with a placeholder until there is one", () => {
    assert.deepEqual(JSON.parse(remoteKubeconfig(remote)), {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "west",
          cluster: {
            server: "https://west.example",
            "certificate-authority-data": "Y2VydGlmaWNhdGU=",
          },
        },
      ],
      users: [
        {
          name: "west",
          user: {
            token: "token-file-not-read-yet",
            tokenFile: "/var/run/secrets/eks-tokens/west",
          },
        },
      ],
      contexts: [{ name: "west", context: { cluster: "west", user: "west" } }],
      "current-context": "west",
    });
  });

  it("holds a token that never expires itself", () => {
    const { users } = JSON.parse(remoteKubeconfig({ ...remote, token: "secret" }));
    assert.deepEqual(users, [{ name: "west", user: { token: "secret" } }]);
  });

  it("has the same bytes for the same cluster: istiod reconnects on any change", () => {
    const { cluster, endpoint, certificateAuthority } = remote;
    const reordered = { token: undefined, certificateAuthority, endpoint, cluster };
    assert.equal(remoteKubeconfig(reordered), remoteKubeconfig(remote));
  });
});
