import { type Environment, keyAfter, type Table } from "./environment.js";
import {
  decodeRow,
  encodeRow,
  firstKey,
  prefixIdOf,
  type RowForm,
  type RowHead,
  type StoredRow,
  timeKey,
  timeOf,
} from "./stored-row.js";

/** A row with the name under which it stands. */
export interface NamedRow {
  readonly id: Buffer;
  readonly row: StoredRow;
}

const START = Buffer.of(0);
const ABSENT = Buffer.of(0);
const NOTHING = Buffer.of(0);

/**
 * The rows of a family and the indexes that find them by time and by prefix. Every change of a row goes through `write` and `drop`, which keep the
 * indexes right and put the row aside that an image still has to read.
 */
export class FamilyTable {
  readonly form: RowForm;
  rowCount: number;
  private readonly rows: Table;
  private readonly times: Table | undefined;
  private readonly prefixes: Table | undefined;
  /** Rows as an image has to show them, or that it has to show none. */
  private readonly aside: Table;
  /** What the image under way has read up to; undefined without one. */
  private imageAt: Buffer | undefined;

  constructor(environment: Environment, name: string, form: RowForm) {
    this.form = form;
    this.rows = environment.table(`${name} rows`);
    this.times = form.ordered ? environment.table(`${name} times`) : undefined;
    this.prefixes = form.prefixed ? environment.table(`${name} prefixes`) : undefined;
    this.aside = environment.table(`${name} aside`);
    this.rowCount = this.rows.count;
  }

  get storedBytes(): number {
    return this.rows.storedBytes;
  }

  /** The row of a name; its bytes are valid until the next call. */
  get(id: Buffer): StoredRow | undefined {
    const bytes = this.rows.get(id);
    return bytes && decodeRow(this.form, id, bytes);
  }

  /** Reads the bytes of a row. */
  decode(id: Buffer, bytes: Buffer): StoredRow {
    return decodeRow(this.form, id, bytes);
  }

  has(id: Buffer): boolean {
    return this.rows.has(id);
  }

  /** Puts a row in the place of another one of the same name, or of none. The row's bytes are copied, `old` is a copy. */
  write(id: Buffer, old: StoredRow | undefined, head: RowHead, key: Buffer, values: Buffer): void {
    this.setAside(id, old?.bytes);
    if (old === undefined) this.rowCount++;
    if (this.times !== undefined && (old === undefined || old.time !== head.time)) {
      if (old !== undefined && old.time !== null) this.times.remove(timeKey(old.time, id));
      if (head.time !== null) this.times.put(timeKey(head.time, id), NOTHING);
    }
    if (this.prefixes !== undefined && old === undefined) {
      this.prefixes.put(firstKey(prefixIdOf(key, head.prefixBytes), head.first), id);
    }
    this.rows.put(id, encodeRow(this.form, head, id, key, values));
  }

  /** Takes a row away. */
  drop(id: Buffer, { key, time, first, prefixBytes, bytes }: StoredRow): void {
    this.setAside(id, bytes);
    this.rowCount--;
    if (time !== null) this.times?.remove(timeKey(time, id));
    this.prefixes?.remove(firstKey(prefixIdOf(key, prefixBytes), first));
    this.rows.remove(id);
  }

  /** Makes a row what it was. */
  putBack(id: Buffer, bytes: Buffer | undefined): void {
    const found = this.get(id);
    const now = found && { ...found, bytes: Buffer.from(found.bytes), key: Buffer.from(found.key) };
    if (bytes === undefined) {
      if (now !== undefined) this.drop(id, now);
      return;
    }
    if (now !== undefined) this.drop(id, now);
    const before = decodeRow(this.form, id, bytes);
    this.write(id, undefined, before, before.key, bytes.subarray(before.valuesAt));
  }

  /** Rows in the order of their names, behind a name. */
  after(id: Buffer | undefined, limit: number): NamedRow[] {
    return this.rows
      .range(id === undefined ? START : keyAfter(id), limit)
      .map(({ key, value }) => ({ id: key, row: decodeRow(this.form, key, value) }));
  }

  /** Names of rows whose time is at or below a bound, behind an entry of the index of times; with that entry. */
  timesUpTo(bound: bigint, behind: Buffer | undefined, limit: number): { entry: Buffer; id: Buffer }[] {
    if (bound < -(1n << 63n)) return [];
    const beyond = bound >= (1n << 63n) - 1n ? undefined : timeKey(bound + 1n, Buffer.alloc(0));
    const start = behind === undefined ? Buffer.alloc(1) : keyAfter(behind);
    return this.times!.range(start, limit, beyond).map(({ key }) => ({ entry: key, id: key.subarray(8) }));
  }

  /** The lowest time of a row; null where none has one. */
  lowestTime(): bigint | null {
    const [first] = this.times!.range(Buffer.alloc(1), 1);
    return first === undefined ? null : timeOf(first.key);
  }

  /** Names of rows with a prefix, in the order in which they were first put, behind an entry of the index. */
  ofPrefix(prefix: Buffer, behind: Buffer | undefined, limit: number): { entry: Buffer; id: Buffer }[] {
    const prefixId = prefixIdOf(prefix, prefix.length);
    const start = behind === undefined ? prefixId : keyAfter(behind);
    return this.prefixes!.range(start, limit, firstKey(prefixId, 2 ** 48 - 1)).map(({ key, value }) => ({
      entry: key,
      id: value,
    }));
  }

  clear(): void {
    this.rows.clear();
    this.times?.clear();
    this.prefixes?.clear();
    this.aside.clear();
    this.imageAt = undefined;
    this.rowCount = 0;
  }

  /** Keeps the rows of now for `imageRows`. */
  beginImage(): void {
    this.aside.clear();
    this.imageAt = Buffer.alloc(0);
  }

  endImage(): void {
    this.imageAt = undefined;
    this.aside.clear();
  }

  get hasImage(): boolean {
    return this.imageAt !== undefined;
  }

  /** The next rows of the image, as they were when it began; null after the last. To be called in a transaction. */
  imageRows(limit: number): NamedRow[] | null {
    const at = this.imageAt!;
    const rows = this.after(at, limit);
    const aside = this.aside.range(keyAfter(at), limit);
    if (rows.length === 0 && aside.length === 0) return null;
    // so far both lists are complete
    const ends = [
      rows.length < limit ? [] : [rows.at(-1)!.id],
      aside.length < limit ? [] : [aside.at(-1)!.key],
    ];
    const end = ends.flat().sort(Buffer.compare)[0];
    const within = (id: Buffer): boolean => end === undefined || Buffer.compare(id, end) <= 0;
    const settled = new Set<string>();
    const found: NamedRow[] = [];
    for (const { key, value } of aside) {
      if (!within(key)) continue;
      settled.add(key.toString("latin1"));
      if (value[0] === 1) found.push({ id: key, row: decodeRow(this.form, key, value.subarray(1)) });
      this.aside.remove(key);
    }
    found.push(...rows.filter(({ id }) => within(id) && !settled.has(id.toString("latin1"))));
    this.imageAt = end ?? [rows.at(-1)?.id ?? at, aside.at(-1)?.key ?? at].sort(Buffer.compare)[1]!;
    return found;
  }

  private setAside(id: Buffer, bytes: Buffer | undefined): void {
    const { imageAt } = this;
    if (imageAt === undefined || Buffer.compare(id, imageAt) <= 0 || this.aside.has(id)) return;
    this.aside.put(id, bytes === undefined ? ABSENT : Buffer.concat([Buffer.of(1), bytes]));
  }
}
