import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  type FileEntry,
  type FileReader,
  type FormatReader,
  MemoryFileSystem,
  Options,
  StructType,
} from "@ss/core";
import { csvFormat, jsonFormat, textFormat } from "@ss/source-file";
import { expect, test } from "vitest";

const LINES: Readonly<Record<string, (i: number) => string>> = {
  csv: (i) => `${i},name-${i % 1000},${i / 4}\n`,
  json: (i) => `{"id":${i},"name":"name-${i % 1000}","amount":${i / 4}}\n`,
  text: (i) => `line ${i} of a file that nobody has written\n`,
};
const SCHEMAS: Readonly<Record<string, string>> = {
  csv: "id INT, name STRING, amount DOUBLE",
  json: "id INT, name STRING, amount DOUBLE",
  text: "value STRING",
};
const READERS: Readonly<Record<string, FormatReader>> = {
  csv: csvFormat.reader!,
  json: jsonFormat.reader!,
  text: textFormat.reader!,
};

/** A file of one block of lines, again and again; its bytes are made when they are read. */
class RepeatedFile extends MemoryFileSystem {
  private readonly block: Uint8Array;
  private readonly times: number;
  /** Bytes asked for and not yet given to the reader's caller, at most. */
  largestRead = 0;

  constructor(block: Uint8Array, times: number) {
    super();
    this.block = block;
    this.times = times;
  }

  get size(): number {
    return this.block.length * this.times;
  }

  override async stat(path: string): Promise<FileEntry> {
    return { path, isFolder: false, size: this.size, modifiedMs: 0 };
  }

  override async open(): Promise<FileReader> {
    const { block, size } = this;
    return {
      size,
      read: async (target, targetStart, length, position) => {
        this.largestRead = Math.max(this.largestRead, length);
        const count = Math.max(0, Math.min(length, size - position));
        for (let done = 0; done < count; ) {
          const at = (position + done) % block.length;
          const part = block.subarray(at, Math.min(block.length, at + count - done));
          target.set(part, targetStart + done);
          done += part.length;
        }
        return count;
      },
      close: async () => {},
    };
  }
}

const ROWS_PER_BLOCK = 20_000;

interface Reading {
  readonly rows: number;
  readonly bytes: number;
  readonly largestRead: number;
  /** Memory that is in use in the middle of reading, at most, beyond what was in use before. */
  readonly heldBytes: number;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function usedBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Looks at the memory in use so often while a file is read. */
const LOOKS = 6;

/** Reads a file of so many blocks, with a caller that takes a turn of the event loop for each batch. */
async function read(format: string, blocks: number): Promise<Reading> {
  const text = Array.from({ length: ROWS_PER_BLOCK }, (_, i) => LINES[format]!(i)).join("");
  const files = new RepeatedFile(new TextEncoder().encode(text), blocks);
  const schema = StructType.fromDDL(SCHEMAS[format]!);
  const context = { fileSystem: files, timeZone: "UTC", conf: () => undefined };
  const scan = { columns: schema.fieldNames(), predicates: [] };
  const open = READERS[format]!.open(schema, scan, new Options({}), context);
  const split = { path: "/made-up", start: 0, end: files.size, fileSize: files.size };
  const rowsBetweenLooks = Math.floor((ROWS_PER_BLOCK * blocks) / LOOKS);
  const before = usedBytes();
  let heldBytes = 0;
  let rows = 0;
  let nextLook = rowsBetweenLooks / 2;
  for await (const batch of open(split, new AbortController().signal)) {
    rows += batch.rowCount;
    if (rows < nextLook) continue;
    nextLook += rowsBetweenLooks;
    heldBytes = Math.max(heldBytes, usedBytes() - before);
  }
  return { rows, bytes: files.size, largestRead: files.largestRead, heldBytes };
}

test.each(Object.keys(LINES))("a %s file 16 times as large is read in the same memory", async (format) => {
  // kernels keep their memory from one file to the next
  await read(format, 3);
  const small = await read(format, 3);
  const large = await read(format, 48);
  expect(small.rows).toBe(3 * ROWS_PER_BLOCK);
  expect(large.rows).toBe(48 * ROWS_PER_BLOCK);
  expect(large.bytes).toBe(16 * small.bytes);
  expect(large.largestRead).toBe(small.largestRead);
  // what differs is far below what a large file has more than a small one: 20 MB and more
  expect(large.heldBytes - small.heldBytes, `${small.heldBytes} in the small one`).toBeLessThan(4_000_000);
});
