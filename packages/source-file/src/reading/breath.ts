/** How long a reader works before it lets timers and sockets of the process have their turn. */
const WORK_MS = 4;

/**
 * Lets the event loop turn when enough work has been done since it last did. Reading a file turns the loop by itself; a
 * reader whose bytes are there already would not.
 */
export class Breath {
  private since = performance.now();

  /** Whether it is time for `take`. */
  get isDue(): boolean {
    return performance.now() - this.since > WORK_MS;
  }

  async take(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.since = performance.now();
  }
}
