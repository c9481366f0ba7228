import type { Batch, FileWriter, FormatFile, StructType } from "@ss/core";
import * as arrow from "@uwdata/flechette";
import type { RecordBatch, Table, WriterProperties } from "parquet-wasm";
import { invalidText } from "../errors.js";
import { type ParquetWasm, parquetWasm } from "../wasm.js";
import type { ArrowPart, ArrowWriter } from "./arrow-writer.js";
import { arrowWriter } from "./arrow-writers.js";
import { InvalidText } from "./check-text.js";
import { compressionOf, type ParquetCodec } from "./codec.js";

/** Rows are handed to the encoder when they take that many bytes. */
const PIECE_BYTES = 4 << 20;
const PIECE_ROWS = 1 << 16;

/** A Parquet file that parquet-wasm encodes. Small files are encoded in one go, larger ones piece by piece. */
export class ParquetFormatFile implements FormatFile {
  private readonly schema: StructType;
  private readonly codec: ParquetCodec;
  private readonly rowGroupBytes: number;
  private readonly keyValues: ReadonlyMap<string, string>;
  private readonly createdBy: string;
  private readonly file: FileWriter;
  private readonly writers: readonly ArrowWriter[];
  private encoder: PieceEncoder | undefined;
  private rows = 0;

  constructor(
    schema: StructType,
    codec: ParquetCodec,
    rowGroupBytes: number,
    keyValues: ReadonlyMap<string, string>,
    createdBy: string,
    file: FileWriter,
  ) {
    this.schema = schema;
    this.codec = codec;
    this.rowGroupBytes = rowGroupBytes;
    this.keyValues = keyValues;
    this.createdBy = createdBy;
    this.file = file;
    this.writers = schema.fields.map(({ type }) => arrowWriter(type));
  }

  async write(batch: Batch): Promise<void> {
    for (let k = 0; k < this.writers.length; k++)
      this.writers[k]!.append(batch.columns[k]!, 0, batch.rowCount);
    this.rows += batch.rowCount;
    const size = this.writers.reduce((sum, writer) => sum + writer.byteSize(), 0);
    if (this.rows >= PIECE_ROWS || size >= Math.min(PIECE_BYTES, this.rowGroupBytes))
      await this.encodePiece();
  }

  private async encodePiece(): Promise<void> {
    const wasm = await parquetWasm();
    const table = this.table(wasm);
    this.encoder ??= new PieceEncoder(wasm, this.properties(wasm), this.file);
    await this.encoder.write(table);
  }

  /** The rows so far in WebAssembly memory; the writers are empty afterwards. */
  private table(wasm: ParquetWasm): Table {
    const columns = this.writers.map((writer, k) => {
      return { type: writer.type, data: [partOf(writer, this.schema.fields[k]!.name)] };
    });
    const fields = this.schema.fields.map(({ name }, k) => arrow.field(name, this.writers[k]!.type));
    const message = ipcMessage(fields, columns);
    for (const writer of this.writers) writer.clear();
    this.rows = 0;
    return wasm.Table.fromIPCStream(message);
  }

  private properties(wasm: ParquetWasm): WriterProperties {
    return new wasm.WriterPropertiesBuilder()
      .setCompression(compressionOf(this.codec, wasm))
      .setMaxRowGroupBytes(this.rowGroupBytes)
      .setKeyValueMetadata(new Map(this.keyValues))
      .setCreatedBy(this.createdBy)
      .build();
  }

  async close(): Promise<void> {
    const wasm = await parquetWasm();
    if (this.encoder === undefined) {
      await this.file.write(wasm.writeParquet(this.table(wasm), this.properties(wasm)));
    } else {
      if (this.rows > 0) await this.encodePiece();
      await this.encoder.close();
    }
    await this.file.close();
  }

  async abort(): Promise<void> {
    try {
      this.encoder?.abort();
    } finally {
      await this.file.abort();
    }
  }
}

function partOf(writer: ArrowWriter, column: string): ArrowPart {
  try {
    return writer.part();
  } catch (error) {
    throw error instanceof InvalidText ? invalidText(column, error.bytes) : error;
  }
}

function ipcMessage(
  fields: readonly arrow.Field[],
  columns: readonly { readonly type: arrow.DataType; readonly data: readonly ArrowPart[] }[],
): Uint8Array {
  const schema = { version: arrow.Version.V5, endianness: arrow.Endianness.Little, fields, metadata: null };
  // the encoder of messages looks at buffers alone, which is what the parts are
  const table = { schema, children: columns } as unknown as arrow.Table;
  return arrow.tableToIPC(table, { format: "stream" })!;
}

/** Feeds pieces to the encoder, which runs as a stream, and writes what comes out of it. */
class PieceEncoder {
  private readonly wasm: ParquetWasm;
  private readonly properties: WriterProperties;
  private readonly file: FileWriter;
  private controller!: ReadableStreamDefaultController<RecordBatch>;
  private readonly input: ReadableStream<RecordBatch>;
  private wanted: () => void = () => {};
  private output: Promise<void> | undefined;
  private failure: unknown;

  constructor(wasm: ParquetWasm, properties: WriterProperties, file: FileWriter) {
    this.wasm = wasm;
    this.properties = properties;
    this.file = file;
    this.input = new ReadableStream<RecordBatch>(
      {
        start: (controller) => {
          this.controller = controller;
        },
        pull: () => this.wanted(),
      },
      { highWaterMark: 1 },
    );
  }

  async write(table: Table): Promise<void> {
    for (const batch of table.recordBatches()) {
      if (this.failure !== undefined) throw this.failure;
      this.controller.enqueue(batch);
      this.output ??= this.pump();
      await this.room();
    }
    table.free();
  }

  /** Waits until the encoder has taken what it was given. */
  private async room(): Promise<void> {
    while (this.failure === undefined && (this.controller.desiredSize ?? 1) <= 0) {
      await Promise.race([
        new Promise<void>((resolve) => {
          this.wanted = resolve;
        }),
        this.output,
      ]);
    }
    if (this.failure !== undefined) throw this.failure;
  }

  private async pump(): Promise<void> {
    try {
      const encoded = await this.wasm.transformParquetStream(this.input, this.properties);
      const reader = encoded.getReader() as ReadableStreamDefaultReader<Uint8Array>;
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        await this.file.write(value);
      }
    } catch (error) {
      this.failure = error;
    }
  }

  async close(): Promise<void> {
    this.controller.close();
    await this.output;
    if (this.failure !== undefined) throw this.failure;
  }

  abort(): void {
    try {
      this.controller.error(new Error("the file was given up"));
    } catch {
      // the stream has ended by itself
    }
  }
}
