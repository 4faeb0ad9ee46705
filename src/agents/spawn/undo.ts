/** Steps back from a half-done work, the last effect first. */
export class UndoStack {
  private readonly steps: (() => Promise<void> | void)[] = []

  /** Adds how to take back the effect that comes next. Add it before the effect: it must bear that the effect never came. */
  add(step: () => Promise<void> | void): void {
    this.steps.push(step)
  }

  /** Takes everything back. A step that fails doesn't keep the others from being taken; its error is returned. */
  async run(): Promise<unknown[]> {
    const failures: unknown[] = []
    for (const step of this.steps.splice(0).reverse()) {
      try {
        await step()
      } catch (error) {
        failures.push(error)
      }
    }
    return failures
  }
}
