const MAGIC = 0;

/** Bytes before the message: a zero, then the schema's id with its highest byte first. */
export const HEADER_BYTES = 5;

/** The id of the schema that a message was written by; -1 where it does not begin as one of a registry's messages. */
export function schemaIdOf(bytes: Uint8Array, start: number, length: number): number {
  if (length < HEADER_BYTES || bytes[start] !== MAGIC) return -1;
  const id =
    (bytes[start + 1]! << 24) | (bytes[start + 2]! << 16) | (bytes[start + 3]! << 8) | bytes[start + 4]!;
  return id;
}

/** The header of messages of a schema. */
export function messageHeader(id: number): Uint8Array {
  return Uint8Array.of(MAGIC, id >>> 24, (id >>> 16) & 0xff, (id >>> 8) & 0xff, id & 0xff);
}
