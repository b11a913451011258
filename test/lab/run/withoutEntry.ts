import type { Session } from "./session";

/** Takes the access entry of a role away while something happens. */
export async function withoutEntry(
  { machine: { store } }: Session,
  roleArn: string,
  act: () => Promise<unknown>,
): Promise<void> {
  const entries = store.list("eks.AccessEntry");
  const entry = entries.find(({ outputs }) => outputs.principalArn === roleArn)!;
  store.remove(entry.type, entry.id);
  try {
    await act();
  } finally {
    store.write(entry);
  }
}
