// The process that runs the stream: stream.js BROKERS TOPIC DATA. It prints a line for each batch of good events.
import { session, startQueries } from "./pipeline.js";

const [brokers, topic, data] = process.argv.slice(2) as [string, string, string];
const spark = await session();
spark.streams.addListener({
  onQueryProgress: ({ progress }) => {
    process.stdout.write(`batch ${progress.batchId}: ${progress.numInputRows} records\n`);
  },
});
const queries = await startQueries(spark, brokers, topic, data);
for (const query of queries) await query.awaitTermination();
await spark.stop();
