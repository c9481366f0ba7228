import { consoleSink, type TextStream } from "@ss/sink-console";
import { MemorySource, memorySource } from "@ss/source-memory";
import { SparkSession } from "@ss/sql";

/** Adds 1, 2, 3 and runs a batch, adds 4, 5, 6 and runs another. The rows that each batch took in. */
export async function twoBatches(output: TextStream): Promise<number[]> {
  const spark = await SparkSession.builder()
    .appName("memory")
    .use(memorySource(), consoleSink({ stream: output }))
    .create();
  const numbers = spark.readStream.format("memory").option("name", "numbers").schema("value INT").load();
  const query = await numbers
    .selectExpr("value", "value * value AS square")
    .writeStream.format("console")
    .start();
  try {
    MemorySource.addData("numbers", 1, 2, 3);
    await query.processAllAvailable();
    MemorySource.addData("numbers", 4, 5, 6);
    await query.processAllAvailable();
    return query.recentProgress.map((progress) => progress.numInputRows);
  } finally {
    await spark.stop();
    MemorySource.reset("numbers");
  }
}
