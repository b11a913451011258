import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DIRECTORY, drainScript, tokenScript } from "../../../components/ecs/tasks/scripts";

/**
 * In the place of the AWS CLI, which prints a token (https://docs.aws.amazon.com/cli/latest/reference/eks/get-token.html), and of
 * curl, which asks ECS for the task (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html) and
 * the API server for the rest; both say how they were called. As often as `failures` says the API server does not answer.
 */
const PROGRAMS = {
  aws: `echo "aws $*" >> "$LOG"; echo k8s-aws-v1.SIGNED`,
  curl: `
case "$*" in
  *"/task")
    echo '{"TaskARN":"arn:aws:ecs:eu-west-1:111122223333:task/demo/0a1b","AvailabilityZone":"eu-west-1b","Containers":[{"Networks":[{"IPv4Addresses":["10.10.1.9"]}]}]}'
    exit ;;
esac
echo "curl $* < $(cat)" >> "$LOG"
left="$(cat "$LOG.failures")"
if [ "$left" -gt 0 ]; then echo "$((left - 1))" > "$LOG.failures"; exit 22; fi
case "$*" in *"/token "*|*"/token") printf '{ "status": {\\n "token": "ey.J.w", "expirationTimestamp": "2026" } }' ;; esac`,
};

/** A task's folder and programs, and what runs a script of it as a container does. */
class Task {
  readonly folder = mkdtempSync(join(tmpdir(), "task-"));
  readonly #log = join(this.folder, "log");
  readonly #running: ChildProcess[] = [];
  said = "";

  constructor(
    failures: number,
    readonly ports: readonly number[] = [],
  ) {
    for (const [name, script] of Object.entries(PROGRAMS))
      writeFileSync(this.#path(name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    writeFileSync(`${this.#log}.failures`, String(failures));
  }

  #path(name: string): string {
    return join(this.folder, name);
  }

  start(script: string): ChildProcess {
    const env = {
      ...{ PATH: `${this.folder}:${process.env.PATH}`, LOG: this.#log, HOME: this.folder },
      ...{ EKS_NAME: "demo-east", EKS_ENDPOINT: "https://east.example", AWS_REGION: "eu-west-1" },
      ...{ NAMESPACE: "ecs", SERVICE_ACCOUNT: "echo", SERVICE: "echo", EKS_CA: "Y2E=" },
      ...{ REFRESH_SECONDS: "600", RETRY_SECONDS: "0", DRAIN_SECONDS: "1", LEAVE_SECONDS: "3" },
      ...{ PORTS: this.ports.join(" ") },
      ECS_CONTAINER_METADATA_URI_V4: "http://169.254.170.2/v4/1",
    };
    const own = script.replaceAll(DIRECTORY, this.folder);
    const child = spawn("/bin/sh", ["-ec", own], {
      ...{ env, stdio: ["ignore", "ignore", "pipe"], detached: true },
    });
    child.stderr!.on("data", (part) => (this.said += part));
    this.#running.push(child);
    return child;
  }

  read(name: string): string {
    return readFileSync(this.#path(name), "utf8");
  }

  async until(name: string): Promise<void> {
    while (!existsSync(this.#path(name))) await sleep(20);
  }

  /** With what a script waits by, as a container's end takes all that runs in it. */
  end(): void {
    for (const { pid } of this.#running)
      try {
        process.kill(-pid!, "SIGKILL");
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, "ESRCH");
      }
    rmSync(this.folder, { recursive: true });
  }
}

describe("scripts of a task, run", function () {
  this.timeout(120_000);
  let task: Task;
  afterEach(() => task.end());

  it("say who the task is and keep its token, with failures said and tried again", async () => {
    task = new Task(2);
    const child = task.start(tokenScript);
    await task.until("token");
    assert.equal(task.read("token"), "ey.J.w");
    assert.equal(statSync(join(task.folder, "token")).mode & 0o007, 0);
    assert.equal(task.read("eks-ca.pem"), "ca");
    assert.deepEqual(task.read("env").trim().split("\n"), [
      "export INSTANCE_IP=10.10.1.9 POD_NAME=0a1b",
      "export ISTIO_META_AUTO_REGISTER_GROUP=echo-eu-west-1b ENTRY=echo-eu-west-1b-10.10.1.9",
      "export PROXY_WORKLOAD_INFO=ecs/echo-eu-west-1b-10.10.1.9/echo",
    ]);
    const failed = "no token for service account ecs/echo of cluster demo-east: tried again";
    assert.deepEqual(
      task.said
        .trim()
        .split("\n")
        .filter((line) => line === failed),
      [failed, failed],
    );
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });

  it("ask for one account's token and keep the bearer's out of command lines", async () => {
    task = new Task(0);
    task.start(tokenScript);
    await task.until("token");
    const [signed, asked] = task.read("log").trim().split("\n");
    assert.match(signed!, /^aws eks get-token --cluster-name demo-east --region eu-west-1 /);
    const [command, given] = asked!.split(" < ");
    assert.match(
      command!,
      /--request POST .* https:\/\/east\.example\/api\/v1\/namespaces\/ecs\/serviceaccounts\/echo\/token$/,
    );
    assert.match(command!, /"audiences":\["istio-ca"\],"expirationSeconds":3600/);
    assert.doesNotMatch(command!, /k8s-aws-v1/);
    assert.equal(given, 'header = "Authorization: Bearer k8s-aws-v1.SIGNED"');
  });

  const ENTRY = "export ENTRY=echo-eu-west-1b-10.10.1.9\n";

  /** What the task has set its label to, in turn. */
  function labels(): string[] {
    const asked = existsSync(join(task.folder, "log")) ? task.read("log").split("\n") : [];
    return asked
      .filter((line) => line.includes("PATCH"))
      .map((line) => {
        const said =
          /merge-patch\+json --data {"metadata":{"labels":{"istio-patterns\/serves":(.*)}}} https:\/\/east\.example\/apis\/networking\.istio\.io\/v1\/namespaces\/ecs\/workloadentries\/echo-eu-west-1b-10\.10\.1\.9 /;
        return said.exec(line)![1]!;
      });
  }

  for (const failures of [0, 1, 2, 99])
    it(`take the task out of its Service before it ends, for as long as there is time: ${failures} fail`, async () => {
      task = new Task(0);
      writeFileSync(join(task.folder, "env"), ENTRY);
      const child = task.start(drainScript);
      await task.until("serving");
      writeFileSync(join(task.folder, "log.failures"), String(failures));
      const from = Date.now();
      child.kill("SIGTERM");
      assert.deepEqual(await once(child, "exit"), [0, null]);
      assert.ok(Date.now() - from >= 900, "expected clients to have time to hear");
      const [first, ...rest] = labels();
      assert.equal(first, '"echo"');
      assert.deepEqual(new Set(rest), new Set(["null"]));
      const isGivenUp = task.said.includes(
        "entry ecs/echo-eu-west-1b-10.10.1.9 keeps its label: given up\n",
      );
      assert.equal(isGivenUp, failures === 99);
      if (isGivenUp) assert.ok(rest.length >= 3, `${rest.length} tries`);
      else assert.equal(rest.length, failures + 1);
    });

  it("put the task into its Service once all of its ports are listened on, whatever fails first", async () => {
    const servers = [createServer(), createServer()] as const;
    for (const server of servers) await once(server.listen(0, "0.0.0.0"), "listening");
    const ports = servers.map((server) => (server.address() as AddressInfo).port);
    task = new Task(2, ports);
    servers[1].close();
    writeFileSync(join(task.folder, "env"), ENTRY);
    const child = task.start(drainScript);
    await sleep(1500);
    assert.deepEqual(labels(), [], "one port of two");
    const late = createServer().listen(ports[1], "::");
    await task.until("serving");
    assert.deepEqual(labels(), ['"echo"', '"echo"', '"echo"']);
    const failed = "entry ecs/echo-eu-west-1b-10.10.1.9 gets no label: tried again\n";
    assert.equal(task.said, failed.repeat(2));
    child.kill("SIGTERM");
    await once(child, "exit");
    for (const server of [servers[0], late]) server.close();
  });

  it("say again that the task serves, with one token of EKS until it fails", async () => {
    task = new Task(0);
    writeFileSync(join(task.folder, "env"), ENTRY);
    task.start(drainScript.replaceAll('"$REFRESH_SECONDS"', "0.1"));
    const signed = () =>
      task
        .read("log")
        .split("\n")
        .filter((line) => line.startsWith("aws ")).length;
    while (labels().length < 3) await sleep(50);
    assert.equal(signed(), 1);
    writeFileSync(join(task.folder, "log.failures"), "1");
    const before = labels().length;
    while (labels().length < before + 3) await sleep(50);
    assert.equal(signed(), 2);
  });
});
