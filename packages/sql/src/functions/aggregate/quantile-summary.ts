/** A value kept in a summary, with `g` ranks up from the one before it and `delta` ranks of doubt. */
interface Sample {
  readonly value: number;
  readonly g: number;
  readonly delta: number;
}

/** Values taken before they are sorted in. */
const HEAD_LENGTH = 50000;
/** Samples above which a summary is made smaller. */
const COMPRESS_LENGTH = 10000;

/**
 * An approximate picture of many values after Greenwald and Khanna (2001): a query's rank is wrong by `relativeError` of the count
 * at most.
 */
export class QuantileSummary {
  readonly relativeError: number;
  private samples: readonly Sample[] = [];
  private head: number[] = [];
  private counted = 0;
  private compressed = true;

  constructor(relativeError: number) {
    this.relativeError = relativeError;
  }

  /** Takes a value. */
  add(value: number): void {
    this.head.push(value);
    this.compressed = false;
    if (this.head.length < HEAD_LENGTH) return;
    this.sortIn();
    if (this.samples.length >= COMPRESS_LENGTH) this.shrink();
  }

  /** Numbers that hold the summary: three per sample, after the count. */
  toNumbers(): number[] {
    this.settle();
    return [this.counted, ...this.samples.flatMap(({ value, g, delta }) => [value, g, delta])];
  }

  /** Takes in a summary that came from {@link toNumbers}. */
  merge(numbers: readonly number[]): void {
    const count = numbers[0]!;
    if (count === 0) return;
    const other: Sample[] = [];
    for (let k = 1; k < numbers.length; k += 3) {
      other.push({ value: numbers[k]!, g: numbers[k + 1]!, delta: numbers[k + 2]! });
    }
    this.settle();
    if (this.counted === 0) {
      this.samples = other;
      this.counted = count;
      return;
    }
    this.samples = this.mergedWith(other, count);
    this.counted += count;
    this.shrink();
  }

  private mergedWith(other: readonly Sample[], otherCount: number): Sample[] {
    const ownDoubt = Math.floor(2 * this.relativeError * otherCount);
    const otherDoubt = Math.floor(2 * this.relativeError * this.counted);
    const merged: Sample[] = [];
    let i = 0;
    let j = 0;
    while (i < this.samples.length && j < other.length) {
      const own = this.samples[i]!;
      const theirs = other[j]!;
      if (own.value < theirs.value) {
        merged.push({ ...own, delta: own.delta + (j > 0 ? ownDoubt : 0) });
        i++;
      } else {
        merged.push({ ...theirs, delta: theirs.delta + (i > 0 ? otherDoubt : 0) });
        j++;
      }
    }
    return [...merged, ...this.samples.slice(i), ...other.slice(j)];
  }

  /** The values at the given percentages; undefined where nothing was taken. */
  query(percentages: readonly number[]): readonly number[] | undefined {
    this.settle();
    if (this.samples.length === 0) return undefined;
    const { samples } = this;
    const doubt =
      samples.reduce((most, { g, delta }) => Math.max(most, g + delta), Number.NEGATIVE_INFINITY) / 2;
    return percentages.map((percentage) => {
      if (percentage <= this.relativeError) return samples[0]!.value;
      if (percentage >= 1 - this.relativeError) return samples[samples.length - 1]!.value;
      return this.atRank(Math.ceil(percentage * this.counted), doubt);
    });
  }

  private atRank(rank: number, doubt: number): number {
    const { samples } = this;
    let least = samples[0]!.g;
    for (let k = 0; k < samples.length - 1; k++) {
      const { value, delta } = samples[k]!;
      if (least + delta - doubt <= rank && rank <= least + doubt) return value;
      least += samples[k + 1]!.g;
    }
    return samples[samples.length - 1]!.value;
  }

  private settle(): void {
    if (this.compressed) return;
    this.sortIn();
    this.shrink();
    this.compressed = true;
  }

  private sortIn(): void {
    if (this.head.length === 0) return;
    const sorted = Float64Array.from(this.head).sort();
    this.head = [];
    const before = this.samples;
    const samples: Sample[] = [];
    let at = 0;
    sorted.forEach((value, k) => {
      while (at < before.length && before[at]!.value <= value) samples.push(before[at++]!);
      this.counted++;
      const outermost = samples.length === 0 || (at === before.length && k === sorted.length - 1);
      samples.push({ value, g: 1, delta: outermost ? 0 : Math.floor(2 * this.relativeError * this.counted) });
    });
    this.samples = [...samples, ...before.slice(at)];
  }

  /** Joins neighbours whose ranks together stay within the error; the first and the last value stay. */
  private shrink(): void {
    const { samples } = this;
    if (samples.length === 0) return;
    const limit = 2 * this.relativeError * this.counted;
    const kept: Sample[] = [];
    let head = samples[samples.length - 1]!;
    for (let k = samples.length - 2; k >= 1; k--) {
      const sample = samples[k]!;
      if (sample.g + head.g + head.delta < limit) head = { ...head, g: head.g + sample.g };
      else {
        kept.push(head);
        head = sample;
      }
    }
    kept.push(head);
    if (samples.length > 1 && samples[0]!.value <= head.value) kept.push(samples[0]!);
    this.samples = kept.reverse();
  }

  byteSize(): number {
    return this.head.length * 8 + this.samples.length * 48;
  }
}
