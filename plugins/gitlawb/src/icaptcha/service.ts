/** The public service, which a node's advertisement may name. */
const DEFAULT_URL = 'https://icaptcha.gitlawb.com'

/** An iCaptcha service that may be talked to. */
export interface Service {
  url: string
  /** A bearer key, for the operator's own service only. */
  apiKey: string | undefined
}

/** The settings of who runs agentvm: `GITLAWB_ICAPTCHA_URL`, `_API_KEY`, `_INSECURE`. */
export type ServiceEnv = Record<string, string | undefined>

/**
 * Which service to ask. What a node advertises is not to be trusted: it is honoured only where it is the public
 * service, or the operator's. The key goes to the operator's service alone.
 */
export function chooseService(advertised: string | undefined, env: ServiceEnv): Service {
  const operator = trusted(env.GITLAWB_ICAPTCHA_URL, env) ? env.GITLAWB_ICAPTCHA_URL : undefined
  const known = [DEFAULT_URL, operator].map(originOf)
  const usable =
    trusted(advertised, env) && (known.includes(originOf(advertised)) || isLoopback(advertised, env))
  const url = (usable ? advertised : undefined) ?? operator ?? DEFAULT_URL
  const isOperators = operator !== undefined && originOf(url) === originOf(operator)
  return { url: url.replace(/\/+$/, ''), apiKey: isOperators ? env.GITLAWB_ICAPTCHA_API_KEY : undefined }
}

function trusted(url: string | undefined, env: ServiceEnv): boolean {
  return originOf(url)?.startsWith('https://') === true || isLoopback(url, env)
}

function isLoopback(url: string | undefined, env: ServiceEnv): boolean {
  return (
    env.GITLAWB_ICAPTCHA_INSECURE !== undefined &&
    /^http:\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(originOf(url) ?? '')
  )
}

function originOf(url: string | undefined): string | undefined {
  try {
    return url === undefined ? undefined : new URL(url).origin
  } catch {
    return undefined
  }
}
