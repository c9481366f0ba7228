import { type DataType, sameType } from "../schema/data-type.js";
import { StructField, StructType } from "../schema/struct-type.js";
import { isGrown } from "./grown-columns.js";
import {
  incompatibleKeys,
  incompatibleValues,
  operatorsChanged,
  otherVariable,
  settingChanged,
  unequalBytes,
} from "./state-errors.js";
import type { FamilySpec } from "./state-store.js";

/**
 * Checks that the families of a query can take up what a state file holds: the same operators keep state, and the types of
 * keys and values are the same, but for fields that were added at the end of the values of a growing family. Names and nullability may
 * differ. A family that an operator no longer has is forgotten, one
 * that is new to it begins empty.
 */
export function checkStateSchema(stored: readonly FamilySpec[], now: readonly FamilySpec[]): void {
  const [before, after] = [operatorNames(stored), operatorNames(now)];
  if (before !== after) throw operatorsChanged(before, after);
  for (const family of now) {
    const twin = stored.find((other) => sameFamily(other, family));
    if (twin === undefined) continue;
    const name = `operator ${family.operatorId}, ${family.name}`;
    checkSettings(twin, family);
    if (twin.variable !== family.variable) {
      throw otherVariable(family.name, twin.variable ?? "", family.variable ?? "");
    }
    if (!sameRows(twin.keySchema, family.keySchema)) {
      throw incompatibleKeys(name, twin.keySchema, family.keySchema);
    }
    if (family.growing === true && isGrown(twin.valueSchema, family.valueSchema)) continue;
    if (!sameRows(twin.valueSchema, family.valueSchema)) {
      throw incompatibleValues(name, twin.valueSchema, family.valueSchema);
    }
  }
}

/** Settings that state was made under are those of the query. */
function checkSettings(stored: FamilySpec, now: FamilySpec): void {
  for (const [name, value] of Object.entries(now.settings ?? {})) {
    const before = stored.settings?.[name] ?? value;
    if (before !== value) throw settingChanged(name, before, value);
  }
}

/** The stored schema of values that have grown since; undefined where they have not. */
export function grownFrom(stored: FamilySpec, now: FamilySpec): StructType | undefined {
  const same = now.growing !== true || sameRows(stored.valueSchema, now.valueSchema);
  return same ? undefined : stored.valueSchema;
}

/** Keys are compared by their bytes, which a collation other than UTF8_BINARY does not do. */
export function checkKeyTypes({ keySchema }: FamilySpec): void {
  if (keySchema.fields.some((field) => isCollated(field.type))) throw unequalBytes(keySchema);
}

function isCollated(type: DataType): boolean {
  switch (type.kind) {
    case "string":
      return (type.collation ?? "UTF8_BINARY") !== "UTF8_BINARY";
    case "struct":
      return type.fields.some((field) => isCollated(field.type));
    case "array":
      return isCollated(type.elementType);
    case "map":
      return isCollated(type.keyType) || isCollated(type.valueType);
    default:
      return false;
  }
}

/** Whether two specifications mean the same family of the same operator. */
export function sameFamily(a: FamilySpec, b: FamilySpec): boolean {
  return a.operatorId === b.operatorId && a.name === b.name;
}

/** The operators of families as Spark lists them. */
export function operatorNames(families: readonly FamilySpec[]): string {
  const byId = [...families].sort((a, b) => a.operatorId - b.operatorId);
  const names = byId.map(({ operatorId, operatorName }) => {
    return operatorName === undefined
      ? String(operatorId)
      : `(OperatorId: ${operatorId} -> OperatorName: ${operatorName})`;
  });
  return [...new Set(names)].join(", ");
}

function sameRows(a: StructType, b: StructType): boolean {
  return sameType(withoutNames(a), withoutNames(b), true);
}

function withoutNames(type: DataType): DataType {
  switch (type.kind) {
    case "struct":
      return new StructType(type.fields.map((field, k) => StructField(String(k), withoutNames(field.type))));
    case "array":
      return { ...type, elementType: withoutNames(type.elementType) };
    case "map":
      return { ...type, keyType: withoutNames(type.keyType), valueType: withoutNames(type.valueType) };
    default:
      return type;
  }
}
