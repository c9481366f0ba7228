import { BooleanType, type DataType, StreamError, StructField, StructType } from "@ss/core";
import type { Expression } from "../../../expression/expression.js";
import { prettyName } from "../../../expression/expression-text.js";
import { externalOptions } from "../../../expression/external-value.js";
import type { AggregateFunction, FunctionContext } from "../../../expression/function.js";
import { typeOf } from "../../../expression/type-of.js";
import { bufferFields } from "./buffer-form.js";
import { ProgramAccumulator, type ProgramCall } from "./program-accumulator.js";
import { isPromise } from "./program-errors.js";

const NAME = "reduceGroups";

/** The value so far, where there has been one: a value may be null. */
interface Reduced {
  readonly given: boolean;
  readonly value: unknown;
}

/** The rows of a group made one by a function of two rows. */
export function reduceGroups(run: (a: unknown, b: unknown) => unknown): AggregateFunction {
  const reduce = (buffer: Reduced, value: unknown): Reduced => ({
    given: true,
    value: buffer.given ? reduced(run, buffer.value, value) : value,
  });
  const methods = {
    zero: (): Reduced => ({ given: false, value: null }),
    reduce,
    merge: (a: Reduced, b: Reduced): Reduced => (b.given ? reduce(a, b.value) : a),
    finish: (buffer: Reduced): unknown => buffer.value,
  };
  const fn = (
    resolve: (args: readonly Expression[], context: FunctionContext) => Taken,
  ): AggregateFunction => ({
    form: "aggregate",
    names: [NAME.toLowerCase()],
    arity: [0, Number.POSITIVE_INFINITY],
    ofProgram: NAME,
    resolve: (args, context) => ({ args, nullable: true, ...resolve(args, context) }),
    buffer: ({ type }) => bufferFields(bufferType(type)).map((field) => ({ ...field, nullable: true })),
    accumulator: (shape) => new ProgramAccumulator(NAME, methods as never, bufferType(shape.type), shape),
    pretty: () => `${NAME}()`,
  });
  const ofValue = fn(([value], context) => ({
    type: typeOf(value!),
    state: { external: external(context) },
  }));
  const ofRows = fn((args, context) => {
    const fields = args.map(prettyName);
    const type = new StructType(args.map((arg, k) => StructField(fields[k]!, typeOf(arg))));
    return { type, state: { fields, external: external(context) } };
  });
  return { ...ofRows, ofValue };
}

function reduced(run: (a: unknown, b: unknown) => unknown, a: unknown, b: unknown): unknown {
  const value = run(a, b);
  if (!isPromise(value)) return value;
  throw new StreamError({
    condition: "SS_VALUE_NOT_OF_TYPE",
    parameters: { value: "a promise", type: "value", what: `the function of ${NAME}` },
    message: `The function of ${NAME} gave a promise, where a value was expected: an aggregation cannot wait. Make it a function that is not async.`,
  });
}

interface Taken {
  readonly type: DataType;
  readonly state: ProgramCall;
}

function bufferType(type: DataType): StructType {
  return new StructType([StructField("given", BooleanType), StructField("value", type)]);
}

function external(context: FunctionContext): ProgramCall["external"] {
  return externalOptions((key) => context.conf(key));
}
