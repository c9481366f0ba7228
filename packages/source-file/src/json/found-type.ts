import {
  ArrayType,
  type DataType,
  type DecimalType as Decimal,
  DecimalType,
  DoubleType,
  LongType,
  NullType,
  StringType,
  StructField,
  StructType,
} from "@ss/core";

const DECIMAL_DIGITS = 38;

/**
 * The narrowest type that holds the values that were found in one place of many records: text where there is no other. It grows with what is
 * found, so that a record costs what it has itself, however many keys the records before it had.
 */
export class FoundType {
  /** Of values without parts; NullType before the first one that is not null. */
  private plain: DataType = NullType;
  private fields: Map<string, FoundField> | undefined;
  private element: FoundType | undefined;

  /** Takes in a value without parts. */
  addPlain(type: DataType): void {
    if (type.kind === "void") return;
    this.plain = this.hasParts ? StringType : mergePlain(this.plain, type);
    this.dropParts();
  }

  /** Takes in an array; undefined where its elements do not matter, as the type is text whatever they are. */
  addArray(): FoundType | undefined {
    if (this.plain !== NullType || this.fields !== undefined) return this.becomeText();
    this.element ??= new FoundType();
    return this.element;
  }

  /** Takes in an object; undefined where its fields do not matter. */
  addObject(): FoundObject | undefined {
    if (this.plain !== NullType || this.element !== undefined) return this.becomeText();
    this.fields ??= new Map();
    return new FoundObject(this.fields);
  }

  /** The type, fields in alphabetical order. No value at all makes text; an object without keys, and what holds nothing else, is left out. */
  finished(dropsNulls: boolean): DataType | undefined {
    if (this.element !== undefined) {
      const element = this.element.finished(dropsNulls);
      return element === undefined ? undefined : ArrayType(element);
    }
    if (this.fields !== undefined) {
      const fields = this.finishedFields(dropsNulls);
      return fields.length === 0 ? undefined : new StructType(fields);
    }
    if (this.plain === NullType) return dropsNulls ? undefined : StringType;
    return this.plain;
  }

  /** The fields of a type that is an object's; none where it is another. */
  finishedFields(dropsNulls: boolean): StructField[] {
    const fields: StructField[] = [];
    for (const [name, { type }] of this.fields ?? []) {
      const kept = type.finished(dropsNulls);
      if (kept !== undefined) fields.push(StructField(name, kept));
    }
    return fields.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private get hasParts(): boolean {
    return this.fields !== undefined || this.element !== undefined;
  }

  private becomeText(): undefined {
    this.plain = StringType;
    this.dropParts();
  }

  private dropParts(): void {
    this.fields = undefined;
    this.element = undefined;
  }
}

interface FoundField {
  readonly type: FoundType;
  /** The last object that had the field. */
  seenIn: FoundObject;
}

/** One object on its way into a {@link FoundType}. */
export class FoundObject {
  private readonly fields: Map<string, FoundField>;

  constructor(fields: Map<string, FoundField>) {
    this.fields = fields;
  }

  /** The place of a field's value; undefined where the object has given one already. */
  field(name: string): FoundType | undefined {
    const known = this.fields.get(name);
    if (known === undefined) {
      const type = new FoundType();
      this.fields.set(name, { type, seenIn: this });
      return type;
    }
    if (known.seenIn === this) return undefined;
    known.seenIn = this;
    return known.type;
  }
}

function mergePlain(a: DataType, b: DataType): DataType {
  if (a === b) return a;
  if (a.kind === "void") return b;
  if (isNumber(a) && isNumber(b)) return mergeNumbers(a, b);
  return a.kind === b.kind ? a : StringType;
}

function isNumber(type: DataType): boolean {
  return type.kind === "long" || type.kind === "double" || type.kind === "decimal";
}

function mergeNumbers(a: DataType, b: DataType): DataType {
  if (a.kind === "double" || b.kind === "double") return DoubleType;
  if (a.kind === "long" && b.kind === "long") return LongType;
  const [left, right] = [asDecimal(a), asDecimal(b)];
  const scale = Math.max(left.scale, right.scale);
  const range = Math.max(left.precision - left.scale, right.precision - right.scale);
  return range + scale > DECIMAL_DIGITS ? DoubleType : DecimalType(range + scale, scale);
}

function asDecimal(type: DataType): Decimal {
  return type.kind === "decimal" ? type : DecimalType(20, 0);
}
