import type { SeededRandom } from "../seeded-random.js";

/** What a file system does to the disk, step by step; a fault strikes at one of these. */
export type DiskOperationKind =
  | "makeFolder"
  | "makeFile"
  | "write"
  | "syncFile"
  | "link"
  | "rename"
  | "remove"
  | "syncFolder";

/** A step that changes the disk. */
export interface DiskOperation {
  /** Position among all steps of this file system object, from 0: what `faultAt` takes. */
  readonly index: number;
  readonly kind: DiskOperationKind;
  readonly path: string;
}

/**
 * What happens at a step:
 * - `fail`: the step is not done and its caller gets an error; the disk goes on working.
 * - `tear`: of a write only the first `bytes` (half, unless given) get to the disk, then as `fail`; other steps are as `fail`.
 * - `loseAnswer`: the step is done, and its caller gets an error all the same.
 * - `crash`: the power goes before the step; every call from then on throws {@link DiskCrash}, and what was not synced is
 *   lost, or, with `random`, survives by chance.
 */
export type DiskFault =
  | { readonly kind: "fail"; readonly error?: Error }
  | { readonly kind: "tear"; readonly bytes?: number; readonly error?: Error }
  | { readonly kind: "loseAnswer"; readonly error?: Error }
  | { readonly kind: "crash"; readonly random?: SeededRandom };

/** What every call to a file system throws once its disk has lost power. */
export class DiskCrash extends Error {
  override readonly name: string = "DiskCrash";
  /** Whether `error`, or what caused it, is the end of the disk. */
  static is(error: unknown): boolean {
    for (let at: unknown = error; at instanceof Error; at = at.cause)
      if (at.name === "DiskCrash") return true;
    return false;
  }
}

/** The error of a step that a test made fail. */
export class DiskFailure extends Error {
  override readonly name: string = "DiskFailure";
}
