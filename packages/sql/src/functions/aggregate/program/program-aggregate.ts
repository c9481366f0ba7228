import { type DataType, typeFrom } from "@ss/core";
import { analysisError } from "../../../expression/errors.js";
import type { Expression } from "../../../expression/expression.js";
import { prettyName } from "../../../expression/expression-text.js";
import { externalOptions } from "../../../expression/external-value.js";
import type { AggregateFunction } from "../../../expression/function.js";
import { typeOf } from "../../../expression/type-of.js";
import { requireType } from "../define.js";
import { bufferFields } from "./buffer-form.js";
import { ProgramAccumulator, type ProgramCall } from "./program-accumulator.js";
import type { ProgramAggregator } from "./program-aggregator.js";

/** An aggregator as functions of the registry are, under a name: called with a column for each field of its input, or for the only value. */
export function programAggregate(
  aggregator: ProgramAggregator,
  name: string,
  input: DataType | undefined,
): AggregateFunction {
  return aggregate(aggregator, name, input, false);
}

/** An aggregator of whole rows: called with the columns of its input, or with all of them. */
export function rowsAggregate(
  aggregator: ProgramAggregator,
  name: string,
  input: DataType | undefined,
): AggregateFunction {
  const pretty = (): string => `${name}()`;
  const ofValue = { ...aggregate(aggregator, name, input, false), pretty };
  return { ...aggregate(aggregator, name, input, true), ofValue, pretty };
}

function aggregate(
  aggregator: ProgramAggregator,
  name: string,
  input: DataType | undefined,
  rows: boolean,
): AggregateFunction {
  checkComplete(aggregator, name);
  const bufferType = typeFrom(aggregator.buffer);
  const type = typeFrom(aggregator.output);
  const types = input && (input.kind === "struct" ? input.fields.map((field) => field.type) : [input]);
  const count = types?.length ?? 1;
  return {
    form: "aggregate",
    names: [name.toLowerCase()],
    arity: rows ? [0, Number.POSITIVE_INFINITY] : [count, count],
    ofProgram: name,
    resolve: (args, context) => {
      if (rows && types !== undefined && args.length !== count) throw otherColumns(name, count, args);
      const fields = rows && types === undefined ? args.map(prettyName) : fieldsOf(input);
      const state: ProgramCall = {
        ...(fields ? { fields } : {}),
        external: externalOptions((key) => context.conf(key)),
      };
      return { args: types ? requireType(args, types, context) : args, type, nullable: true, state };
    },
    buffer: () => bufferFields(bufferType).map((field) => ({ ...field, nullable: true })),
    accumulator: (shape) => new ProgramAccumulator(name, aggregator, bufferType, shape),
    pretty: (args) => `${name.toLowerCase()}(${args.join(", ")})`,
  };
}

/** Programs without types may leave out what the class asks for. */
function checkComplete(aggregator: ProgramAggregator, name: string): void {
  for (const type of ["buffer", "output"] as const) {
    if (aggregator[type] === undefined) throw incomplete(name, type, `declare its type: ${type} = "double"`);
  }
  for (const method of ["zero", "reduce", "merge", "finish"] as const) {
    if (typeof aggregator[method] !== "function")
      throw incomplete(name, method, `give it the method ${method}`);
  }
}

function incomplete(name: string, member: string, advice: string): Error {
  return analysisError(
    "SS_AGGREGATOR_INCOMPLETE",
    "42K09",
    `The aggregator \`${name}\` has no ${member}: ${advice}.`,
    { aggregator: `\`${name}\``, member },
  );
}

function fieldsOf(input: DataType | undefined): readonly string[] | undefined {
  return input?.kind === "struct" ? input.fields.map((field) => field.name) : undefined;
}

function otherColumns(name: string, wanted: number, args: readonly Expression[]): Error {
  const columns = args.map((arg) => `${prettyName(arg)} ${typeOf(arg).kind.toUpperCase()}`).join(", ");
  return analysisError(
    "SS_AGGREGATOR_INPUT",
    "42K09",
    `The aggregator \`${name}\` takes ${wanted === 1 ? "one value" : `${wanted} values`}, and rows have ${args.length}: ${columns}. Declare the columns that it reads as its input, or make a value of each row with mapValues(...).`,
    { aggregator: `\`${name}\``, columns },
  );
}
