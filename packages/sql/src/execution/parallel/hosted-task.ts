import { CREDITS } from "./messages.js";

/** A task under way in a worker: how many messages it may still send, and whether it shall end. */
export class HostedTask {
  private readonly controller = new AbortController();
  private credits = CREDITS;
  private wake: (() => void) | undefined;

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  credit(): void {
    this.credits++;
    this.wake?.();
  }

  cancel(): void {
    this.controller.abort();
    this.wake?.();
  }

  /** Waits for a credit and uses it up. Throws when the task was cancelled. */
  async mayPost(): Promise<void> {
    while (this.credits === 0) {
      this.signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    this.signal.throwIfAborted();
    this.credits--;
  }
}
