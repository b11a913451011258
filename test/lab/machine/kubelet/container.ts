import * as path from "node:path";
import type { Json } from "../kube";
import { Service } from "../processes";
import { binaries, entrypointOf } from "./programs";

export interface Sandbox {
  /** Process that holds the pod's network namespace. */
  readonly pid: number;
  readonly folder: string;
  readonly logs: string;
  readonly resolvConf: string;
  readonly volumeFolder: (name: string) => string;
}

export interface Host {
  readonly bin: string;
  readonly signingKey: string;
  /** Folder of the Pod Identity associations that there are. */
  readonly associations: string;
  /** Template of the bootstrap of Istio's Envoys. */
  readonly bootstrap: string;
  /** ztunnel, where the lab has one. */
  readonly ztunnel?: string;
}

const bridge = path.join(__dirname, "bridge.mjs");

/** A process in a network of its own, which leads whoever is at its door to a port of its loopback. */
export function networkHolder(options: {
  readonly name: string;
  readonly logs: string;
  readonly door: string;
  /** Ports of its loopback that are open on all of its addresses, after the ones that they are called by: `18080:8080`. */
  readonly ports?: readonly string[];
}): Service {
  const { name, logs, door, ports = [] } = options;
  const args = ["--net", process.execPath, bridge, door, ...ports];
  return new Service({ name, command: "unshare", args, logs });
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const fakeAws = path.join(__dirname, "..", "fakeAws.mjs");
const systemFolders = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];
const copiedFiles = ["hosts", "nsswitch.conf", "passwd", "group"];

function bindFile(from: string, to: string): string[] {
  return [`touch ${quote(to)}`, `mount --bind ${quote(from)} ${quote(to)}`];
}

/** The host's programs and libraries, read-only in a fresh root, and the lab's own on top. */
function rootScript(root: string, sandbox: Sandbox, host: Host): string[] {
  const local = `${root}/usr/local/bin`;
  const folders = [
    "usr",
    "proc",
    "dev",
    "etc/ssl",
    "etc/alternatives",
    "tmp",
    "run",
    "var/run",
    "var/lib",
    "lab",
  ];
  return [
    `mkdir -p ${quote(root)}`,
    `mount -t tmpfs -o mode=755 root ${quote(root)}`,
    `cd ${quote(root)}`,
    `mkdir -p ${folders.join(" ")}`,
    "chmod 1777 tmp",
    ...systemFolders.map(
      (name) =>
        `if [ -L /${name} ]; then cp -P /${name} ${name}; ` +
        `elif [ -d /${name} ]; then mkdir ${name}; mount --rbind /${name} ${name}; fi`,
    ),
    "mount --rbind /usr usr",
    "mount --rbind /proc proc",
    "mount --rbind /dev dev",
    "for each in ssl alternatives; do [ ! -d /etc/$each ] || mount --rbind /etc/$each etc/$each; done",
    ...copiedFiles.map((name) => `if [ -e /etc/${name} ]; then cat /etc/${name} > etc/${name}; fi`),
    `cat ${quote(sandbox.resolvConf)} > etc/resolv.conf`,
    "mount -t tmpfs -o mode=755 local usr/local/bin",
    ...binaries.flatMap((name) => bindFile(path.join(host.bin, name), `${local}/${name}`)),
    // Where the image of Istio's proxy has it.
    "mkdir -p var/lib/istio/envoy",
    ...bindFile(host.bootstrap, `${root}/var/lib/istio/envoy/envoy_bootstrap_tmpl.json`),
    ...(host.ztunnel ? bindFile(host.ztunnel, `${local}/ztunnel`) : []),
    ...bindFile(process.execPath, `${root}/lab/node`),
    ...bindFile(fakeAws, `${root}/lab/aws.mjs`),
    ...bindFile(host.signingKey, `${root}/lab/signing-key`),
    `mkdir -p ${quote(`${root}/lab/associations`)}`,
    `mount --bind ${quote(host.associations)} ${quote(`${root}/lab/associations`)}`,
    `printf '#!/bin/sh\\nexec /lab/node /lab/aws.mjs "$@"\\n' > ${quote(`${local}/aws`)}`,
    `chmod 755 ${quote(`${local}/aws`)}`,
  ];
}

function mountScript(root: string, container: Json, sandbox: Sandbox): string[] {
  return (container.volumeMounts ?? []).flatMap(({ name, mountPath, subPath, readOnly }: Json) => {
    const from = path.join(sandbox.volumeFolder(name), subPath ?? "");
    const to = quote(root + mountPath);
    const target = `if [ -d ${quote(from)} ]; then mkdir -p ${to}; else mkdir -p "$(dirname ${to})"; touch ${to}; fi`;
    const protect = readOnly ? [`mount -o remount,bind,ro ${to}`] : [];
    return [target, `mount --bind ${quote(from)} ${to}`, ...protect];
  });
}

function userOf(pod: Json, container: Json): string {
  const context = { ...pod.spec.securityContext, ...container.securityContext };
  const user = context.runAsUser ?? 0;
  return `${user}:${context.runAsGroup ?? user}`;
}

/**
 * Starts a container's command in the pod's network and under its name, in a root file system made for it: as the user that it names, or by what is to
 * take it there from root.
 */
export function startContainer(
  pod: Json,
  container: Json,
  env: Record<string, string>,
  args: readonly string[],
  sandbox: Sandbox,
  host: Host,
  by: readonly string[] = [],
): Service {
  const root = path.join(sandbox.folder, container.name);
  const run = [...by, ...entrypointOf(container), ...args].map(quote).join(" ");
  const user = by.length > 0 ? "" : `--userspec=${userOf(pod, container)} `;
  const readOnly = container.securityContext?.readOnlyRootFilesystem === true;
  const script = [
    "set -e",
    `printf %s ${quote(pod.metadata.name)} > /proc/sys/kernel/hostname`,
    ...rootScript(root, sandbox, host),
    ...mountScript(root, container, sandbox),
    ...(readOnly ? [`mount -o remount,ro ${quote(root)}`] : []),
    `exec chroot ${user}${quote(root)} ` +
      `/bin/sh -c 'cd "$0"; exec "$@"' ${quote(container.workingDir ?? "/")} ${run}`,
  ];
  return new Service({
    name: `${pod.metadata.namespace}.${pod.metadata.name}.${container.name}`,
    command: "nsenter",
    args: [
      "-t",
      `${sandbox.pid}`,
      "--net",
      "unshare",
      "--mount",
      "--uts",
      "sh",
      "-c",
      script.join("\n"),
    ],
    env,
    logs: sandbox.logs,
  });
}
