import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSource } from "@ss/source-file";
import { SparkSession } from "@ss/sql";
import { expect, test } from "vitest";
import { protobuf } from "../src/index.js";
import { bytesLiteral, compiled } from "./session.js";

// Workers run what is built: this test needs `npm run build`, which `npm test` does beforehand.

test("values are written and read on worker threads", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ss-protobuf-"));
  let printed = "";
  const spark = await SparkSession.builder()
    .master("local[2]")
    .config("spark.sql.files.maxPartitionBytes", "100")
    .config("spark.sql.files.openCostInBytes", "1")
    .use(fileSource(), protobuf())
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
    const { set } = compiled('syntax = "proto3"; message M { int64 n = 1; }');
    const df = spark.read
      .text(folder)
      .selectExpr(`to_protobuf(struct(cast(value AS long) AS n), 'M', ${bytesLiteral(set)}) AS bytes`)
      .selectExpr(`from_protobuf(bytes, 'M', ${bytesLiteral(set)}).n AS n`)
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
