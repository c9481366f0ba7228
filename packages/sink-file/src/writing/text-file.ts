import type { FileWriter } from "@ss/core";
import { compressor, type WrittenCodec } from "@ss/files";
import { ByteArena } from "@ss/kernels";
import type { Transcode } from "./output-encoding.js";

const FLUSH_BYTES = 1 << 18;

/** A text file on its way: rows are appended to `arena`, which is converted, compressed and written in large pieces. */
export class TextFile {
  readonly arena: ByteArena = new ByteArena(FLUSH_BYTES + (1 << 16));
  private readonly file: FileWriter;
  private readonly transcode: Transcode | null;
  private isBegun = false;
  private readonly codec: WrittenCodec | "none";
  private packer: Packer | undefined;

  constructor(file: FileWriter, codec: WrittenCodec | "none", transcode: Transcode | null) {
    this.file = file;
    this.codec = codec;
    this.transcode = transcode;
  }

  /** Whether enough has gathered to be written. */
  get isFull(): boolean {
    return this.arena.length >= FLUSH_BYTES;
  }

  async flush(): Promise<void> {
    const { arena } = this;
    if (arena.length === 0) return;
    const plain = arena.bytes.subarray(0, arena.length);
    if (this.transcode === null) await this.put(plain);
    else {
      if (!this.isBegun) await this.put(this.transcode.mark);
      await this.put(this.transcode.convert(plain));
    }
    this.isBegun = true;
    arena.clear();
  }

  private async put(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    if (this.codec === "none") await this.file.write(bytes);
    else await this.pack(this.codec).write(bytes);
  }

  async close(): Promise<void> {
    await this.flush();
    if (this.codec !== "none") await this.pack(this.codec).end();
    await this.file.close();
  }

  async abort(): Promise<void> {
    this.packer?.destroy();
    await this.file.abort();
  }

  private pack(codec: WrittenCodec): Packer {
    this.packer ??= new Packer(codec, this.file);
    return this.packer;
  }
}

/** Compresses what is written and hands it on in order. */
class Packer {
  private readonly transform: ReturnType<typeof compressor>;
  private readonly file: FileWriter;
  private readonly ready: Uint8Array[] = [];

  constructor(codec: WrittenCodec, file: FileWriter) {
    this.file = file;
    this.transform = compressor(codec);
    this.transform.on("data", (bytes: Uint8Array) => this.ready.push(bytes));
  }

  async write(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.transform.write(bytes.slice(), (error) => (error ? reject(error) : resolve()));
    });
    await this.drain();
  }

  async end(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.transform.once("end", resolve).once("error", reject).end();
    });
    await this.drain();
  }

  destroy(): void {
    this.transform.destroy();
  }

  private async drain(): Promise<void> {
    for (let bytes = this.ready.shift(); bytes !== undefined; bytes = this.ready.shift())
      await this.file.write(bytes);
  }
}
