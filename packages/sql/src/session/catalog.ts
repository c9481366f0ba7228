import { StreamError } from "@ss/core";
import type { LogicalPlan, Name } from "../logical/plan.js";

/** The temporary views of a session: plans by name, without regard to case. */
export class Catalog {
  private readonly views = new Map<string, LogicalPlan>();

  /** Adds a view; TEMP_TABLE_OR_VIEW_ALREADY_EXISTS if there is one and `replace` is false. */
  createView(name: Name, plan: LogicalPlan, replace: boolean): void {
    const key = keyOf(name);
    if (!replace && this.views.has(key)) {
      const relationName = quoted(name);
      throw new StreamError({
        condition: "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS",
        sqlState: "42P07",
        parameters: { relationName },
        message: `There is a temporary view ${relationName} already. Choose another name, or replace it with createOrReplaceTempView.`,
      });
    }
    this.views.set(key, plan);
  }

  /** The plan of a view. */
  find(name: Name): LogicalPlan | undefined {
    return this.views.get(keyOf(name));
  }

  /** Removes a view; TABLE_OR_VIEW_NOT_FOUND if there is none and it has to exist. */
  dropView(name: Name, ifExists: boolean): boolean {
    if (this.views.delete(keyOf(name))) return true;
    if (ifExists) return false;
    throw new StreamError({
      condition: "TABLE_OR_VIEW_NOT_FOUND",
      sqlState: "42P01",
      parameters: { relationName: quoted(name) },
      message: `There is no view ${quoted(name)}.`,
    });
  }

  /** The names of all views. */
  viewNames(): string[] {
    return [...this.views.keys()];
  }
}

function keyOf(name: Name): string {
  const parts = name[0]?.toLowerCase() === "global_temp" ? name : name.slice(-1);
  return parts.join(".").toLowerCase();
}

function quoted(name: Name): string {
  return name.map((part) => `\`${part}\``).join(".");
}
