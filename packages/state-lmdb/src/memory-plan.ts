import { READ_BYTES } from "./memory-bound.js";

/** How the memory of a store is used. */
export interface MemoryPlan {
  /** So much of the file may be mapped at a time. */
  readonly mappedBytes: number;
  /** Rows that one transaction changes: it holds a copy of every page that it touches. */
  readonly transactionRows: number;
  /** All of it. */
  readonly totalBytes: number;
}

/** The least that a store can work with. */
export const LEAST_BYTES: number = 16 << 20;

/** Pages that the change of a row reads, with what the system maps around each. */
const BYTES_PER_CHANGE = 3 * READ_BYTES;

/** Divides the memory of a store: three quarters for what is mapped, the rest for rows on their way and the pages that a transaction changes. */
export function memoryPlan(totalBytes: number): MemoryPlan {
  const mappedBytes = (totalBytes / 4) * 3;
  // within a transaction the file stays mapped
  const transactionRows = Math.floor(mappedBytes / 4 / BYTES_PER_CHANGE);
  return { totalBytes, mappedBytes, transactionRows: Math.min(4096, Math.max(16, transactionRows)) };
}
