/** How text is set off, where the terminal can. */

export interface Style {
  title(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
  warning(text: string): string;
  text(text: string): string;
}

const asIs = (text: string) => text;

/** For files, pipes and terminals that ask for it (https://no-color.org/). */
export const plain: Style = {
  title: asIs,
  strong: asIs,
  faint: asIs,
  warning: asIs,
  text: asIs,
};

const ansi = (on: number, off: number) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`;

export const coloured: Style = {
  title: ansi(1, 22),
  strong: ansi(1, 22),
  faint: ansi(2, 22),
  warning: ansi(33, 39),
  text: asIs,
};

export function styleFor(stream: { isTTY?: boolean }, environment = process.env): Style {
  return stream.isTTY && !environment.NO_COLOR ? coloured : plain;
}
