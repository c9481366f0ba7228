import { KernelArrays } from "@ss/kernels";
import type { ByteInput } from "./byte-input.js";

/** Bytes read at a time: enough to make a call cheap, few enough to stay below 10 ms of work. */
export const CHUNK_BYTES: number = 1 << 20;
/** Room before a chunk for the incomplete record that the chunk before left over. */
const CARRY_BYTES = 1 << 16;

/** Bytes behind a buffer that kernels may load, though they never use them: they read some words at once. */
const SLACK_BYTES = 64;

/** Buffers that the readers of one scan hand on to one another. They lie in the kernels' memory. */
export class BufferPool {
  private readonly arrays = new KernelArrays();
  private readonly free: Uint8Array[] = [];

  take(length: number = CARRY_BYTES + CHUNK_BYTES): Uint8Array {
    if (length === CARRY_BYTES + CHUNK_BYTES && this.free.length > 0) return this.free.pop()!;
    return this.arrays.bytes(length, SLACK_BYTES);
  }

  give(buffer: Uint8Array): void {
    if (this.free.length < 4 && buffer.length === CARRY_BYTES + CHUNK_BYTES) this.free.push(buffer);
    else this.arrays.free(buffer);
  }
}

/**
 * An input in chunks. While one chunk is worked on, the next is read into a second buffer; what remains of a chunk is
 * copied before the next one, so that records lie in one piece.
 *
 * `advance(consumed)` gives up everything before `consumed` and fetches more; then the unconsumed bytes are
 * `bytes[start .. end)`. False when there is nothing left to read: the call before it had `isLast`.
 */
export class ChunkReader {
  bytes: Uint8Array;
  start: number = CARRY_BYTES;
  end: number = CARRY_BYTES;
  /** Whether no bytes follow those at hand. */
  isLast = false;
  private readonly input: ByteInput;
  private readonly pool: BufferPool;
  /** The second buffer; small files never need it. */
  private spare: Uint8Array | undefined;
  private ahead: Promise<number> | undefined;
  private isFresh = true;

  constructor(input: ByteInput, pool: BufferPool) {
    this.input = input;
    this.pool = pool;
    this.bytes = pool.take();
  }

  async advance(consumed: number): Promise<boolean> {
    if (this.isLast) return false;
    if (this.isFresh) {
      this.isFresh = false;
      this.end += await this.readInto(this.bytes);
      this.isLast = this.end === this.start || this.input.ended;
    } else {
      const count = await this.ahead!;
      this.swap(consumed, count);
      this.isLast = count === 0 || this.input.ended;
    }
    this.ahead = undefined;
    if (!this.isLast) {
      this.spare ??= this.pool.take();
      this.ahead = this.readInto(this.spare);
      // a failure is reported by the next advance; until then nobody waits for it
      this.ahead.catch(() => {});
    }
    return true;
  }

  private readInto(buffer: Uint8Array): Promise<number> {
    return this.input.read(buffer, CARRY_BYTES, buffer.length - CARRY_BYTES);
  }

  /** Puts what remains of the old chunk before the `count` bytes of the new one. */
  private swap(consumed: number, count: number): void {
    const old = this.bytes;
    const fresh = this.spare!;
    const carried = this.end - consumed;
    if (carried <= CARRY_BYTES) {
      fresh.set(old.subarray(consumed, this.end), CARRY_BYTES - carried);
      this.bytes = fresh;
      this.spare = old;
      this.start = CARRY_BYTES - carried;
      this.end = CARRY_BYTES + count;
      return;
    }
    // a record longer than a chunk: its buffer doubles until it fits
    const room = carried + count;
    const large = this.pool.take(CARRY_BYTES + Math.max(room * 2, CHUNK_BYTES));
    large.set(old.subarray(consumed, this.end), CARRY_BYTES);
    large.set(fresh.subarray(CARRY_BYTES, CARRY_BYTES + count), CARRY_BYTES + carried);
    this.pool.give(old);
    this.bytes = large;
    this.start = CARRY_BYTES;
    this.end = CARRY_BYTES + room;
    if (large.length > fresh.length * 2) {
      this.pool.give(fresh);
      this.spare = this.pool.take(large.length);
    }
  }

  async close(): Promise<void> {
    // the read ahead still writes into its buffer, so the buffers go back only when it has ended
    await this.ahead?.catch(() => 0);
    this.pool.give(this.bytes);
    if (this.spare !== undefined) this.pool.give(this.spare);
    await this.input.close();
  }
}
