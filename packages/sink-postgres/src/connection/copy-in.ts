import type { Duplex } from "node:stream";

/** The part of a connection of `pg` that COPY needs. */
interface CopyConnection {
  readonly stream: Duplex;
  query(text: string): void;
  sendCopyFail(reason: string): void;
}

/** The bytes that a frame begins with: they belong to the protocol. */
export const FRAME_HEAD = 5;

const COPY_DATA = 100;
const COPY_DONE = Buffer.from([99, 0, 0, 0, 4]);

/**
 * `COPY ... FROM STDIN` in the query queue of a client of `pg`.
 *
 * The client calls `submit` when it is this statement's turn, and the `handle` methods for the server's answers. Until the
 * server has said that it is ready, `send` waits; after an error it throws that error.
 */
export class CopyIn {
  private readonly text: string;
  private connection: CopyConnection | undefined;
  private failure: unknown;
  private isOver = false;
  private readonly ready: Signal<void> = new Signal();
  private readonly done: Signal<number> = new Signal();
  private drained: Signal<void> | undefined;
  private rowCount = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Whether the server waits for rows, or for their end. */
  get isOpen(): boolean {
    return !this.isOver;
  }

  /** Sends rows that stand behind the first {@link FRAME_HEAD} bytes of `frame`, which is not to be changed any more. */
  async send(frame: Uint8Array): Promise<void> {
    await this.ready.promise;
    this.check();
    frame[0] = COPY_DATA;
    new DataView(frame.buffer, frame.byteOffset).setUint32(1, frame.length - 1);
    const { stream } = this.connection!;
    if (stream.write(frame)) return;
    this.drained ??= this.nextDrain(stream);
    await this.drained.promise;
    this.check();
  }

  /** Ends the rows and gives their number once the server has taken them all. */
  async end(): Promise<number> {
    await this.ready.promise;
    this.check();
    this.connection!.stream.write(COPY_DONE);
    return this.done.promise;
  }

  /** Has the server refuse the statement; never throws. */
  async fail(): Promise<void> {
    try {
      await this.ready.promise;
      if (!this.isOver) this.connection!.sendCopyFail("the batch was given up");
      await this.done.promise;
    } catch {
      // That it fails is what was asked for.
    }
  }

  submit(connection: unknown): void {
    this.connection = connection as CopyConnection;
    this.connection.query(this.text);
  }

  handleCopyInResponse(): void {
    this.ready.resolve();
  }

  handleCommandComplete(message: { readonly text?: string }): void {
    this.rowCount = Number(/^COPY (\d+)/.exec(message.text ?? "")?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.isOver = true;
    this.done.resolve(this.rowCount);
  }

  handleError(error: unknown): void {
    this.isOver = true;
    this.failure = error;
    this.ready.reject(error);
    this.done.reject(error);
    this.drained?.reject(error);
  }

  private check(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  private nextDrain(stream: Duplex): Signal<void> {
    const signal = new Signal<void>();
    stream.once("drain", () => {
      this.drained = undefined;
      signal.resolve();
    });
    return signal;
  }
}

/** A promise that is settled from outside; nobody has to wait for it. */
class Signal<T> {
  readonly promise: Promise<T>;
  resolve!: (value: T) => void;
  reject!: (error: unknown) => void;

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => {});
  }
}
