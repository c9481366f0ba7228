import { BytesBuilder, type BytesColumn } from "@ss/core";
import { ByteArena, findInvalidUtf8Span, repairUtf8 } from "@ss/kernels";

/**
 * A STRING column whose every value is valid UTF-8: itself where that is so already, else a copy in which what is no character is
 * U+FFFD, as Spark's readers make it.
 */
export function validText(column: BytesColumn): BytesColumn {
  const { data, starts, lengths, length } = column;
  return findInvalidUtf8Span(data, starts, lengths, length) === length ? column : repaired(column);
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
