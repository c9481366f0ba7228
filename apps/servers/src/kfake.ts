import { copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "./free-port.js";
import { answers, installOnce, runTool } from "./installation.js";
import { controlsOf, type Server, ServerProcess } from "./server-process.js";

/** The cluster, and the release of the client whose tables of protocol versions it needs. */
const MODULES = [
  "github.com/twmb/franz-go/pkg/kfake@v0.0.0-20260918054303-01f206a7e32c",
  "github.com/twmb/franz-go@v1.22.2",
];
const source = join(dirname(fileURLToPath(import.meta.url)), "..", "assets", "kfake", "main.go");

/** A Kafka cluster in the memory of one small process. */
export interface Kfake extends Server {
  /** The brokers' addresses, with commas. */
  readonly bootstrap: string;
}

/** Settings of {@link startKfake}. */
export interface KfakeOptions {
  /** 1 unless told. */
  readonly brokers?: number;
  /** The partitions of a topic that is created without a number, 4 unless told. */
  readonly partitions?: number;
}

/** Why kfake cannot run on this machine, or undefined where it can. */
export const missingForKfake = (): string | undefined =>
  answers("go", ["version"]) ? undefined : "go is not installed";

/** Builds kfake where that has not been done, and starts it: at once, in some 10 MB. */
export async function startKfake({ brokers = 1, partitions = 4 }: KfakeOptions = {}): Promise<Kfake> {
  const folder = await installOnce("kfake", MODULES.join(" "), async (filling) => {
    copyFileSync(source, join(filling, "main.go"));
    await runTool("go", ["mod", "init", "kfake-server"], filling);
    await runTool("go", ["get", ...MODULES], filling);
    await runTool("go", ["build", "-o", "kfake", "."], filling);
  });
  const ports = await freePorts(brokers);
  const server = new ServerProcess({
    name: "kfake",
    command: join(folder, "kfake"),
    args: ["-ports", ports.join(","), "-partitions", String(partitions)],
    folder,
    ready: /kfake ready/,
  });
  await server.start();
  return {
    bootstrap: ports.map((port) => `127.0.0.1:${port}`).join(","),
    ...controlsOf(server),
  };
}
