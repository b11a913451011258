/** One line that says how far it is, while it works. */

export interface Progress {
  say(text: string): void;
  end(): void;
}

/** On a terminal that can the line is written over; elsewhere, where it would only fill a log, there is none. */
export function progressOn(
  stream: { write(text: string): unknown; isTTY?: boolean },
  environment = process.env,
): Progress {
  if (!stream.isTTY || environment.TERM === "dumb")
    return { say: () => undefined, end: () => undefined };
  const clear = "\r\u001b[2K";
  return {
    say: (text) => void stream.write(`${clear}${text}`),
    end: () => void stream.write(clear),
  };
}
