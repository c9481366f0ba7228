// A program that copies a topic, exactly once, in small batches: `copy-topic BOOTSTRAP FROM TO CHECKPOINT`. It begins when it is told to by a
// message: "begin" to run until it is killed, "finish" to end when it has copied all that there is.
import { once } from "node:events";
import { kafkaSink } from "@ss/sink-kafka";
import { kafkaSource } from "@ss/source-kafka";
import { SparkSession } from "@ss/sql";

const [bootstrap, from, to, checkpointLocation] = process.argv.slice(2) as [string, string, string, string];

const spark = await SparkSession.builder().use(kafkaSource(), kafkaSink()).getOrCreate();
process.send?.("ready");
const [order] = (await once(process, "message")) as ["begin" | "finish"];

const writer = spark.readStream
  .format("kafka")
  .option("kafka.bootstrap.servers", bootstrap)
  .option("subscribe", from)
  .option("startingOffsets", "earliest")
  .option("maxOffsetsPerTrigger", 40)
  .load()
  .select("key", "value")
  .writeStream.format("kafka")
  .option("kafka.bootstrap.servers", bootstrap)
  .option("topic", to)
  .option("delivery", "exactlyOnce")
  .option("checkpointLocation", checkpointLocation);
const query = await (order === "finish" ? writer.trigger({ availableNow: true }) : writer).start();
await query.awaitTermination();
await spark.stop();
process.exit(0);
