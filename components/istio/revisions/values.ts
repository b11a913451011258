import type { Fragment } from "../values";

/** Whether control planes have revisions, or there is one without. */
export function hasRevisions(istiods: readonly { revision?: string }[]): boolean {
  return istiods.some(({ revision }) => revision !== undefined);
}

/** Of chart `base`, wherever it goes. */
export const noDefaultRevision: Fragment<{ hasRevisions: boolean }> = {
  why:
    "Chart base would have a Service `istiod` validate, which named revisions do not have, or tie it to one of them, so that removing " +
    "that one would come before moving tag `default`, whose webhook this is (components/istio/revisions/tagObjects.ts).",
  when: ({ hasRevisions }) => hasRevisions,
  values: () => ({ defaultRevision: "" }),
};
