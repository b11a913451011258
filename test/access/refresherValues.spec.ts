import assert from "node:assert/strict";
import {
  refresherList,
  refresherScript,
  refresherValues,
} from "../../components/access/refresher/refresher";

interface RefresherContainer {
  restartPolicy: string;
  image: string;
  command: string[];
  startupProbe: { exec: { command: string[] } };
  securityContext: Record<string, unknown>;
  volumeMounts: unknown[];
  env: { name: string; value: string }[];
}

const IMAGE = "registry.example/aws-cli@sha256:0";
const values = refresherValues(IMAGE);
const [container] = values.initContainers as unknown as RefresherContainer[];

const DIRECTORY = "/var/run/secrets/pods.eks.amazonaws.com/token-refresher";
const token = { audience: "pods.eks.amazonaws.com", expirationSeconds: 86400, path: "token" };

describe("the token refresher's chart values", () => {
  it("ask the agent of Pod Identity themselves: a role may come after the pod", () => {
    const environment = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
    assert.equal(
      environment.AWS_CONTAINER_CREDENTIALS_FULL_URI,
      "http://169.254.170.23/v1/credentials",
    );
    assert.equal(environment.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, `${DIRECTORY}/token`);
  });

  it("make it a native sidecar that istiod starts after", () => {
    assert.equal(values.initContainers.length, 1);
    assert.equal(container.restartPolicy, "Always");
    assert.equal(container.image, IMAGE);
    assert.deepEqual(container.startupProbe.exec.command, [
      "test",
      "-f",
      "/var/run/secrets/eks-tokens/.ready",
    ]);
  });

  it("give it nothing but its tokens to write to", () => {
    assert.deepEqual(container.securityContext, {
      runAsUser: 1337,
      runAsGroup: 1337,
      runAsNonRoot: true,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.deepEqual(container.volumeMounts, [
      { name: "eks-tokens", mountPath: "/var/run/secrets/eks-tokens" },
      {
        name: "token-refresher-config",
        mountPath: "/etc/istio-token-refresher",
        readOnly: true,
      },
      { name: "pod-identity-token", mountPath: DIRECTORY, readOnly: true },
    ]);
  });

  it("keep tokens in memory and let istiod only read them", () => {
    assert.deepEqual(values.volumes, [
      { name: "eks-tokens", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
      { name: "token-refresher-config", configMap: { name: "istio-token-refresher" } },
      { name: "pod-identity-token", projected: { sources: [{ serviceAccountToken: token }] } },
    ]);
    assert.deepEqual(values.volumeMounts, [
      { name: "eks-tokens", mountPath: "/var/run/secrets/eks-tokens", readOnly: true },
    ]);
  });

  it("let istiod take token files from kubeconfigs, and nothing more", () => {
    assert.deepEqual(values.env, { PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS: "tokenFile" });
  });

  it("name no cluster: a further one changes no Release", () => {
    assert.equal(refresherValues.length, 1);
    assert.deepEqual(refresherValues(IMAGE), values);
  });

  it("renew tokens at most every 10 minutes of their 15", () => {
    const pace = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
    assert.equal(Number(pace.REFRESH_SECONDS) <= 600, true);
    assert.equal(Number(pace.RETRY_SECONDS) < 60, true);
    assert.equal(pace.AWS_EC2_METADATA_DISABLED, "true");
  });

  it("pass through Helm's templates and Kubernetes' variable expansion as they are", () => {
    assert.doesNotMatch(refresherScript, /\{\{|\}\}/);
    assert.doesNotMatch(refresherScript, /\$\$/);
    assert.doesNotMatch(refresherScript, /\$\([A-Za-z_][A-Za-z0-9_]*\)/);
    assert.deepEqual(container.command, ["/bin/sh", "-c", refresherScript]);
  });
});

describe("the token refresher's list", () => {
  it("has one line per cluster, with a dash for no role", () => {
    const role = "arn:aws:iam::210987654321:role/demo-istio-reader-prod";
    assert.equal(
      refresherList([
        { cluster: "east", eksName: "demo-east", region: "eu-west-1" },
        { cluster: "west", eksName: "demo-west", region: "us-east-1", roleArn: role },
      ]),
      `east demo-east eu-west-1 -\nwest demo-west us-east-1 ${role}\n`,
    );
  });

  it("is empty without clusters", () => {
    assert.equal(refresherList([]), "");
  });
});
