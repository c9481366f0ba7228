import { setTimeout as sleep } from "node:timers/promises";

const LIMIT_MS = 60_000;
const PAUSE_MS = 50;

/** Waits up to a minute until something holds that a server tells; what it fails with while it does not is the cause of the error at the end. */
export async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  let cause: unknown;
  do {
    try {
      if (await holds()) return;
    } catch (error) {
      cause = error;
    }
    await sleep(PAUSE_MS);
  } while (performance.now() < end);
  throw new Error(`not within a minute: ${what}`, { cause });
}
