/** The platform as npm packages name it: `linux-x64`, `linux-arm64-musl`, `darwin-arm64`. */
export function platformName(): string {
  const { platform, arch } = process
  return `${platform}-${arch}${platform === 'linux' && !hasGlibc() ? '-musl' : ''}`
}

function hasGlibc(): boolean {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return header?.glibcVersionRuntime !== undefined
}
