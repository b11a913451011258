/** What went wrong with a cluster, in one line. */

/** The one line that an error of the API server, of its client or of the way to it comes to. */
export function failureText(error: unknown): string {
  const { code, cause, type } = error as { code?: unknown; cause?: unknown; type?: string };
  if (code === 401) return "it does not know who you are (401)";
  if (code === 403) return `it does not allow it (403): ${statusText(error)}`;
  if (typeof code === "number") return `it answers ${code}: ${statusText(error)}`;
  if (isAbort(error)) return "no answer within 15 s";
  if (type === "system" || code !== undefined) return wayText(String(code));
  return cause ? failureText(cause) : firstLine((error as Error).message ?? String(error));
}

/** What errors of a connection mean (https://nodejs.org/api/errors.html#common-system-errors). */
const WAYS: Record<string, string> = {
  ECONNREFUSED: "nothing listens at its address (ECONNREFUSED)",
  ECONNRESET: "it closed the connection (ECONNRESET)",
  ENOTFOUND: "its name leads to no address (ENOTFOUND)",
  ETIMEDOUT: "nothing answers at its address (ETIMEDOUT)",
  EHOSTUNREACH: "no way leads to its address (EHOSTUNREACH)",
  ENETUNREACH: "no way leads to its address (ENETUNREACH)",
};

function wayText(code: string): string {
  return WAYS[code] ?? `the connection failed (${code})`;
}

function isAbort(error: unknown): boolean {
  const { name, type } = error as { name?: string; type?: string };
  return name === "AbortError" || name === "TimeoutError" || type === "aborted";
}

/** The message of a Kubernetes Status, which the client hands over as text or as an object. */
function statusText(error: unknown): string {
  const { body } = error as { body?: unknown };
  const status = typeof body === "string" ? parsed(body) : body;
  const { message } = (status ?? {}) as { message?: string };
  return firstLine(message ?? (typeof body === "string" ? body : "no reason given"));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0]!;
}
