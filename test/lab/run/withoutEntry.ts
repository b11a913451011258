import type { Stored } from "../machine/store";
import type { Session } from "./session";

type Change = (store: Session["machine"]["store"], entry: Stored) => void;

async function withChange(
  { machine: { store } }: Session,
  roleArn: string,
  change: Change,
  act: () => Promise<unknown>,
): Promise<void> {
  const entries = store.list("eks.AccessEntry");
  const entry = entries.find(({ outputs }) => outputs.principalArn === roleArn)!;
  change(store, entry);
  try {
    await act();
  } finally {
    store.write(entry);
  }
}

/** Takes the access entry of a role away while something happens. */
export function withoutEntry(session: Session, roleArn: string, act: () => Promise<unknown>) {
  return withChange(session, roleArn, (store, { type, id }) => store.remove(type, id), act);
}

/** Gives a role's access entry another group of Kubernetes, which may do nothing, while something happens. */
export function withoutRights(session: Session, roleArn: string, act: () => Promise<unknown>) {
  const change: Change = (store, entry) =>
    store.write({ ...entry, outputs: { ...entry.outputs, kubernetesGroups: ["strangers"] } });
  return withChange(session, roleArn, change, act);
}
