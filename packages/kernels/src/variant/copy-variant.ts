import type { VariantBuilder } from "./variant-builder.js";
import type { VariantReader } from "./variant-reader.js";

/**
 * Appends the value at a position of one variant to another, whose dictionary gets the keys that the value has.
 *
 * @throws VariantError Where the bytes are no variant, and as the builder does.
 */
export function copyVariant(reader: VariantReader, at: number, builder: VariantBuilder): void {
  const kind = reader.kindAt(at);
  if (kind !== "object" && kind !== "array") {
    builder.appendEncoded(reader.value, at, reader.sizeAt(at));
    return;
  }
  reader.enter(at);
  const entered = reader.mark();
  const { count } = reader;
  const start = builder.value.length;
  const first = builder.entryCount;
  for (let k = 0; k < count; k++) {
    let id = 0;
    if (kind === "object") {
      reader.findKey(k);
      id = builder.dictionary.add(reader.metadata, reader.textStart, reader.textLength);
    }
    builder.addEntry(id, start);
    copyVariant(reader, reader.childAt(k), builder);
    reader.restore(entered);
  }
  if (kind === "object") builder.finishObject(start, first);
  else builder.finishArray(start, first);
}
