import type { SeededRandom } from "../seeded-random.js";
import { DiskCrash, type DiskOperation } from "./disk-fault.js";
import { FaultyFileSystem, type FaultyFileSystemOptions } from "./faulty-file-system.js";

/** A piece of work, and what has to hold of the disk wherever the power went. */
export interface CrashScenario extends FaultyFileSystemOptions {
  /** Prepares the disk; no crash happens in it. */
  readonly prepare?: (disk: FaultyFileSystem) => Promise<void>;
  /** The work. It may throw what it likes once the disk has crashed. */
  readonly run: (disk: FaultyFileSystem) => Promise<void>;
  /** Checks the surviving disk, usually by going on with the work. `crashedAt` is null for the run without a crash. */
  readonly check: (disk: FaultyFileSystem, crashedAt: DiskOperation | null) => Promise<void>;
  /** Lets what was not synced survive by chance; without it nothing of that survives. */
  readonly random?: SeededRandom;
}

/**
 * Does the work again and again, with a loss of power before its first step on the disk, before its second, and so on, at
 * last without one. Returns how many crashes that were. A failure names the step.
 */
export async function crashAtEveryWrite(scenario: CrashScenario): Promise<number> {
  for (let count = 0; ; count++) {
    const disk = new FaultyFileSystem(scenario);
    await scenario.prepare?.(disk);
    const at = disk.operations.length + count;
    const random = scenario.random?.fork();
    disk.faultAt(at, { kind: "crash", ...(random && { random }) });
    await runToItsEnd(scenario, disk);
    const crashedAt = disk.crashed ? disk.operations[at]! : null;
    try {
      await scenario.check(disk.restart(), crashedAt);
    } catch (error) {
      const seed = random ? ` (seed ${random.seed})` : "";
      const place = crashedAt
        ? `after a crash before ${crashedAt.kind} of ${crashedAt.path}`
        : "after a crash at the end";
      throw new Error(`${place}${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
    if (crashedAt === null) return count;
  }
}

async function runToItsEnd(scenario: CrashScenario, disk: FaultyFileSystem): Promise<void> {
  try {
    await scenario.run(disk);
  } catch (error) {
    if (!disk.crashed || !(DiskCrash.is(error) || error instanceof Error)) throw error;
  }
}
