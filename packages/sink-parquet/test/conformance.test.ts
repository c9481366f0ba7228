import {
  MemoryFileSystem,
  Options,
  rowsOf,
  type SessionContext,
  StructType,
  systemClock,
  type Value,
} from "@ss/core";
import { parquetSink } from "@ss/sink-parquet";
import { fileSource } from "@ss/source-file";
import { sinkConformance } from "@ss/testkit";
import { describe, test } from "vitest";

const schema = StructType.fromDDL("id BIGINT, word STRING");

function sessionOn(files: MemoryFileSystem): SessionContext {
  const formats = parquetSink().formats!;
  return {
    clock: systemClock,
    fileSystem: () => files,
    format: (name) => formats.find((format) => format.name === name),
    conf: () => undefined,
    timeZone: "UTC",
  };
}

// as in Spark, whose manifest says of a batch only its id
const ONE_QUERY = "a folder belongs to one query";

/** What a reader sees that knows the manifest. */
async function visibleRows(files: MemoryFileSystem): Promise<Value[][]> {
  if ((await files.stat("/out/_spark_metadata")) === null) return [];
  const request = {
    format: "parquet",
    options: new Options(),
    paths: ["/out"],
    schema,
    session: sessionOn(files),
  };
  const table = await fileSource().sources![0]!.table!(request);
  const scan = { columns: schema.fieldNames(), predicates: [] };
  const rows: Value[][] = [];
  for (const partition of await table.plan(scan)) {
    for await (const batch of table.read(partition, scan, new AbortController().signal))
      rows.push(...rowsOf(batch));
  }
  return rows;
}

describe("a stream into Parquet files keeps the promises of a sink", () => {
  sinkConformance(test, {
    create: () => {
      const files = new MemoryFileSystem();
      const request = {
        format: "parquet",
        options: new Options(),
        path: "/out",
        partitionBy: [],
        schema,
        session: sessionOn(files),
      };
      return { make: () => parquetSink().sinks![0]!.stream!(request), rows: () => visibleRows(files) };
    },
    skip: {
      "keeps the batches of two queries apart, or refuses the second": ONE_QUERY,
      "keeps the batches of two outputs of a query apart, or refuses the second": ONE_QUERY,
    },
  });
});
