import { distance } from "fastest-levenshtein";

/** The candidate that a mistyped word most likely means: at most a third of its letters differ. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({
      candidate,
      edits: distance(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .filter(
      ({ candidate, edits }) => edits <= Math.ceil(Math.min(word.length, candidate.length) / 3),
    )
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate;
}

/** `did you mean "shared"?`, or what to do where nothing comes close. */
export function suggest(word: string, candidates: readonly string[], otherwise: string): string {
  const candidate = closest(word, candidates);
  return candidate === undefined ? otherwise : `did you mean ${JSON.stringify(candidate)}?`;
}

/** Names to choose from, as a message lists them. */
export function oneOf(candidates: readonly string[]): string {
  return candidates.length === 0 ? "nothing, since there is none" : candidates.join(", ");
}
