import { type Plugin, StreamError } from "@ss/core";
import { SparkSession } from "@ss/sql";
import { expect, test } from "vitest";

test("what a connector warns of goes where the session logs", async () => {
  const odd: Plugin = {
    name: "odd",
    sources: [
      {
        names: ["odd"],
        table: async ({ session }) => {
          session.warn?.("this is odd");
          throw new StreamError({ condition: "SS_TEST", message: "no table" });
        },
      },
    ],
  };
  const lines: string[] = [];
  const spark = await SparkSession.builder()
    .use(odd)
    .logTo((level, message) => void lines.push(`${level}: ${message}`))
    .create();
  await expect(spark.read.format("odd").load().count()).rejects.toThrow("no table");
  await spark.stop();
  expect(new Set(lines)).toEqual(new Set(["warn: this is odd"]));
});
