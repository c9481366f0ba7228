import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSource } from "@ss/source-file";
import { SparkSession } from "@ss/sql";
import { expect, test } from "vitest";
import { avro } from "../src/index.js";

// Workers run what is built: this test needs `npm run build`, which `npm test` does beforehand.

test("values are written and read on worker threads", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ss-avro-"));
  let printed = "";
  const spark = await SparkSession.builder()
    .master("local[2]")
    .config("spark.sql.files.maxPartitionBytes", "100")
    .config("spark.sql.files.openCostInBytes", "1")
    .use(fileSource(), avro())
    .printTo((text) => {
      printed += text;
    })
    .create();
  try {
    const rows = Array.from({ length: 200 }, (_, n) => n);
    for (const part of [0, 1, 2, 3]) {
      const lines = rows.slice(part * 50, part * 50 + 50);
      writeFileSync(join(folder, `${part}.txt`), `${lines.join("\n")}\n`);
    }
    const schema = '{"type":"record","name":"r","fields":[{"name":"n","type":"long"}]}';
    const df = spark.read
      .text(folder)
      .selectExpr(`to_avro(struct(cast(value AS long) AS n), '${schema}') AS bytes`)
      .selectExpr(`from_avro(bytes, '${schema}').n AS n`)
      .groupBy()
      .sum("n");
    await df.explain();
    expect(printed).toContain("on 2 workers");
    expect(await df.collect()).toEqual([{ "sum(n)": 19900 }]);
  } finally {
    await spark.stop();
    rmSync(folder, { recursive: true });
  }
});
