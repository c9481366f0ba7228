import { isUtf8 } from "node:buffer";
import { connect, type Socket } from "node:net";
import {
  BATCH_ROWS,
  Batch,
  BytesBuilder,
  type Clock,
  Int64Builder,
  type Offset,
  type Partition,
  type ReadLimit,
  type RunMode,
  type ScanRequest,
  type Source,
  type SourceContext,
  StreamError,
  StringType,
  StructField,
  StructType,
  TimestampType,
} from "@ss/core";
import { LineBuffer } from "./line-buffer.js";
import { LineCutter } from "./line-cutter.js";

/** What a {@link SocketSource} is made from. */
export interface SocketSettings {
  readonly host: string;
  readonly port: number;
  readonly includeTimestamp: boolean;
  readonly numPartitions: number;
  /** Bytes of waiting lines from which on the sender has to wait; below half of it, it may go on. */
  readonly bufferBytes: number;
}

/** Every `step`th line from `first` to `last`. */
interface LinePartition {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

const VALUE = StructField("value", StringType);
const TIMESTAMP = StructField("timestamp", TimestampType);

/**
 * Lines from a TCP connection. An offset is the position of a line, from 0; a query that continues on a checkpoint goes on
 * counting there with the first line of its new connection.
 */
export class SocketSource implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly replayable = false;
  readonly runModes: readonly RunMode[] = ["continuous"];
  readonly readLimit: ReadLimit = { kind: "allAvailable" };
  private readonly settings: SocketSettings;
  /** Positions in it are those of this connection. */
  private readonly lines = new LineBuffer();
  private readonly cutter = new LineCutter();
  private readonly wakers = new Set<() => void>();
  private clock!: Clock;
  private socket: Socket | undefined;
  private failure: StreamError | undefined;
  /** The offset of this connection's first line; known once the loop has said where it stands. */
  private base: number | undefined;

  constructor(settings: SocketSettings) {
    this.settings = settings;
    this.description = `TextSocketV2[host: ${settings.host}, port: ${settings.port}]`;
    this.schema = new StructType(settings.includeTimestamp ? [VALUE, TIMESTAMP] : [VALUE]);
  }

  async open({ clock, signal }: SourceContext): Promise<void> {
    this.clock = clock;
    const { host, port } = this.settings;
    const socket = connect({ host, port, signal });
    this.socket = socket;
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.on("error", (error) => {
        this.failure ??= connectionFailed(this.settings, error);
        reject(this.failure);
        this.wake();
      });
    });
    socket.on("data", (chunk) => this.take(chunk));
    socket.on("end", () => this.end());
  }

  async initialOffset(): Promise<Offset | null> {
    return -1;
  }

  async latestOffset(start: Offset | null): Promise<Offset | null> {
    const from = (start as number | null) ?? -1;
    this.base ??= from + 1;
    const latest = Math.max(from, this.base + this.lines.last);
    // what arrived before the connection broke is delivered first
    if (latest === from && this.failure) throw this.failure;
    return latest;
  }

  reportLatestOffset(): Offset | null {
    return this.base === undefined ? null : this.base + this.lines.last;
  }

  async plan(start: Offset | null, end: Offset): Promise<readonly Partition[]> {
    // a range of an earlier connection: its lines are gone, the new ones come after it
    this.base ??= (end as number) + 1;
    const first = Math.max(((start as number | null) ?? -1) + 1, this.base);
    const last = end as number;
    const count = Math.max(0, Math.min(this.settings.numPartitions, last - first + 1));
    return Array.from({ length: count }, (_, p) => ({
      first: first + p,
      last,
      step: this.settings.numPartitions,
    }));
  }

  async *read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> {
    const { first, last, step } = partition as unknown as LinePartition;
    const schema = new StructType(scan.columns.map((name) => this.schema.field(name)));
    for (let from = first; from <= last; from += BATCH_ROWS * step) {
      signal.throwIfAborted();
      yield this.batch(schema, { first: from, last: Math.min(last, from + (BATCH_ROWS - 1) * step), step });
    }
  }

  async commit(end: Offset): Promise<void> {
    if (this.base === undefined) return;
    this.lines.dropThrough((end as number) - this.base);
    if (this.socket?.isPaused() && this.lines.size < this.settings.bufferBytes / 2) this.socket.resume();
  }

  onData(wake: () => void): () => void {
    this.wakers.add(wake);
    return () => void this.wakers.delete(wake);
  }

  async close(): Promise<void> {
    this.socket?.destroy();
  }

  private take(chunk: Uint8Array): void {
    for (const line of this.cutter.cut(chunk)) this.add(line);
    if (this.cutter.pending > this.settings.bufferBytes) {
      this.failure ??= lineTooLong(this.settings);
      this.socket?.destroy();
    } else if (this.lines.size >= this.settings.bufferBytes) this.socket?.pause();
    this.wake();
  }

  private end(): void {
    const rest = this.cutter.rest();
    if (rest) this.add(rest);
    this.wake();
  }

  private add(line: Uint8Array): void {
    this.lines.add(isUtf8(line) ? line : repaired(line), this.clock.now());
  }

  private wake(): void {
    for (const wake of [...this.wakers]) wake();
  }

  private batch(schema: StructType, { first, last, step }: LinePartition): Batch {
    const rowCount = Math.floor((last - first) / step) + 1;
    const columns = schema.fields.map(({ name, type }) => {
      if (name === TIMESTAMP.name) {
        const times = new Int64Builder(type);
        for (let at = first; at <= last; at += step) {
          times.append(BigInt(this.lines.timeMsAt(at - this.base!)) * 1000n);
        }
        return times.view();
      }
      const values = new BytesBuilder(type);
      for (let at = first; at <= last; at += step) {
        const line = this.lines.lineAt(at - this.base!);
        values.appendBytes(line, 0, line.length);
      }
      return values.view();
    });
    return new Batch(schema, columns, rowCount);
  }
}

/** Bytes that are no UTF-8 become replacement characters. */
function repaired(line: Uint8Array): Uint8Array {
  return new TextEncoder().encode(new TextDecoder("utf-8", { ignoreBOM: true }).decode(line));
}

function connectionFailed({ host, port }: SocketSettings, cause: Error): StreamError {
  return new StreamError({
    condition: "SS_SOCKET_FAILED",
    parameters: { host, port: String(port) },
    message:
      `The connection to ${host}:${port} failed: ${cause.message || (cause as NodeJS.ErrnoException).code}. ` +
      `Something has to listen there before the query starts, for instance 'nc -lk ${port}'.`,
    cause,
  });
}

function lineTooLong({ host, port, bufferBytes }: SocketSettings): StreamError {
  return new StreamError({
    condition: "SS_SOCKET_LINE_TOO_LONG",
    parameters: { host, port: String(port), bytes: String(bufferBytes) },
    message: `${host}:${port} sent more than ${bufferBytes} bytes without a line end. End lines with a line feed.`,
  });
}
