import { StringType } from "@ss/core";
import {
  microOfSecondOfBigint,
  microsToBigint,
  secondOfBigint,
  TRUNCATE_MICROSECOND,
  TRUNCATE_MILLISECOND,
  truncateSecond,
  truncateUnitFromName,
  UTC,
} from "@ss/kernels";
import type { ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { boxed } from "../define.js";
import { sessionZone } from "./zones.js";

/** `date_trunc(unit, timestamp)`. */
export const truncateFunctions: readonly ScalarFunction[] = [
  boxed(
    ["date_trunc"],
    [StringType, "anyTimestamp"],
    (args) => typeOf(args[1]!),
    (context) => {
      const zone = context.argTypes[1]!.kind === "timestamp" ? sessionZone(context) : UTC;
      return (unit, value) => {
        const level = truncateUnitFromName(unit as string);
        if (level < 0) return null;
        const micros = value as bigint;
        if (level === TRUNCATE_MICROSECOND) return micros;
        const second = secondOfBigint(micros);
        if (level === TRUNCATE_MILLISECOND) {
          const micro = microOfSecondOfBigint(micros);
          return microsToBigint(second, micro - (micro % 1000));
        }
        return microsToBigint(truncateSecond(second, level, zone), 0);
      };
    },
    { nullable: true },
  ),
];
