/** The picture of the README, drawn of the stack file that stands beside it. Run as a program it writes it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderSvg } from "../../cli/drawing/svg";
import { planFile } from "../../cli/planFile";

const ROOT = join(__dirname, "../..");
const STACK = join(ROOT, "stacks/02-multi-primary-different-networks.yaml");

export const PICTURE = join(ROOT, "docs/two-networks.svg");

/** It is what a command prints, so nothing formats it. */
const KEPT = "<!-- prettier-ignore -->\n";

export async function pictureText(): Promise<string> {
  return KEPT + renderSvg((await planFile(STACK)).report);
}

if (require.main === module) void pictureText().then((text) => writeFileSync(PICTURE, text));
