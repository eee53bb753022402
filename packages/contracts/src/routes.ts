// Every contract of the platform in one list: the gateway's routing table and the API documentation derive from it.
import * as account from './account.ts'
import * as acts from './acts.ts'
import * as appRequests from './app-requests.ts'
import * as audit from './audit.ts'
import * as auth from './auth.ts'
import * as bankMandates from './bank-mandates.ts'
import * as contacts from './contacts.ts'
import type { Contract } from './contract.ts'
import * as controls from './controls.ts'
import * as erasure from './erasure.ts'
import * as feed from './feed.ts'
import * as gateway from './gateway.ts'
import * as health from './health.ts'
import * as insight from './insight.ts'
import * as kyc from './kyc.ts'
import * as lookUp from './look-up.ts'
import * as linkedAccounts from './linked-accounts.ts'
import * as mandates from './mandates.ts'
import * as measures from './measures.ts'
import * as network from './network.ts'
import * as notification from './notification.ts'
import * as oauth from './oauth.ts'
import * as oauthApps from './oauth-apps.ts'
import * as passkeys from './passkeys.ts'
import * as payment from './payment.ts'
import * as paymentMinutes from './payment-minutes.ts'
import * as paymentStops from './payment-stops.ts'
import * as people from './people.ts'
import * as personLookUp from './person-look-up.ts'
import * as personalExport from './personal-export.ts'
import * as push from './push.ts'
import * as qr from './qr.ts'
import * as reconciliation from './reconciliation.ts'
import * as revokedNumbers from './revoked-numbers.ts'
import * as roles from './roles.ts'
import * as requests from './requests.ts'
import * as rulesInForce from './rules-in-force.ts'
import * as savedViews from './saved-views.ts'
import * as sandbox from './sandbox.ts'
import * as sandboxMandates from './sandbox-mandates.ts'
import * as sandboxPorts from './sandbox-ports.ts'
import * as scenario from './scenario.ts'
import * as schedules from './schedules.ts'
import * as secondFactor from './second-factor.ts'
import * as statements from './statements.ts'
import * as stepUp from './step-up.ts'
import * as smsReports from './sms-reports.ts'
import * as transfers from './transfers.ts'
import * as upiNumbers from './upi-numbers.ts'
import * as user from './user.ts'

const modules = [
  ...[
    auth,
    stepUp,
    secondFactor,
    passkeys,
    roles,
    oauth,
    oauthApps,
    user,
    contacts,
    erasure,
    personalExport,
    kyc,
    account,
    linkedAccounts,
    upiNumbers,
    qr,
    transfers,
    bankMandates,
    payment,
    insight,
    controls,
    requests,
    appRequests,
    people,
    mandates,
    schedules,
    statements,
    reconciliation,
    lookUp,
    paymentMinutes,
    paymentStops,
    personLookUp,
    measures,
    revokedNumbers,
    savedViews,
    rulesInForce,
    notification,
    push,
    smsReports,
    audit,
    acts,
    gateway,
    health,
  ],
  ...[network, sandbox, sandboxMandates, sandboxPorts, scenario, feed],
]
const named = modules.flatMap((module) =>
  Object.entries(module as Record<string, unknown>).filter((entry): entry is [string, Contract] =>
    isContract(entry[1]),
  ),
)

export const routes: Contract[] = named.map(([, contract]) => contract)

/** The name that each contract is exported by: the unique operation id in the documentation. */
export const operationIds: ReadonlyMap<Contract, string> = new Map(
  named.map(([name, contract]) => [contract, name]),
)

function isContract(value: unknown): value is Contract {
  return (
    typeof value === 'object' && value !== null && 'method' in value && 'url' in value && 'access' in value
  )
}
