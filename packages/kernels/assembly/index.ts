// The entry of the module: what is exported here is declared in src/wasm/kernel-module.ts.
export { heapBase } from "./memory";
export { jsonStateInit } from "./json-keys";
export { jsonItems } from "./json-nested";
export { jsonObject, jsonObjects, jsonRecords } from "./json-records";
export { csvRecords } from "./csv";
export { firstOtherKind, parseDoubles, parseInt32s, parseInt64s, parseTimestamps } from "./parse-values";
export { dictionaryLook } from "./dictionary";
export { splitLines } from "./lines";
export { firstInvalidUtf8, invalidUtf8 } from "./utf8";
export { splitSlice } from "./words";
export { parseDates } from "./parse-dates";
export { parseDecimals } from "./parse-decimals";
export { crc32cSteps } from "./crc32c";
export { lz4Decompress } from "./lz4";
export { lz4Compress } from "./lz4-compress";
export { snappyDecompress } from "./snappy";
export { snappyCompress } from "./snappy-compress";
