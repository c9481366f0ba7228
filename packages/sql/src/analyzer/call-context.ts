import type { Value } from "@ss/core";
import type { Expression, Origin, UnresolvedCall } from "../expression/expression.js";
import { prettyName } from "../expression/expression-text.js";
import type { FunctionContext } from "../expression/function.js";
import type { Analyzer } from "./analyzer.js";
import { constantValue, isConstant } from "./constant.js";
import { markerFunction } from "./marker-functions.js";
import { PendingAnswer } from "./pending-answer.js";

/** What functions get to know; texts are made only if somebody asks. */
export class CallContext implements FunctionContext {
  readonly ansi: boolean;
  readonly timeZone: string;
  readonly name: string;
  readonly origin: Origin | undefined;
  private readonly analyzer: Analyzer;
  private readonly call: UnresolvedCall;
  private readonly args: readonly Expression[];

  constructor(analyzer: Analyzer, name: string, call: UnresolvedCall, args: readonly Expression[]) {
    this.ansi = analyzer.environment.ansi;
    this.timeZone = analyzer.environment.timeZone;
    this.analyzer = analyzer;
    this.name = name;
    this.origin = call.origin;
    this.call = call;
    this.args = args;
  }

  get sql(): string {
    const fn =
      this.call.fn ?? markerFunction(this.name) ?? this.analyzer.environment.functions.lookup(this.name);
    if (fn && (fn.form === "scalar" || fn.form === "aggregate") && fn.pretty && !this.call.distinct) {
      return fn.pretty(this.args.map(prettyName), this.name);
    }
    return prettyName({ ...this.call, name: [this.name], args: this.args });
  }

  conf(key: string): string | undefined {
    return this.analyzer.environment.conf(key);
  }

  constant(e: Expression): Value | undefined {
    return isConstant(e) ? constantValue(e, this.analyzer) : undefined;
  }

  answer<T>(key: string, ask: () => T | Promise<T>): T {
    const { answers } = this.analyzer.environment;
    if (answers.has(key)) return answers.get(key) as T;
    const answer = ask();
    if (answer instanceof Promise) throw new PendingAnswer(key, answer);
    return answer;
  }
}

/** How a call reads where its name and arguments alone do not tell. */
export function shownText(
  name: string,
  e: UnresolvedCall,
  values: readonly Expression[],
  keepsAliases: boolean,
): string | undefined {
  const written = (): string => `${name}(${values.map(prettyName).join(", ")})`;
  if (keepsAliases && values.some((value) => value.kind === "alias")) return written();
  if (SEEDED.has(name) && values.length > 0) return written();
  return name === "negative" && isWrittenOut(e) ? written() : undefined;
}

/** Functions whose seed is no argument when they run, and yet reads as one. */
const SEEDED: ReadonlySet<string> = new Set(["rand", "random", "randn", "uniform", "randstr"]);

/** Whether a minus was written as a word. */
function isWrittenOut(e: UnresolvedCall): boolean {
  const { origin } = e;
  return origin !== undefined && wordAt(origin) === "negative";
}

function wordAt(origin: Origin): string {
  return (/^\w+/.exec(origin.text.slice(origin.start, origin.stop + 1))?.[0] ?? "").toLowerCase();
}

/** Functions that are casts under the name of a type. They do not show in names, as implicit casts do not. */
const TYPE_NAMES: ReadonlySet<string> = new Set([
  "boolean",
  "tinyint",
  "smallint",
  "int",
  "bigint",
  "float",
  "double",
  "decimal",
  "date",
  "time",
  "timestamp",
  "binary",
  "string",
]);

/** A rewritten call still reads as it was written, unless it was an operator. */
export function shownAs(e: Expression, name: string, site: CallContext): Expression {
  if (e.kind === "cast" && TYPE_NAMES.has(name))
    return { ...e, mode: "implicit", origin: site.origin ?? e.origin };
  if (!/^[a-z_]/.test(name)) return site.origin && !e.origin ? { ...e, origin: site.origin } : e;
  return { ...e, shown: site.sql, origin: site.origin ?? e.origin };
}
