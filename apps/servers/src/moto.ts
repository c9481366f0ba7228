import { join } from "node:path";
import { freePort } from "./free-port.js";
import { answers, installOnce, runTool } from "./installation.js";
import { controlsOf, type Server, ServerProcess } from "./server-process.js";

const PACKAGE = "moto[server]==5.2.5";

/** Moto, services of AWS in memory: Kinesis, S3, DynamoDB. Of Kinesis it never ends the iterator of a closed shard. */
export interface Moto extends Server {
  readonly endpoint: string;
}

/** Why moto cannot run on this machine, or undefined where it can. */
export const missingForMoto = (): string | undefined =>
  answers("python3", ["-c", "import venv, ensurepip"]) ? undefined : "python3 with venv is not installed";

/** Installs moto where that has not been done, and starts it, in some 3 s. */
export async function startMoto(): Promise<Moto> {
  const folder = await installOnce("moto", PACKAGE, async (filling) => {
    await runTool("python3", ["-m", "venv", filling]);
    const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE];
    await runTool(join(filling, "bin", "python3"), install);
  });
  const port = await freePort();
  const server = new ServerProcess({
    name: "moto",
    // As a module: the programs of an environment hold the path at which it was filled.
    command: join(folder, "bin", "python3"),
    args: ["-u", "-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)],
    folder,
    ready: /Running on http/,
  });
  await server.start();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    ...controlsOf(server),
  };
}
