import type { RemoteFamily } from "./remote-family.js";
import type { StateFamily, StateVersion } from "./state-store.js";

/** A family that a store holds itself, with the files' side of it. */
export interface HeldFamily extends RemoteFamily {
  readonly family: StateFamily;
}

/**
 * Where the rows of a store's families outlive it: a copy of what the files say, for which the files are asked only for what it lacks. It is right
 * for the versions that it names, whatever happened to the process that wrote it, or names none.
 *
 * Order of calls: `versions`, then `restore` of one of them or `clear` of every family; what is missing is applied to the families, and `keep` says what
 * they hold then. After the changes of a batch `committed` says which version they make, and `named` that no restart goes back behind
 * it; the next change says the same.
 */
export interface StateCache {
  /** The versions of such families (their specifications as JSON) that it can give, the newest first. */
  versions(families: string): Promise<readonly StateVersion[]>;
  /** Makes the families hold a version. */
  restore(version: StateVersion): Promise<void>;
  /** The families hold a version (null: nothing), and nothing of what they held before is wanted. */
  keep(version: StateVersion | null, families: string): Promise<void>;
  /** The families hold a version that is durable; the one before it may still be asked for. */
  committed(version: StateVersion): Promise<void>;
  named(): void;
  close(): Promise<void>;
}
