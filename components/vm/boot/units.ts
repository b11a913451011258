/** systemd units of a machine. cloud-init runs once in an instance's life, so that all that must happen again is one of these. */
import { GUARD, PROGRAM, RUN, TOKENS } from "./script";

const AGAIN = "Restart=on-failure\nRestartSec=10\nStandardOutput=journal+console\n";
const NETWORK =
  "Wants=network-online.target\nAfter=network-online.target\nStartLimitIntervalSec=0\n";
const SYSTEM = "/etc/systemd/system";

/** As the agent's user, whose packets are never redirected: while the agent has no token, names that it is asked for have no answer. */
const token = `[Unit]
Description=Token of this machine's service account
${NETWORK}
[Service]
Type=oneshot
User=istio-proxy
Group=istio-proxy
UMask=0077
ExecStartPre=+/usr/bin/install -d -o istio-proxy -g istio-proxy -m 0700 ${TOKENS}
ExecStart=${PROGRAM} token
${AGAIN}`;

const timer = `[Timer]
OnActiveSec=0
OnUnitInactiveSec=20min
AccuracySec=10s
`;

const install = `[Unit]
Description=Istio's agent, and what keeps this machine in its mesh
${NETWORK}
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${PROGRAM} install
${AGAIN}
[Install]
WantedBy=multi-user.target
`;

/** From early in each boot, as firewalls are: an application may start long before the agent. */
const guard = `[Unit]
Description=Ports that only Istio's agent lets in
DefaultDependencies=no
After=local-fs.target
Wants=network-pre.target
Before=network-pre.target istio.service shutdown.target
Conflicts=shutdown.target
StartLimitIntervalSec=0

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${GUARD}
${AGAIN}
[Install]
WantedBy=sysinit.target
`;

const lifecycle = `[Unit]
Description=What the Auto Scaling group wants of this machine
${NETWORK}
[Service]
ExecStart=${PROGRAM} lifecycle
Restart=always
RestartSec=10
StandardOutput=journal+console
`;

/**
 * The package's own unit, which redirects first and starts the agent then, waits until all that it needs is there. The agent asks
 * the servers behind systemd-resolved, which asks the agent.
 */
const agent = `[Unit]
Requires=istio-machine-guard.service
After=istio-machine-guard.service network-online.target time-sync.target

[Service]
ExecStartPre=+${PROGRAM} prepare
EnvironmentFile=-${RUN}/agent.env
BindReadOnlyPaths=-/run/systemd/resolve/resolv.conf:/etc/resolv.conf
TimeoutStartSec=infinity
`;

/**
 * systemd-resolved keeps names in `local` from servers that no domain leads to (systemd, src/resolve/resolved-dns-scope.c), and
 * Amazon Linux switches its stub off. The agent listens on 15053 (istio, pkg/config/constants/constants.go).
 */
const resolved = `[Resolve]
DNS=127.0.0.1:15053
Domains=~cluster.local
DNSStubListener=yes
`;

const logs = `/var/log/istio/*.log {
  daily
  maxsize 50M
  rotate 5
  compress
  missingok
  notifempty
  copytruncate
  su istio-proxy istio-proxy
}
`;

/** Contents by path. */
export const units: Readonly<Record<string, string>> = {
  [`${SYSTEM}/istio-machine-token.service`]: token,
  [`${SYSTEM}/istio-machine-token.timer`]: timer,
  [`${SYSTEM}/istio-machine-install.service`]: install,
  [`${SYSTEM}/istio-machine-guard.service`]: guard,
  [`${SYSTEM}/istio-machine-lifecycle.service`]: lifecycle,
  [`${SYSTEM}/istio.service.d/machine.conf`]: agent,
  "/etc/systemd/resolved.conf.d/zz-istio.conf": resolved,
  "/etc/logrotate.d/istio-machine": logs,
};
