import { MemorySource, memorySource } from "@ss/source-memory";
import { SparkSession } from "@ss/sql";
import { expect, test } from "vitest";
import { protobuf } from "../src/index.js";
import { bytesLiteral, compiled } from "./session.js";

test.each(["PERMISSIVE", "FAILFAST"])(
  "messages that cannot be read are reported, in the mode %s",
  async (mode) => {
    const { set } = compiled('syntax = "proto3"; message M { int64 n = 1; }');
    const spark = await SparkSession.builder()
      .use(memorySource(), protobuf())
      .logTo(() => {})
      .create();
    try {
      const query = await spark.readStream
        .format("memory")
        .option("name", "messages")
        .schema("k STRING, value BINARY")
        .load()
        .selectExpr(
          "k",
          // only messages of the branch are read
          `CASE WHEN k <> 'other' THEN from_protobuf(value, 'M', ${bytesLiteral(set)}, map('mode', '${mode}')).n END AS n`,
        )
        .writeStream.format("memory")
        .queryName("numbers")
        .malformedRowsTo("memory", { queryName: "malformed" })
        .start();
      const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
      MemorySource.addData(
        "messages",
        ["good", bytes(8, 7)],
        ["bad", bytes(8)],
        ["other", bytes(8)],
        ["null", null],
        ["bad too", bytes(10, 5, 1)],
      );
      await query.processAllAvailable();
      expect(await spark.table("numbers").collect()).toEqual([
        { k: "good", n: 7 },
        { k: "other", n: null },
        { k: "null", n: null },
      ]);
      const reports = await spark
        .table("malformed")
        .selectExpr("k", "hex(value) AS value", "_function", "_reason")
        .collect();
      expect(reports).toEqual(
        [
          ["bad", "08"],
          ["bad too", "0A0501"],
        ].map(([k, value]) => ({
          k,
          value,
          _function: "from_protobuf(value)",
          _reason: expect.stringMatching(
            /^\[MALFORMED_PROTOBUF_MESSAGE\] The message cannot be parsed: (?!.*mode)/,
          ) as string,
        })),
      );
    } finally {
      await spark.stop();
      MemorySource.reset("messages");
    }
  },
);
