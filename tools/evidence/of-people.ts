// Evidence of people: who may do what, by which factors, who decided it, who looked at whom. Ids, times and counts
// only: notes, names of devices and what was looked at stay where they are.
import { staffRoles } from '@bahi/contracts/permissions.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { daysSince, reading, type Evidence, type Found, type Source } from './source.ts'

/** Merchants have grants too, and are no staff. */
const staff: string[] = staffRoles

/** PCI DSS 4.0.1, 8.2.6. */
const unusedDays = 90

type Staff = {
  userId: string
  role: string
  origin: string
  grantedAt: Date | null
  requestedBy: string | null
  grantedBy: string | null
  endsAt: Date
  lastUsedAt: Date | null
}

async function accessReview(evidence: Evidence): Promise<Found> {
  const { now } = evidence
  const grants = await reading(
    evidence,
    async (tx) =>
      await tx<Staff[]>`
      select g.user_id, g.role, g.origin, coalesce(g.decided_at, g.requested_at) as granted_at, g.requested_by,
        g.decided_by as granted_by, g.ends_at,
        (select max(s.last_used_at) from auth.sessions s where s.user_id = g.user_id) as last_used_at
      from auth.staff_grants g where g.state = 'active' and g.role = any (${staff}) order by g.role, g.user_id`,
  )
  const unused = grants.filter(({ lastUsedAt, grantedAt }) => {
    const since = lastUsedAt ?? grantedAt
    return since !== null && daysSince(since, now) > unusedDays
  })
  const administrators = grants.filter(({ role }) => role === 'administrator').length
  return {
    value: { at: now, grants },
    faults: [
      ...unused.map(
        ({ userId, role }) => `${role} of ${userId} was not used for more than ${unusedDays} days`,
      ),
      ...(administrators < 2
        ? [`there are ${administrators} administrators: two at least decide on roles`]
        : []),
    ],
  }
}

type Factors = {
  userId: string
  totpSince: Date | null
  passkeys: number
  recoveryCodesLeft: number
  lastProvenAt: Date | null
}

async function secondFactors(evidence: Evidence): Promise<Found> {
  const people = await reading(
    evidence,
    async (tx) =>
      await tx<Factors[]>`
      select p.user_id,
        (select max(t.confirmed_at) from auth.totp_secrets t where t.user_id = p.user_id) as totp_since,
        (select count(*) from auth.passkeys k where k.user_id = p.user_id and k.is_second_factor) as passkeys,
        (select count(*) from auth.recovery_codes c where c.user_id = p.user_id and c.used_at is null)
          as recovery_codes_left,
        (select max(s.second_factor_at) from auth.sessions s where s.user_id = p.user_id) as last_proven_at
      from (select distinct user_id from auth.staff_grants where state = 'active' and role = any (${staff})) p
      order by p.user_id`,
  )
  const without = people.filter(({ totpSince, passkeys }) => totpSince === null && passkeys === 0)
  return {
    value: people,
    faults: without.map(({ userId }) => `${userId} has a role of staff and no second factor`),
  }
}

/** Requests that were made, decided or ended in the period, with who made and who checked them. */
async function decisions(evidence: Evidence): Promise<Found> {
  const { from, to } = evidence.period
  const within = (tx: Tx, ...columns: string[]) =>
    columns.map(
      (name, at) => tx`${at === 0 ? tx`` : tx`or`} (${tx(name)} >= ${from} and ${tx(name)} < ${to})`,
    )
  const value = await reading(evidence, async (tx) => ({
    roles: await tx`
      select id, user_id, role, state, origin, requested_at, requested_by as maker, decided_at,
        decided_by as checker, ends_at, ended_at, ended_by
      from auth.staff_grants where ${within(tx, 'requested_at', 'decided_at', 'ended_at')} order by id`,
    measures: await tx`
      select id, user_id, kind, state, requested_at, requested_by as maker, decided_at, decided_by as checker
      from auth.measures where ${within(tx, 'requested_at', 'decided_at')} order by id`,
    secondFactorResets: await tx`
      select id, user_id, state, requested_at, requested_by as maker, decided_at, decided_by as checker
      from auth.second_factor_resets where ${within(tx, 'requested_at', 'decided_at')} order by id`,
  }))
  const bySandbox = value.roles.filter(({ origin }) => origin === 'sandbox')
  return {
    value,
    faults: bySandbox.map(({ role, userId }) => `${role} of ${userId} was granted by a call of the sandbox`),
  }
}

/** Acts that show or change what is a person's. */
const ofPersonalData = [
  ...[
    'user.person-revealed',
    'user.people-searched',
    'user.kyc-claimed',
    'user.kyc-viewed',
    'user.kyc-decided',
  ],
  ...['payment.revealed', 'auth.person-frozen', 'auth.person-unfrozen', 'auth.person-signed-out'],
]

async function staffAccess(evidence: Evidence): Promise<Found> {
  const { from, to } = evidence.period
  const value = await reading(evidence, async (tx) => ({
    personalData: await tx`
      select a.kind, a.actor, count(*) as times, count(distinct a.object) as objects,
        count(*) filter (where r.data ? 'note' or r.data ? 'sealed') as with_reason
      from audit.acts a join audit.records r on r.seq = a.seq
      where a.kind = any (${ofPersonalData}) and r.at >= ${from} and r.at < ${to}
      group by 1, 2 order by 1, 2`,
    operations: await tx`
      select r.data ->> 'operation' as operation, a.kind, a.actor, sum(coalesce((r.data ->> 'count')::int, 1))::int
        as times, count(distinct a.object) as objects
      from audit.acts a join audit.records r on r.seq = a.seq
      where a.kind in ('audit.staff-acted', 'audit.staff-failed', 'audit.access-denied')
        and r.at >= ${from} and r.at < ${to}
      group by 1, 2, 3 order by 1, 2, 3`,
  }))
  return { value: { ...evidence.period, ...value } }
}

async function signIns(evidence: Evidence): Promise<Found> {
  const { from, to } = evidence.period
  const kinds = [
    ...['auth.login-failed', 'auth.login-locked', 'auth.second-factor-failed', 'auth.second-factor-locked'],
    'audit.access-denied',
  ]
  const days = await reading(
    evidence,
    async (tx) =>
      await tx`
      select (r.at at time zone 'Asia/Kolkata')::date::text as day, a.kind,
        sum(coalesce((r.data ->> 'count')::int, 1))::int as times, count(distinct a.actor) as people
      from audit.acts a join audit.records r on r.seq = a.seq
      where a.kind = any (${kinds}) and r.at >= ${from} and r.at < ${to}
      group by 1, 2 order by 1, 2`,
  )
  return { value: { ...evidence.period, timeZone: 'Asia/Kolkata', days } }
}

export const sourcesOfPeople: readonly Source[] = [
  {
    name: 'access-review.json',
    about: 'roles of staff, who granted them when, and their last use',
    collect: accessReview,
  },
  { name: 'second-factors.json', about: 'second factors of staff', collect: secondFactors },
  {
    name: 'decisions.json',
    about: 'changes of roles, measures about people and resets of second factors, with maker and checker',
    collect: decisions,
  },
  {
    name: 'staff-access.json',
    about: 'what staff did and whose data they saw, counted by actor',
    collect: staffAccess,
  },
  { name: 'failed-sign-ins.json', about: 'failed sign-ins, locks and denials by day', collect: signIns },
]
