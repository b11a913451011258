/** What a machine of the lab boots, and the package of Istio's agent that it installs. */
import * as fs from "node:fs";
import * as path from "node:path";

const write = (root: string, file: string, text: string, mode = 0o644): void => {
  const target = path.join(root, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, text, { mode });
};

/** Debian packages of the image: systemd, cloud-init, and what the agent's package depends on. */
export const packagesFile = path.join(__dirname, "packages.txt");

export const packages = (): string[] => fs.readFileSync(packagesFile, "utf8").trim().split("\n");

/** As DHCP of a VPC says it: AWS's resolver (https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html). */
const names = `[Unit]
After=systemd-resolved.service
Before=network-online.target
[Service]
Type=oneshot
ExecStart=/usr/bin/resolvectl dns eth0 169.254.169.253
ExecStart=/usr/bin/resolvectl default-route eth0 yes
[Install]
WantedBy=multi-user.target
`;

/** What a fresh root has on EC2 and not here: where user data comes from, and who resolves names. No package comes from a network. */
export function finishImage(root: string): void {
  write(root, "etc/cloud/cloud.cfg.d/99-lab.cfg", "datasource_list: [ NoCloud, None ]\n");
  write(root, "etc/cloud/ds-identify.cfg", "policy: enabled\n");
  write(root, "etc/systemd/system/lab-names.service", names);
  const wanted = path.join(root, "etc/systemd/system/multi-user.target.wants");
  fs.mkdirSync(wanted, { recursive: true });
  fs.symlinkSync("/etc/systemd/system/lab-names.service", path.join(wanted, "lab-names.service"));
  // Nothing of an image has to outlive a loss of power.
  write(root, "etc/dpkg/dpkg.cfg.d/lab", "force-unsafe-io\n");
  for (const list of ["sources.list", "sources.list.d"])
    fs.rmSync(path.join(root, "etc/apt", list), { recursive: true, force: true });
  fs.rmSync(path.join(root, "etc/machine-id"), { force: true });
}

/** Files of the package `istio-sidecar` (istio, tools/packaging/packaging.mk). */
export function layPackage(
  target: string,
  from: { packaging: string; bin: string; bootstrap: string },
): void {
  const copy = (source: string, file: string, mode: number) => {
    const place = path.join(target, file);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.copyFileSync(source, place);
    fs.chmodSync(place, mode);
  };
  const common = (name: string) => path.join(from.packaging, "common", name);
  for (const program of ["envoy", "pilot-agent"])
    copy(fs.realpathSync(path.join(from.bin, program)), `usr/local/bin/${program}`, 0o755);
  copy(common("istio-start.sh"), "usr/local/bin/istio-start.sh", 0o755);
  copy(common("istio.service"), "lib/systemd/system/istio.service", 0o644);
  copy(common("sidecar.env"), "var/lib/istio/envoy/sidecar.env", 0o644);
  copy(from.bootstrap, "var/lib/istio/envoy/envoy_bootstrap_tmpl.json", 0o644);
  copy(path.join(from.packaging, "postinst.sh"), "DEBIAN/postinst", 0o755);
  write(
    target,
    "DEBIAN/control",
    [
      ...["Package: istio-sidecar", "Version: 1.31.1", "Architecture: amd64", "Section: net"],
      ...["Maintainer: istio@istio.io", "Depends: iproute2, iptables, sudo, hostname"],
      "Description: Istio Sidecar",
      "",
    ].join("\n"),
  );
}
