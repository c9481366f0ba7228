import { rowsOf } from "../column/access.js";
import type { Value } from "../column/value.js";
import type { Options } from "../plugin/options.js";
import type { Plugin, WriteRequest } from "../plugin/plugin.js";
import type { StructType } from "../schema/struct-type.js";
import type { BatchWrite, OutputMode, Sink, SinkBatch } from "./sink.js";

/** A batch as {@link defineSink} hands it over. */
export interface DefinedBatch {
  readonly batchId: number;
  readonly queryId: string;
  readonly mode: OutputMode;
  readonly schema: StructType;
  /** Boxed values in the order of the schema. */
  readonly rows: readonly (readonly Value[])[];
  readonly options: Options;
}

/** What {@link defineSink} needs to know. */
export interface SinkDefinition {
  /** The name that `format(...)` takes. */
  readonly name: string;
  /** Takes a batch, whole. After a crash a batch may come again, under the same id. */
  write(batch: DefinedBatch): void | Promise<void>;
  /** `exactlyOnce` if `write` makes a batch id that comes twice count once; default `atLeastOnce`. */
  readonly delivery?: Sink["delivery"];
  /** Default: all three. */
  readonly outputModes?: readonly OutputMode[];
}

const ALL_MODES: readonly OutputMode[] = ["append", "update", "complete"];

/**
 * A plug-in with one sink, from one function; for a first connector. It holds a batch in memory; one that has to be fast or
 * writes in parts implements `Sink`.
 *
 * @example
 * ```ts
 * const log = defineSink({ name: "log", write: ({ batchId, rows }) => console.log(batchId, rows) });
 * ```
 */
export function defineSink(definition: SinkDefinition): Plugin {
  const { name, outputModes = ALL_MODES } = definition;
  const stream = async ({ options }: WriteRequest): Promise<Sink> => definedSink(definition, options);
  return { name, sinks: [{ names: [name], outputModes, stream }] };
}

function definedSink(definition: SinkDefinition, options: Options): Sink {
  const { name, delivery = "atLeastOnce", outputModes = ALL_MODES } = definition;
  return {
    description: name,
    delivery,
    outputModes,
    begin: async (batch) => definedWrite(definition, options, batch),
    close: async () => {},
  };
}

function definedWrite(definition: SinkDefinition, options: Options, batch: SinkBatch): BatchWrite {
  const { batchId, queryId, mode, schema } = batch;
  const rows: Value[][] = [];
  return {
    alreadyCommitted: false,
    writer: async () => ({
      write: async (part) => {
        for (const row of rowsOf(part)) rows.push(row);
      },
      finish: async () => null,
      abort: async () => {},
    }),
    commit: async () => {
      await definition.write({ batchId, queryId, mode, schema, rows, options });
      return { numOutputRows: rows.length };
    },
    abort: async () => {},
  };
}
