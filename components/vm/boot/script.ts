/** The programs on a machine; the one that does most is `istio-machine.py` beside this file. */

/** Folder of what the programs read; nothing in it is secret. */
export const HOME = "/etc/istio-machine";

/** Folder of what is gone after a reboot. */
export const RUN = "/run/istio-machine";

/** The program that everything below is done by, with one word that says what. */
export const PROGRAM = "/usr/local/sbin/istio-machine";

/** Asks the application whether it is well, unless the machine is leaving. */
export const PROBE = "/usr/local/sbin/istio-machine-probe";

/** Closes to the outside what only the agent may let in. */
export const GUARD = "/usr/local/sbin/istio-machine-guard";

/** Istio's agent finds its token here (istio, pkg/config/constants/constants.go). */
export const TOKENS = "/run/secrets/tokens";

/** Makes iptables come; Amazon Linux has none (https://github.com/firezone/firezone/issues/8481). */
const IPTABLES = "{ command -v iptables || dnf -y install iptables-nft; }";

/**
 * A boothook, which cloud-init runs as soon as it has read user data: before `bootcmd`, packages and scripts, and before boothooks of parts
 * that follow (cloud-init, cloudinit/cmd/main.py and cloudinit/handlers/boot_hook.py). One that fails ends nothing: `first` waits for what it does.
 * Rules name the agent's user, which its package would make later (istio, tools/packaging/postinst.sh). It runs in every boot: in later ones
 * the unit has closed the ports before.
 *
 * @param guard what it leaves at `GUARD`
 */
export const earliest = (guard: string): string => `#!/bin/sh
set -eu
! systemctl is-active --quiet istio-machine-guard.service || exit 0
getent passwd istio-proxy > /dev/null ||
  useradd --system --user-group --home-dir /var/lib/istio istio-proxy
cat > ${GUARD} << 'ISTIO_MACHINE'
${guard}ISTIO_MACHINE
chmod 0755 ${GUARD}
${IPTABLES} > /dev/null
exec ${GUARD}
`;

/**
 * What runs before a user's own script, which may start the application: everything else is written by cloud-init before. No script of a
 * user's starts before the ports are closed, however long iptables takes to come.
 */
export const first = `#!/bin/sh
set -eu
systemctl daemon-reload
systemctl try-restart systemd-resolved.service
systemctl enable istio-machine-guard.service istio-machine-install.service
until ${IPTABLES} &&
  systemctl start istio-machine-guard.service; do
  echo "istio-machine: waits for iptables, without which ports would be open" | tee /dev/console
  sleep 5
done
systemctl start --no-block istio-machine-install.service
`;

/**
 * Fails while the machine is leaving, so that its entry is unhealthy and clients stop calling it before its agent stops: istiod keeps
 * an entry for 10 seconds after the agent has gone.
 *
 * @param ports asked where no command is given
 */
export function probeScript(ports: number[]): string {
  const asked = ports.map((port) => `(: < /dev/tcp/127.0.0.1/${port}) 2> /dev/null\n`).join("");
  return `#!/bin/bash
set -e
[ ! -e ${RUN}/drain ] || exit 1
[ "$#" -eq 0 ] || exec "$@"
${asked}`;
}

/**
 * What the agent redirects comes in on its own port: the application's are dropped from outside always, and so also while the agent is
 * down and nothing is redirected. With `agentOnly` no process asks for the credentials of the machine's role but root's and the agent's.
 */
export function guardScript(ports: number[], agentOnly: boolean): string {
  const closed = ports.map(
    (port) => `  "$table" -w -A ISTIO_MACHINE_IN ! -i lo -p tcp --dport ${port} -j DROP\n`,
  );
  const credentials = `
chain iptables OUTPUT ISTIO_MACHINE_OUT
for user in root istio-proxy; do
  iptables -w -A ISTIO_MACHINE_OUT -d 169.254.169.254 -m owner --uid-owner "$user" -j RETURN
done
iptables -w -A ISTIO_MACHINE_OUT -d 169.254.169.254 -j REJECT
`;
  return `#!/bin/sh
set -eu
chain() {
  "$1" -w -N "$3" 2> /dev/null || "$1" -w -F "$3"
  "$1" -w -C "$2" -j "$3" 2> /dev/null || "$1" -w -I "$2" -j "$3"
}
for table in iptables ip6tables; do
  chain "$table" INPUT ISTIO_MACHINE_IN
${closed.join("")}done
${agentOnly ? credentials.trimStart() : ""}`;
}
