// Writes the records of a stream to JSON files until it is killed, or, with `once`, until it has caught up:
// node file-writer.mjs ENDPOINT STREAM FOLDER [once]
import { join } from "node:path";
import { fileSink } from "@ss/sink-file";
import { kinesis, kinesisSource } from "@ss/source-kinesis";
import { SparkSession } from "@ss/sql";

const [endpointUrl, streamName, folder, mode] = process.argv.slice(2);
const spark = await SparkSession.builder().use(kinesisSource(), fileSink()).create();
const records = spark.readStream.from(
  kinesis({
    streamName,
    endpointUrl,
    region: "us-east-1",
    awsAccessKey: "key",
    awsSecretKey: "secret",
    initialPosition: "trim_horizon",
    minFetchPeriod: "200ms",
    shardFetchInterval: "200ms",
    maxRecordsPerTrigger: 150,
  }),
);
const query = await records
  .selectExpr("partitionKey AS key", "CAST(CAST(data AS STRING) AS INT) AS n")
  .writeStream.format("json")
  .option("checkpointLocation", join(folder, "checkpoint"))
  .trigger(mode === "once" ? { availableNow: true } : { processingTime: 0 })
  .start(join(folder, "records"));
console.log("writing");
await query.awaitTermination();
await spark.stop();
