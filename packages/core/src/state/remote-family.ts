import type { StructType } from "../schema/struct-type.js";
import type { FamilySpec } from "./state-store.js";

/** Blocks of a state file, in their order, each valid until the next is asked for. */
export type StateBlocks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The rows of a family at one moment, as blocks, while the family goes on changing. */
export interface StateImage {
  readonly blocks: StateBlocks;
  /** The blocks are wanted no more. */
  end(): void;
}

/**
 * A family whose rows the store does not hold itself: others do, such as threads, each a share of it. The store asks it for what goes into
 * its files and gives it what comes out of them; whoever changes the rows talks to the holders directly. The blocks are those that
 * {@link FamilyHolder} makes and takes.
 *
 * Order of calls: `clear`, `apply` for each block and `committed` after each file while the state is loaded; then, batch by batch, `changes` and,
 * when they are durable, `committed`. Nothing else changes the rows between `changes` and the end of `committed`. An `image` begins
 * between two batches and shows the rows of that moment, although its blocks are read beside the batches to come; `clear` ends it. What goes
 * wrong with a holder is thrown by the call that waits for it, as a StreamError; a block that cannot be read is another kind of
 * error.
 */
export interface RemoteFamily {
  readonly spec: FamilySpec;
  /** Rows and bytes, of all holders, when they last told. */
  readonly rowCount: number;
  readonly byteSize: number;
  /** Bytes of all rows, where they are not all in memory. */
  readonly storedBytes?: number;
  /** Rows put and removed since the last commit. */
  readonly updatedCount: number;
  readonly removedCount: number;
  /** Forgets everything. */
  clear(): Promise<void>;
  /**
   * Applies a block; resolves when the next may come. `stored` is given for a growing family whose values have fields that the block's have
   * not: the schema of the block's.
   */
  apply(block: Uint8Array, stored?: StructType): Promise<void>;
  /**
   * What changed since the last commit, with the family's number in the file; null if nothing did. The holders' blocks come in an order that
   * depends on nothing but the changes, and of each holder in its own order.
   */
  changes(number: number): StateBlocks | null;
  /** What was applied, or changed, is durable. */
  committed(): Promise<void>;
  /** The rows of now. Begins at the call. */
  image(number: number): StateImage;
}
