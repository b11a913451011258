import * as assert from "node:assert/strict";
import type { Ec2 } from "../machine/ec2/ec2";
import type { Instance } from "../machine/ec2/instance";
import type { Json } from "../machine/kube";
import { command, until } from "../machine/processes";
import type { Check, Pattern, Reason } from "../run/check";
import { callFrom, hostOf, probePod, probePort } from "../run/probe";
import type { Session } from "../run/session";

const machines = ({ topology }: Pattern): Reason | undefined =>
  Object.keys(topology.virtualMachines).length > 0 ? undefined : "noMachines";

const title = (text: string) => ({ point: 14, title: text, skip: machines }) as const;

/** Seconds from the start of a machine until it is in its mesh, where nothing else is at work. */
const BOOT_SECONDS = 120;
/** The same beside everything else that a machine of the lab may do. */
const PATIENCE = 300;

/** The one group of a stack file. */
function groupIn({ topology }: Session) {
  return Object.values(topology.virtualMachines)[0];
}

async function ec2Of({ machine }: Session): Promise<{ ec2: Ec2; group: string }> {
  const ec2 = await machine.ec2();
  const [group] = machine.store.list("autoscaling.Group");
  return { ec2, group: group.id };
}

async function instanceOf(session: Session): Promise<Instance> {
  const { ec2 } = await ec2Of(session);
  const [first] = ec2.instances.filter(({ state }) => state !== "Terminated");
  assert.ok(first, "no instance runs");
  return first;
}

/** The entry that istiod made of an instance. */
async function entryOf(session: Session, { options }: Instance): Promise<Json | undefined> {
  const { namespace, controlledBy } = groupIn(session);
  const path = `/apis/networking.istio.io/v1/namespaces/${namespace}/workloadentries`;
  const all = await session.cluster(controlledBy).kube.list(path);
  return all.find(({ spec }) => spec.address === options.address);
}

const isHealthy = (entry?: Json): boolean =>
  (entry?.status?.conditions ?? []).some(
    ({ type, status }: Json) => type === "Healthy" && status === "True",
  );

const boots: Check = {
  key: "machine-boots",
  ...title("a machine boots with the planned user data and joins the mesh by itself"),
  async run(session) {
    const { ec2, group } = await ec2Of(session);
    const started = Date.now();
    const instance = await ec2.launch(group);
    const said = () =>
      instance.console.split("\n").filter((line) => line.includes("istio-machine"));
    await until(`the machine in service`, PATIENCE, () => instance.state === "InService").catch(
      (error: Error) => {
        throw new Error(
          `${error.message}\n${said().slice(-8).join("\n")}\n${ec2.asked.join("\n")}`,
        );
      },
    );
    const seconds = (Date.now() - started) / 1000;
    console.log(`  a machine is in service after ${seconds.toFixed(0)} s (aim: ${BOOT_SECONDS})`);
    const entry = await until("its entry is healthy", 60, async () => {
      const found = await entryOf(session, instance);
      return isHealthy(found) && found;
    });
    const { network, serviceAccount } = groupIn(session);
    assert.deepEqual([entry.spec.network, entry.spec.serviceAccount], [network, serviceAccount]);
  },
};

async function callMachine(
  session: Session,
  from: string,
  where: "inside" | "outside",
  host: string,
) {
  const cluster = session.cluster(from);
  const pod = await probePod(cluster, { cluster: from, where });
  return callFrom(cluster, pod, host, "");
}

const called: Check = {
  key: "machine-called",
  ...title("pods of every member call the machine by its Service, and plain text is refused"),
  async run(session) {
    const { name, namespace } = groupIn(session);
    const instance = await instanceOf(session);
    for (const from of session.members) {
      const host = `${name}.${namespace}.svc.cluster.local`;
      await until(`${from}: an answer of ${host}`, 60, async () =>
        /Directory listing/.test((await callMachine(session, from, "inside", host)).body ?? ""),
      );
      const plain = await callMachine(session, from, "outside", instance.options.address);
      assert.doesNotMatch(plain.body ?? "", /Directory listing/, `${from}: plain text is answered`);
    }
  },
};

const calls: Check = {
  key: "machine-calls",
  ...title("the machine calls pods of every member by their Services, as its own identity"),
  async run(session) {
    const instance = await instanceOf(session);
    const { namespace, serviceAccount } = groupIn(session);
    const identity = `spiffe://${session.mesh.trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
    for (const cluster of session.members) {
      const url = `http://${hostOf({ cluster, where: "inside" })}:${probePort}/header`;
      const asks = ["runuser", "-u", "nobody", "--", "curl", "-s", "--max-time", "5", url];
      await until(`${cluster}: an answer to ${identity}`, 60, async () =>
        (await instance.run(...asks)).includes(`URI=${identity}`),
      );
    }
  },
};

const closed: Check = {
  key: "machine-closed",
  ...title("while its agent is down nothing gets to the machine's application from outside"),
  async run(session) {
    const instance = await instanceOf(session);
    await instance.run("systemctl", "stop", "istio.service");
    await instance.run("systemctl", "start", "legacy.service");
    const [from] = session.members;
    for (const where of ["inside", "outside"] as const) {
      const { body } = await callMachine(session, from, where, instance.options.address);
      assert.doesNotMatch(body ?? "", /Directory listing/, `${where} the mesh`);
    }
    await instance.run("systemctl", "start", "--no-block", "istio.service", "legacy.service");
    await until("healthy again", PATIENCE, async () => isHealthy(await entryOf(session, instance)));
  },
};

const revoked: Check = {
  key: "machine-revoked",
  ...title("without its access entry the machine gets no token, and no certificate any more"),
  async run(session) {
    const instance = await instanceOf(session);
    const { store } = session.machine;
    const entry = store
      .list("eks.AccessEntry")
      .find(({ outputs }) => outputs.principalArn === instance.options.roleArn)!;
    store.remove(entry.type, entry.id);
    await instance.run("rm", "-f", "/run/secrets/tokens/istio-token");
    await instance.run("systemctl", "restart", "--no-block", "istio.service");
    const refused = "token failed, and is tried again: the API server answers HTTP Error 401";
    await until("a refusal on the console", 120, async () => {
      await instance.run("systemctl", "restart", "--no-block", "istio-machine-token.service");
      return instance.console.includes(refused);
    });
    await until("its entry is gone", 120, async () => !(await entryOf(session, instance)));
    store.write(entry);
    await until("back in the mesh", PATIENCE, async () =>
      isHealthy(await entryOf(session, instance)),
    );
  },
};

const leaves: Check = {
  key: "machine-leaves",
  ...title(
    "a machine that is taken away is unhealthy first, and leaves no key or token on its disk",
  ),
  async run(session) {
    const instance = await instanceOf(session);
    const { ec2 } = await ec2Of(session);
    const gone = ec2.terminate(instance);
    await until("its entry is unhealthy while its agent runs", 60, async () => {
      const entry = await entryOf(session, instance);
      return entry !== undefined && !isHealthy(entry);
    });
    await gone;
    const ended = ec2.asked.filter((line) => line.startsWith("CompleteLifecycleAction by"));
    assert.ok(ended.length >= 2, `it has ended ${ended.length} lifecycle actions`);
    await until("its entry is gone", 60, async () => !(await entryOf(session, instance)));
    const pattern = "BEGIN (EC |RSA )?PRIVATE KEY|eyJhbGciOiJ";
    const places = ["etc", "var", "root", "home", "tmp"].map((name) => `${instance.disk}/${name}`);
    const found = await command("sh", "-c", 'grep -rlIE "$0" "$@" || true', pattern, ...places);
    assert.equal(found.trim(), "", "keys or tokens on the disk");
  },
};

export const machineChecks = [
  ...[boots, called, calls, closed, revoked, leaves],
] as const satisfies readonly Check[];
