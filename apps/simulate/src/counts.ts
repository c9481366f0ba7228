/** How many runs passed and failed, in all and by operator. */
export class Counts {
  private readonly byOperator = new Map<string, { passed: number; failed: number }>();
  passed = 0;
  failed = 0;

  add(operators: readonly string[], hasPassed: boolean): void {
    if (hasPassed) this.passed++;
    else this.failed++;
    for (const operator of operators) {
      const count = this.byOperator.get(operator) ?? { passed: 0, failed: 0 };
      if (hasPassed) count.passed++;
      else count.failed++;
      this.byOperator.set(operator, count);
    }
  }

  /** A table of the operators, then the total. */
  text(): string {
    const names = [...this.byOperator.keys()].sort();
    const width = Math.max(0, ...names.map((name) => name.length));
    const lines = names.map((name) => {
      const { passed, failed } = this.byOperator.get(name)!;
      return `${name.padEnd(width)}  ${String(passed).padStart(5)} passed  ${String(failed).padStart(3)} failed`;
    });
    return [...lines, "", `${this.passed} passed, ${this.failed} failed`].join("\n");
  }
}
