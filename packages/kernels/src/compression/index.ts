export { CompressionError } from "./compression-error.js";
export { crc32c } from "./crc32c.js";
export {
  compressFramedSnappy,
  decompressFramedSnappy,
  framedSnappyPackedMax,
  framedSnappyPlainLength,
} from "./framed-snappy.js";
export { compressLz4, decompressLz4, lz4PackedMax, lz4PlainMax } from "./lz4.js";
export {
  compressLz4Frame,
  decompressLz4Frame,
  type Lz4FrameOptions,
  lz4FramePackedMax,
  lz4FramePlainMax,
} from "./lz4-frame.js";
export { compressSnappy, decompressSnappy, snappyPackedMax, snappyPlainLength } from "./snappy.js";
