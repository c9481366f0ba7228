import { analysisError, quotedName } from "../expression/errors.js";
import type { Alias, Attribute, LambdaVariable, Origin, WindowSpec } from "../expression/expression.js";
import { attributeOf } from "../logical/output.js";
import type { LogicalPlan } from "../logical/plan.js";
import type { OuterScope, Resolved, Scope } from "./scope.js";

/** A query of a WITH clause: analyzed when it is first used. */
export interface CommonTable {
  readonly name: string;
  readonly columns: readonly string[] | undefined;
  readonly plan: LogicalPlan;
  /** What its own text may refer to. */
  readonly context: PlanContext;
  /** Present in WITH RECURSIVE: its text may refer to the query itself. */
  readonly recursive?: RecursiveTable | undefined;
  /** What the name means within the text of the query itself. */
  readonly self?: SelfReference | undefined;
  analyzed?: Resolved;
}

/** How a query of WITH RECURSIVE was written. */
export interface RecursiveTable {
  /** MAX RECURSION LEVEL. */
  readonly maxLevel: number | undefined;
  /** Where the WITH clause stands. */
  readonly origin: Origin | undefined;
}

/** What a recursive query means within its own text: nothing at first, then the rows of the time before. */
export interface SelfReference {
  rows: { readonly recursionId: number; readonly columns: readonly Attribute[] } | undefined;
  used: boolean;
}

/** What holds for a whole (sub)query. */
export interface PlanContext {
  /** Queries of WITH clauses, the innermost last. */
  readonly tables: readonly CommonTable[];
  readonly outer: OuterScope | undefined;
  readonly windows: Readonly<Record<string, WindowSpec>>;
  /** Under LIMIT ALL: recursive queries may give any number of rows. */
  readonly unlimited?: boolean;
}

/** What holds for an expression. */
export interface ExpressionContext {
  readonly scope: Scope;
  readonly plan: PlanContext;
  /** Parameters of lambdas around, the innermost last. */
  readonly lambdas?: readonly LambdaVariable[];
  /** Aliases further left in the select list. */
  readonly lateral?: LateralAliases;
  /** Where the arguments of aggregate functions are looked up first: the columns below the groups. */
  readonly aggregateScope?: Scope;
  /** True within the arguments of an aggregate function. */
  readonly inAggregate?: boolean;
  /** True for the call before OVER, whose arguments may hold aggregate functions. */
  readonly overWindow?: boolean;
}

/** The aliases of a select list that expressions further right may use. */
export class LateralAliases {
  private readonly byName = new Map<string, Alias[]>();
  private readonly caseSensitive: boolean;
  /** Ids of the aliases that were used. */
  readonly used: Set<number> = new Set();
  /** The columns of generators, by the id of their item. */
  readonly generated: Map<number, readonly Attribute[]> = new Map();
  /** The first use of a generator's column, if there is any. */
  generatorUse: string | undefined;

  constructor(caseSensitive: boolean) {
    this.caseSensitive = caseSensitive;
  }

  /** The columns that a generator in the select list makes can be used from everywhere to its right. */
  addGenerator(alias: Alias, columns: readonly Attribute[]): void {
    this.generated.set(alias.id, columns);
  }

  add(alias: Alias): void {
    if (alias.names.length !== 1) return;
    const key = this.key(alias.names[0]!);
    const list = this.byName.get(key);
    if (list) list.push(alias);
    else this.byName.set(key, [alias]);
  }

  /** The column that an alias of this name makes, or undefined. */
  find(name: string): Attribute | undefined {
    const list = this.byName.get(this.key(name)) ?? [];
    // the columns of a generator that makes several do not hide an alias
    const made = [...this.generated.values()]
      .filter((columns) => list.length === 0 || columns.length === 1)
      .flat()
      .filter((column) => this.key(column.name) === this.key(name));
    if (list.length === 0 && made.length === 1) {
      this.generatorUse ??= name;
      return made[0];
    }
    if (list.length + made.length === 0) return undefined;
    if (list.length + made.length > 1) {
      const parameters = { name: quotedName(name), n: String(list.length + made.length) };
      throw analysisError(
        "AMBIGUOUS_LATERAL_COLUMN_ALIAS",
        "42702",
        `The alias ${parameters.name} is given ${parameters.n} times further left: name them apart.`,
        parameters,
      );
    }
    const alias = list[0]!;
    this.used.add(alias.id);
    return { ...attributeOf(alias), shown: `lateralAliasReference(${alias.names[0]})` };
  }

  private key(name: string): string {
    return this.caseSensitive ? name : name.toLowerCase();
  }
}
