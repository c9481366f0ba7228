import { Aggregator } from "../src/index.js";

interface Sum {
  sum: number;
  count: number;
}

/** The mean; null without values. */
export class Average extends Aggregator<number | null, Sum, number | null> {
  override readonly input = "double";
  readonly buffer = { sum: "double", count: "long" };
  readonly output = "double";
  zero(): Sum {
    return { sum: 0, count: 0 };
  }
  reduce(buffer: Sum, value: number | null): Sum {
    return value === null ? buffer : { sum: buffer.sum + value, count: buffer.count + 1 };
  }
  merge(a: Sum, b: Sum): Sum {
    return { sum: a.sum + b.sum, count: a.count + b.count };
  }
  finish({ sum, count }: Sum): number | null {
    return count === 0 ? null : sum / count;
  }
}

/** The sum of whole numbers; its buffer is a value. */
export class Total extends Aggregator<number | null, number, number> {
  override readonly input = "long";
  readonly buffer = "long";
  readonly output = "long";
  zero(): number {
    return 0;
  }
  reduce(buffer: number, value: number | null): number {
    return buffer + (value ?? 0);
  }
  merge(a: number, b: number): number {
    return a + b;
  }
  finish(buffer: number): number {
    return buffer;
  }
}

interface Named {
  name: string | null;
  length: number | null;
}

/** The name with the greatest length. Changes its buffer in place. */
export class LongestName extends Aggregator<Named, Named, Named> {
  override readonly input = { name: "string", length: "int" };
  readonly buffer = { name: "string", length: "int" };
  readonly output = { name: "string", length: "int" };
  zero(): Named {
    return { name: null, length: -1 };
  }
  reduce(buffer: Named, { name, length }: Named): Named {
    if (length! > buffer.length!) {
      buffer.name = name;
      buffer.length = length;
    }
    return buffer;
  }
  merge(a: Named, b: Named): Named {
    return this.reduce(a, b);
  }
  finish(buffer: Named): Named {
    return buffer;
  }
}
