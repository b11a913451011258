/** The Helm values of every release as YAML documents, for reading, for diffs and for `helm template`. */
import { stringify } from "yaml";
import type { Report } from "./report/report";

export function renderValues({ clusters }: Report): string {
  const documents = clusters.flatMap(({ name, releases }) =>
    releases.map(({ name: release, namespace, chart, version, values }) => {
      const heading = `# cluster ${name}: release ${release} in ${namespace}, chart ${chart} ${version}`;
      return `${heading}\n${stringify(values, { lineWidth: 0 })}`;
    }),
  );
  return documents.join("---\n");
}
