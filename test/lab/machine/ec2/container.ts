/** A system that boots in a container: its own processes, mounts and control groups, in a network that is there already. */

/**
 * Each in control groups of its own, in every hierarchy that has none to prepare: systemd manages those that it is started in
 * (https://systemd.io/CONTAINER_INTERFACE), and two would manage the same. A group would count for as much as one process outside.
 */
const enter = `
grep -oE '^[^ ]+ /sys/fs/cgroup[^ ]* cgroup2?' /proc/self/mounts | cut -d ' ' -f 2 | while read -r tree; do
  mkdir -p "$tree/$0" && echo $$ 2> /dev/null > "$tree/$0/cgroup.procs"
  for one in "$tree/$0" "$(dirname "$tree/$0")"; do
    [ ! -e "$one/cpu.shares" ] || echo 20480 > "$one/cpu.shares"
  done
done
exec "$@"`;

export interface Contained {
  readonly id: string;
  /** Control group that it is in, below the root of each hierarchy. */
  readonly group: string;
  /** Its root file system. */
  readonly disk: string;
  /** A process in its network. */
  readonly network: number;
}

/** What boots it; it ends when the system is switched off, or wants to be started again. */
export function contained({ id, group, disk, network }: Contained): {
  command: string;
  args: string[];
} {
  const boot = ["systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit"];
  const own = ["--resolv-conf=off", "--timezone=off", "--link-journal=no", "--console=read-only"];
  const place = [`--machine=${id}`, `--directory=${disk}`];
  const net = ["--capability=CAP_NET_ADMIN", `--network-namespace-path=/proc/${network}/ns/net`];
  return { command: "sh", args: ["-c", enter, group, ...boot, ...own, ...place, ...net] };
}
