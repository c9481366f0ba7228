import { BooleanColumn, type Column, type DataType, type Validity } from "@ss/core";
import { HybridReader } from "./hybrid-reader.js";
import { ParquetFault } from "./parquet-fault.js";
import { ENCODING, unknownEncoding, type Values, valuesTooShort } from "./values.js";

/** BOOLEAN: bits, packed or in runs. */
export class BooleanValues implements Values {
  readonly encodings: readonly number[] = [ENCODING.plain, ENCODING.rle];
  private readonly type: DataType;
  private readonly values: Uint8Array;
  private readonly runs = new HybridReader();
  private readonly unpacked: Int32Array;
  private isPlain = true;
  private bytes: Uint8Array = new Uint8Array(0);
  private bit = 0;
  private end = 0;

  constructor(type: DataType, rows: number) {
    this.type = type;
    this.values = new Uint8Array(rows);
    this.unpacked = new Int32Array(rows);
  }

  startChunk(): void {}

  setDictionary(): void {
    throw new ParquetFault("truth values cannot have a dictionary");
  }

  startPage(encoding: number, bytes: Uint8Array, start: number, end: number): void {
    this.isPlain = encoding === ENCODING.plain;
    this.bytes = bytes;
    this.bit = start * 8;
    this.end = end * 8;
    if (this.isPlain) return;
    if (encoding !== ENCODING.rle) throw unknownEncoding(encoding);
    if (end - start < 4) throw valuesTooShort();
    const size = new DataView(bytes.buffer, bytes.byteOffset + start, 4).getUint32(0, true);
    if (size > end - start - 4) throw valuesTooShort();
    this.runs.start(bytes, start + 4, start + 4 + size, 1, 2);
  }

  begin(): void {}

  take(at: number, rows: number, present: number, validity: Uint8Array): void {
    const { values } = this;
    if (this.isPlain) this.takeBits(at, present);
    else {
      this.runs.read(present, this.unpacked, 0);
      for (let i = 0; i < present; i++) values[at + i] = this.unpacked[i]!;
    }
    let from = at + present - 1;
    for (let i = at + rows - 1; i > from; i--) {
      if ((validity[i >> 3]! & (1 << (i & 7))) !== 0) values[i] = values[from--]!;
    }
  }

  private takeBits(at: number, present: number): void {
    const { bytes, bit, values } = this;
    if (present > this.end - bit) throw valuesTooShort();
    const first = Math.floor(bit / 8);
    const shift = bit % 8;
    for (let i = 0; i < present; i++)
      values[at + i] = (bytes[first + ((shift + i) >> 3)]! >> ((shift + i) & 7)) & 1;
    this.bit += present;
  }

  leavePage(): void {}

  column(rows: number, validity: Validity): Column {
    return new BooleanColumn(this.type, rows, validity, this.values);
  }
}
