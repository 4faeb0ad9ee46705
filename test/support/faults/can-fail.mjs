// @ts-check
/** Effects that an error doesn't come from: a full disk still takes files away, and who opens nothing needs no descriptor. */
const SPARED = {
  ENOSPC: /^(?:unlink|rm|rmdir|chmod|fchmod|utimes|lutimes)$/,
  EDQUOT: /^(?:unlink|rm|rmdir|chmod|fchmod|utimes|lutimes)$/,
  EROFS: /^(?:write|fsync|fchmod)$/,
  EMFILE: /^(?!(?:open|copyFile|cp|writeFile|spawn)$)/,
}

/**
 * Whether an effect of that name can fail with that error of the disk; a child, of descriptors for its pipes.
 *
 * @param {string} kind
 * @param {string} name
 */
export function canFail(kind, name) {
  if (name === 'kill' || (name === 'spawn' && kind !== 'EMFILE')) return false
  return !SPARED[kind]?.test(name)
}
