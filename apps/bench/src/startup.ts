import { fileSource } from "@ss/source-file";
import { SparkSession } from "@ss/sql";

// From the start of the process to the first result of a query over a file: what a person waits for.
const [input] = process.argv.slice(2) as [string];
const spark = await SparkSession.builder().use(fileSource()).create();
const rows = await spark.read.json(input).groupBy("campaign_id").count().collect();
const { user, system } = process.cpuUsage();
process.stdout.write(`${JSON.stringify({ cpuSeconds: (user + system) / 1e6, groups: rows.length })}\n`);
