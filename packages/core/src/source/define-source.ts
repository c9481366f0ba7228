import { batchFromRows } from "../column/access.js";
import { BATCH_ROWS, type Batch } from "../column/batch.js";
import type { Value } from "../column/value.js";
import type { StreamError } from "../errors/stream-error.js";
import { brokenContract, inWords, isIterable } from "../plugin/broken-contract.js";
import type { Options } from "../plugin/options.js";
import type { Plugin, ReadRequest } from "../plugin/plugin.js";
import { parseDdl } from "../schema/ddl.js";
import { StructType } from "../schema/struct-type.js";
import type { ScanRequest } from "./predicate.js";
import type { Offset, Partition, ReadLimit, Source } from "./source.js";

/** What {@link defineSource} needs to know. */
export interface SourceDefinition {
  /** The name that `format(...)` takes. */
  readonly name: string;
  /** The columns, as a schema or as DDL text. */
  readonly schema: StructType | string;
  /**
   * How far rows can be read by now: a number that never falls. What it counts (rows, bytes, a sequence number) is the source's own
   * business.
   */
  latest(options: Options): number | Promise<number>;
  /** The rows of the range `from .. to)`, as boxed values in the order of the schema; the same rows whenever it is asked again. */
  read(
    from: number,
    to: number,
    options: Options,
  ): Iterable<readonly Value[]> | AsyncIterable<readonly Value[]>;
  /** Where a new query begins; default 0. */
  readonly initial?: number;
}

/**
 * A plug-in with one replayable source, from two functions; for a first connector. One that has to be fast, has limits or reads in parts
 * implements `Source`.
 *
 * @example
 * ```ts
 * const numbers = defineSource({
 *   name: "numbers",
 *   schema: "value BIGINT",
 *   latest: () => 100,
 *   *read(from, to) {
 *     for (let value = from; value < to; value++) yield [BigInt(value)];
 *   },
 * });
 * ```
 */
export function defineSource(definition: SourceDefinition): Plugin {
  const { schema, name } = definition;
  const type = typeof schema === "string" ? parseDdl(schema) : schema;
  const stream = async ({ options }: ReadRequest): Promise<Source> =>
    new DefinedSource(definition, type, options);
  return { name, sources: [{ names: [name], fixedSchema: true, stream }] };
}

class DefinedSource implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly replayable = true;
  readonly readLimit: ReadLimit = { kind: "allAvailable" };
  private readonly definition: SourceDefinition;
  private readonly options: Options;
  private pinned: number | undefined;

  constructor(definition: SourceDefinition, schema: StructType, options: Options) {
    this.definition = definition;
    this.schema = schema;
    this.options = options;
    this.description = definition.name;
  }

  async open(): Promise<void> {}

  async initialOffset(): Promise<Offset> {
    return this.definition.initial ?? 0;
  }

  async latestOffset(start: Offset | null): Promise<Offset> {
    const latest = this.pinned ?? (await this.latest());
    if (start !== null && latest < (start as number))
      throw this.broken(
        "latest(...)",
        `gave ${latest} after ${start}`,
        "It is to give a number that never falls, over restarts of the program too: the query has read the rows up to there.",
      );
    return latest;
  }

  async prepareForAvailableNow(): Promise<void> {
    this.pinned = await this.latest();
  }

  async plan(start: Offset | null, end: Offset): Promise<readonly Partition[]> {
    return [[start ?? this.definition.initial ?? 0, end]];
  }

  async *read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> {
    const [from, to] = partition as [number, number];
    const indexes = scan.columns.map((column) => this.schema.indexOf(column));
    const wanted = new StructType(indexes.map((index) => this.schema.fields[index]!));
    let rows: Value[][] = [];
    const read = this.definition.read(from, to, this.options);
    if (!isIterable(read))
      throw this.broken(
        "read(...)",
        `gave ${inWords(read)}`,
        "It is to give the rows of the range: write it as `*read(from, to)` and yield them, or give an array.",
      );
    for await (const row of read) {
      rows.push(indexes.map((index) => row[index]!));
      if (rows.length < BATCH_ROWS) continue;
      signal.throwIfAborted();
      yield batchFromRows(wanted, rows);
      rows = [];
    }
    if (rows.length > 0) yield batchFromRows(wanted, rows);
  }

  async commit(): Promise<void> {}
  async close(): Promise<void> {}

  private async latest(): Promise<number> {
    const latest = await this.definition.latest(this.options);
    if (Number.isFinite(latest)) return latest;
    throw this.broken(
      "latest(...)",
      `gave ${inWords(latest)}`,
      "It is to give a number: how far rows can be read by now.",
    );
  }

  private broken(member: string, found: string, contract: string): StreamError {
    return brokenContract({ role: "source", name: this.definition.name }, { member, found, contract });
  }
}
