import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refresherList, refresherScript } from "../../components/access/refresher/refresher";
import type { RefresherLine } from "../../components/access/refresher/refresher";

/** Answers as the AWS CLI does, ends lines twice as it does, and writes down how it was asked. */
const FAKE_AWS = `#!/bin/sh
case "$*" in configure*) [ -n "$AWS_CONTAINER_CREDENTIALS_FULL_URI" ] || [ -e "$FAKE_ROLE" ]; exit ;; esac
echo "$*" >> "$FAKE_LOG"
cat > /dev/null
case "$*" in *broken*) echo "AccessDenied" >&2; exit 254 ;; esac
printf 'token %s of %s\\n\\n' "$(wc -l < "$FAKE_LOG")" "$4"
`;

class Loop {
  readonly directory = mkdtempSync(join(tmpdir(), "refresher-"));
  private readonly process: ChildProcess;
  errors = "";

  constructor(clusters: RefresherLine[], pace: Record<string, string> = {}) {
    for (const name of ["bin", "config", "tokens"]) mkdirSync(join(this.directory, name));
    writeFileSync(join(this.directory, "bin/aws"), FAKE_AWS);
    chmodSync(join(this.directory, "bin/aws"), 0o755);
    this.list(clusters);
    this.process = spawn("sh", ["-c", refresherScript], {
      env: {
        PATH: `${join(this.directory, "bin")}:${process.env.PATH}`,
        CONFIG_DIRECTORY: join(this.directory, "config"),
        TOKEN_DIRECTORY: join(this.directory, "tokens"),
        FAKE_LOG: join(this.directory, "log"),
        FAKE_ROLE: join(this.directory, "role"),
        AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.170.23/v1/credentials",
        REFRESH_SECONDS: "600",
        RETRY_SECONDS: "600",
        POLL_SECONDS: "1",
        ...pace,
      },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.process.stderr?.on("data", (data) => (this.errors += data));
  }

  /** Replaces the list in one step, as kubelet does with a ConfigMap. */
  list(clusters: RefresherLine[]): void {
    const pending = join(this.directory, "pending");
    writeFileSync(pending, refresherList(clusters));
    renameSync(pending, join(this.directory, "config/clusters"));
  }

  calls(): string[] {
    const log = join(this.directory, "log");
    return existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : [];
  }

  tokens(): string[] {
    return readdirSync(join(this.directory, "tokens"))
      .filter((file) => !file.startsWith("."))
      .sort();
  }

  token(cluster: string): string {
    return readFileSync(join(this.directory, "tokens", cluster), "utf8");
  }

  get ready(): boolean {
    return existsSync(join(this.directory, "tokens/.ready"));
  }

  /** The exit code of a loop that ends by itself. */
  async ended(): Promise<number | null> {
    if (this.process.exitCode === null) await once(this.process, "exit");
    return this.process.exitCode;
  }

  async stop(): Promise<number | null> {
    if (this.process.exitCode === null) this.process.kill("SIGTERM");
    const code = await this.ended();
    rmSync(this.directory, { recursive: true });
    return code;
  }
}

const east: RefresherLine = { cluster: "east", eksName: "demo-east", region: "eu-west-1" };
const west: RefresherLine = {
  cluster: "west",
  eksName: "demo-west",
  region: "us-east-1",
  roleArn: "arn:aws:iam::210987654321:role/demo-istio-reader-prod",
};
const broken: RefresherLine = { cluster: "lab", eksName: "broken", region: "eu-west-1" };

async function until(claim: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (claim()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`not within 10 s: ${what}`);
}

describe("the token refresher's loop", () => {
  let loop: Loop | undefined;

  afterEach(async () => {
    const code = await loop?.stop();
    loop = undefined;
    assert.equal(code ?? 0, 0, "ends well when it is asked to stop");
  });

  for (const shell of ["sh", "bash"]) {
    it(`is a script that ${shell} can read`, () => {
      execFileSync(shell, ["-n", "-c", refresherScript]);
    });
  }

  it("makes a token per cluster, for its name and region, and then says that it is ready", async () => {
    loop = new Loop([east, west]);
    await until(() => loop!.ready, "ready");
    assert.deepEqual(loop.tokens(), ["east", "west"]);
    assert.equal(loop.token("east"), "token 1 of demo-east");
    assert.equal(loop.token("west"), "token 2 of demo-west");
    const common =
      "--cli-connect-timeout 5 --cli-read-timeout 10 --output text --query status.token";
    assert.deepEqual(loop.calls(), [
      `eks get-token --cluster-name demo-east --region eu-west-1 ${common}`,
      `eks get-token --cluster-name demo-west --region us-east-1 --role-arn ${west.roleArn} ${common}`,
    ]);
    assert.equal(loop.errors, "");
  });

  it("keeps tokens from other users, and leaves no half-written file", async () => {
    loop = new Loop([east]);
    await until(() => loop!.ready, "ready");
    const tokens = join(loop.directory, "tokens");
    assert.equal(statSync(join(tokens, "east")).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(tokens).sort(), [".ready", "east"]);
  });

  it("takes up a cluster that joins the list and forgets one that leaves it", async () => {
    loop = new Loop([east]);
    await until(() => loop!.ready, "ready");
    loop.list([east, west]);
    await until(() => loop!.tokens().includes("west"), "a token for west");
    loop.list([west]);
    await until(() => !loop!.tokens().includes("east"), "no token for east");
    assert.deepEqual(loop.tokens(), ["west"]);
  });

  it("renews tokens on time", async () => {
    loop = new Loop([east], { REFRESH_SECONDS: "1" });
    await until(() => loop!.calls().length >= 3, "three tokens");
    assert.match(loop.token("east"), /^token \d+ of demo-east$/);
  });

  it("is ready without a cluster that fails, says which, keeps the others and tries again soon", async () => {
    loop = new Loop([broken, east], { RETRY_SECONDS: "1" });
    await until(() => loop!.ready, "ready");
    assert.deepEqual(loop.tokens(), ["east"]);
    assert.match(loop.errors, /no token for cluster lab \(broken in eu-west-1\)/);
    await until(() => loop!.calls().length >= 4, "a second pass");
  });

  it("keeps the last token of a cluster that begins to fail", async () => {
    loop = new Loop([east]);
    await until(() => loop!.ready, "ready");
    loop.list([{ ...east, eksName: "broken" }]);
    await until(() => loop!.calls().length >= 2, "a second pass");
    assert.equal(loop.token("east"), "token 1 of demo-east");
  });

  it("waits for its role, is not ready before it comes, and says what is missing", async () => {
    loop = new Loop([east], { AWS_CONTAINER_CREDENTIALS_FULL_URI: "" });
    await until(() => loop!.errors.split("no role yet").length > 2, "a second look");
    assert.match(loop.errors, /must have an association for this service account/);
    assert.deepEqual([loop.calls(), loop.ready], [[], false]);
    writeFileSync(join(loop.directory, "role"), "");
    await until(() => loop!.ready, "ready");
    assert.deepEqual(loop.tokens(), ["east"]);
  });

  it("ends well while it waits for its role", async () => {
    loop = new Loop([east], { AWS_CONTAINER_CREDENTIALS_FULL_URI: "" });
    await until(() => loop!.errors !== "", "a first look");
  });

  it("waits with nothing to do", async () => {
    loop = new Loop([]);
    await until(() => loop!.ready, "ready");
    assert.deepEqual(loop.calls(), []);
  });
});
