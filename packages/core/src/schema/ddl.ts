import { StreamError } from "../errors/stream-error.js";
import * as t from "./data-type.js";
import { StructField, StructType } from "./struct-type.js";

/**
 * Reads a schema from a DDL text: `a INT, b: STRING NOT NULL COMMENT 'x'`, or the text of a struct type. `timestamp` is what the
 * word TIMESTAMP means.
 */
export function parseDdl(ddl: string, timestamp: t.DataType = t.TimestampType): StructType {
  return new DdlParser(ddl, timestamp).schema();
}

/** Reads one type: `decimal(10,2)`, `ARRAY<STRUCT<a: INT>>`. */
export function parseTypeText(text: string, timestamp: t.DataType = t.TimestampType): t.DataType {
  return new DdlParser(text, timestamp).singleType();
}

const NAMES: ReadonlyMap<string, t.DataType> = new Map<string, t.DataType>([
  ["boolean", t.BooleanType],
  ["tinyint", t.ByteType],
  ["byte", t.ByteType],
  ["smallint", t.ShortType],
  ["short", t.ShortType],
  ["int", t.IntegerType],
  ["integer", t.IntegerType],
  ["bigint", t.LongType],
  ["long", t.LongType],
  ["float", t.FloatType],
  ["real", t.FloatType],
  ["double", t.DoubleType],
  ["string", t.StringType],
  ["binary", t.BinaryType],
  ["date", t.DateType],
  ["timestamp_ltz", t.TimestampType],
  ["timestamp_ntz", t.TimestampNTZType],
  ["variant", t.VariantType],
  ["void", t.NullType],
  ["null", t.NullType],
]);

const TOKEN = /\s+|`((?:[^`]|``)*)`|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([\p{L}_$0-9]+)|([<>(),:;-])/uy;

interface Token {
  readonly text: string;
  readonly kind: "word" | "quoted" | "string" | "mark";
}

/** A recursive-descent reader of Spark's type grammar; the SQL parser has its own for whole statements. */
class DdlParser {
  private readonly tokens: Token[] = [];
  private position = 0;
  private readonly text: string;
  private readonly plainTimestamp: t.DataType;

  constructor(text: string, timestamp: t.DataType) {
    this.text = text;
    this.plainTimestamp = timestamp;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (!match) throw this.error(text.slice(at, at + 1));
      if (match[1] !== undefined) this.tokens.push({ kind: "quoted", text: match[1].replaceAll("``", "`") });
      else if (match[2] !== undefined || match[3] !== undefined) {
        this.tokens.push({ kind: "string", text: (match[2] ?? match[3])!.replace(/\\(.)/g, "$1") });
      } else if (match[4] !== undefined) this.tokens.push({ kind: "word", text: match[4] });
      else if (match[5] !== undefined) this.tokens.push({ kind: "mark", text: match[5] });
    }
  }

  schema(): StructType {
    if (this.tokens.length === 0) return new StructType();
    if (this.isWord("struct") && this.tokens[1]?.text === "<") {
      const type = this.singleType();
      if (type.kind === "struct") return type;
    }
    const fields = this.fieldList(() => this.position >= this.tokens.length);
    return new StructType(fields);
  }

  singleType(): t.DataType {
    const type = this.type();
    if (this.position < this.tokens.length) throw this.error(this.tokens[this.position]!.text);
    return type;
  }

  private fieldList(atEnd: () => boolean): StructField[] {
    const fields: StructField[] = [];
    do fields.push(this.field());
    while (this.accept(","));
    if (!atEnd()) throw this.error(this.tokens[this.position]?.text ?? "end of input");
    return fields;
  }

  private field(): StructField {
    const name = this.next();
    if (name.kind === "mark") throw this.error(name.text);
    this.accept(":");
    const type = this.type();
    let nullable = true;
    if (this.isWord("not") && this.tokens[this.position + 1]?.text.toLowerCase() === "null") {
      this.position += 2;
      nullable = false;
    }
    let metadata: Record<string, unknown> | undefined;
    if (this.isWord("comment")) {
      this.position++;
      metadata = { comment: this.next().text };
    }
    return StructField(name.text, type, nullable, metadata);
  }

  private type(): t.DataType {
    const token = this.next();
    const name = token.text.toLowerCase();
    if (token.kind === "mark" || token.kind === "string") throw this.error(token.text);
    switch (name) {
      case "array": {
        this.expect("<");
        const element = this.type();
        this.expect(">");
        return t.ArrayType(element);
      }
      case "map": {
        this.expect("<");
        const key = this.type();
        this.expect(",");
        const value = this.type();
        this.expect(">");
        return t.MapType(key, value);
      }
      case "struct": {
        this.expect("<");
        if (this.accept(">")) return new StructType();
        const fields = this.fieldList(() => this.accept(">"));
        return new StructType(fields);
      }
      case "decimal":
      case "dec":
      case "numeric":
        return this.decimal();
      case "char":
      case "character":
        return t.CharType(this.lengthArgument(token.text));
      case "varchar":
        return t.VarcharType(this.lengthArgument(token.text));
      case "time":
        return this.accept("(") ? t.TimeType(this.closedInteger()) : t.TimeType();
      case "timestamp":
        return this.timestamp();
      case "interval":
        return this.interval();
      case "string":
        return this.string();
    }
    const simple = NAMES.get(name);
    if (simple) return simple;
    throw new StreamError({
      condition: "UNSUPPORTED_DATATYPE",
      sqlState: "0A000",
      parameters: { typeName: `"${token.text.toUpperCase()}"` },
      message: `Unknown data type "${token.text.toUpperCase()}" in '${this.text}'.`,
    });
  }

  private decimal(): t.DataType {
    if (!this.accept("(")) return t.DecimalType();
    const precision = this.integer();
    const scale = this.accept(",") ? this.integer() : 0;
    this.expect(")");
    if (precision > 38) {
      throw new StreamError({
        condition: "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
        sqlState: "22003",
        parameters: { precision: String(precision), maxPrecision: "38" },
        message: `Decimal precision ${precision} exceeds the maximum of 38.`,
      });
    }
    return t.DecimalType(precision, scale);
  }

  private timestamp(): t.DataType {
    if (this.isWord("without") || this.isWord("with")) {
      const without = this.isWord("without");
      this.position++;
      if (!without && this.isWord("local")) this.position++;
      for (const word of ["time", "zone"]) {
        if (!this.isWord(word)) throw this.error(this.tokens[this.position]?.text ?? "end of input");
        this.position++;
      }
      return without ? t.TimestampNTZType : t.TimestampType;
    }
    return this.plainTimestamp;
  }

  private interval(): t.DataType {
    const unit = (): string | undefined => {
      const word = this.tokens[this.position]?.text.toLowerCase();
      if (!word || !["year", "month", "day", "hour", "minute", "second"].includes(word)) return undefined;
      this.position++;
      return word;
    };
    const start = unit();
    if (!start) return t.CalendarIntervalType;
    let end: string | undefined = start;
    if (this.isWord("to")) {
      this.position++;
      end = unit();
      if (!end) throw this.error("to");
    }
    const months = start === "year" || start === "month";
    if (months !== (end === "year" || end === "month")) throw this.error(end);
    return months
      ? t.YearMonthIntervalType(start as t.YearMonthUnit, end as t.YearMonthUnit)
      : t.DayTimeIntervalType(start as t.DayTimeUnit, end as t.DayTimeUnit);
  }

  private string(): t.DataType {
    if (!this.isWord("collate")) return t.StringType;
    this.position++;
    const collation = this.next().text.toUpperCase();
    return collation === "UTF8_BINARY" ? t.StringType : { kind: "string", collation };
  }

  private lengthArgument(name: string): number {
    if (this.accept("(")) return this.closedInteger();
    throw new StreamError({
      condition: "DATATYPE_MISSING_SIZE",
      sqlState: "42K01",
      parameters: { type: `"${name.toUpperCase()}"` },
      message: `${name.toUpperCase()} needs a length, as in ${name.toUpperCase()}(10).`,
    });
  }

  private closedInteger(): number {
    const value = this.integer();
    this.expect(")");
    return value;
  }

  private integer(): number {
    const negative = this.accept("-");
    const token = this.next();
    if (!/^\d+$/.test(token.text)) throw this.error(token.text);
    return negative ? -Number(token.text) : Number(token.text);
  }

  private next(): Token {
    const token = this.tokens[this.position++];
    if (!token) throw this.error("end of input");
    return token;
  }

  private isWord(word: string): boolean {
    const token = this.tokens[this.position];
    return token?.kind === "word" && token.text.toLowerCase() === word;
  }

  private accept(mark: string): boolean {
    const token = this.tokens[this.position];
    if (token?.kind !== "mark" || token.text !== mark) return false;
    this.position++;
    return true;
  }

  private expect(mark: string): void {
    if (!this.accept(mark)) throw this.error(this.tokens[this.position]?.text ?? "end of input");
  }

  private error(near: string): StreamError {
    return new StreamError({
      condition: "PARSE_SYNTAX_ERROR",
      sqlState: "42601",
      parameters: { error: near === "end of input" ? near : `'${near}'`, hint: "" },
      message: `Syntax error at or near '${near}' in the schema '${this.text}'.`,
    });
  }
}
