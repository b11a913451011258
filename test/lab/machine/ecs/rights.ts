/** As whom a container of a task runs, and with what of root's rights. */
import type { Json } from "../kube";

/** What Docker gives a container (moby/moby, oci/caps/defaults.go), on Fargate too. */
const usual = [
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD"],
  ...["NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
];

/** What of root's rights a container has (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html). */
export function capabilitiesOf({ linuxParameters = {} }: Json): string[] {
  const { add = [], drop = [] } = linuxParameters.capabilities ?? {};
  const kept = drop.includes("ALL") ? [] : usual.filter((one) => !drop.includes(one));
  return [...new Set([...kept, ...add])].sort();
}

/** What takes a process from root to where its container's definition has it; limits are this machine's. */
export function confined(container: Json): string[] {
  const [user = "0", group = user] = String(container.user ?? "0").split(":");
  const own = capabilitiesOf(container).map((one) => `,+${one.toLowerCase()}`);
  const options: string[] = container.dockerSecurityOptions ?? [];
  return [
    ...["setpriv", `--reuid=${user}`, `--regid=${group}`, "--clear-groups", "--inh-caps=-all"],
    `--bounding-set=-all${own.join("")}`,
    ...(options.includes("no-new-privileges") ? ["--no-new-privs"] : []),
  ];
}
