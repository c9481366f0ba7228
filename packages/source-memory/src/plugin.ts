import {
  type Plugin,
  parseDdl,
  type ReadRequest,
  type SourceProvider,
  type SourceSpec,
  type StructType,
} from "@ss/core";
import { MemoryReader, rowsNamed } from "./memory-source.js";

/** What {@link memory} takes. */
export interface MemoryOptions {
  /** The name under which `MemorySource.addData` adds rows. */
  readonly name: string;
  /** The columns, as a schema or as DDL. By default one column `value` of the type of the rows that are there at `load`. */
  readonly schema?: StructType | string;
}

const provider: SourceProvider = {
  names: ["memory"],
  async stream(request: ReadRequest) {
    const rows = rowsNamed(request.options.required("name", "memory"));
    return new MemoryReader(rows, request.schema ?? rows.defaultSchema());
  },
};

/**
 * Brings the source format `memory`.
 *
 * @example
 * ```ts
 * const spark = await SparkSession.builder().use(memorySource()).getOrCreate();
 * const words = spark.readStream.format("memory").option("name", "words").schema("word STRING").load();
 * MemorySource.addData("words", "owl", "cat");
 * ```
 */
export function memorySource(): Plugin {
  return { name: "@ss/source-memory", sources: [provider] };
}

/** The memory source as a value: `readStream.from(memory({ name: "words", schema: "word STRING" }))`. */
export function memory(options: MemoryOptions): SourceSpec {
  const { name, schema } = options;
  const columns = typeof schema === "string" ? parseDdl(schema) : schema;
  return { format: "memory", options: { name }, ...(columns && { schema: columns }) };
}
