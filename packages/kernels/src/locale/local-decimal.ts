import { knownLocale } from "./language-tag.js";

/**
 * Decimal numbers as a locale writes them: `1.234,5` in German. Signs that group digits may stand anywhere before the decimal
 * sign, except last; there is no plus sign; an exponent follows a large `E`.
 */
export class LocalDecimal {
  readonly #form: RegExp;
  readonly #digits: ReadonlyMap<string, string>;
  readonly #grouping: string;

  constructor(locale: string) {
    const symbols = symbolsOf(knownLocale(locale));
    const digit = `[0-9${symbols.digits.join("")}]`;
    const group = escaped(symbols.group);
    const minus = `(?:-|${escaped(symbols.minus)})`;
    this.#form = new RegExp(
      `^(${minus})?((?:${digit}|${group})*)(?:${escaped(symbols.decimal)}(${digit}*))?(?:E(${minus})?(${digit}+))?$`,
    );
    this.#digits = new Map(symbols.digits.map((text, value) => [text, String(value)]));
    this.#grouping = symbols.group;
  }

  /** The number in plain digits (`-1234.5E3`), or undefined where the text is none. */
  plain(text: string): string | undefined {
    const match = this.#form.exec(text);
    if (match === null) return undefined;
    const [, minus, whole = "", fraction = "", exponentMinus, exponent] = match;
    const digits = this.#plainDigits(whole.replaceAll(this.#grouping, ""));
    if (digits === "" && fraction === "") return undefined;
    if (fraction === "" && whole.endsWith(this.#grouping)) return undefined;
    const power = exponent === undefined ? "" : `E${exponentMinus ? "-" : ""}${this.#plainDigits(exponent)}`;
    const part = fraction === "" ? "" : `.${this.#plainDigits(fraction)}`;
    return `${minus ? "-" : ""}${digits || "0"}${part}${power}`;
  }

  #plainDigits(text: string): string {
    let plain = "";
    for (const digit of text) plain += this.#digits.get(digit) ?? digit;
    return plain;
  }
}

interface Symbols {
  readonly digits: readonly string[];
  readonly group: string;
  readonly decimal: string;
  readonly minus: string;
}

function symbolsOf(locale: string): Symbols {
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: 1 });
  const parts = format.formatToParts(-1_234_567.5);
  const part = (type: Intl.NumberFormatPartTypes, fallback: string): string =>
    parts.find((candidate) => candidate.type === type)?.value ?? fallback;
  const plain = new Intl.NumberFormat(locale, { useGrouping: false });
  return {
    digits: Array.from({ length: 10 }, (_, value) => plain.format(value)),
    group: part("group", ","),
    decimal: part("decimal", "."),
    minus: part("minusSign", "-"),
  };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
