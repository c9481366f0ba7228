import { MemorySource, memorySource } from "@ss/source-memory";
import { VirtualClock } from "@ss/testkit";
import { expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

// Workers run what is built: these tests need `npm run build`, which `npm test` does beforehand.

test.each([2, 4])(
  "a session with %d workers runs open batches on the driver, with the same results",
  async (n) => {
    MemorySource.reset("open-parallel");
    const spark = await SparkSession.builder()
      .master(`local[${n}]`)
      .withClock(new VirtualClock())
      .use(memorySource())
      .create();
    const seen: string[] = [];
    const query = await spark.readStream
      .format("memory")
      .option("name", "open-parallel")
      .schema("k STRING, n INT")
      .load()
      .groupBy("k")
      .sum("n")
      .writeStream.foreach((row: object) => void seen.push(Object.values(row).join(" ")))
      .outputMode("update")
      .trigger({ realTime: "1 minute" })
      .start();
    for (const row of [
      ["a", 1],
      ["b", 2],
      ["a", 3],
    ]) {
      MemorySource.addData("open-parallel", row);
      await query.processAllAvailable();
    }
    expect(seen).toEqual(["a 1", "b 2", "a 4"]);
    await spark.stop();
  },
);
