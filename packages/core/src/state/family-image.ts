import { type ColumnBuilder, columnBuilder } from "../column/builder.js";
import type { Column } from "../column/column.js";
import type { FamilySpec } from "./state-store.js";

/** Rows in a piece: some milliseconds of work at most, so that the batches and the host's timers are not kept waiting. */
const PIECE_SLOTS = 1 << 13;

/** Some rows of an image. Valid until the next is asked for. */
export interface ImagePiece {
  readonly columns: readonly Column[];
  /** Which rows of the columns. */
  readonly rows: Int32Array;
}

/** What an image has to know of its family. */
export interface ImageSubject {
  readonly spec: FamilySpec;
  /** One above the highest slot. */
  readonly slotCount: number;
  isLive(slot: number): boolean;
  /** Key, then value columns by slot. */
  columns(): readonly Column[];
}

/**
 * The rows of a family at one moment, read piece by piece while the family goes on changing. Before a slot that was not read yet
 * changes for the first time, the family has its row put aside; so the image costs the batches a copy of what they change, not
 * of all there is.
 */
export class FamilyImage {
  /** Slots whose row of that moment was put aside, or which had none. */
  readonly settled: number[] = [];
  private readonly subject: ImageSubject;
  private readonly end: number;
  private readonly isSettled: (slot: number) => boolean;
  private cursor = 0;
  private readonly aside: readonly ColumnBuilder[];
  private asideCount = 0;
  private asideRead = 0;
  private over = false;

  constructor(subject: ImageSubject, isSettled: (slot: number) => boolean) {
    this.subject = subject;
    this.isSettled = isSettled;
    this.end = subject.slotCount;
    const { keySchema, valueSchema } = subject.spec;
    this.aside = [...keySchema.fields, ...valueSchema.fields].map((field) => columnBuilder(field.type));
  }

  /** Whether a slot is still to be read, so that it must not change unseen. */
  awaits(slot: number): boolean {
    return slot >= this.cursor && slot < this.end;
  }

  /** Takes note that a slot changes from now on; a live one has its row put aside, from the family's columns by slot. */
  settle(slot: number, isLive: boolean, columns: readonly Column[]): void {
    this.settled.push(slot);
    if (!isLive) return;
    for (let k = 0; k < columns.length; k++) this.aside[k]!.appendFrom(columns[k]!, slot);
    this.asideCount++;
  }

  /** The family forgets its rows: the image ends without the rest of them. */
  abandon(): void {
    this.over = true;
  }

  /** Whether the family was emptied before all was read. */
  get abandoned(): boolean {
    return this.over;
  }

  /** The next rows; null after the last. */
  next(): ImagePiece | null {
    while (!this.over && this.cursor < this.end) {
      const piece = this.readSlots();
      if (piece.rows.length > 0) return piece;
    }
    if (this.over || this.asideRead === this.asideCount) return null;
    const from = this.asideRead;
    this.asideRead = Math.min(this.asideCount, from + PIECE_SLOTS);
    return {
      columns: this.aside.map((builder) => builder.view()),
      rows: Int32Array.from({ length: this.asideRead - from }, (_, i) => from + i),
    };
  }

  private readSlots(): ImagePiece {
    const to = Math.min(this.end, this.cursor + PIECE_SLOTS);
    const rows = new Int32Array(to - this.cursor);
    let count = 0;
    for (let slot = this.cursor; slot < to; slot++) {
      if (this.subject.isLive(slot) && !this.isSettled(slot)) rows[count++] = slot;
    }
    this.cursor = to;
    return { columns: this.subject.columns(), rows: rows.subarray(0, count) };
  }
}
