import { DEFAULT_LOCALE } from "../locale/language-tag.js";
import { fieldTexts } from "./field-texts.js";
import { DatetimePatternError } from "./pattern-error.js";
import * as field from "./pattern-fields.js";

/** How a number shows its sign: `normal` only a minus, `exceeds` also a plus beyond the width, `never` none. */
export type SignStyle = "normal" | "exceeds" | "never";

/** One step of a compiled pattern. */
export type PatternNode =
  | { readonly kind: "literal"; readonly text: string }
  | {
      readonly kind: "number";
      readonly field: number;
      readonly min: number;
      readonly max: number;
      readonly sign: SignStyle;
      /** Digits that the numbers directly after this one take from a run of digits. */
      subsequent: number;
      /** Two digits that stand for a year from 2000 to 2099. */
      readonly reduced: boolean;
    }
  | { readonly kind: "fraction"; readonly min: number; readonly max: number; subsequent: number }
  | {
      readonly kind: "text";
      readonly field: number;
      readonly texts: readonly string[];
      readonly first: number;
    }
  | { readonly kind: "offset"; readonly form: OffsetForm; readonly zero: string }
  | { readonly kind: "localizedOffset"; readonly full: boolean }
  | { readonly kind: "zoneId" }
  | { readonly kind: "zoneName"; readonly short: boolean }
  | { readonly kind: "optional"; readonly nodes: readonly PatternNode[] };

/** The parts of an offset: what is optional is shown only when it is not zero. */
export interface OffsetForm {
  readonly colon: boolean;
  readonly minutes: "none" | "optional" | "always";
  readonly seconds: "none" | "optional" | "always";
}

const HH_MM: OffsetForm = { colon: false, minutes: "always", seconds: "none" };
const HH_MM_SS_COLON: OffsetForm = { colon: true, minutes: "always", seconds: "optional" };
/** The forms of `X` and `x`, by count. */
const OFFSET_FORMS: readonly OffsetForm[] = [
  { colon: false, minutes: "optional", seconds: "none" },
  HH_MM,
  { colon: true, minutes: "always", seconds: "none" },
  { colon: false, minutes: "always", seconds: "optional" },
  HH_MM_SS_COLON,
];

const FIELDS: ReadonlyMap<string, number> = new Map([
  ["G", field.ERA],
  ["u", field.YEAR],
  ["y", field.YEAR_OF_ERA],
  ["Q", field.QUARTER_OF_YEAR],
  ["q", field.QUARTER_OF_YEAR],
  ["M", field.MONTH_OF_YEAR],
  ["L", field.MONTH_OF_YEAR],
  ["D", field.DAY_OF_YEAR],
  ["d", field.DAY_OF_MONTH],
  ["F", field.DAY_OF_WEEK_IN_MONTH],
  ["E", field.DAY_OF_WEEK],
  ["a", field.AMPM_OF_DAY],
  ["H", field.HOUR_OF_DAY],
  ["k", field.CLOCK_HOUR_OF_DAY],
  ["K", field.HOUR_OF_AMPM],
  ["h", field.CLOCK_HOUR_OF_AMPM],
  ["m", field.MINUTE_OF_HOUR],
  ["s", field.SECOND_OF_MINUTE],
  ["S", field.NANO_OF_SECOND],
]);

const WEEK_LETTERS = "YWwuec";
const UNSUPPORTED_LETTERS = "ABnNp";
const UNSUPPORTED_PARSE_LETTERS = "EFqQ";
const TOO_LONG = ["G", "M", "L", "E", "Q", "q"].map((letter) => letter.repeat(5)).concat("y".repeat(7));
/** The letters that SimpleDateFormat, Spark's formatter before 3.0, understood. */
const LEGACY_LETTERS = "GyYMLwWDdFEuaHkKhmsSzZX";

const RECOGNITION = "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION";

/**
 * Compiles a pattern for formatting, or for parsing, where a fraction of `n` letters takes one to `n` digits. Fields that are
 * spelled out have the names of the locale.
 *
 * @throws DatetimePatternError When the pattern is refused. A pattern that Spark's formatter before 3.0 would
 * have accepted is refused as `...DATETIME_PATTERN_RECOGNITION`, unless `checkLegacy` is false; then every
 * refusal is `INVALID_DATETIME_PATTERN.WITH_SUGGESTION`.
 */
export function compilePattern(
  pattern: string,
  parsing: boolean,
  checkLegacy = true,
  locale: string = DEFAULT_LOCALE,
): readonly PatternNode[] {
  try {
    checkLetters(pattern, parsing);
    return new PatternCompiler(pattern, parsing, locale).compile();
  } catch (error) {
    if (!(error instanceof DatetimePatternError)) throw error;
    if (!checkLegacy) throw new DatetimePatternError("INVALID_DATETIME_PATTERN.WITH_SUGGESTION", { pattern });
    if (isLegacyPattern(pattern)) throw new DatetimePatternError(RECOGNITION, { pattern });
    throw error;
  }
}

/** The parts of a pattern outside quotes: every second one of those that quotes separate. */
function unquotedParts(pattern: string): string[] {
  return pattern.split("'").filter((_, index) => index % 2 === 0);
}

function checkLetters(pattern: string, parsing: boolean): void {
  for (const part of unquotedParts(pattern)) {
    for (const c of part) {
      if (WEEK_LETTERS.includes(c)) {
        throw new DatetimePatternError("INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN", {
          c,
        });
      }
    }
    for (const c of part) {
      if (UNSUPPORTED_LETTERS.includes(c) || (parsing && UNSUPPORTED_PARSE_LETTERS.includes(c))) {
        throw new DatetimePatternError("INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER", { c, pattern });
      }
    }
    const style = TOO_LONG.find((letters) => part.includes(letters));
    if (style !== undefined) {
      throw new DatetimePatternError("INVALID_DATETIME_PATTERN.LENGTH", { pattern: style });
    }
  }
}

function isLegacyPattern(pattern: string): boolean {
  if (pattern.split("'").length % 2 === 0) return false;
  return unquotedParts(pattern).every((part) =>
    [...part].every((c) => !/[A-Za-z]/.test(c) || LEGACY_LETTERS.includes(c)),
  );
}

class PatternCompiler {
  readonly #pattern: string;
  readonly #parsing: boolean;
  readonly #locale: string;
  /** `y` means the year of an era only where the pattern shows the era. */
  readonly #hasEra: boolean;
  readonly #stack: PatternNode[][] = [[]];
  /** The number that gives up digits to those directly after it. */
  #active: (PatternNode & { subsequent: number }) | undefined;

  constructor(pattern: string, parsing: boolean, locale: string) {
    this.#pattern = pattern;
    this.#parsing = parsing;
    this.#locale = locale;
    this.#hasEra = unquotedParts(pattern).some((part) => part.includes("G"));
  }

  compile(): readonly PatternNode[] {
    const pattern = this.#pattern;
    let at = 0;
    while (at < pattern.length) {
      const c = pattern[at] as string;
      if (/[A-Za-z]/.test(c)) {
        let end = at + 1;
        while (pattern[end] === c) end++;
        this.#letters(c, end - at);
        at = end;
      } else if (c === "'") {
        at = this.#quoted(at);
      } else {
        this.#symbol(c);
        at++;
      }
    }
    while (this.#stack.length > 1) this.#endOptional();
    return this.#stack[0] as PatternNode[];
  }

  #refuse(): never {
    throw new DatetimePatternError("INVALID_DATETIME_PATTERN.WITH_SUGGESTION", { pattern: this.#pattern });
  }

  #quoted(start: number): number {
    const pattern = this.#pattern;
    if (pattern[start + 1] === "'") {
      this.#append({ kind: "literal", text: "'" });
      return start + 2;
    }
    let text = "";
    for (let at = start + 1; at < pattern.length; at++) {
      if (pattern[at] !== "'") text += pattern[at];
      else if (pattern[at + 1] === "'") {
        text += "'";
        at++;
      } else {
        this.#append({ kind: "literal", text });
        return at + 1;
      }
    }
    return this.#refuse();
  }

  #symbol(c: string): void {
    if (c === "[") {
      this.#active = undefined;
      this.#stack.push([]);
    } else if (c === "]") {
      if (this.#stack.length === 1) this.#refuse();
      this.#endOptional();
    } else if (c === "{" || c === "}" || c === "#") {
      this.#refuse();
    } else {
      this.#append({ kind: "literal", text: c });
    }
  }

  #endOptional(): void {
    const nodes = this.#stack.pop() as PatternNode[];
    this.#active = undefined;
    if (nodes.length > 0) this.#append({ kind: "optional", nodes });
  }

  #append(node: PatternNode): void {
    this.#active = undefined;
    (this.#stack[this.#stack.length - 1] as PatternNode[]).push(node);
  }

  /** Appends a number; one of fixed width reserves its digits in the run that the active number starts. */
  #appendNumber(node: PatternNode & { subsequent: number }, isFixedWidth: boolean): void {
    const active = this.#active;
    this.#append(node);
    if (active !== undefined && isFixedWidth) {
      active.subsequent += "max" in node ? node.max : 0;
      this.#active = active;
    } else {
      this.#active = node;
    }
  }

  #number(field: number, min: number, max: number, sign: SignStyle, reduced = false): void {
    const node = { kind: "number", field, min, max, sign, subsequent: 0, reduced } as const;
    this.#appendNumber({ ...node }, min === max && sign === "never");
  }

  #value(field: number, count: number): void {
    if (count === 1) this.#number(field, 1, 19, "normal");
    else this.#number(field, count, count, "never");
  }

  #text(field: number, full: boolean, standalone = false): void {
    this.#append({ kind: "text", field, ...fieldTexts(field, full, standalone, this.#locale) });
  }

  #letters(c: string, count: number): void {
    const number = FIELDS.get(c);
    if (number !== undefined) this.#field(c, number, count);
    else this.#zone(c, count);
  }

  #field(c: string, number: number, count: number): void {
    switch (c) {
      case "y":
        this.#year(this.#hasEra ? field.YEAR_OF_ERA : field.YEAR, count);
        break;
      case "M":
      case "L":
      case "Q":
      case "q":
        if (count <= 2) this.#value(number, count);
        else this.#text(number, count === 4, c === "L");
        break;
      case "E":
      case "G":
        this.#text(number, count === 4);
        break;
      case "a":
        if (count > 1) this.#refuse();
        this.#text(number, false);
        break;
      case "S":
        this.#fraction(count);
        break;
      case "F":
        if (count > 1) this.#refuse();
        this.#value(number, 1);
        break;
      case "D":
        if (count > 3) this.#refuse();
        if (count === 1) this.#value(number, 1);
        else this.#number(number, count, 3, "never");
        break;
      default:
        if (count > 2) this.#refuse();
        this.#value(number, count);
    }
  }

  #year(number: number, count: number): void {
    if (count === 2) this.#number(number, 2, 2, "never", true);
    else this.#number(number, count, 19, count < 4 ? "normal" : "exceeds");
  }

  #fraction(count: number): void {
    if (count > 9) this.#refuse();
    const node = { kind: "fraction", min: this.#parsing ? 1 : count, max: count, subsequent: 0 } as const;
    if (node.min === node.max) this.#appendNumber({ ...node }, true);
    else this.#append({ ...node });
  }

  #zone(c: string, count: number): void {
    switch (c) {
      case "z":
        if (count > 4) this.#refuse();
        this.#append({ kind: "zoneName", short: count < 4 });
        break;
      case "V":
        if (count !== 2) this.#refuse();
        this.#append({ kind: "zoneId" });
        break;
      case "Z":
        if (count > 5) this.#refuse();
        if (count < 4) this.#append({ kind: "offset", form: HH_MM, zero: "+0000" });
        else if (count === 4) this.#append({ kind: "localizedOffset", full: true });
        else this.#append({ kind: "offset", form: HH_MM_SS_COLON, zero: "Z" });
        break;
      case "O":
        if (count !== 1 && count !== 4) this.#refuse();
        this.#append({ kind: "localizedOffset", full: count === 4 });
        break;
      case "X":
      case "x":
        this.#offset(c, count);
        break;
      default:
        this.#refuse();
    }
  }

  #offset(c: string, count: number): void {
    if (count > 5) this.#refuse();
    const plain = count === 1 ? "+00" : count % 2 === 0 ? "+0000" : "+00:00";
    this.#append({
      kind: "offset",
      form: OFFSET_FORMS[count - 1] as OffsetForm,
      zero: c === "X" ? "Z" : plain,
    });
  }
}
