/** What a machine of the lab boots, and the package of Istio's agent that it installs. */
import * as fs from "node:fs";
import * as path from "node:path";
import { isInstalled } from "../../machine/processes";

const write = (root: string, file: string, text: string, mode = 0o644): void => {
  const target = path.join(root, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, text, { mode });
};

const debian = "bookworm";

/** What makes a root file system, and what boots it: packages `mmdebstrap` and `systemd-container` of Debian. */
const needed = ["mmdebstrap", "systemd-nspawn"];

/** Whether machines can be made and booted here. */
export const bootsMachines = (search?: string): boolean =>
  needed.every((name) => isInstalled(name, search));

/**
 * Arguments of mmdebstrap, which needs no container (https://manpages.debian.org/bookworm/mmdebstrap/mmdebstrap.1.en.html): systemd,
 * cloud-init, and what the agent's package depends on.
 */
export function rootArguments(root: string): string[] {
  const packages = fs.readFileSync(path.join(__dirname, "packages.txt"), "utf8").trim();
  const include = `--include=${packages.split("\n").join(",")}`;
  return ["--quiet", "--variant=minbase", include, debian, root];
}

/**
 * Its interface has its address already; the rest is as DHCP of a VPC says it: AWS's resolver
 * (https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html).
 */
const network = `[Match]
Name=eth0
[Network]
KeepConfiguration=yes
LinkLocalAddressing=no
IPv6AcceptRA=no
DNS=169.254.169.253
`;

/**
 * cloud-init knows EC2 by its hardware, which no container has (cloud-init, cloudinit/dmi.py). So this asks for user data as it does
 * there, and leaves it where it looks otherwise.
 */
const seed = `#!/bin/sh
set -eu
ask() { curl --silent --fail --retry 20 --retry-all-errors --retry-delay 1 "$@"; }
at=http://169.254.169.254/latest
token=$(ask -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" $at/api/token)
get() { ask -H "X-aws-ec2-metadata-token: $token" "$at/$1"; }
seed=/var/lib/cloud/seed/nocloud
mkdir -p $seed
get user-data > $seed/user-data
echo "instance-id: $(get meta-data/instance-id)" > $seed/meta-data
echo "local-hostname: $(get meta-data/local-hostname)" >> $seed/meta-data
`;

const seeds = `[Unit]
DefaultDependencies=no
After=systemd-remount-fs.service systemd-tmpfiles-setup.service
Before=cloud-init-local.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/lab-seed
`;

/** The lab's kernel has a clock that is right, and does not say so; containers do not set it. */
const clock = `#!/bin/sh
[ "$*" = "show -p NTPSynchronized --value" ] && exec echo yes
exec /usr/bin/timedatectl "$@"
`;

const cloud = `datasource_list: [ NoCloud ]
network: { config: disabled }
locale: C.UTF-8
`;

/** What a fresh root has on EC2 and not here: where user data comes from, who resolves names, a clock. No package comes from a network. */
export function finishImage(root: string): void {
  write(root, "etc/cloud/cloud.cfg.d/99-lab.cfg", cloud);
  write(root, "etc/cloud/ds-identify.cfg", "policy: enabled\n");
  write(root, "usr/local/sbin/lab-seed", seed, 0o755);
  write(root, "usr/local/bin/timedatectl", clock, 0o755);
  write(root, "etc/systemd/network/eth0.network", network);
  enable(root, "lab-seed", seeds, "cloud-init-local.service");
  // Nothing of an image has to outlive a loss of power.
  write(root, "etc/dpkg/dpkg.cfg.d/lab", "force-unsafe-io\n");
  for (const list of ["sources.list", "sources.list.d"])
    fs.rmSync(path.join(root, "etc/apt", list), { recursive: true, force: true });
  write(root, "etc/machine-id", "uninitialized\n");
}

function enable(root: string, name: string, unit: string, by: string): void {
  const file = `/etc/systemd/system/${name}.service`;
  write(root, file, unit);
  const link = path.join(root, "etc/systemd/system", `${by}.requires`, `${name}.service`);
  fs.mkdirSync(path.dirname(link), { recursive: true });
  fs.symlinkSync(file, link);
}
/** Name of the package as it is published, by the name that Debian has for what it runs on. */
export function packageFile(architecture: string): string {
  return `istio-sidecar${architecture === "amd64" ? "" : `-${architecture}`}.deb`;
}

const control = (architecture: string): string => `Package: istio-sidecar
Version: 1.31.1
Architecture: ${architecture}
Section: net
Maintainer: istio@istio.io
Depends: iproute2, iptables, sudo, hostname
Description: Istio Sidecar
`;

/** Without which the Envoy of the lab refuses what istiod gives one that takes HBONE (see `variablesOf` of the lab's kubelet). */
const readable = "ISTIO_META_ISTIO_VERSION=1.29.0\n";

/** Files of the package (istio, tools/packaging/packaging.mk); `packaging` is that folder. */
export function layPackage(
  target: string,
  architecture: string,
  { packaging, bin, bootstrap }: { packaging: string; bin: string; bootstrap: string },
): void {
  const copy = (source: string, file: string, mode = 0o644) => {
    const place = path.join(target, file);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.copyFileSync(fs.realpathSync(source), place);
    fs.chmodSync(place, mode);
  };
  const common = (name: string) => path.join(packaging, "common", name);
  for (const program of ["envoy", "pilot-agent"])
    copy(path.join(bin, program), `usr/local/bin/${program}`, 0o755);
  copy(common("istio-start.sh"), "usr/local/bin/istio-start.sh", 0o755);
  copy(common("istio.service"), "lib/systemd/system/istio.service");
  const settings = fs.readFileSync(common("sidecar.env"), "utf8");
  write(target, "var/lib/istio/envoy/sidecar.env", `${settings}\n${readable}`);
  copy(bootstrap, "var/lib/istio/envoy/envoy_bootstrap_tmpl.json");
  copy(path.join(packaging, "postinst.sh"), "DEBIAN/postinst", 0o755);
  write(target, "DEBIAN/control", control(architecture));
}
