import { type TimeZone, timeZone, UTC } from "@ss/kernels";
import type { Origin } from "../../expression/expression.js";
import { runtimeError } from "../runtime-error.js";

/** The session's zone. */
export function sessionZone(context: { readonly timeZone: string }): TimeZone {
  return timeZone(context.timeZone) ?? UTC;
}

/** The zone that a value names; INVALID_TIMEZONE where it names none. */
export function zoneOfText(id: string, origin?: Origin): TimeZone {
  const zone = timeZone(id);
  if (zone) return zone;
  throw runtimeError(
    "INVALID_TIMEZONE",
    "22009",
    { timeZone: id },
    `The time zone ${id} is unknown: give a region id such as America/Los_Angeles or an offset such as +01:00.`,
    origin,
  );
}
