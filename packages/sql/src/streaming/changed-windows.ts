import {
  type FamilySpec,
  type OperatorMetadata,
  type StateViewField,
  StreamError,
  simpleString,
} from "@ss/core";
import { formatCalendarInterval } from "@ss/kernels";
import { viewBefore } from "./operators-before.js";

/**
 * Refuses state of windows that had another length, or of times in the place of windows. Of a window with a constant length the state has the start alone, so that its
 * columns fit whatever the length is now, and rows would be counted to windows that never held them. What readers of the checkpoint add to the start for the end
 * is the length; where a checkpoint does not tell, the state is taken as it is. Windows of the same length stay what they were,
 * wherever new ones begin.
 */
export function refuseChangedWindows(
  before: readonly OperatorMetadata[],
  families: readonly FamilySpec[],
): void {
  for (const family of families) {
    const [was, is] = [viewBefore(before, family)?.key, family.views?.[0]?.key];
    if (was === undefined || is === undefined) continue;
    const [had, has] = [lengths(was), lengths(is)];
    const columns = family.keySchema.fields.map((_, column) => column);
    if (columns.some((column) => had.get(column) !== has.get(column))) throw otherWindows(family, was, is);
  }
}

/** The lengths of windows in microseconds, by the columns that hold their starts. */
function lengths(fields: readonly StateViewField[]): ReadonlyMap<number, number> {
  const known = new Map<number, number>();
  for (const { from } of fields) {
    const parts = from.kind === "struct" ? from.fields : [];
    for (const part of parts) {
      if (part.from.kind === "column" && part.from.plusMicros !== undefined) {
        known.set(part.from.column, part.from.plusMicros);
      }
    }
  }
  return known;
}

function otherWindows(
  { operatorId, name }: FamilySpec,
  was: readonly StateViewField[],
  is: readonly StateViewField[],
): StreamError {
  const [storedKeySchema, newKeySchema] = [keysText(was), keysText(is)];
  return new StreamError({
    condition: "STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE",
    sqlState: "XXKST",
    parameters: { storedKeySchema, newKeySchema },
    message:
      `Provided key schema does not match existing state key schema. State of operator ${operatorId}, ${name}: existing ${storedKeySchema}, ` +
      `provided ${newKeySchema}. What was counted in windows cannot be divided among others. Undo the change of the query, such as another length in ` +
      `window(...), or start it with a new checkpoint location.`,
  });
}

/** The keys as types are written, but windows with their lengths, in which alone they may differ. */
function keysText(keys: readonly StateViewField[]): string {
  const texts = keys.map((key) => {
    const [length] = lengths([key]).values();
    return `${key.name}:${length === undefined ? simpleString(key.type) : `window of ${lengthText(length)}`}`;
  });
  return `struct<${texts.join(",")}>`;
}

function lengthText(micros: number): string {
  return formatCalendarInterval({ months: 0, days: 0, micros: BigInt(micros) });
}
