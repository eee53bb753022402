// Every screen of the web app by its path: for the accessibility tests and for screenshots.
import { mandateLink } from '@bahi/contracts/codes/mandate-order.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'

/** @param about the account, payment, payee and schedule to show */
export function screensOf(about: {
  accountId: string
  paymentId: string
  payeeVpa: string
  /** Left out: the screens of one planned payment are. */
  scheduleId?: string
  /** Left out: the screen of one mandate is. */
  mandateId?: string
}): Record<string, string> {
  const { accountId, paymentId, payeeVpa, scheduleId, mandateId } = about
  return {
    welcome: '/welcome',
    register: '/register',
    'sign-in': '/sign-in',
    home: '/',
    scan: '/scan',
    receive: '/receive',
    accounts: '/accounts',
    link: '/accounts/link',
    account: `/accounts/${accountId}`,
    'account-pin': `/accounts/${accountId}/pin`,
    'upi-ids': '/upi-ids',
    'new-upi-id': '/upi-ids/new',
    pay: '/pay',
    'pay-account': '/pay/account',
    'pay-amount': `/pay/${encodeURIComponent(payeeVpa)}`,
    requests: '/requests',
    'requests-new': '/requests/new',
    'requests-ask': `/requests/new/${encodeURIComponent(payeeVpa)}`,
    autopay: '/autopay',
    'autopay-new': '/autopay/new',
    'autopay-terms': `/autopay/new/${encodeURIComponent(payeeVpa)}`,
    'autopay-code': '/autopay/code',
    'autopay-ask': '/autopay/ask',
    'autopay-ask-terms': `/autopay/ask/${encodeURIComponent(payeeVpa)}`,
    'autopay-agree': `/autopay/agree?${new URLSearchParams({ code: mandateCode(payeeVpa) }).toString()}`,
    ...(mandateId === undefined
      ? {}
      : {
          'autopay-one': `/autopay/${mandateId}`,
          'autopay-change': `/autopay/${mandateId}/change`,
        }),
    schedules: '/schedules',
    'schedules-new': '/schedules/new',
    'schedules-plan': `/schedules/new/${encodeURIComponent(payeeVpa)}`,
    ...(scheduleId === undefined
      ? {}
      : { schedule: `/schedules/${scheduleId}`, 'schedule-edit': `/schedules/${scheduleId}/edit` }),
    payment: `/payments/${paymentId}`,
    history: '/history',
    statement: '/history/statement',
    spending: '/history/spending',
    thread: `/people/${encodeURIComponent(payeeVpa)}`,
    profile: '/profile',
    password: '/profile/password',
    devices: '/profile/devices',
    apps: '/profile/apps',
    'own-apps': '/profile/apps/own',
    data: '/profile/data',
    'app-refused': '/connect/refused?error=invalid_redirect_uri',
    'profile-notifications': '/profile/notifications',
    limits: '/profile/limits',
    kyc: '/profile/kyc',
    lock: '/profile/lock',
    notifications: '/notifications',
    contacts: '/contacts',
    help: '/help',
    terms: '/terms',
    privacy: '/privacy',
    verify: `/verify/${paymentId}`,
    developer: '/developer',
    'developer-flows': '/developer?show=flows',
    'developer-inbox': '/developer?show=inbox',
    'developer-account': '/developer?show=account',
    'developer-faults': '/developer?show=faults',
  }
}

/** A link by which the payee asks for a mandate. */
function mandateCode(vpa: string): string {
  const validFrom = istDateOf(new Date())
  const dayRule = { type: 'ON', day: 5 } as const
  return mandateLink({
    ...{ vpa, name: 'Music for the family' },
    terms: {
      ...{ amountRule: 'MAX', amountPaise: 199_00, recurrence: 'MONTHLY', dayRule },
      ...{ validFrom, validTo: addDays(validFrom, 365), revocable: true, blockFunds: false },
    },
  })
}
