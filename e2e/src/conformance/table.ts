// A plan of the OpenID Foundation as a table: each of its modules is a test of that name, or says why it has none.
import type * as client from 'openid-client'
import type { SignedInPerson } from '@bahi/platform/api-client.ts'
import type { browserAt } from '../redirected-browser.ts'
import type { begin, registerApp } from '../relying-party.ts'
import type { RunningPlatform } from '@bahi/platform/testing-platform.ts'

export type World = {
  platform: RunningPlatform
  asha: SignedInPerson
  app: client.Configuration
  registered(more: Parameters<typeof registerApp>[1], auth?: client.ClientAuth): Promise<client.Configuration>
  begin(config?: client.Configuration, more?: Record<string, string>): ReturnType<typeof begin>
  browserOf(person: SignedInPerson): ReturnType<typeof browserAt>
  api(token: string, path: string): Promise<Response>
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Response>
}

export type Row =
  | { sees: string; run(): Promise<void> }
  /** Not applicable, for this reason; `run` shows that it is so, where the platform itself says it. */
  | { because: string; run?(): Promise<void> }

export type Table<Module extends string> = Record<Module, Row>
