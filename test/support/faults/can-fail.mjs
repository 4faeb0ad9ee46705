// @ts-check
/** Effects that an error doesn't come from: a full disk still takes files away, and who opens nothing needs no descriptor. */
const SPARED = {
  ENOSPC: /^(?:unlink|rm|rmdir|chmod|fchmod|utimes|lutimes)$/,
  EDQUOT: /^(?:unlink|rm|rmdir|chmod|fchmod|utimes|lutimes)$/,
  EROFS: /^(?:write|fsync|fchmod)$/,
  EMFILE: /^(?!(?:open|copyFile|cp|writeFile)$)/,
}

/**
 * Whether an effect of that name can fail with that error of the disk.
 *
 * @param {string} kind
 * @param {string} name
 */
export function canFail(kind, name) {
  return !/^(?:spawn|kill)$/.test(name) && !SPARED[kind]?.test(name)
}
