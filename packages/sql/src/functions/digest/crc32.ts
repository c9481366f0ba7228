const TABLE = Int32Array.from({ length: 256 }, (_, k) => {
  let value = k;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The CRC-32 of a slice of bytes, unsigned. */
export function crc32(data: Uint8Array, start: number, length: number): number {
  let crc = -1;
  for (let k = start; k < start + length; k++) crc = (crc >>> 8) ^ TABLE[(crc ^ data[k]!) & 255]!;
  return (crc ^ -1) >>> 0;
}
