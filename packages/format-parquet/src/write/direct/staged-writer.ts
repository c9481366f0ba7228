import type { FileWriter } from "@ss/core";
import { GrowingArray } from "../growing-array.js";

const STAGE_BYTES = 1 << 18;

/** Puts small writes together. */
export class StagedWriter {
  private readonly file: FileWriter;
  private readonly stage = new GrowingArray((length) => new Uint8Array(length));
  /** Bytes so far. */
  position = 0;

  constructor(file: FileWriter) {
    this.file = file;
  }
  async write(bytes: Uint8Array): Promise<void> {
    const { stage } = this;
    this.position += bytes.length;
    if (stage.length + bytes.length > STAGE_BYTES) await this.flush();
    if (bytes.length > STAGE_BYTES) return this.file.write(bytes);
    stage.reserve(bytes.length);
    stage.values.set(bytes, stage.length);
    stage.length += bytes.length;
  }
  async flush(): Promise<void> {
    const { stage } = this;
    if (stage.length > 0) await this.file.write(stage.used());
    stage.length = 0;
  }
}
