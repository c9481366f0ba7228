/** When a query runs its batches. */
export type Trigger =
  /** The next batch as soon as the one before ends and there is something to do. */
  | { readonly kind: "default" }
  /** At multiples of the interval since 1970; a batch that takes longer is followed at once by the next boundary's. */
  | { readonly kind: "processingTime"; readonly intervalMs: number }
  /** One batch of all there is, without limits, and no batch without data. */
  | { readonly kind: "once" }
  /** All that is there at the start, in batches within the limits, then a batch without data if the watermark asks for one. */
  | { readonly kind: "availableNow" };
