import { totalmem } from "node:os";
import { StreamError } from "@ss/core";

/** The part of the machine's memory that the operators may hold where nothing else is said. */
const DEFAULT_PART = 0.6;
const UNITS: Readonly<Record<string, number>> = { b: 0, k: 1, m: 2, g: 3, t: 4 };

/** The bytes that `spark.driver.memory` allows (`512m`, `4g`; without a unit MiB, as in Spark); default 60 % of the machine's memory. */
export function memoryLimit(text: string | undefined): number {
  if (text === undefined) return Math.floor(machineBytes() * DEFAULT_PART);
  const match = /^(\d+)\s*([bkmgt]?)b?$/i.exec(text.trim());
  if (match !== null) return Number(match[1]) * 1024 ** (UNITS[match[2]!.toLowerCase() || "m"] ?? 2);
  throw new StreamError({
    condition: "INVALID_CONF_VALUE.TYPE_MISMATCH",
    sqlState: "22022",
    parameters: { confName: "spark.driver.memory", confValue: text, confType: "bytes" },
    message: `The value '${text}' in the config "spark.driver.memory" is invalid: write a number with a unit, such as 512m or 4g.`,
  });
}

/** Of a container, what it may have. */
function machineBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}
