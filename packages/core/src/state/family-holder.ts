import type { AcceleratorFactory } from "../column/key/bytes-dictionary.js";
import { assert } from "../errors/stream-error.js";
import type { StructType } from "../schema/struct-type.js";
import { applyBlock, deltaBlocks, pieceBlock } from "./family-blocks.js";
import { MemoryFamily } from "./memory-family.js";
import { newBlock } from "./state-file.js";
import type { StateShare } from "./state-share.js";
import type { FamilySpec, StateFamily } from "./state-store.js";

/** How much a holder has. */
export interface HolderSize {
  readonly rowCount: number;
  readonly byteSize: number;
  /** Rows put and removed since the last commit. */
  readonly updatedCount: number;
  readonly removedCount: number;
}

/**
 * Holds a family, or a share of it, in memory: what stands at the far end of a {@link RemoteFamily}. Blocks are payloads with their frame when
 * they are made and without it when they are applied, as a file reader gives them.
 */
export class FamilyHolder implements HolderSize {
  private readonly share: StateShare | null;
  private readonly rows: MemoryFamily;
  /** Whether there are no rows but those of the file that is being applied, where each key stands once. */
  private isFirstFile = true;

  /** Without a share it holds the whole family. */
  constructor(spec: FamilySpec, share: StateShare | null, accelerator?: AcceleratorFactory) {
    this.share = share;
    this.rows = new MemoryFamily(spec, accelerator);
  }

  get family(): StateFamily {
    return this.rows;
  }

  get rowCount(): number {
    return this.rows.rowCount;
  }
  get byteSize(): number {
    return this.rows.byteSize();
  }
  get updatedCount(): number {
    return this.rows.updatedCount;
  }
  get removedCount(): number {
    return this.rows.removedCount;
  }

  clear(): void {
    this.rows.clear();
    this.isFirstFile = true;
  }

  /** Takes the rows of a block that are in the share; `stored` is the schema of their values, where the family's has grown out of that. */
  apply(payload: Uint8Array, stored?: StructType): void {
    const { rows } = this;
    const target = this.isFirstFile ? firstRows(rows) : rows;
    applyBlock(payload, target, this.share, stored);
  }

  /**
   * The blocks that hold what changed since the last commit; null if nothing did. They are made as they are asked for, each in the memory of
   * the one before.
   */
  changes(number: number): Iterable<Uint8Array> | null {
    return deltaBlocks(this.rows, { number, share: this.share });
  }

  committed(): void {
    this.isFirstFile = false;
    this.rows.markCommitted();
  }

  /** The rows of now, to be read while the family changes; to be ended before the next begins. */
  image(number: number): { readonly blocks: Iterable<Uint8Array>; end(): void } {
    const image = this.rows.beginImage();
    const from = { number, share: this.share };
    const blocks = function* (): Generator<Uint8Array> {
      const block = newBlock();
      for (let piece = image.next(); piece !== null; piece = image.next()) {
        yield pieceBlock(piece, from, block);
      }
      assert(!image.abandoned, "the state was loaded anew while its snapshot was written");
    };
    return { blocks: blocks(), end: () => this.rows.endImage() };
  }
}

/** A family that takes rows as those of its first file. */
function firstRows(rows: MemoryFamily): Pick<StateFamily, "spec" | "put" | "remove"> {
  return {
    spec: rows.spec,
    put: (keys, values, rowCount) => {
      rows.load(keys, values, rowCount);
      return rowCount;
    },
    remove: (keys, rowCount) => rows.remove(keys, rowCount),
  };
}
