export { DEFAULT_LOCALE, localeOfTag } from "./language-tag.js";
export { LocalDecimal } from "./local-decimal.js";
