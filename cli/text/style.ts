/** How text is set off, where the terminal can. */

import { WIDTH } from "./layout";

export interface Style {
  /** Columns that there are. */
  width: number;
  title(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
  warning(text: string): string;
  text(text: string): string;
}

const asIs = (text: string) => text;

/** For files, pipes and terminals that ask for it (https://no-color.org/). */
export const plain: Style = {
  width: WIDTH,
  title: asIs,
  strong: asIs,
  faint: asIs,
  warning: asIs,
  text: asIs,
};

const ansi = (on: number, off: number) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`;

export const coloured: Style = {
  width: WIDTH,
  title: ansi(1, 22),
  strong: ansi(1, 22),
  faint: ansi(2, 22),
  warning: ansi(33, 39),
  text: asIs,
};

/** Columns that a plan is laid out for at least and at most, whatever the terminal has. */
const [NARROWEST, WIDEST] = [80, 160];

/** Colours for a terminal that shows them, and as many columns as it has; files and pipes get the same text everywhere. */
export function styleFor(
  stream: { isTTY?: boolean; columns?: number },
  environment = process.env,
): Style {
  if (!stream.isTTY) return plain;
  const width = Math.min(Math.max(stream.columns ?? WIDTH, NARROWEST), WIDEST);
  const isPlain = environment.NO_COLOR || environment.TERM === "dumb";
  return { ...(isPlain ? plain : coloured), width };
}
