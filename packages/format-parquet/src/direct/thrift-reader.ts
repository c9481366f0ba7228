import { ParquetFault } from "./parquet-fault.js";

/** Wire types of Thrift's compact protocol. */
export const THRIFT = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
} as const;

const MAX_DEPTH = 64;
const TWO_TO_THE_32 = 2 ** 32;

/** Reads Thrift's compact protocol; every length is checked against the bytes that are there. */
export class ThriftReader {
  position: number;
  private readonly bytes: Uint8Array;
  private readonly end: number;
  private depth = 0;

  constructor(bytes: Uint8Array, position = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  /** Hands each field of a struct to `visit`, which reads its value. */
  struct(visit: (field: number, type: number) => void): void {
    if (++this.depth > MAX_DEPTH) throw new ParquetFault("its metadata is nested too deeply");
    let field = 0;
    for (;;) {
      const head = this.byte();
      if (head === 0) break;
      const delta = head >> 4;
      field = delta === 0 ? this.number() : field + delta;
      visit(field, head & 15);
    }
    this.depth--;
  }

  /** Reads a list of values of one wire type. */
  list<T>(type: number, elementType: number, element: () => T): T[] {
    expectType(type, THRIFT.list);
    const head = this.byte();
    const size = this.size(head >> 4 === 15 ? this.unsigned() : head >> 4);
    if (size > 0) expectType(head & 15, elementType);
    const elements: T[] = [];
    for (let i = 0; i < size; i++) elements.push(element());
    return elements;
  }

  /** A whole number of any width, which fits into 53 bits. */
  integer(type: number): number {
    if (type === THRIFT.byte) return (this.byte() << 24) >> 24;
    if (type < THRIFT.i16 || type > THRIFT.i64) throw badType(type);
    return this.number();
  }

  boolean(type: number): boolean {
    if (type !== THRIFT.true && type !== THRIFT.false) throw badType(type);
    return type === THRIFT.true;
  }

  /** Bytes, as a view. */
  binary(type: number): Uint8Array {
    expectType(type, THRIFT.binary);
    const length = this.size(this.unsigned());
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }

  text(type: number): string {
    return Buffer.from(this.binary(type)).toString("utf8");
  }

  /** Reads past a value of any type. */
  skip(type: number): void {
    switch (type) {
      case THRIFT.true:
      case THRIFT.false:
        return;
      case THRIFT.byte:
        this.byte();
        return;
      case THRIFT.i16:
      case THRIFT.i32:
      case THRIFT.i64:
        this.skipVarint();
        return;
      case THRIFT.double:
        this.position += this.size(8);
        return;
      case THRIFT.binary:
        this.binary(type);
        return;
      case THRIFT.list:
      case THRIFT.set:
        this.skipList();
        return;
      case THRIFT.map:
        this.skipMap();
        return;
      case THRIFT.struct:
        this.struct((_, fieldType) => this.skip(fieldType));
        return;
      default:
        throw badType(type);
    }
  }

  private skipList(): void {
    const head = this.byte();
    const size = this.size(head >> 4 === 15 ? this.unsigned() : head >> 4);
    for (let i = 0; i < size; i++) this.skipElement(head & 15);
  }

  private skipMap(): void {
    const size = this.size(this.unsigned());
    if (size === 0) return;
    const types = this.byte();
    for (let i = 0; i < size; i++) {
      this.skipElement(types >> 4);
      this.skipElement(types & 15);
    }
  }

  /** In lists and maps a truth value is a byte of its own; in structs it is the type. */
  private skipElement(type: number): void {
    if (++this.depth > MAX_DEPTH) throw new ParquetFault("its metadata is nested too deeply");
    if (type === THRIFT.true || type === THRIFT.false) this.byte();
    else this.skip(type);
    this.depth--;
  }

  private byte(): number {
    if (this.position >= this.end) throw new ParquetFault("its metadata ends too early");
    return this.bytes[this.position++]!;
  }

  /** A length or count, each unit of which takes at least one of the bytes that remain. */
  private size(size: number): number {
    if (size > this.end - this.position) throw new ParquetFault("its metadata ends too early");
    return size;
  }

  private unsigned(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new ParquetFault("its metadata holds a length that is too large");
  }

  private skipVarint(): void {
    for (let i = 0; i < 10; i++) if (this.byte() < 128) return;
    throw new ParquetFault("its metadata holds a number that is too long");
  }

  /** A zigzag varint. */
  private number(): number {
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.byte();
      const bits = byte & 127;
      const shift = 7 * i;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >> 4;
      } else high |= bits << (shift - 32);
      if (byte < 128) return unzigzag(low >>> 0, high >>> 0);
    }
    throw new ParquetFault("its metadata holds a number that is too long");
  }
}

function unzigzag(low: number, high: number): number {
  const value = (high >>> 1) * TWO_TO_THE_32 + (((high << 31) | (low >>> 1)) >>> 0);
  const signed = (low & 1) === 0 ? value : -value - 1;
  if (!Number.isSafeInteger(signed)) throw new ParquetFault("its metadata holds a number that is too large");
  return signed;
}

function expectType(type: number, expected: number): void {
  const isTruth = expected === THRIFT.true && type === THRIFT.false;
  if (type !== expected && !isTruth) throw badType(type);
}

function badType(type: number): ParquetFault {
  return new ParquetFault(`its metadata holds a field of another type than expected (${type})`);
}
