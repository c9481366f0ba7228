import { createHash, randomInt } from "node:crypto";

const SEEDS = 2 ** 32;

/** A seed for a sample whose author gave none: it belongs to the table, so that all actions on it see the same rows. */
export function drawnSeed(): number {
  return randomInt(SEEDS);
}

/**
 * The seed of a drawn sample in a streaming query: the same after every restart from its checkpoint, so that a batch that runs again
 * sees the rows that it saw before.
 */
export function seedOfQuery(queryId: string, index: number): number {
  return createHash("sha256").update(`${queryId}/${index}`).digest().readUInt32LE();
}
