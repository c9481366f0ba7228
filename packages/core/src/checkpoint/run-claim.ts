import type { FileSystem } from "../file-system/file-system.js";
import { concurrentUpdate } from "./checkpoint-errors.js";

/**
 * A run's claim to a checkpoint: the file `runs/<n>`. A new run makes the next one, exclusively, then lists the folder again
 * and deletes the older ones before it reads anything else; so whoever still finds its own file is the newest, and no old
 * entry stays behind. The second listing settles the race of several starts: of two that made files, the later one sees
 * both.
 */
export class RunClaim {
  readonly path: string;
  private readonly fileSystem: FileSystem;

  private constructor(fileSystem: FileSystem, path: string) {
    this.fileSystem = fileSystem;
    this.path = path;
  }

  static async take(fileSystem: FileSystem, checkpoint: string, runId: string): Promise<RunClaim> {
    const folder = `${checkpoint}/runs`;
    for (;;) {
      const next = Math.max(-1, ...(await claimsIn(fileSystem, folder))) + 1;
      const claim = new RunClaim(fileSystem, `${folder}/${next}`);
      if (!(await claim.create(runId))) continue;
      const others = await claimsIn(fileSystem, folder);
      if (others.some((other) => other > next)) continue;
      for (const other of others) if (other < next) await fileSystem.delete(`${folder}/${other}`);
      return claim;
    }
  }

  /** Throws CONCURRENT_STREAM_LOG_UPDATE if a newer run has taken the checkpoint over. */
  async fence(batchId: number): Promise<void> {
    if ((await this.fileSystem.stat(this.path)) === null) throw concurrentUpdate(batchId, this.path);
  }

  /** True if the file is this run's, also where an earlier answer was lost. */
  private async create(runId: string): Promise<boolean> {
    const text = JSON.stringify({ runId });
    if (await this.fileSystem.createExclusive(this.path, Buffer.from(text))) return true;
    const found = await this.fileSystem.readAll(this.path);
    return found !== null && Buffer.from(found).toString() === text;
  }
}

async function claimsIn(fileSystem: FileSystem, folder: string): Promise<number[]> {
  const claims: number[] = [];
  for await (const { path } of fileSystem.list(folder)) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (/^\d+$/.test(name)) claims.push(Number(name));
  }
  return claims;
}
