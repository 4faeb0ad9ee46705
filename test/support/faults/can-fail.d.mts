/** Whether an effect of that name can fail with that error of the disk. */
export function canFail(kind: string, name: string): boolean
