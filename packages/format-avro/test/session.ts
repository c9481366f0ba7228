import { memorySource } from "@ss/source-memory";
import { type DataFrame, SparkSession } from "@ss/sql";
import { type AvroOptions, avro } from "../src/index.js";

/** A session with the functions. */
export async function session(options: AvroOptions = {}, warnings: string[] = []): Promise<SparkSession> {
  return SparkSession.builder()
    .config("spark.sql.session.timeZone", "UTC")
    .config("ss.collect.longs", "bigint")
    .use(avro(options), memorySource())
    .logTo((_level, message) => void warnings.push(message))
    .create();
}

/** The first column of a query's rows. */
export async function values(df: DataFrame): Promise<unknown[]> {
  return (await df.collect()).map((row) => Object.values(row as object)[0]);
}

/** A SQL literal of a text. */
export function quoted(text: unknown): string {
  const plain = typeof text === "string" ? text : JSON.stringify(text);
  return `'${plain.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** A SQL literal of bytes. */
export function bytesLiteral(bytes: Uint8Array): string {
  return `X'${Buffer.from(bytes).toString("hex")}'`;
}
