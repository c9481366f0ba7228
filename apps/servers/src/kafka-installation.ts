import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installOnce } from "./installation.js";
import { copyJars } from "./maven.js";

/** The release that runs. */
const VERSION = "4.3.1";

const JARS = [
  `org.apache.kafka:kafka_2.13:${VERSION}`,
  `org.apache.kafka:kafka-tools:${VERSION}`,
  "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4",
];

/** How the programs of an installed Kafka are called. */
export interface KafkaInstallation {
  /** The arguments of `java` before a program's name. */
  readonly javaArguments: (heap: string) => string[];
  /** Where the classes that a broker loads are kept between runs, in a form that loads in a third of the time. */
  readonly archive: string;
}

/** Installs Kafka where that has not been done. */
export async function installKafka(): Promise<KafkaInstallation> {
  const folder = await installOnce("kafka", VERSION, (filling) => copyJars(JARS, filling));
  const archive = join(folder, "classes.jsa");
  return {
    archive,
    javaArguments: (heap) => [
      ...(existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : []),
      `-Xmx${heap}`,
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=1",
      "-cp",
      join(folder, "*"),
    ],
  };
}

/**
 * Keeps the classes that a broker loads, where that has not been done: `run` runs a broker with the arguments of `java` that
 * it is given, to its end. Without an archive, all works the same, only slower.
 */
export async function keepClasses(
  { archive }: KafkaInstallation,
  run: (javaArguments: readonly string[]) => Promise<void>,
): Promise<void> {
  if (existsSync(archive)) return;
  const filling = `${archive}.${process.pid}`;
  try {
    await run([`-XX:ArchiveClassesAtExit=${filling}`]);
    renameSync(filling, archive);
  } finally {
    rmSync(filling, { force: true });
  }
}
