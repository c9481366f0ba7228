import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { StreamError } from "@ss/core";
import { beforeAll, describe, expect, test } from "vitest";
import { type EdgeCase, edgeCases } from "./spark/edge-cases.js";
import { PARQUET_QUERY, parquetCases } from "./spark/parquet-cases.js";
import {
  describeWithSpark,
  sorted,
  TEXT_ROWS,
  type TextRows,
  textRows,
  type Workbench,
} from "./spark/workbench.js";
import { writeCases } from "./spark/write-cases.js";

/** Rows, or what the read failed with: the conditions of the error and its causes. */
type Answer = TextRows | { readonly conditions: readonly string[] };

const READ_ALL = `
result = []
for case in args["cases"]:
    try:
        reader = spark.read.format(case["format"]).schema(case["schema"]).options(**case["options"])
        result.append(text_rows(reader.load(case["path"])))
    except Exception as error:
        result.append({"conditions": failure(error)["conditions"]})
`;

const WRITE_ALL = `
for case in args["cases"]:
    rows = spark.sql(case["query"]).coalesce(1)
    rows.write.format(case["format"]).options(**case["options"]).save(case["path"])
`;

const WRITE_PARQUET = `
for case in args["cases"]:
    for key, value in case["conf"].items():
        spark.conf.set(key, value)
    spark.sql(args["query"]).coalesce(1).write.options(**case["options"]).parquet(case["path"])
    for key in case["conf"]:
        spark.conf.unset(key)
result = text_rows(spark.sql(args["query"]))
`;

describeWithSpark("values", (bench) => {
  beforeAll(() => bench.spark.run(TEXT_ROWS));

  describe("of text files, as Spark reads them", () => {
    let sparks: readonly Answer[] = [];

    beforeAll(async () => {
      const cases = edgeCases.map((edge, k) => {
        const path = pathOf(bench, edge, k);
        writeFileSync(path, edge.text, "latin1");
        return { ...edge, path };
      });
      sparks = await bench.spark.run<readonly Answer[]>(READ_ALL, { cases });
    });

    test.each(edgeCases.map((edge, k) => [`${edge.format}: ${edge.name}`, edge, k] as const))(
      "%s",
      async (_, edge, k) => {
        const { format, schema, options } = edge;
        const table = bench.ours.read
          .format(format)
          .schema(schema)
          .options(options)
          .load(pathOf(bench, edge, k));
        expect(await answer(() => textRows(table), sparks[k]!)).toEqual(sparks[k]);
      },
    );
  });

  describe("in text files, as Spark writes them", () => {
    beforeAll(async () => {
      const cases = writeCases.map((one, k) => ({ ...one, path: bench.path(`their-text-${k}`) }));
      await bench.spark.run(WRITE_ALL, { cases });
    });

    test.each(writeCases.map((one, k) => [`${one.format}: ${one.name}`, one, k] as const))(
      "%s",
      async (_, { format, query, options }, k) => {
        const path = bench.path(`our-text-${k}`);
        await bench.ours.sql(query).write.format(format).options(options).save(path);
        expect(partText(path)).toBe(partText(bench.path(`their-text-${k}`)));
      },
    );
  });

  describe("of Parquet files that Spark wrote", () => {
    let written: TextRows = [];

    beforeAll(async () => {
      const cases = parquetCases.map((one, k) => ({ ...one, path: bench.path(`parquet-${k}`) }));
      written = await bench.spark.run<TextRows>(WRITE_PARQUET, { cases, query: PARQUET_QUERY });
    });

    test.each(parquetCases.map(({ name }, k) => [name, k] as const))("%s", async (_, k) => {
      expect(sorted(await textRows(bench.ours.read.parquet(bench.path(`parquet-${k}`))))).toEqual(
        sorted(written),
      );
    });
  });
});

function pathOf(bench: Workbench, { format }: EdgeCase, k: number): string {
  return bench.path(`case-${k}.${format}`);
}

/** The text of the one part file in a folder. */
function partText(folder: string): string {
  const parts = readdirSync(folder).filter((name) => name.startsWith("part-"));
  expect(parts).toHaveLength(1);
  return readFileSync(`${folder}/${parts[0]}`, "latin1");
}

/** Errors that have a number in Spark, and a name here. */
const NUMBERS: Readonly<Record<string, string>> = { SS_CSV_HEADER_MISMATCH: "_LEGACY_ERROR_TEMP_3241" };

/** What our read gives. Of the causes of an error only as many as Spark has: ours may tell more. */
async function answer(read: () => Promise<TextRows>, sparks: Answer): Promise<Answer> {
  try {
    return await read();
  } catch (error) {
    const conditions: string[] = [];
    for (let cause = error; StreamError.is(cause); cause = cause.cause) {
      conditions.push(NUMBERS[cause.condition] ?? cause.condition);
    }
    if (conditions.length === 0) throw error;
    return {
      conditions: "conditions" in sparks ? conditions.slice(0, sparks.conditions.length) : conditions,
    };
  }
}
