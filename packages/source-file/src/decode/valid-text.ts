import { BytesBuilder, type BytesColumn } from "@ss/core";
import { ByteArena, isValidUtf8, repairUtf8 } from "@ss/kernels";

/**
 * A STRING column whose every value is valid UTF-8: itself where that is so already, else a copy in which what is no character is
 * U+FFFD, as Spark's readers make it. Bytes below 0x80 are passed over quickly, so plain text costs one look at each.
 */
export function validText(column: BytesColumn): BytesColumn {
  const { data, starts, lengths, length } = column;
  for (let i = 0; i < length; i++) {
    if (!isAscii(data, starts[i]!, lengths[i]!) && !isValidUtf8(data, starts[i]!, lengths[i]!))
      return repaired(column);
  }
  return column;
}

function isAscii(data: Uint8Array, start: number, length: number): boolean {
  const end = start + length;
  for (let k = start; k < end; k++) if (data[k]! >= 0x80) return false;
  return true;
}

function repaired(column: BytesColumn): BytesColumn {
  const { data, starts, lengths, length } = column;
  const builder = new BytesBuilder(column.type);
  const arena = new ByteArena(256);
  for (let i = 0; i < length; i++) {
    if (column.isNull(i)) {
      builder.appendNull();
      continue;
    }
    arena.clear();
    const size = repairUtf8(data, starts[i]!, lengths[i]!, arena);
    builder.appendBytes(arena.bytes, 0, size);
  }
  return builder.finish() as BytesColumn;
}
