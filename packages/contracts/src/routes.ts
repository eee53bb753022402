// Every contract of the platform in one list: what the gateway publishes and the documentation shows.
import * as account from './account.ts'
import * as audit from './audit.ts'
import * as auth from './auth.ts'
import type { Contract } from './contract.ts'
import * as gateway from './gateway.ts'
import * as notification from './notification.ts'
import * as payment from './payment.ts'
import * as sandbox from './sandbox.ts'
import * as user from './user.ts'

export const routes: Contract[] = [
  auth,
  user,
  account,
  payment,
  notification,
  audit,
  gateway,
  sandbox,
].flatMap((module) => Object.values(module as Record<string, unknown>).filter(isContract))

function isContract(value: unknown): value is Contract {
  return (
    typeof value === 'object' && value !== null && 'method' in value && 'url' in value && 'access' in value
  )
}
