import * as assert from "node:assert/strict";
import { parse } from "yaml";
import type { Json } from "../machine/kube";
import { severalClusters, type Check } from "../run/check";
import type { Istiod } from "../run/istiod";
import type { Session } from "../run/session";

/** Kubeconfigs beside an istiod, by the cluster that they lead to. */
async function kubeconfigsOf({ namespace, cluster, clusterId }: Istiod) {
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const watched = (await cluster.kube.find(`${secrets}/istio-remote-clusters`))?.data ?? {};
  const own = (await cluster.kube.find(`${secrets}/istio-kubeconfig`))?.data.config;
  const all: Record<string, string> = own ? { ...watched, [clusterId]: own } : watched;
  const read = (text: string): Json => parse(Buffer.from(text, "base64").toString());
  return Object.entries(all).map(([name, text]) => ({ name, kubeconfig: read(text) }));
}

/** A token that could be one is longer: those of AWS and of service accounts have several hundred characters. */
const longestPlaceholder = 40;

/** Without a token beside the file an istiod that comes before the file never asks again (client-go reads it at once). */
const kubeconfigs: Check = {
  key: "kubeconfigs",
  point: 7,
  title: "istiod has a kubeconfig for every other cluster: a token file, a placeholder, no token",
  skip: severalClusters,
  async run(session: Session) {
    for (const istiod of session.istiods) {
      const found = await kubeconfigsOf(istiod);
      const others = session.members.filter((name) => name !== istiod.name).sort();
      assert.deepEqual(found.map(({ name }) => name).sort(), others, `${istiod.name}: clusters`);
      for (const { name, kubeconfig } of found) {
        const [{ user }] = kubeconfig.users;
        const what = `${istiod.name}: kubeconfig of ${name}`;
        assert.equal(user.tokenFile, `/var/run/secrets/eks-tokens/${name}`, what);
        assert.ok(user.token, `${what}: expected a placeholder beside the token file`);
        assert.ok(user.token.length <= longestPlaceholder, `${what}: expected no token`);
      }
    }
  },
};

export const kubeconfigChecks = [kubeconfigs] as const satisfies readonly Check[];
