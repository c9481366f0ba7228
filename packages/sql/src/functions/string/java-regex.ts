import type { Origin } from "../../expression/expression.js";
import { runtimeError } from "../runtime-error.js";

/** A Java pattern as a JavaScript one: for a search from a place, and for all matches. */
export interface CompiledRegex {
  readonly once: RegExp;
  readonly global: RegExp;
}

/** Why a pattern is refused: it is malformed, or means something that JavaScript cannot express. */
export class RegexTranslationError extends Error {}

/** Compiles a Java pattern. */
export function compileRegex(pattern: string, ignoreCase = false): CompiledRegex {
  const { source, flags } = translateRegex(pattern);
  const all = ignoreCase && !flags.includes("i") ? `${flags}i` : flags;
  try {
    return { once: new RegExp(source, all), global: new RegExp(source, `${all}g`) };
  } catch (error) {
    throw new RegexTranslationError(error instanceof Error ? error.message : String(error));
  }
}

/** A function that compiles patterns and remembers them; a refused one fails with the function's name. */
export function regexCache(
  functionName: string,
  parameter: string,
  origin?: Origin,
  ignoreCase = false,
): (pattern: string) => CompiledRegex {
  const known = new Map<string, CompiledRegex>();
  return (pattern) => {
    let regex = known.get(pattern);
    if (regex === undefined) {
      regex = compileFor(pattern, functionName, parameter, origin, ignoreCase);
      if (known.size > 1000) known.clear();
      known.set(pattern, regex);
    }
    return regex;
  };
}

function compileFor(
  pattern: string,
  functionName: string,
  parameter: string,
  origin: Origin | undefined,
  ignoreCase: boolean,
): CompiledRegex {
  try {
    return compileRegex(pattern, ignoreCase);
  } catch (error) {
    if (!(error instanceof RegexTranslationError)) throw error;
    throw runtimeError(
      "INVALID_PARAMETER_VALUE.PATTERN",
      "22023",
      { functionName: `\`${functionName}\``, parameter: `\`${parameter}\``, value: `'${pattern}'` },
      `The value '${pattern}' is no pattern that can be used: ${error.message}.`,
      origin,
    );
  }
}

const POSIX: Readonly<Record<string, string>> = {
  Lower: "a-z",
  Upper: "A-Z",
  ASCII: "\\u{0}-\\u{7f}",
  Alpha: "a-zA-Z",
  Digit: "0-9",
  Alnum: "a-zA-Z0-9",
  Punct: "\\!-\\/\\:-@\\[-`\\{-~",
  Graph: "\\!-~",
  Print: " -~",
  Blank: " \\t",
  Cntrl: "\\u{0}-\\u{1f}\\u{7f}",
  XDigit: "0-9a-fA-F",
  Space: " \\t\\n\\v\\f\\r",
  javaLowerCase: "\\p{Ll}",
  javaUpperCase: "\\p{Lu}",
  IsAlphabetic: "\\p{Alphabetic}",
  IsLetter: "\\p{L}",
  IsDigit: "\\p{Nd}",
  IsLowercase: "\\p{Lowercase}",
  IsUppercase: "\\p{Uppercase}",
  IsPunctuation: "\\p{P}",
  IsWhite_Space: "\\p{White_Space}",
};

const JAVA_SPACE = " \\t\\n\\v\\f\\r";
const LINE_END = "(?=(?:\\r\\n|[\\n\\r\\u{85}\\u{2028}\\u{2029}])?$)";

/** The source and flags of a JavaScript pattern (with the `v` flag) of the same meaning. */
export function translateRegex(pattern: string): { readonly source: string; readonly flags: string } {
  return new Translator(pattern).translate();
}

class Translator {
  readonly #pattern: string;
  #at = 0;
  #flags = "v";
  #out = "";

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  translate(): { source: string; flags: string } {
    this.#leadingFlags();
    while (this.#at < this.#pattern.length) this.#step();
    return { source: this.#out, flags: this.#flags };
  }

  #leadingFlags(): void {
    const match = /^\(\?([imsuU]+)\)/.exec(this.#pattern);
    if (!match) return;
    for (const flag of match[1]!) if ("ims".includes(flag)) this.#flags += flag;
    this.#at = match[0].length;
  }

  #next(): string {
    const point = this.#pattern.codePointAt(this.#at)!;
    const text = String.fromCodePoint(point);
    this.#at += text.length;
    return text;
  }

  #step(): void {
    const character = this.#next();
    switch (character) {
      case "\\":
        this.#out += this.#escape(false);
        break;
      case "[":
        this.#out += this.#characterClass();
        break;
      case "$":
        this.#out += this.#flags.includes("m") ? "$" : LINE_END;
        break;
      case "(":
        this.#group();
        break;
      case "*":
      case "+":
      case "?":
      case "}":
        this.#out += character;
        if (this.#pattern[this.#at] === "+" && (character !== "}" || this.#closesQuantifier())) {
          throw new RegexTranslationError("possessive quantifiers are not supported");
        }
        break;
      case "{":
        this.#out += /^\{\d+(,\d*)?\}/.test(this.#pattern.slice(this.#at - 1)) ? "{" : this.#refuseBrace();
        break;
      case "]":
        this.#out += "\\]";
        break;
      case "/":
        this.#out += "\\/";
        break;
      default:
        this.#out += character;
    }
  }

  #refuseBrace(): never {
    throw new RegexTranslationError(`illegal repetition near index ${this.#at - 1}`);
  }

  #closesQuantifier(): boolean {
    return /\{\d+(,\d*)?\}$/.test(this.#pattern.slice(0, this.#at));
  }

  #group(): void {
    const rest = this.#pattern.slice(this.#at);
    if (rest.startsWith("?>")) throw new RegexTranslationError("atomic groups are not supported");
    const inline = /^\?([a-zA-Z]*)(?:-([a-zA-Z]+))?([:)])/.exec(rest);
    if (inline && rest[1] !== ":" && rest[1] !== "<") {
      throw new RegexTranslationError("flags within a pattern are not supported");
    }
    this.#out += "(";
  }

  /** What stands behind a backslash; `inClass` between brackets, where a set has no brackets of its own. */
  #escape(inClass: boolean): string {
    if (this.#at >= this.#pattern.length) throw new RegexTranslationError("it ends in a backslash");
    const character = this.#next();
    const set = (body: string): string => (inClass ? body : `[${body}]`);
    switch (character) {
      case "d":
      case "D":
      case "w":
      case "W":
      case "b":
      case "B":
      case "n":
      case "r":
      case "t":
      case "f":
        return `\\${character}`;
      case "s":
        return set(JAVA_SPACE);
      case "S":
        return `[^${JAVA_SPACE}]`;
      case "h":
        return set(" \\t\\u{a0}\\u{1680}\\u{180e}\\u{2000}-\\u{200a}\\u{202f}\\u{205f}\\u{3000}");
      case "v":
        return set("\\n\\v\\f\\r\\u{85}\\u{2028}\\u{2029}");
      case "R":
        return "(?:\\r\\n|[\\n\\v\\f\\r\\u{85}\\u{2028}\\u{2029}])";
      case "a":
        return "\\u{7}";
      case "e":
        return "\\u{1b}";
      case "A":
        return "(?<![\\s\\S])";
      case "z":
        return "(?![\\s\\S])";
      case "Z":
        return LINE_END;
      case "Q":
        return this.#quotation();
      case "x":
      case "u":
        return this.#codeEscape(character);
      case "0":
        return this.#octal();
      case "p":
      case "P":
        return this.#property(character === "P", inClass);
      case "k":
        return `\\k${this.#until(">")}`;
      default:
        if (/[1-9]/.test(character) && !inClass) return `\\${character}`;
        if (/[A-Za-z]/.test(character)) throw new RegexTranslationError(`\\${character} is not supported`);
        return literalText(character);
    }
  }

  #until(end: string): string {
    const at = this.#pattern.indexOf(end, this.#at);
    if (at < 0) throw new RegexTranslationError(`${end} is missing`);
    const text = this.#pattern.slice(this.#at, at + 1);
    this.#at = at + 1;
    return text;
  }

  #quotation(): string {
    const end = this.#pattern.indexOf("\\E", this.#at);
    const text = this.#pattern.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#pattern.length : end + 2;
    return Array.from(text, literalText).join("");
  }

  #codeEscape(kind: "x" | "u"): string {
    const form = kind === "u" ? /^([0-9a-fA-F]{4})/ : /^(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]+)\})/;
    const match = form.exec(this.#pattern.slice(this.#at));
    if (!match) throw new RegexTranslationError(`\\${kind} needs hexadecimal digits`);
    this.#at += match[0].length;
    return `\\u{${match[1] ?? match[2]}}`;
  }

  #octal(): string {
    const match = /^[0-3]?[0-7]{1,2}/.exec(this.#pattern.slice(this.#at));
    if (!match) throw new RegexTranslationError("\\0 needs octal digits");
    this.#at += match[0].length;
    return `\\u{${Number.parseInt(match[0], 8).toString(16)}}`;
  }

  #property(negated: boolean, inClass: boolean): string {
    let name: string;
    if (this.#pattern[this.#at] === "{") {
      this.#at++;
      name = this.#until("}").slice(0, -1);
    } else name = this.#next();
    const posix = POSIX[name];
    if (posix) {
      if (negated) return `[^${posix}]`;
      return inClass ? posix : `[${posix}]`;
    }
    const letter = negated ? "P" : "p";
    const script = /^(?:Is|script=|sc=)([A-Za-z_]{3,})$/.exec(name);
    return script ? `\\${letter}{Script=${script[1]}}` : `\\${letter}{${name.replace(/^Is/, "")}}`;
  }

  /** A class with its brackets; the opening one was read. */
  #characterClass(): string {
    let out = "[";
    if (this.#pattern[this.#at] === "^") {
      out += "^";
      this.#at++;
    }
    let first = true;
    while (this.#at < this.#pattern.length) {
      const character = this.#next();
      if (character === "]" && !first) return `${out}]`;
      first = false;
      if (character === "\\") out += this.#escape(true);
      else if (character === "[") out += this.#characterClass();
      else if (character === "&" && this.#pattern[this.#at] === "&") {
        this.#at++;
        out += "&&";
      } else if (character === "-") out += this.#isRange(out) ? "-" : "\\-";
      else out += /[()[\]{}/\-|&!#$%*+,.:;<=>?@^`~]/.test(character) ? `\\${character}` : character;
    }
    throw new RegexTranslationError("a class is not closed");
  }

  /** Whether the `-` that was just read stands between two characters. */
  #isRange(before: string): boolean {
    const next = this.#pattern[this.#at];
    return before !== "[" && before !== "[^" && next !== "]" && next !== undefined && next !== "[";
  }
}

/** A character that stands for itself. */
function literalText(character: string): string {
  return /[A-Za-z0-9_]/.test(character) ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
