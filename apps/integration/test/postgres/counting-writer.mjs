// Writes numbers, and counts of them by their remainders, to three tables in the three output modes, until it is killed:
// node counting-writer.mjs URL FOLDER ROWS_PER_BATCH
import { join } from "node:path";
import { postgresSink } from "@ss/sink-postgres";
import { rateSource } from "@ss/source-rate";
import { SparkSession } from "@ss/sql";

const [url, folder, rowsPerBatch] = process.argv.slice(2);
const spark = await SparkSession.builder().use(rateSource(), postgresSink({ url })).create();

const numbers = spark.readStream.format("rate-micro-batch").option("rowsPerBatch", rowsPerBatch).load();
const counts = numbers.selectExpr("value % 7 AS remainder").groupBy("remainder").count();

const write = (rows, table, outputMode) =>
  rows.writeStream
    .format("postgres")
    .outputMode(outputMode)
    .option("dbtable", table)
    .option("keyColumns", outputMode === "update" ? "remainder" : "")
    .option("commitsTable", `${table}_commits`)
    .option("checkpointLocation", join(folder, table))
    .start();

const queries = [
  await write(numbers.select("value"), "appended", "append"),
  await write(counts, "updated", "update"),
  await write(counts, "replaced", "complete"),
];
console.log("writing");
// A query that ends lost its server: the process that started this one will start it again.
await Promise.race(queries.map((query) => query.awaitTermination())).catch((error) =>
  console.log(error.message),
);
await spark.stop();
