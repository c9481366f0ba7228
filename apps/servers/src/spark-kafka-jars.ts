import { readdirSync } from "node:fs";
import { join } from "node:path";
import { installOnce } from "./installation.js";
import { copyFromMaven } from "./maven.js";

/** Each by itself: releases of Spark that are newer run with these, and not every release is in every repository. */
const JARS = [
  "org.apache.spark:spark-sql-kafka-0-10_2.13:4.2.0",
  "org.apache.spark:spark-token-provider-kafka-0-10_2.13:4.0.0",
  "org.apache.kafka:kafka-clients:3.9.1",
  "org.apache.commons:commons-pool2:2.12.1",
];

/** The files that give a Spark 4 its Kafka source and sink, installed where that has not been done. Needs Java and Maven. */
export async function installSparkKafkaJars(): Promise<readonly string[]> {
  const folder = await installOnce("spark-kafka-jars", JARS.join(" "), async (filling) => {
    for (const jar of JARS) await copyFromMaven(jar, filling);
  });
  return readdirSync(folder).flatMap((name) => (name.endsWith(".jar") ? [join(folder, name)] : []));
}
