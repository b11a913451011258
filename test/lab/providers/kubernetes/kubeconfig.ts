import * as fs from "node:fs";
import { parse } from "yaml";
import { asList, asProps, asText } from "../base/values";

/** How to reach one API server. */
export interface Access {
  readonly server: string;
  readonly ca?: string;
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The kubeconfig itself, for helm. */
  readonly text: string;
}

const decoded = (value: unknown) => Buffer.from(asText(value), "base64").toString("utf8");

/** Data given inline, or in a file that the kubeconfig names. */
function given(holder: Record<string, unknown>, field: string): string | undefined {
  if (holder[`${field}-data`] !== undefined) return decoded(holder[`${field}-data`]);
  return holder[field] === undefined ? undefined : fs.readFileSync(asText(holder[field]), "utf8");
}

/** Reads the chosen context of a kubeconfig: its content, or the path of a file. */
export function parseKubeconfig(kubeconfig: string, context?: string): Access {
  const text = fs.existsSync(kubeconfig) ? fs.readFileSync(kubeconfig, "utf8") : kubeconfig;
  const config = asProps(parse(text));
  const named = (list: unknown, name: unknown, key: string) =>
    asProps(
      asList(list)
        .map(asProps)
        .find((it) => it.name === name)?.[key],
    );
  const chosen = named(config.contexts, context ?? config["current-context"], "context");
  const cluster = named(config.clusters, chosen.cluster, "cluster");
  const user = named(config.users, chosen.user, "user");
  if (!cluster.server) throw new Error("the kubeconfig names no server for its context");
  if (user.exec) throw new Error("the kubernetes stand-in runs no exec credentials");
  const tokenFile = asText(user.tokenFile);
  return {
    server: asText(cluster.server),
    ca: given(cluster, "certificate-authority"),
    token: tokenFile ? fs.readFileSync(tokenFile, "utf8").trim() : asText(user.token) || undefined,
    cert: given(user, "client-certificate"),
    key: given(user, "client-key"),
    text,
  };
}
