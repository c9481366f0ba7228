import type { ScalarFunction, SqlFunction } from "../expression/function.js";
import { arithmeticFunctions } from "./arithmetic/operators.js";
import { unaryFunctions } from "./arithmetic/unary.js";
import { bitwiseFunctions } from "./bitwise/bitwise.js";
import { castFunctions } from "./cast/cast-functions.js";
import { arrayFunctions } from "./collection/array-functions.js";
import { arrayPositionFunctions } from "./collection/array-positions.js";
import { sequenceFunctions } from "./collection/sequence.js";
import { conditionalFunctions } from "./conditional/conditional.js";
import { fromCsvFunctions } from "./csv/from-csv.js";
import { schemaOfCsvFunctions } from "./csv/schema-of-csv.js";
import { toCsvFunctions } from "./csv/to-csv.js";
import { currentFunctions } from "./datetime/current.js";
import { dateFunctions } from "./datetime/date-functions.js";
import { extractFunctions } from "./datetime/extract.js";
import { fieldFunctions } from "./datetime/fields.js";
import { instantFunctions, timestampMakers } from "./datetime/instants.js";
import { intervalArithmeticFunctions } from "./datetime/interval-arithmetic.js";
import { parseFormatFunctions } from "./datetime/parse-format.js";
import { timeBucketFunctions } from "./datetime/time-bucket.js";
import { truncateFunctions } from "./datetime/truncate.js";
import { digestFunctions } from "./digest/digests.js";
import { valueHashFunctions } from "./digest/value-hash.js";
import { environmentFunctions } from "./environment/environment-functions.js";
import { generatorFunctions } from "./generator/generators.js";
import { higherOrderFunctions } from "./higher-order/higher-order.js";
import { intervalMakers, tryFunction } from "./interval/interval-makers.js";
import { fromJsonFunctions } from "./json/from-json.js";
import { jsonFunctions } from "./json/json-functions.js";
import { schemaOfJsonFunctions } from "./json/schema-of-json.js";
import { toJsonFunctions } from "./json/to-json.js";
import { refuseFunctions } from "./malformed/refuse.js";
import { mapFunctions } from "./map/map-functions.js";
import { mathFunctions } from "./math/math-functions.js";
import { roundingFunctions } from "./math/rounding.js";
import { widthBucketFunctions } from "./math/width-bucket.js";
import { constructorFunctions } from "./nested/constructors.js";
import { itemFunctions } from "./nested/get-item.js";
import { comparisonFunctions } from "./predicate/comparison.js";
import { inFunctions } from "./predicate/in-list.js";
import { logicalFunctions } from "./predicate/logical.js";
import { randomFunctions } from "./random/random-functions.js";
import { concatFunctions } from "./string/concat.js";
import { concatWsFunctions } from "./string/concat-ws.js";
import { eltFunctions } from "./string/elt.js";
import { searchFunctions } from "./string/emit-search.js";
import { emittedStringFunctions } from "./string/emit-strings.js";
import { encodingFunctions } from "./string/encodings.js";
import { formattingFunctions } from "./string/formatting.js";
import { letterCaseFunctions } from "./string/letter-case.js";
import { likeFunctions } from "./string/like.js";
import { maskFunctions } from "./string/mask.js";
import { padFunctions } from "./string/pad.js";
import { regexpFunctions } from "./string/regexp.js";
import { repeatFunctions } from "./string/repeat.js";
import { replaceFunctions } from "./string/replace.js";
import { splitFunctions } from "./string/split.js";
import { splitPartFunctions } from "./string/split-part.js";
import { textFunctions } from "./string/text-functions.js";
import { translateFunctions } from "./string/translate.js";
import { trimFunctions } from "./string/trim.js";
import { timeFunctions } from "./time/time-functions.js";
import { urlFunctions } from "./url/url-functions.js";
import { variantFunctions } from "./variant/variant-functions.js";
import { timeWindowFunctions } from "./window-time/time-windows.js";

/** Functions by name. Immutable: `with` gives a new registry. */
export class FunctionRegistry {
  readonly #functions: ReadonlyMap<string, SqlFunction>;

  constructor(functions: Iterable<SqlFunction>) {
    const byName = new Map<string, SqlFunction>();
    for (const fn of functions) for (const name of fn.names) byName.set(name, fn);
    this.#functions = byName;
  }

  /** The function of a name, which is in lower case. */
  lookup(name: string): SqlFunction | undefined {
    return this.#functions.get(name);
  }

  /** The names in alphabetical order, without those of internal functions. */
  names(): readonly string[] {
    return [...this.#functions.keys()].filter((name) => !name.startsWith("$")).sort();
  }

  /** A registry with more functions; they take the place of those of the same name. */
  with(functions: readonly SqlFunction[]): FunctionRegistry {
    return new FunctionRegistry([...new Set(this.#functions.values()), ...functions]);
  }
}

/** Every scalar function that is built in. */
export function scalarFunctions(): readonly ScalarFunction[] {
  return [
    ...arithmeticFunctions,
    ...unaryFunctions,
    ...bitwiseFunctions,
    ...castFunctions,
    ...comparisonFunctions,
    ...logicalFunctions,
    ...inFunctions,
    ...conditionalFunctions,
    ...constructorFunctions,
    ...itemFunctions,
    ...refuseFunctions,
    ...timeWindowFunctions,
    ...currentFunctions,
    ...dateFunctions,
    ...extractFunctions,
    ...fieldFunctions,
    ...instantFunctions,
    ...timestampMakers,
    ...intervalArithmeticFunctions,
    ...parseFormatFunctions,
    ...timeBucketFunctions,
    ...truncateFunctions,
    ...digestFunctions,
    ...valueHashFunctions,
    ...intervalMakers,
    tryFunction,
    ...arrayFunctions,
    ...arrayPositionFunctions,
    ...sequenceFunctions,
    ...mapFunctions,
    ...higherOrderFunctions,
    ...urlFunctions,
    ...environmentFunctions,
    ...encodingFunctions,
    ...formattingFunctions,
    ...maskFunctions,
    ...randomFunctions,
    ...timeFunctions,
    ...jsonFunctions,
    ...fromJsonFunctions,
    ...toJsonFunctions,
    ...schemaOfJsonFunctions,
    ...variantFunctions,
    ...fromCsvFunctions,
    ...toCsvFunctions,
    ...schemaOfCsvFunctions,
    ...mathFunctions,
    ...roundingFunctions,
    ...widthBucketFunctions,
    ...concatFunctions,
    ...concatWsFunctions,
    ...eltFunctions,
    ...emittedStringFunctions,
    ...likeFunctions,
    ...regexpFunctions,
    ...splitFunctions,
    ...letterCaseFunctions,
    ...padFunctions,
    ...repeatFunctions,
    ...replaceFunctions,
    ...splitPartFunctions,
    ...searchFunctions,
    ...textFunctions,
    ...translateFunctions,
    ...trimFunctions,
  ];
}

/** The built-in scalar functions and generators. */
export function builtinFunctions(): readonly SqlFunction[] {
  return [...scalarFunctions(), ...generatorFunctions];
}
