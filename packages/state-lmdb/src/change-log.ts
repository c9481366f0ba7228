import { type Environment, keyAfter, type Table } from "./environment.js";

/** What happened first to a row since the last commit, or again after it was removed. */
export interface Change {
  readonly number: number;
  /** The number of its family. */
  readonly family: number;
  readonly id: Buffer;
  /** The row that was there at the last commit; undefined where the key was not there, or an earlier entry says what was. */
  readonly old: Buffer | undefined;
}

/**
 * The rows that changed since the last commit, in the order in which they did, with what they were before: with it the changes are found again for the
 * delta, and undone.
 */
export class ChangeLog {
  private readonly environment: Environment;
  private readonly entries: Table;
  private next: number;

  constructor(environment: Environment) {
    this.environment = environment;
    this.entries = environment.table("changes");
    this.next = this.entries.count;
  }

  get isEmpty(): boolean {
    return this.next === 0;
  }

  /** Adds an entry, and gives its number. */
  add(family: number, id: Buffer, old: Buffer | undefined): number {
    const bytes = Buffer.allocUnsafe(5 + id.length + (old?.length ?? 0));
    bytes.writeUInt16LE(family, 0);
    bytes[2] = old === undefined ? 0 : 1;
    bytes.writeUInt16LE(id.length, 3);
    id.copy(bytes, 5);
    old?.copy(bytes, 5 + id.length);
    this.entries.put(keyOf(this.next), bytes);
    return this.next++;
  }

  /** All entries in their order, in pieces. */
  *pieces(): Generator<readonly Change[]> {
    for (let key = keyOf(0); ; ) {
      const piece = this.entries
        .range(key, this.environment.pieceRows)
        .map(({ key: at, value }) => decode(at, value));
      if (piece.length > 0) yield piece;
      this.environment.countReads(piece.length);
      if (piece.length < this.environment.pieceRows) return;
      key = keyAfter(keyOf(piece.at(-1)!.number));
    }
  }

  /** Undoes all, the last first, and forgets it; a part at a time, each whole or not at all. */
  undo(putBack: (change: Change) => void): void {
    while (this.next > 0) {
      const from = Math.max(0, this.next - this.environment.pieceRows);
      this.environment.transact(() => {
        const piece = this.entries
          .range(keyOf(from), this.environment.pieceRows)
          .map(({ key, value }) => decode(key, value));
        for (const change of piece.reverse()) {
          putBack(change);
          this.entries.remove(keyOf(change.number));
        }
      });
      this.next = from;
      this.environment.countReads(3 * this.environment.pieceRows);
    }
  }

  clear(): void {
    this.entries.clear();
    this.next = 0;
  }
}

function keyOf(number: number): Buffer {
  const key = Buffer.allocUnsafe(6);
  key.writeUIntBE(number, 0, 6);
  return key;
}

function decode(key: Buffer, value: Buffer): Change {
  const idEnd = 5 + value.readUInt16LE(3);
  return {
    number: key.readUIntBE(0, 6),
    family: value.readUInt16LE(0),
    id: value.subarray(5, idEnd),
    old: value[2] === 1 ? value.subarray(idEnd) : undefined,
  };
}
