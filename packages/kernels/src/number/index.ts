export { formatDouble, formatFloat } from "./format-floating.js";
export { parseDoubleInto, parseDoubleText, parseFloatInto, parseFloatText } from "./parse-floating.js";
export {
  parseInt8,
  parseInt8Text,
  parseInt16,
  parseInt16Text,
  parseInt32,
  parseInt32Text,
  parseInt64Into,
  parseInt64Text,
} from "./parse-integer.js";
export { parseWholeNumber } from "./parse-whole-number.js";
