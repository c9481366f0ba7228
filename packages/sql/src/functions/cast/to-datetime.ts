import type { DataType, TimeType, Value } from "@ss/core";
import {
  microOfSecondOfBigint,
  microsToBigint,
  parseDateText,
  parseTimestampNtzText,
  parseTimestampText,
  parseTimeText,
  powerOfTen,
  secondOfBigint,
  type TimeZone,
} from "@ss/kernels";
import { type Caster, type CastOptions, failInput, zoneOf } from "./cast-options.js";
import { saturateLong } from "./to-number.js";

const MICROS_PER_DAY = 86_400_000_000n;
const LONG_MAX = 9223372036854775807n;

/** The local time of an instant in a zone, in microseconds. */
export function localMicros(micros: bigint, zone: TimeZone): bigint {
  const second = secondOfBigint(micros);
  return microsToBigint(second + zone.offsetAt(second), microOfSecondOfBigint(micros));
}

/** The instant of a local time in a zone. */
export function instantOfLocal(micros: bigint, zone: TimeZone): bigint {
  return microsToBigint(zone.secondOfLocal(secondOfBigint(micros)), microOfSecondOfBigint(micros));
}

/** The day that local microseconds fall on. */
export function dayOfMicros(micros: bigint): number {
  return Math.floor(secondOfBigint(micros) / 86400);
}

/** Casts to DATE. */
export function toDateCaster(from: DataType, to: DataType, options: CastOptions): Caster | undefined {
  switch (from.kind) {
    case "string":
    case "char":
    case "varchar":
      return (value: string) => {
        const days = parseDateText(value);
        return days === days ? days : failInput(options, value, from, to);
      };
    case "timestamp": {
      const zone = zoneOf(options);
      return (value: bigint) => dayOfMicros(localMicros(value, zone));
    }
    case "timestamp_ntz":
      return (value: bigint) => dayOfMicros(value);
    default:
      return undefined;
  }
}

/** Casts to TIMESTAMP. `nowSecond` places a text of a time alone. */
export function toTimestampCaster(from: DataType, to: DataType, options: CastOptions): Caster | undefined {
  const zone = zoneOf(options);
  switch (from.kind) {
    case "string":
    case "char":
    case "varchar":
      return (value: string) =>
        parseTimestampText(value, zone, Date.now() / 1000) ?? failInput(options, value, from, to);
    case "boolean":
      return (value: boolean) => (value ? 1n : 0n);
    case "byte":
    case "short":
    case "integer":
      return (value: number) => BigInt(value) * 1000000n;
    case "long":
      return (value: bigint) => saturated(value * 1000000n);
    case "float":
    case "double":
      return (value: number) =>
        Number.isFinite(value) ? saturateLong(value * 1e6) : failInput(options, value, from, to);
    case "decimal": {
      const divisor = powerOfTen(from.scale);
      return (value: bigint) => BigInt.asIntN(64, (value * 1000000n) / divisor);
    }
    case "date":
      return (value: number) => BigInt(zone.secondOfLocal(value * 86400)) * 1000000n;
    case "timestamp_ntz":
      return (value: bigint) => instantOfLocal(value, zone);
    default:
      return undefined;
  }
}

function saturated(micros: bigint): bigint {
  if (micros > LONG_MAX) return LONG_MAX;
  return micros < -LONG_MAX - 1n ? -LONG_MAX - 1n : micros;
}

/** Casts to TIMESTAMP_NTZ. */
export function toTimestampNtzCaster(from: DataType, to: DataType, options: CastOptions): Caster | undefined {
  switch (from.kind) {
    case "string":
    case "char":
    case "varchar":
      return (value: string) => parseTimestampNtzText(value, true) ?? failInput(options, value, from, to);
    case "date":
      return (value: number) => BigInt(value) * MICROS_PER_DAY;
    case "timestamp": {
      const zone = zoneOf(options);
      return (value: bigint) => localMicros(value, zone);
    }
    default:
      return undefined;
  }
}

/** Casts to TIME. */
export function toTimeCaster(from: DataType, to: TimeType, options: CastOptions): Caster | undefined {
  const unit = 10n ** BigInt(9 - to.precision);
  const cut = (nanos: bigint): bigint => nanos - (nanos % unit);
  const ofLocal = (micros: bigint): bigint => {
    const rest = micros % MICROS_PER_DAY;
    return cut((rest < 0n ? rest + MICROS_PER_DAY : rest) * 1000n);
  };
  switch (from.kind) {
    case "string":
    case "char":
    case "varchar":
      return (value: string): Value => {
        const micros = parseTimeText(value);
        return micros === micros ? cut(BigInt(micros) * 1000n) : failInput(options, value, from, to);
      };
    case "time":
      return cut;
    case "timestamp": {
      const zone = zoneOf(options);
      return (value: bigint) => ofLocal(localMicros(value, zone));
    }
    case "timestamp_ntz":
      return ofLocal;
    default:
      return undefined;
  }
}
