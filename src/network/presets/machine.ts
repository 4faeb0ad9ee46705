/** The user's machine, as far as package managers' configuration lies there. */
export interface PresetMachine {
  /** The caller's environment. */
  env: Record<string, string | undefined>
  /** The user's home. */
  home: string
  /** Folders in which a program of this name may have its package: its own and those above it. */
  programFolders: (name: string) => string[]
  /** The text of a file, or undefined if there is none that can be read. */
  read: (path: string) => string | undefined
  /** Names in a folder; none if there is none. */
  list: (folder: string) => string[]
}
