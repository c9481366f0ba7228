export {
  decimalFromDouble,
  decimalFromInteger,
  decimalToDouble,
  decimalToInteger,
  formatDecimal,
  formatDecimalScientific,
} from "./convert-decimal.js";
export {
  addDecimals,
  ceilDecimal,
  changeDecimalPrecision,
  compareDecimals,
  divideDecimals,
  floorDecimal,
  integralQuotientOfDecimals,
  multiplyDecimals,
  remainderOfDecimals,
  roundHalfEvenDecimal,
  subtractDecimals,
} from "./decimal-arithmetic.js";
export { loadDecimal128, storeDecimal128 } from "./decimal-words.js";
export {
  DECIMAL_INVALID,
  DECIMAL_OK,
  DECIMAL_OVERFLOW,
  DECIMAL_UNSUPPORTED,
  type DecimalSize,
  decimalSize,
  type ParsedDecimal,
  parseDecimal64Into,
  parseDecimal128Into,
  parseDecimalText,
  parseScaledInteger,
  type ScaledInteger,
} from "./parse-decimal.js";
export {
  DECIMAL_PRECISION_MAX,
  DECIMAL64_PRECISION_MAX,
  divideHalfUp,
  fitsPrecision,
  powerOfTen,
  rescale,
} from "./powers.js";
