import { crc32 } from "node:zlib";
import { StructType } from "../schema/struct-type.js";
import { ByteReader, ByteWriter } from "./byte-buffer.js";
import { corruptStateFile } from "./state-errors.js";
import type { FamilySpec, StateVersion } from "./state-store.js";

/**
 * The first block of a state file. A file is
 *
 *     magic     8 bytes, `SSSTATE1`
 *     blocks    each: length and CRC-32 of the payload (4 bytes each, little-endian), payload
 *
 * The payload of the first block is this header as JSON; those of the others hold rows.
 */
export interface StateFileHeader extends StateVersion {
  readonly kind: "delta" | "snapshot";
  /** What a delta is to be applied to; null for the first one and for snapshots. */
  readonly parent: StateVersion | null;
  readonly families: readonly FamilySpec[];
  /** Blocks after this one; null where an empty block marks the end, as their number was not known in advance. */
  readonly blockCount: number | null;
}

/** A state file whose checksums are right. */
export interface StateFile {
  readonly path: string;
  readonly header: StateFileHeader;
  readonly blocks: readonly Uint8Array[];
  readonly size: number;
}

const MAGIC = Buffer.from("SSSTATE1");
const FRAME_BYTES = 8;

/** `<version>-<attempt>.<kind>` */
export function stateFileName(kind: StateFileHeader["kind"], { version, attempt }: StateVersion): string {
  return `${version}-${attempt}.${kind}`;
}

/** Magic and header, as they stand at the beginning of a file; the families as JSON, which all files of a store share. */
export function encodeHeader(header: Omit<StateFileHeader, "families">, families: string): Uint8Array {
  const block = newBlock();
  block.raw(Buffer.from(`${JSON.stringify(header).slice(0, -1)},"families":${families}}`));
  return Buffer.concat([MAGIC, sealBlock(block)]);
}

/** The empty block that ends a file whose header does not count its blocks. */
export function endBlock(): Uint8Array {
  return sealBlock(newBlock());
}

/** A block to be filled; room for its frame is left. */
export function newBlock(): ByteWriter {
  const block = new ByteWriter();
  block.reserve(FRAME_BYTES);
  return block;
}

/** The bytes of a filled block, with its frame. */
export function sealBlock(block: ByteWriter): Uint8Array {
  const payload = block.written(FRAME_BYTES);
  block.patchUint32(0, payload.length);
  block.patchUint32(4, crc32(payload));
  return block.written();
}

/** Checks a file's structure and all its checksums. */
export function openStateFile(
  path: string,
  kind: StateFileHeader["kind"],
  of: StateVersion,
  bytes: Uint8Array,
): StateFile {
  if (!MAGIC.equals(bytes.subarray(0, MAGIC.length))) {
    throw corruptStateFile(path, "it does not begin like a state file of this release");
  }
  const [first, ...blocks] = readBlocks(path, bytes);
  if (first === undefined) throw corruptStateFile(path, "it is cut off");
  const header = decodeHeader(path, first);
  if (header.kind !== kind || header.version !== of.version || header.attempt !== of.attempt) {
    throw corruptStateFile(
      path,
      `it holds the ${header.kind} of version ${header.version}, attempt ${header.attempt}`,
    );
  }
  if (header.blockCount === null) {
    if (blocks.pop()?.length !== 0) throw corruptStateFile(path, "it is cut off");
  } else if (blocks.length !== header.blockCount) {
    throw corruptStateFile(path, `it has ${blocks.length} blocks of ${header.blockCount}`);
  }
  return { path, header, blocks, size: bytes.length };
}

function readBlocks(path: string, bytes: Uint8Array): Uint8Array[] {
  const input = new ByteReader(bytes.subarray(MAGIC.length));
  const blocks: Uint8Array[] = [];
  while (input.rest > 0) {
    if (input.rest < FRAME_BYTES) throw corruptStateFile(path, "it is cut off");
    const length = input.uint32();
    const checksum = input.uint32();
    if (length > input.rest) throw corruptStateFile(path, "it is cut off");
    const payload = input.raw(length);
    if (crc32(payload) !== checksum) {
      throw corruptStateFile(path, `block ${blocks.length} does not fit its checksum`);
    }
    blocks.push(payload);
  }
  return blocks;
}

function decodeHeader(path: string, payload: Uint8Array): StateFileHeader {
  try {
    const header = JSON.parse(Buffer.from(payload).toString()) as StateFileHeader;
    const families = header.families.map((family) => ({
      ...family,
      keySchema: StructType.fromJSON(family.keySchema),
      valueSchema: StructType.fromJSON(family.valueSchema),
    }));
    return { ...header, families };
  } catch (cause) {
    throw corruptStateFile(path, "its header cannot be read", cause);
  }
}
