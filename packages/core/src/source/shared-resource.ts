/**
 * Something that several users share, such as the connection of a table: made for the first of them, kept between them, and closed when it is released and
 * nobody uses it.
 *
 * Each `take` that succeeds is followed by one `give`; `use` does both. `release` may come at any time: where users are left, the last `give` closes. Whoever
 * takes after that has it made anew. What could not be made is tried again by whoever takes next.
 */
export class SharedResource<T> {
  private readonly make: () => T | Promise<T>;
  private readonly close: (made: T) => Promise<void>;
  private made: Promise<T> | null = null;
  private users = 0;
  private isReleased = false;

  constructor(make: () => T | Promise<T>, close: (made: T) => Promise<void>) {
    this.make = make;
    this.close = close;
  }

  async take(): Promise<T> {
    this.users++;
    this.made ??= (async () => this.make())();
    const { made } = this;
    try {
      return await made;
    } catch (error) {
      // another user may have it made anew already
      if (this.made === made) this.made = null;
      await this.give();
      throw error;
    }
  }

  async give(): Promise<void> {
    this.users--;
    if (this.isReleased) await this.release();
  }

  async use<R>(work: (made: T) => Promise<R>): Promise<R> {
    const made = await this.take();
    try {
      return await work(made);
    } finally {
      await this.give();
    }
  }

  async release(): Promise<void> {
    this.isReleased = this.users > 0;
    if (this.isReleased) return;
    const { made } = this;
    this.made = null;
    if (made !== null) await this.close(await made);
  }
}
