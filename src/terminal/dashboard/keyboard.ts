/**
 * Keeps this process from reading the keyboard while another one does. Ink stops listening, but a read that has begun
 * would still take the next bytes from that program, and give them to the dashboard as keys afterwards.
 */
export async function withoutReadingKeys(use: () => Promise<void>): Promise<void> {
  const { stdin } = process
  // A stream that nobody listens to neither flows nor stands still: only one that flows can be paused, and each of
  // both takes a turn of the event loop.
  stdin.resume()
  await turn()
  stdin.pause()
  await turn()
  await use()
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
