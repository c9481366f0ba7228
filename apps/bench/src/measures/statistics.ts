/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The tenth of values in the order of time that has the number `index`, from 0 to 9; at least one value. */
export function tenth(values: readonly number[], index: number): number[] {
  const length = Math.max(1, Math.floor(values.length / 10));
  const from = Math.min(values.length - length, Math.floor((values.length * index) / 10));
  return index === 9 ? values.slice(-length) : values.slice(from, from + length);
}

/** The sum divided by the count. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
