import { KIND_FLOAT, KIND_INTEGER, type LocalDecimal } from "@ss/kernels";
import type { FieldRewriter } from "./field-decoder.js";

/** The numbers of JSON itself, which look the same everywhere. */
const NUMBERS = new Uint8Array(16);
NUMBERS[KIND_INTEGER] = 1;
NUMBERS[KIND_FLOAT] = 1;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** Puts decimals that are text into plain digits, from the way a locale writes them. */
export class LocalDecimalRewriter implements FieldRewriter {
  readonly direct: Uint8Array = NUMBERS;
  bytes: Uint8Array = new Uint8Array(0);
  readonly start = 0;
  private readonly inner: FieldRewriter;
  private readonly local: LocalDecimal;

  constructor(inner: FieldRewriter, local: LocalDecimal) {
    this.inner = inner;
    this.local = local;
  }

  get end(): number {
    return this.bytes.length;
  }

  rewrite(bytes: Uint8Array, start: number, length: number, kind: number): number {
    const { inner } = this;
    if (inner.direct[kind] === 1) return this.take(bytes, start, start + length);
    const outcome = inner.rewrite(bytes, start, length, kind);
    return outcome > 0 ? this.take(inner.bytes, inner.start, inner.end) : outcome;
  }

  private take(bytes: Uint8Array, start: number, end: number): number {
    const plain = this.local.plain(decoder.decode(bytes.subarray(start, end)));
    if (plain === undefined) return 0;
    this.bytes = encoder.encode(plain);
    return 1;
  }
}
