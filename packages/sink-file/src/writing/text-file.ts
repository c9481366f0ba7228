import type { FileWriter } from "@ss/core";
import { compressor, type TextCodec } from "@ss/files";
import { ByteArena } from "@ss/kernels";
import type { Transcode } from "./output-encoding.js";

const FLUSH_BYTES = 1 << 18;

/** A text file on its way: rows are appended to `arena`, which is converted, compressed and written in large pieces. */
export class TextFile {
  readonly arena: ByteArena = new ByteArena(FLUSH_BYTES + (1 << 16));
  private readonly file: FileWriter;
  private readonly transcode: Transcode;
  private readonly codec: TextCodec;
  private packer: Packer | undefined;

  constructor(file: FileWriter, codec: TextCodec, transcode: Transcode) {
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
    const bytes = this.transcode === null ? plain : this.transcode(plain);
    if (this.codec === "none") await this.file.write(bytes);
    else await this.pack(this.codec).write(bytes);
    arena.clear();
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

  private pack(codec: Exclude<TextCodec, "none">): Packer {
    this.packer ??= new Packer(codec, this.file);
    return this.packer;
  }
}

/** Compresses what is written and hands it on in order. */
class Packer {
  private readonly transform: ReturnType<typeof compressor>;
  private readonly file: FileWriter;
  private readonly ready: Uint8Array[] = [];

  constructor(codec: Exclude<TextCodec, "none">, file: FileWriter) {
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
