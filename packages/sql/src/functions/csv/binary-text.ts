import { decodeUtf8 } from "@ss/kernels";

/** Bytes as text, in one of the styles of `spark.sql.binaryOutputStyle`; `[4F 6B]` where none is set. */
export function binaryText(bytes: Uint8Array, style: string | undefined): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (style?.toUpperCase()) {
    case "UTF-8":
      return decodeUtf8(bytes, 0, bytes.length);
    case "BASIC":
      return `[${Array.from(bytes, (byte) => (byte << 24) >> 24).join(", ")}]`;
    case "BASE64":
      return buffer.toString("base64").replace(/=+$/, "");
    case "HEX":
      return buffer.toString("hex").toUpperCase();
    default:
      return `[${buffer
        .toString("hex")
        .toUpperCase()
        .replace(/(..)(?!$)/g, "$1 ")}]`;
  }
}
