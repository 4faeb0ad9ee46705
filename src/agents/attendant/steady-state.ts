/** Tells states that last from those that flicker by. */
export class SteadyState {
  private readonly lastsMs: number
  private readonly now: () => number
  private state = ''
  private since = 0
  private told = false

  /** `lastsMs`: how long a state must last before it counts. */
  constructor(lastsMs: number, now: () => number = () => performance.now()) {
    this.lastsMs = lastsMs
    this.now = now
  }

  /** Takes what was seen now. Returns true once for each state that has lasted, at the first look after that. */
  saw({ state, reason }: { state: string; reason: string | null }): boolean {
    const seen = `${state} ${reason ?? ''}`
    if (seen !== this.state) {
      this.state = seen
      this.since = this.now()
      this.told = false
    }
    if (this.told || !this.isSteady) return false
    this.told = true
    return true
  }

  get isSteady(): boolean {
    return this.state !== '' && this.now() - this.since >= this.lastsMs
  }

  /** What comes next counts as new. */
  forget(): void {
    this.state = ''
  }
}
