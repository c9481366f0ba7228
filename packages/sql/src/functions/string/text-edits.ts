import { codePoints } from "./code-points.js";

/** Words begin with a capital and go on in small letters; words end at spaces. */
export function initialCapitals(text: string): string {
  return text.replace(/([^ ])[^ ]*/gu, (word, first: string) => {
    // of a letter that becomes several only the first is a capital: ß begins a word as Ss
    const [capital = "", ...others] = first.toUpperCase();
    const rest = word.toLowerCase().slice(first.toLowerCase().length);
    return capital + others.join("").toLowerCase() + rest;
  });
}

/** Replaces characters of `from` by those of `to` at the same place; what has no counterpart goes. */
export function translated(text: string, from: string, to: string): string {
  const map = new Map<string, string>();
  const targets = codePoints(to);
  codePoints(from).forEach((character, k) => {
    if (!map.has(character)) map.set(character, targets[k] ?? "");
  });
  return codePoints(text)
    .map((character) => map.get(character) ?? character)
    .join("");
}

const SOUNDEX = "01230120022455012623010202";

/** The soundex code of a word; a text that does not begin with a letter is its own code. */
export function soundex(text: string): string {
  const first = text[0];
  if (first === undefined || !/[A-Za-z]/.test(first)) return text;
  const codeOf = (letter: string): string => {
    const at = letter.toUpperCase().charCodeAt(0) - 65;
    return at >= 0 && at < 26 ? SOUNDEX[at]! : "7";
  };
  let code = first.toUpperCase();
  let last = codeOf(first);
  for (const letter of text.slice(1)) {
    const digit = codeOf(letter);
    if (digit === "7") {
      last = "0";
      continue;
    }
    // h and w do not part equal sounds
    if (digit !== "0" && digit !== last) code += digit;
    if (!/[hw]/i.test(letter)) last = digit;
    if (code.length === 4) break;
  }
  return code.padEnd(4, "0");
}
