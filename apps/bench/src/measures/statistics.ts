/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The first and the last tenth of values in the order of time, at least one value each. */
export function firstAndLastTenth(values: readonly number[]): { first: number[]; last: number[] } {
  const length = Math.max(1, Math.floor(values.length / 10));
  return { first: values.slice(0, length), last: values.slice(-length) };
}

/** The sum divided by the count. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
