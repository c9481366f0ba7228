import { Options, rowsOf, type SessionContext, type Value } from "@ss/core";
import { fileSource } from "@ss/source-file";
import { sinkConformance } from "@ss/testkit";
import { describe, test } from "vitest";
import { Harness } from "./harness.js";

// without a text for null, CSV cannot tell null from the empty text
const options = { nullValue: "NULL" };

// as in Spark, whose manifest says of a batch only its id
const ONE_QUERY = "a folder belongs to one query";

/** What a reader sees that knows the manifest. */
async function visibleRows(harness: Harness, format: string): Promise<Value[][]> {
  const source = fileSource();
  const session: SessionContext = {
    clock: harness.clock,
    fileSystem: () => harness.files,
    format: (name) => source.formats!.find((found) => found.name === name),
    conf: () => undefined,
    timeZone: "UTC",
  };
  if ((await harness.files.stat("/out/_spark_metadata")) === null) return [];
  const request = { format, options: new Options(options), paths: ["/out"], schema: harness.schema, session };
  const table = await source.sources![0]!.table!(request);
  const scan = { columns: harness.schema.fieldNames(), predicates: [] };
  const rows: Value[][] = [];
  for (const partition of await table.plan(scan)) {
    for await (const batch of table.read(partition, scan, new AbortController().signal))
      rows.push(...rowsOf(batch));
  }
  return rows;
}

describe.each(["csv", "json"])("a stream into %s files keeps the promises of a sink", (format) => {
  sinkConformance(test, {
    create: () => {
      const harness = new Harness("id BIGINT, word STRING");
      return { make: () => harness.stream(format, options), rows: () => visibleRows(harness, format) };
    },
    skip: {
      "keeps the batches of two queries apart, or refuses the second": ONE_QUERY,
      "keeps the batches of two outputs of a query apart, or refuses the second": ONE_QUERY,
    },
  });
});
