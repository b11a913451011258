/** What one spec needs and the package does not: installed in a folder of its own. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** By the package.json of a folder and its lock file; who asks removes it. */
export async function installedAside(of: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "istio-patterns-aside-"));
  for (const file of ["package.json", "package-lock.json"])
    cpSync(join(of, file), join(folder, file));
  const words = ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  await promisify(execFile)("npm", words, { cwd: folder });
  return folder;
}
