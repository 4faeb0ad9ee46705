/**
 * Mutants that no test can tell, since the program does the same with them, as far as anybody can see. `at` is how the line
 * begins, `changes` are as the run prints them. `docs/mutation.md` says more of the kinds.
 *
 * @type {{ path: string, at: string, changes: string[], why: string }[]}
 */
export const EQUAL = [
  {
    path: 'src/policy/explain.ts',
    at: 'const MOST_LINKS',
    changes: ['40 → (40 + 1)'],
    why: 'links that lead in a circle lead nowhere after one more step either',
  },
  {
    path: 'src/policy/explain.ts',
    at: 'for (let count = 0',
    changes: ['0 → (0 + 1)', '1 → (1 + 1)', 'count < MOST_LINKS → (count <= MOST_LINKS)'],
    why: 'links that lead in a circle lead nowhere after some steps more or less either',
  },
  ...[
    "{ path: '/dev'",
    "{ path: '/proc'",
    "{ path: '/run'",
    '...of(policy.system',
    "return { path, access: 'read'",
  ].map((at) => ({
    path: 'src/policy/explain.ts',
    at,
    changes: ["'read' → ''"],
    why: "only 'write' is asked for: all else is what can be read",
  })),
  ...['...of(policy.readOnly', '...of(policy.sockets'].map((at) => ({
    path: 'src/policy/explain.ts',
    at,
    changes: ["'read' → ''"],
    why: "only 'write' is asked for: all else is what can be read",
  })),
  {
    path: 'src/policy/protect/git-paths.ts',
    at: "if (kind === 'file') return [{ path: '.git'",
    changes: ["'' → 'mutated'", "{ kind: 'file', content: '' } → ({})"],
    why: 'what is there needs no placeholder',
  },
  {
    path: 'src/policy/protect/git-paths.ts',
    at: 'return inside.slice(0, MOST)',
    changes: ['inside.slice(0, MOST) → (inside)'],
    why: 'no more than a hundred are protected in any case: it bounds the time only',
  },
  ...['src/policy/protect/git-paths.ts', 'src/policy/protect/placeholders.ts'].map((path) => ({
    path,
    at: 'closeSync(fd)',
    changes: ['closeSync(fd) → (left out)'],
    why: 'the process ends soon: a descriptor more is seen by nobody',
  })),
  {
    path: 'src/policy/protect/placeholders.ts',
    at: "if (!['ENOTEMPTY'",
    changes: [
      ...["'ENOENT' → ''", "'EACCES' → ''", "'EROFS' → ''", "errorCode(error) ?? '' → (errorCode(error))"],
    ],
    why: 'the agent would have to change its folder between the look and the removal, or root would have to lack a right',
  },
  {
    path: 'src/policy/protect/placeholders.ts',
    at: 'constants.O_WRONLY',
    changes: [
      'constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW → (constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL & constants.O_NOFOLLOW)',
    ],
    why: 'they matter only if the agent makes the file between the look and its making',
  },
  {
    path: 'src/policy/system-paths.ts',
    at: 'if (lastLook?.key',
    changes: [
      'performance.now() - lastLook.at → (performance.now() + lastLook.at)',
      'performance.now() - lastLook.at > LOOK_IS_GOOD_MS → (performance.now() - lastLook.at <= LOOK_IS_GOOD_MS)',
      'performance.now() - lastLook.at > LOOK_IS_GOOD_MS → (performance.now() - lastLook.at >= LOOK_IS_GOOD_MS)',
      'lastLook?.key !== key || performance.now() - lastLook.at > LOOK_IS_GOOD_MS → true',
    ],
    why: 'how often the folders of the system are looked at shows only if they change meanwhile',
  },
  {
    path: 'src/policy/system-paths.ts',
    at: 'return stats.isDirectory() || stats.isFile()',
    changes: [
      'stats.isDirectory() || stats.isFile() ? [{ source, target: path }] : [] → ([{ source, target: path }])',
    ],
    why: 'no system has a device or a socket by one of these names',
  },
]
