import { ParquetFault } from "./parquet-fault.js";
import { ThriftReader } from "./thrift-reader.js";

/** What stands before each page. */
export interface PageHeader {
  readonly type: number;
  /** Bytes of the page in the file. */
  readonly size: number;
  /** Bytes after decompression. */
  readonly uncompressedSize: number;
  readonly valueCount: number;
  readonly encoding: number;
  /** Bytes of the header itself. */
  readonly headerSize: number;
  /** How the definition levels of a page of the first version are written. */
  readonly levelEncoding: number;
  /** Bytes of levels in front of the data of a page of the second version, which are never compressed. */
  readonly definitionBytes: number;
  readonly repetitionBytes: number;
  readonly isCompressed: boolean;
}

/** Kinds of pages, by number. */
export const PAGE = { data: 0, index: 1, dictionary: 2, dataV2: 3 } as const;

/** Reads a header; throws a fault if the bytes end before it does. */
export function readPageHeader(bytes: Uint8Array, start: number, end: number): PageHeader {
  const t = new ThriftReader(bytes, start, end);
  const header = {
    type: -1,
    size: -1,
    uncompressedSize: -1,
    valueCount: -1,
    encoding: -1,
    headerSize: 0,
    levelEncoding: 3,
    definitionBytes: 0,
    repetitionBytes: 0,
    isCompressed: true,
  };
  t.struct((field, type) => {
    if (field === 1) header.type = t.integer(type);
    else if (field === 2) header.uncompressedSize = t.integer(type);
    else if (field === 3) header.size = t.integer(type);
    else if (field === 5) dataPage(t, header);
    else if (field === 7) dictionaryPage(t, header);
    else if (field === 8) dataPageV2(t, header);
    else t.skip(type);
  });
  header.headerSize = t.position - start;
  checkHeader(header);
  return header;
}

type Writable = { -readonly [K in keyof PageHeader]: PageHeader[K] };

function dataPage(t: ThriftReader, header: Writable): void {
  t.struct((field, type) => {
    if (field === 1) header.valueCount = t.integer(type);
    else if (field === 2) header.encoding = t.integer(type);
    else if (field === 3) header.levelEncoding = t.integer(type);
    else t.skip(type);
  });
}

function dictionaryPage(t: ThriftReader, header: Writable): void {
  t.struct((field, type) => {
    if (field === 1) header.valueCount = t.integer(type);
    else if (field === 2) header.encoding = t.integer(type);
    else t.skip(type);
  });
}

function dataPageV2(t: ThriftReader, header: Writable): void {
  t.struct((field, type) => {
    if (field === 1) header.valueCount = t.integer(type);
    else if (field === 4) header.encoding = t.integer(type);
    else if (field === 5) header.definitionBytes = t.integer(type);
    else if (field === 6) header.repetitionBytes = t.integer(type);
    else if (field === 7) header.isCompressed = t.boolean(type);
    else t.skip(type);
  });
}

function checkHeader(header: PageHeader): void {
  const { type, size, uncompressedSize, valueCount, definitionBytes, repetitionBytes } = header;
  if (type < 0 || size < 0 || uncompressedSize < 0) throw new ParquetFault("a page has no proper header");
  if (type === PAGE.index) return;
  const levels = definitionBytes + repetitionBytes;
  const isPlausible =
    valueCount >= 0 && valueCount < 2 ** 31 && definitionBytes >= 0 && repetitionBytes >= 0 && levels <= size;
  if (!isPlausible || levels > uncompressedSize) throw new ParquetFault("a page has no proper header");
}
