import { fileSource } from "@ss/source-file";
import { SparkSession } from "@ss/sql";

// From the start of the process to the first result of a query over files: what a person waits for. A table is asked, or a stream.
const [kind, input, checkpoint] = process.argv.slice(2) as [string, string, string];
const spark = await SparkSession.builder().use(fileSource()).create();
const reader = kind === "table" ? spark.read : spark.readStream;
const groups = reader.schema("ad_id STRING, campaign_id STRING").json(input).groupBy("campaign_id").count();
let count = 0;
if (kind === "table") count = (await groups.collect()).length;
else {
  const query = await groups.writeStream
    .format("memory")
    .queryName("first")
    .outputMode("complete")
    .option("checkpointLocation", checkpoint)
    .trigger({ availableNow: true })
    .start();
  await query.awaitTermination();
  count = await spark.table("first").count();
}
const { user, system } = process.cpuUsage();
process.stdout.write(`${JSON.stringify({ cpuSeconds: (user + system) / 1e6, groups: count })}\n`);
