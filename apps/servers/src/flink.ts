import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.js";
import { temporaryFolder } from "./guardian.js";
import { answers, installOnce, runTool } from "./installation.js";
import { copyJars, missingForMaven } from "./maven.js";
import { controlsOf, type Server, ServerProcess } from "./server-process.js";

const VERSION = "2.1.0";
/** The connector is released for itself: this is the one of Flink 2, which it names after its own version. */
const KAFKA_CONNECTOR = "4.0.1-2.0";

const JARS = [
  ...[
    "clients",
    "connector-base",
    "json",
    "table-api-java-bridge",
    "table-planner-loader",
    "table-runtime",
  ].map((name) => `org.apache.flink:flink-${name}:${VERSION}`),
  `org.apache.flink:flink-sql-connector-kafka:${KAFKA_CONNECTOR}`,
];

const PROGRAM = "StatementServer";
const source = join(dirname(fileURLToPath(import.meta.url)), "..", "assets", "flink", `${PROGRAM}.java`);

/** An Apache Flink that runs statements of SQL, in one process. It has the connectors `kafka` and `datagen`. */
export interface Flink extends Server {
  /**
   * Runs statements one after the other, in a session of their own, and waits for the jobs that they start. Gives the rows of
   * the last one, with values as texts. Time zone and parallelism are UTC and 1 unless `settings` say otherwise.
   */
  run(statements: readonly string[], settings?: Readonly<Record<string, string>>): Promise<string[][]>;
}

/** Why Flink cannot run on this machine, or undefined where it can. */
export const missingForFlink = (): string | undefined =>
  missingForMaven() ?? (answers("javac", ["--version"]) ? undefined : "javac is not installed");

/**
 * Installs Apache Flink where that has not been done, and starts it, in some 2 s; the first statement takes 5 s more. Jobs
 * that run when it is killed do not come back with it.
 *
 * @example
 * const flink = await startFlink();
 * await flink.run(["CREATE TABLE t (n BIGINT) WITH ('connector' = 'kafka', ...)", "INSERT INTO t VALUES (1)"]);
 * await flink.stop();
 */
export async function startFlink(): Promise<Flink> {
  const installed = await installOnce("flink", `${JARS.join()}\n${readFileSync(source, "utf8")}`, install);
  const port = await freePort();
  const folder = temporaryFolder("flink");
  const server = new ServerProcess({
    name: "Flink",
    command: "java",
    args: [
      "-Xmx768m",
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=1",
      // It unpacks jars there.
      `-Djava.io.tmpdir=${folder}`,
      ...["lang", "util"].map((name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`),
      "-cp",
      classPath(installed),
      PROGRAM,
      String(port),
    ],
    folder,
    ready: /Taking statements/,
  });
  await server.start();
  return {
    ...controlsOf(server, folder),
    run: (statements, settings = {}) => run(`http://127.0.0.1:${port}/`, statements, settings),
  };
}

const classPath = (folder: string): string => [join(folder, "classes"), join(folder, "*")].join(delimiter);

async function install(filling: string): Promise<void> {
  await copyJars(JARS, filling);
  const classes = join(filling, "classes");
  mkdirSync(classes);
  copyFileSync(source, join(filling, `${PROGRAM}.java`));
  await runTool("javac", ["-cp", classPath(filling), "-d", classes, join(filling, `${PROGRAM}.java`)]);
}

async function run(
  url: string,
  statements: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<string[][]> {
  const all = { "table.local-time-zone": "UTC", "parallelism.default": "1", ...settings };
  const lines = Object.entries(all).map(([name, value]) => `${name}=${value}`);
  const body = [lines.join("\n"), ...statements].join("\n----\n");
  const response = await fetch(url, { method: "POST", body });
  const text = await response.text();
  if (!response.ok) throw new Error(`Flink refused or failed: ${text}`);
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split("\t"));
}
