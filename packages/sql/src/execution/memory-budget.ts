import { StreamError } from "@ss/core";

/** Rows between two looks at how much something holds, at least. */
const LOOK_ROWS = 1 << 15;

/** Whose part of a session's budget a budget is: several threads share one. */
export interface BudgetShare {
  /** Whose operators it is for, as errors say it: `one of 2 worker threads`. */
  readonly holders: string;
  /** What the session has in all. */
  readonly sessionBytes: number;
}

/**
 * How many bytes the operators of a session may hold together: groups, held sides of joins, sorted and windowed rows, state. What flows by
 * (chunks, batches) does not count: it is a few megabytes per reader, whatever the size of the input.
 */
export class MemoryBudget {
  readonly limitBytes: number;
  private readonly share: BudgetShare | undefined;
  private usedBytes = 0;

  /** `share` is given where the budget is a part of the session's. */
  constructor(limitBytes: number, share?: BudgetShare) {
    this.limitBytes = limitBytes;
    this.share = share;
  }

  /** For what is held together and given back together: the operators of a run, the state of a query. */
  scope(): MemoryScope {
    const held = new Set<Holding>();
    return {
      hold: (holder, size) => {
        const holding = this.hold(holder, size);
        held.add(holding);
        return holding;
      },
      close: () => {
        for (const holding of held) holding.release();
        held.clear();
      },
    };
  }

  private hold(holder: () => string, size: () => number): Holding {
    let bytes = 0;
    let rowsUntilLook = LOOK_ROWS;
    let released = false;
    const look = (): void => {
      if (released) return;
      const now = size();
      this.usedBytes += now - bytes;
      bytes = now;
      if (this.usedBytes > this.limitBytes) throw this.exceeded(holder(), bytes);
    };
    return {
      added: (rows) => {
        rowsUntilLook -= rows;
        if (rowsUntilLook > 0) return;
        look();
        // what is large is looked at less often, since looking may cost as much as it holds
        rowsUntilLook = Math.max(LOOK_ROWS, bytes >> 10);
      },
      look,
      release: () => {
        released = true;
        this.usedBytes -= bytes;
        bytes = 0;
      },
    };
  }

  private exceeded(holder: string, bytes: number): StreamError {
    const { share, limitBytes, usedBytes } = this;
    const budget = share?.sessionBytes ?? limitBytes;
    const part =
      share === undefined ? "" : `, which is its part of the ${megabytes(budget)} MB of the session`;
    return new StreamError({
      condition: "SS_MEMORY_LIMIT_EXCEEDED",
      parameters: {
        operator: holder,
        bytes: String(bytes),
        used: String(usedBytes),
        limit: String(limitBytes),
        budget: String(budget),
      },
      message:
        `This operator asked for more memory than is allowed, and holds ${megabytes(bytes)} MB: ${holder}. ` +
        `All operators of ${share?.holders ?? "the session"} hold ${megabytes(usedBytes)} MB, and ` +
        `${megabytes(limitBytes)} MB are allowed${part}. Give the session more memory (spark.driver.memory), ` +
        `or let the query hold less: filter or aggregate earlier, add a watermark, take smaller batches.`,
    });
  }
}

/** A part of a budget. */
export interface MemoryScope {
  /** For one holder; `size` tells how much it holds and is asked now and then, `holder` is called when an error has to name it. */
  hold(holder: () => string, size: () => number): Holding;
  /** Gives back what all its holders have. */
  close(): void;
}

/** What one holder has of the budget. */
export interface Holding {
  /** Says that rows came in; looks at the size when enough have. Throws SS_MEMORY_LIMIT_EXCEEDED. */
  added(rows: number): void;
  /** Looks at once. */
  look(): void;
  /** Gives back what it has; from then on it holds nothing. */
  release(): void;
}

function megabytes(bytes: number): string {
  return (bytes / 1048576).toFixed(1);
}
