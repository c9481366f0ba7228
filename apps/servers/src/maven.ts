import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { answers, runTool } from "./installation.js";

const PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1";

/** Why programs from Maven cannot run on this machine, or undefined where they can. */
export function missingForMaven(): string | undefined {
  if (!answers("java", ["-version"])) return "java is not installed";
  return answers("mvn", ["--version"]) ? undefined : "maven is not installed";
}

/** Copies one artifact, `group:name:version:packaging:classifier`, into a folder. */
export async function copyFromMaven(artifact: string, folder: string): Promise<void> {
  await runTool("mvn", [
    "-q",
    "-B",
    `${PLUGIN}:copy`,
    `-Dartifact=${artifact}`,
    `-DoutputDirectory=${folder}`,
  ]);
}

/** Copies artifacts, `group:name:version`, and all that they need at run time, into a folder. */
export async function copyJars(artifacts: readonly string[], folder: string): Promise<void> {
  const dependencies = artifacts.map((artifact) => {
    const [group, name, version] = artifact.split(":");
    return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
  });
  const pom = [
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>',
    "<groupId>local</groupId><artifactId>server</artifactId><version>1</version><packaging>pom</packaging>",
    `<dependencies>${dependencies.join("")}</dependencies></project>`,
  ];
  writeFileSync(join(folder, "pom.xml"), pom.join("\n"));
  const jars = [`-DoutputDirectory=${folder}`, "-DincludeScope=runtime"];
  await runTool("mvn", ["-q", "-B", `${PLUGIN}:copy-dependencies`, ...jars], folder);
}
