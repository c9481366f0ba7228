import { type Column, takeColumn } from "@ss/core";

/** Goes through the keys of a piece of work, one after the other. */
export class KeyCursor {
  /** The key at hand; -1 between the keys. */
  index = -1;
  /** The keys of the piece. */
  keys: readonly Column[] = [];
  count = 0;
  private one: readonly Column[] | undefined;

  /** Begins a piece of keys that are all different. */
  begin(keys: readonly Column[], count: number): void {
    this.keys = keys;
    this.count = count;
    this.leave();
  }

  /** Goes to a key. */
  at(index: number): void {
    this.index = index;
    this.one = undefined;
  }

  /** There is no key at hand any more. */
  leave(): void {
    this.at(-1);
  }

  /** The key at hand, as columns of one row. */
  oneKey(): readonly Column[] {
    this.one ??= this.keysAt([this.index]);
    return this.one;
  }

  /** Some keys of the piece. */
  keysAt(indexes: readonly number[]): readonly Column[] {
    const positions = Int32Array.from(indexes);
    return this.keys.map((key) => takeColumn(key, positions, positions.length));
  }
}
