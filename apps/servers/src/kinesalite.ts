import { freePort } from "./free-port.js";
import { answers, installOnce, runTool } from "./installation.js";
import { controlsOf, type Server, ServerProcess } from "./server-process.js";

const PACKAGE = "kinesalite@3.3.3";

/** Kinesalite's own program listens on every address, so it is started from its function. */
const START = `
const settings = { createStreamMs: 10, updateStreamMs: 10, deleteStreamMs: 10, shardLimit: 1000 };
require("kinesalite")(settings).listen(Number(process.argv[1]), "127.0.0.1", () => console.log("kinesalite ready"));
`;

/** Kinesalite, a Kinesis in memory. It lacks UpdateShardCount and ChildShards. */
export interface Kinesalite extends Server {
  readonly endpoint: string;
}

/** Why kinesalite cannot run on this machine, or undefined where it can. */
export const missingForKinesalite = (): string | undefined =>
  answers("npm", ["--version"]) ? undefined : "npm is not installed";

/** Installs kinesalite where that has not been done, and starts it. */
export async function startKinesalite(): Promise<Kinesalite> {
  const folder = await installOnce("kinesalite", PACKAGE, async (filling) => {
    const quietly = ["--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional"];
    await runTool("npm", ["install", "--prefix", filling, ...quietly, PACKAGE], filling);
  });
  const port = await freePort();
  const server = new ServerProcess({
    name: "kinesalite",
    command: process.execPath,
    args: ["-e", START, String(port)],
    folder,
    ready: /kinesalite ready/,
  });
  await server.start();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    ...controlsOf(server),
  };
}
