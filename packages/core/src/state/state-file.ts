import { crc32 } from "node:zlib";
import { StructType } from "../schema/struct-type.js";
import { ByteWriter } from "./byte-buffer.js";
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

/** A state file whose header is right. */
export interface StateFile {
  readonly path: string;
  readonly header: StateFileHeader;
  readonly size: number;
  /** The blocks behind the header, read as they are asked for; SS_STATE_FILE_CORRUPT where one is damaged or some are missing. */
  blocks(): AsyncIterable<Uint8Array>;
}

/** How every state file begins. */
export const MAGIC: Uint8Array = Buffer.from("SSSTATE1");
/** Length and checksum before the payload of a block. */
export const FRAME_BYTES = 8;

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

/** A block is written into the memory of the one before unless that is more than this. */
const KEPT_BLOCK_BYTES = 1 << 20;

/** A block to be filled, in the memory of one that is needed no more where there is one; room for its frame is left. */
export function newBlock(spent?: ByteWriter): ByteWriter {
  const block = spent ?? new ByteWriter();
  block.clear(KEPT_BLOCK_BYTES);
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

/** Reads the payload of a header. */
export function decodeHeader(path: string, payload: Uint8Array): StateFileHeader {
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
