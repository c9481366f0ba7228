import { HYPER_LOG_LOG_ESTIMATES } from "./generated/hyper-log-log-estimates.js";

/** The raw estimates of a precision and how far each is above the truth. */
interface BiasTable {
  readonly raw: Float64Array;
  readonly bias: Float64Array;
}

const LEAST_PRECISION = 4;
/** Precisions above have no table. */
const MOST_PRECISION = 18;
/** Raw estimates that are averaged for a correction. */
const NEIGHBOURS = 6;

/** Counts up to which the number of empty registers tells more than their values, for precisions 4 to 18. */
const LINEAR_LIMITS: readonly number[] = [
  10, 20, 40, 80, 220, 400, 900, 1800, 3100, 6500, 15500, 20000, 50000, 120000, 350000,
];

const tables = new Map<number, BiasTable>();

function tableOf(precision: number): BiasTable {
  let table = tables.get(precision);
  if (!table) {
    const { raw, step, longer } = HYPER_LOG_LOG_ESTIMATES[precision - LEAST_PRECISION]!;
    const estimates = Float64Array.from(raw.split(" "), Number);
    let truth = 1;
    const bias = estimates.map((estimate, k) => {
      if (k > 0) truth += step + Number(longer[k - 1]);
      return estimate - truth;
    });
    table = { raw: estimates, bias };
    tables.set(precision, table);
  }
  return table;
}

/** How precision, registers and the estimate hang together in HyperLogLog++ (Heule, Nunkesser, Hall, 2013). */
export class HyperLogLog {
  readonly precision: number;
  /** Registers of one byte each. */
  readonly registerCount: number;
  private readonly alpha: number;

  /** For a relative standard deviation; fewer than 4 bits of precision (more than 39 %) are refused by the caller. */
  constructor(deviation: number) {
    this.precision = precisionOf(deviation);
    this.registerCount = 2 ** this.precision;
    this.alpha =
      this.precision === 4
        ? 0.673
        : this.precision === 5
          ? 0.697
          : this.precision === 6
            ? 0.709
            : 0.7213 / (1 + 1.079 / this.registerCount);
  }

  /** Takes a 64-bit hash into the registers that begin at `base`. */
  add(registers: Uint8Array, base: number, high: number, low: number): void {
    const { precision } = this;
    const index = high >>> (32 - precision);
    const restHigh = (high << precision) | (low >>> (32 - precision));
    const restLow = (low << precision) | (1 << (precision - 1));
    const zeros = restHigh === 0 ? 32 + Math.clz32(restLow) : Math.clz32(restHigh);
    if (zeros + 1 > registers[base + index]!) registers[base + index] = zeros + 1;
  }

  /** The number of different hashes that the registers have seen, about. */
  estimate(registers: Uint8Array, base: number): number {
    const { registerCount, precision } = this;
    let inverse = 0;
    let empty = 0;
    for (let k = base; k < base + registerCount; k++) {
      inverse += 2 ** -registers[k]!;
      if (registers[k] === 0) empty++;
    }
    const raw = (this.alpha * registerCount * registerCount) / inverse;
    if (empty > 0) {
      const linear = registerCount * Math.log(registerCount / empty);
      const limit = LINEAR_LIMITS[precision - LEAST_PRECISION];
      if ((limit !== undefined && linear <= limit) || raw <= 2.5 * registerCount) return Math.round(linear);
    }
    const corrected =
      precision <= MOST_PRECISION && raw < 5 * registerCount ? raw - biasOf(raw, precision) : raw;
    return Math.round(corrected);
  }
}

/** Bits of a hash that choose the register. */
export function precisionOf(deviation: number): number {
  return Math.ceil((2 * Math.log(1.106 / deviation)) / Math.log(2));
}

/** The mean bias of the raw estimates nearest to one. */
function biasOf(estimate: number, precision: number): number {
  const { raw, bias } = tableOf(precision);
  let nearest = 0;
  while (nearest < raw.length && raw[nearest]! < estimate) nearest++;
  const distance = (k: number): number => (estimate - raw[k]!) ** 2;
  let low = Math.max(nearest - NEIGHBOURS + 1, 0);
  let high = Math.min(low + NEIGHBOURS, raw.length);
  while (high < raw.length && distance(high) < distance(low)) {
    low++;
    high++;
  }
  let sum = 0;
  for (let k = low; k < high; k++) sum += bias[k]!;
  return sum / (high - low);
}
