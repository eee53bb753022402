// etcd by its JSON gateway (version 3): what a leader watch reads and writes there.

export type Entry = { value: string; modRevision: string; lease: string }

export type Compare =
  /** The key is there with this value, unchanged since this revision, and bound to this lease. */
  { key: string; is: Entry } | { key: string; exists: boolean }

export type Etcd = {
  /** Every key below a prefix; read through the majority. */
  read(prefix: string): Promise<Map<string, Entry>>
  /** A key that ends by itself. */
  put(key: string, value: string, ttlS: number): Promise<void>
  /** Puts the key when every comparison holds; false when one does not. */
  putIf(compares: Compare[], key: string, value: string, ttlS: number): Promise<boolean>
  /** How long ago a lease was renewed, by etcd's own clock; undefined when there is no such lease. */
  renewedAgoS(lease: string): Promise<number | undefined>
  /** Ends a lease with all its keys. */
  revoke(lease: string): Promise<void>
}

export type EtcdOptions = {
  /** Base URLs of its members; the next is asked when one does not answer. */
  urls: string[]
  user?: { name: string; password: string } | undefined
  timeoutMs: number
}

type Kv = { key: string; value?: string; mod_revision: string; lease?: string }
type Answer = {
  kvs?: Kv[]
  ID?: string
  TTL?: string
  grantedTTL?: string
  succeeded?: boolean
  token?: string
}

const encode = (text: string) => Buffer.from(text).toString('base64')
const decode = (text = '') => Buffer.from(text, 'base64').toString()
/** The first key that does not begin with the prefix. */
const endOf = (prefix: string) =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)

export function etcdAt({ urls, user, timeoutMs }: EtcdOptions): Etcd {
  let at = 0
  let token: string | undefined

  async function post(path: string, body: object): Promise<Answer> {
    let failure: unknown
    for (let tries = 0; tries < urls.length; tries++) {
      try {
        const answer = await fetch(`${urls[at % urls.length]!}/v3/${path}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(token === undefined ? {} : { authorization: token }),
          },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(timeoutMs),
        })
        const text = await answer.text()
        if (answer.ok) return JSON.parse(text) as Answer
        token = undefined
        failure = new Error(`etcd refused ${path}: ${answer.status} ${text.slice(0, 200)}`)
      } catch (error) {
        failure = new Error(`etcd at ${urls[at % urls.length]} does not answer`, { cause: error })
      }
      at += 1
    }
    throw failure
  }

  async function ask(path: string, body: object): Promise<Answer> {
    if (user && token === undefined)
      token = (await post('auth/authenticate', { name: user.name, password: user.password })).token
    return post(path, body)
  }

  const grant = async (ttlS: number) => (await ask('lease/grant', { TTL: String(ttlS), ID: '0' })).ID!

  return {
    async read(prefix) {
      const { kvs = [] } = await ask('kv/range', { key: encode(prefix), range_end: encode(endOf(prefix)) })
      return new Map(
        kvs.map(({ key, value, mod_revision: modRevision, lease = '0' }) => [
          decode(key).slice(prefix.length),
          { value: decode(value), modRevision, lease },
        ]),
      )
    },
    async put(key, value, ttlS) {
      await ask('kv/put', { key: encode(key), value: encode(value), lease: await grant(ttlS) })
    },
    async putIf(compares, key, value, ttlS) {
      const compare = compares.flatMap((one): Record<string, string>[] => {
        const of = { key: encode(one.key) }
        if ('exists' in one)
          return [{ ...of, target: 'CREATE', result: one.exists ? 'GREATER' : 'EQUAL', create_revision: '0' }]
        const { value: is, modRevision, lease } = one.is
        return [
          { ...of, target: 'VALUE', result: 'EQUAL', value: encode(is) },
          { ...of, target: 'MOD', result: 'EQUAL', mod_revision: modRevision },
          { ...of, target: 'LEASE', result: 'EQUAL', lease },
        ]
      })
      const request_put = { key: encode(key), value: encode(value), lease: await grant(ttlS) }
      return (await ask('kv/txn', { compare, success: [{ request_put }] })).succeeded === true
    },
    async renewedAgoS(lease) {
      const { TTL = '-1', grantedTTL = '0' } = await ask('lease/timetolive', { ID: lease })
      return Number(TTL) < 0 ? undefined : Number(grantedTTL) - Number(TTL)
    },
    async revoke(lease) {
      await ask('lease/revoke', { ID: lease })
    },
  }
}
