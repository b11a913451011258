import * as fs from "node:fs";

/**
 * Fails an operation once on purpose: LAB_FAIL names a file of lines `<operation> <part of a URN>`; a
 * line that matches is taken out of it and becomes the error.
 */
export function failOnPurpose(operation: string, urn: string, file = process.env.LAB_FAIL): void {
  if (!file || !fs.existsSync(file)) return;
  const lines = fs.readFileSync(file, "utf8").split("\n");
  const hit = lines.findIndex((line) => {
    const [wanted, ...part] = line.trim().split(/\s+/);
    return wanted === operation && part.length > 0 && urn.includes(part.join(" "));
  });
  if (hit < 0) return;
  fs.writeFileSync(file, lines.filter((_, index) => index !== hit).join("\n"));
  throw new Error(`${operation} failed on purpose: ${lines[hit]}`);
}
