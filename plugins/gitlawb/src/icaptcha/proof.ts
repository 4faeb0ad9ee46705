import { sendJson } from '../fetch-json.ts'
import { plainText } from '../plain-text.ts'
import { proofOfWork, type Work } from './proof-of-work.ts'
import type { Service } from './service.ts'
import { solve } from './solve.ts'

/** Rounds after which we give up. */
const ROUNDS = 8
const TYPES = ['arithmetic', 'algebra', 'sequence']

interface Challenge {
  type: string
  prompt: string
  token: string
  pow?: Work
}

/** Solves the service's challenges. Returns its proof, good for one registration. Throws an `Error` that says why there is none. */
export async function getProof(
  service: Service,
  did: string,
  level: number,
  signal: AbortSignal,
): Promise<string> {
  const ask = async (path: string, body: object) => {
    const key: Record<string, string> = service.apiKey ? { Authorization: `Bearer ${service.apiKey}` } : {}
    const answer = await sendJson('POST', `${service.url}${path}`, JSON.stringify(body), key, signal)
    if (answer.status >= 200 && answer.status < 300 && answer.json) return answer.json
    throw new Error(`the iCaptcha service answers ${answer.status}`)
  }
  let challenge = readChallenge(
    await ask('/v1/challenge', { requesterId: did, requiredLevel: level, types: TYPES }),
  )
  for (let round = 0; round < ROUNDS; round += 1) {
    const answer = solve(challenge.type, challenge.prompt)
    if (answer === undefined) {
      throw new Error(`the iCaptcha service asks what can't be answered here: ${plainText(challenge.prompt)}`)
    }
    const nonce = challenge.pow ? { powNonce: await proofOfWork(challenge.pow, signal) } : {}
    const reply = await ask('/v1/answer', { answer, ...nonce, token: challenge.token })
    if (reply.status === 'passed' && typeof reply.proof === 'string') return reply.proof
    if (reply.status !== 'continue')
      throw new Error(`the iCaptcha service refuses: ${plainText(reply.reason)}`)
    challenge = readChallenge(reply.challenge)
  }
  throw new Error('the iCaptcha service asks for ever more')
}

function readChallenge(value: unknown): Challenge {
  const { type, prompt, token, pow } = (value ?? {}) as Record<string, unknown>
  if (typeof type !== 'string' || typeof prompt !== 'string' || typeof token !== 'string') {
    throw new Error('the iCaptcha service gives no proper challenge')
  }
  const work = readWork(pow)
  return { type, prompt, token, ...(work ? { pow: work } : {}) }
}

function readWork(value: unknown): Work | undefined {
  if (value === undefined || value === null) return undefined
  const { algorithm, challenge, difficulty } = value as Record<string, unknown>
  if (
    algorithm !== 'sha256-leading-zero-bits' ||
    typeof challenge !== 'string' ||
    typeof difficulty !== 'number'
  ) {
    throw new Error('the iCaptcha service asks for an unknown kind of work')
  }
  return { challenge, difficulty }
}
