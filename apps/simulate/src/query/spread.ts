import { Aggregator, type Column, udaf } from "@ss/sql";

interface Buffer {
  rows: number;
  least: number | null;
  greatest: number | null;
}

/** How many rows there were, and how far their numbers lie apart: as text. Changes its buffer in place. */
class Spread extends Aggregator<number | null, Buffer, string> {
  override readonly input = "long";
  readonly buffer = { rows: "int", least: "long", greatest: "long" };
  readonly output = "string";

  zero(): Buffer {
    return { rows: 0, least: null, greatest: null };
  }
  reduce(buffer: Buffer, value: number | null): Buffer {
    return this.merge(buffer, { rows: 1, least: value, greatest: value });
  }
  merge(buffer: Buffer, { rows, least, greatest }: Buffer): Buffer {
    buffer.rows += rows;
    if (least !== null) buffer.least = Math.min(least, buffer.least ?? least);
    if (greatest !== null) buffer.greatest = Math.max(greatest, buffer.greatest ?? greatest);
    return buffer;
  }
  finish({ rows, least, greatest }: Buffer): string {
    return `${rows}:${least}..${greatest}`;
  }
}

const spread = udaf(new Spread());

/** The spread of `n`, as `spread`. */
export function spreadCall(): Column {
  return spread("n").as("spread");
}

/** The same of the numbers of some rows that are not null. */
export function spreadOf(rows: number, values: readonly number[]): string {
  return values.length === 0
    ? `${rows}:null..null`
    : `${rows}:${Math.min(...values)}..${Math.max(...values)}`;
}
