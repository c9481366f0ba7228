import { readdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./free-port.js";
import { temporaryFolder } from "./guardian.js";
import { answers, installOnce, runTool } from "./installation.js";
import { copyFromMaven, missingForMaven } from "./maven.js";
import { controlsOf, type Server, ServerProcess } from "./server-process.js";

/** The last line of releases that runs on Java 17. */
const VERSION = "2.6.13.Final";

/** Apicurio, a schema registry with the HTTP interface of Confluent's. It keeps schemas in memory. */
export interface SchemaRegistry extends Server {
  /** What clients of Confluent's registry are given as its URL. */
  readonly url: string;
}

/** Why the registry cannot run on this machine, or undefined where it can. */
export const missingForRegistry = (): string | undefined =>
  missingForMaven() ?? (answers("tar", ["--version"]) ? undefined : "tar is not installed");

/** Installs the registry where that has not been done, and starts it, in some 5 s. */
export async function startRegistry(): Promise<SchemaRegistry> {
  const installed = await installOnce("apicurio", VERSION, async (filling) => {
    await copyFromMaven(`io.apicurio:apicurio-registry-app:${VERSION}:tar.gz:all`, filling);
    const archive = readdirSync(filling).find((name) => name.endsWith(".tar.gz"))!;
    await runTool("tar", ["xzf", archive], filling);
    await runTool("rm", [archive], filling);
  });
  const port = await freePort();
  const folder = temporaryFolder("registry");
  const server = new ServerProcess({
    name: "the schema registry",
    command: "java",
    args: [
      "-Xmx384m",
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=1",
      "-Dquarkus.http.host=127.0.0.1",
      `-Dquarkus.http.port=${port}`,
      "-jar",
      join(installed, `apicurio-registry-app-${VERSION}-runner.jar`),
    ],
    folder,
    ready: /Listening on: http/,
  });
  await server.start();
  return {
    url: `http://127.0.0.1:${port}/apis/ccompat/v7`,
    ...controlsOf(server, folder),
  };
}
