import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Json } from "../machine/kube";
import { command } from "../machine/processes";
import { remotes, type Check } from "../run/check";
import { behindIstiod, envoyCounter } from "../run/relay";
import type { Session } from "../run/session";

/** The file that a relay's container is started with, from where its pod mounts it. */
async function configOf({ namespace, cluster }: Session, remote: string, pod: Json) {
  const [{ args, volumeMounts }] = pod.spec.containers;
  const file: string = args[args.indexOf("--config-path") + 1];
  const mount = volumeMounts.find(({ mountPath }: Json) => path.dirname(file) === mountPath);
  const volume = pod.spec.volumes.find(({ name }: Json) => name === mount.name);
  const map = `/api/v1/namespaces/${namespace}/configmaps/${volume.configMap.name}`;
  return (await cluster(remote).kube.get(map)).data[path.basename(file)] as string;
}

const valid: Check = {
  key: "relay-valid",
  point: 5,
  title: "a remote's relay has a configuration that Envoy accepts, in two zones",
  skip: remotes,
  async run(session) {
    const envoy = path.join(session.machine.options.tools.bin, "envoy");
    for (const remote of session.remotes) {
      const pods = await behindIstiod(session, remote);
      const nodes = new Set(pods.map(({ spec }) => spec.nodeName));
      assert.equal(nodes.size, 2, `${remote}: expected two relays on nodes of their own`);
      const file = path.join(session.work, `relay-${remote}.json`);
      fs.writeFileSync(file, await configOf(session, remote, pods[0]));
      const said = await command(envoy, "--mode", "validate", "--config-path", file);
      assert.match(said, /configuration '.+' OK/, `${remote}: what Envoy says of its relay`);
    }
  },
};

/** Everything that asks an istiod in a remote asks this Service: there is no other way out of the cluster. */
const carried: Check = {
  key: "relay-carries",
  point: 5,
  title: "behind a remote's Service istiod are Envoys alone, and they carried webhooks and xDS",
  skip: remotes,
  async run(session) {
    for (const remote of session.remotes) {
      const { kube, kubelet } = session.cluster(remote);
      const system = `namespaces/${session.namespace}`;
      const { spec } = await kube.get(`/api/v1/${system}/services/${session.istiod}`);
      assert.equal(spec.type, "ClusterIP", `${remote}: type of Service istiod`);
      const pods = await behindIstiod(session, remote);
      const slices = await kube.list(
        `/apis/discovery.k8s.io/v1/${system}/endpointslices` +
          `?labelSelector=kubernetes.io%2Fservice-name%3D${session.istiod}`,
      );
      const addresses = slices.flatMap(({ endpoints }) =>
        endpoints.flatMap((one: Json) => one.addresses),
      );
      const own = pods.map(({ status }) => status.podIP).sort();
      assert.deepEqual(addresses.sort(), own, `${remote}: addresses behind Service istiod`);
      const processes = pods.map(({ metadata }) => kubelet.processes.get(metadata.uid));
      assert.ok(processes.every(Boolean), `${remote}: expected relays that run as processes`);
      for (const purpose of ["xds", "webhook"]) {
        const counter = `cluster.${purpose}.upstream_cx_total`;
        const all = await Promise.all(
          pods.map((pod) => envoyCounter(session, remote, pod, counter)),
        );
        const sum = all.reduce((one, other) => one + other, 0);
        assert.ok(sum > 0, `${remote}: expected its relays to have led ${purpose} to an istiod`);
      }
    }
  },
};

/** Kinds of webhook configurations by name. */
async function validators({ cluster }: Session, name: string): Promise<string[]> {
  const path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
  return (await cluster(name).kube.list(path)).map(({ metadata }) => metadata.name);
}

/** Upgrades a release with the values that it has, as a person would. */
async function upgrade(
  session: Session,
  remote: string,
  release: string,
  name: string,
): Promise<void> {
  const { tools } = session.machine.options;
  const chart = path.join(tools.charts, name);
  const where = ["--kubeconfig", session.cluster(remote).kubeconfig, "-n", session.namespace];
  const helm = path.join(tools.bin, "helm");
  await command(helm, "upgrade", release, chart, ...where, "--reuse-values", "--wait");
}

/** The chart closes on an upgrade what it left open on install: nobody there could open it again. */
const unvalidated: Check = {
  key: "no-validator",
  point: 5,
  title: "a plain remote has no validating webhook, nor after two upgrades by helm",
  skip: remotes,
  async run(session) {
    const plain = session.remotes.filter((name) => !session.configured.includes(name));
    assert.ok(plain.length > 0, "expected a remote that holds no configuration");
    for (const remote of plain) {
      assert.deepEqual(await validators(session, remote), [], `${remote}: validating webhooks`);
      for (const time of ["first", "second"]) {
        await upgrade(session, remote, "istio-base", "base");
        await upgrade(session, remote, session.istiod, "istiod");
        const found = await validators(session, remote);
        assert.deepEqual(found, [], `${remote}: validating webhooks after the ${time} upgrade`);
      }
    }
  },
};

export const relayChecks = [valid, carried, unvalidated] as const satisfies readonly Check[];
