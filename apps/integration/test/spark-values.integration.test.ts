import { writeFileSync } from "node:fs";
import { StreamError } from "@ss/core";
import { beforeAll, expect, test } from "vitest";
import { type EdgeCase, edgeCases } from "./spark/edge-cases.js";
import { describeWithSpark, TEXT_ROWS, type TextRows, textRows, type Workbench } from "./spark/workbench.js";

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

describeWithSpark("values of text files", (bench) => {
  let sparks: readonly Answer[] = [];

  beforeAll(async () => {
    const cases = edgeCases.map((edge, k) => {
      const path = pathOf(bench, edge, k);
      writeFileSync(path, edge.text, "latin1");
      return { ...edge, path };
    });
    await bench.spark.run(TEXT_ROWS);
    sparks = await bench.spark.run<readonly Answer[]>(READ_ALL, { cases });
  });

  test.each(edgeCases.map((edge, k) => [`${edge.format}: ${edge.name}`, edge, k] as const))(
    "%s, are read as Spark reads them",
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

function pathOf(bench: Workbench, { format }: EdgeCase, k: number): string {
  return bench.path(`case-${k}.${format}`);
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
    return { conditions: "conditions" in sparks ? conditions.slice(0, sparks.conditions.length) : conditions };
  }
}
