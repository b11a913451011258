import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { accepts } from "../machine/kubelet/probes";
import { Service, until } from "../machine/processes";
import { tree } from "../run/project";
import { asked, type Court } from "./findings";

/** What `vpc.py` has made. */
interface Made {
  readonly vpc: string;
  readonly subnets: Record<"private-a" | "private-b" | "public", string>;
  readonly tables: Record<"private" | "public", string>;
  readonly nat: string;
}

const port = 5055;
const region = "eu-west-1";
const endpoint = `http://127.0.0.1:${port}`;

/** moto, which answers as EC2 does (https://docs.getmoto.org/en/latest/docs/services/ec2.html), for as long as it is asked. */
async function withMoto<T>({ work, python }: Court, ask: () => Promise<T>): Promise<T> {
  const moto = new Service({
    ...{ name: "moto", command: python, logs: work },
    args: [path.join(path.dirname(python), "moto_server"), "-H", "127.0.0.1", "-p", `${port}`],
  });
  try {
    await until("moto", 60, () => accepts("127.0.0.1", port));
    return await ask();
  } finally {
    await moto.stop();
  }
}

/** What the command prints of a VPC, asked of AWS's own command line. */
async function discovered({ python }: Court, vpc: string) {
  const words = [path.join(tree, "cli/main.ts"), "discover", "--vpc", vpc, "--region", region];
  const env = {
    PATH: `${path.dirname(python)}:${process.env.PATH}`,
    ...{ AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: "moto", AWS_SECRET_ACCESS_KEY: "moto" },
  };
  const args = ["--import", "tsx", ...words];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: tree, env });
  return parse(stdout);
}

/** A VPC that is made by EC2's API is printed as what it is. */
export async function demandDiscovered(court: Court): Promise<void> {
  const [made, printed] = await withMoto(court, async () => {
    const answer = await asked(court, [path.join(__dirname, "vpc.py"), endpoint], [0]);
    const own: Made = JSON.parse(answer);
    return [own, await discovered(court, own.vpc)] as const;
  });
  const subnet = (name: keyof Made["subnets"], cidr: string, zone: string) => ({
    ...{ id: made.subnets[name], cidr, zone: `${region}${zone}` },
    tier: name.split("-")[0],
  });
  const existing = {
    ...{ vpcId: made.vpc, cidrs: ["10.20.0.0/16"], natAddresses: [made.nat] },
    subnets: {
      "private-a": subnet("private-a", "10.20.0.0/20", "a"),
      "private-b": subnet("private-b", "10.20.16.0/20", "b"),
      public: subnet("public", "10.20.32.0/24", "a"),
    },
    routeTables: { private: { id: made.tables.private }, public: { id: made.tables.public } },
  };
  assert.deepEqual(printed, { networks: { "old-prod": { region, existing } } });
}
