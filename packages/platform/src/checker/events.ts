// Rules of events: every event is published, and consumed once in effect by every subscribed service.
import { subscriptions } from '@bahi/contracts/events.ts'
import { graceS, firstFaults, type RuleInput, type Rule } from './rule.ts'

/** All events of these services, with the name of their source, in one query. */
export function eventsOf({ tx, has }: RuleInput, sources: readonly string[]) {
  const there = sources.filter((source) => has(`${source}.events`))
  return there
    .map(
      (source) => tx`
        select ${source} as source, id, stream, version, type, data, at from ${tx(source)}.events_full`,
    )
    .reduce((all, one) => tx`${all} union all ${one}`)
}

const sources = subscriptions.audit

export const eventRules: Rule[] = [
  {
    name: 'streams-have-no-gap',
    says: 'The events of every stream are numbered from 1 without a gap, and every event has an id of its own.',
    needs: ['audit.records', 'payment.events'],
    over: 'payment.events',
    find: (input) =>
      firstFaults(
        input.tx,
        input.tx`
        select format('%s %s: %s events, the last is %s', source, stream, count(*), max(version)) as detail
        from (${eventsOf(input, sources)}) e group by source, stream having count(*) <> max(version)
        union all
        select format('event id %s occurs %s times', id, count(*))
        from (${eventsOf(input, sources)}) e group by id having count(*) > 1`,
      ),
  },
  {
    name: 'every-event-is-published',
    says: 'Every event in an outbox was published.',
    needs: ['payment.events', 'payment.relay'],
    over: 'payment.events',
    find: (input) => {
      const { tx, quiescent, asOf } = input
      const waiting = sources
        .filter((source) => input.has(`${source}.relay`))
        .map(
          (source) => tx`
          select format('%s: %s events wait, the oldest of %s', ${source}::text, count(*), min(e.at)) as detail
          from ${tx(source)}.events e, ${tx(source)}.relay r
          where (e.xid, e.seq) > (r.after_xid, r.after_seq)
            and (${quiescent} or e.at < ${asOf}::timestamptz - make_interval(secs => ${graceS}))
          having count(*) > 0`,
        )
        .reduce((all, one) => tx`${all} union all ${one}`)
      return firstFaults(tx, waiting)
    },
  },
  {
    name: 'audit-stores-each-event-once',
    says: 'audit holds every event of every service exactly once, its open data unchanged, and nothing else.',
    needs: ['audit.records', 'payment.events'],
    over: 'audit.records',
    find: (input) => {
      const { tx, quiescent, asOf } = input
      return firstFaults(
        tx,
        tx`
        select case
          when r.event_id is null then format('%s %s of %s has no record', e.source, e.type, e.stream)
          when e.id is null then format('record %s (%s of %s) has no event', r.seq, r.type, r.subject)
          else format('record %s differs from its event %s', r.seq, e.id) end as detail
        from (${eventsOf(input, sources)}) e full join audit.records r on r.event_id = e.id
        where case
          when r.event_id is null then ${quiescent} or e.at < ${asOf}::timestamptz - make_interval(secs => ${graceS})
          when e.id is null then true
          else (r.source, r.type, r.subject, r.version) is distinct from (e.source, e.type, e.stream, e.version)
            or r.at <> date_trunc('milliseconds', e.at)
            or case when r.data ? 'sealed' then not e.data @> (r.data - 'sealed') else r.data <> e.data end end
        union all
        select format('event %s has %s records', event_id, count(*)) from audit.records
        group by event_id having count(*) > 1`,
      )
    },
  },
  {
    name: 'audit-stores-streams-in-order',
    says: 'audit stored the events of each stream in their order.',
    needs: ['audit.records'],
    over: 'audit.records',
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        select format('record %s: version %s of %s was stored as number %s', seq, version, subject, nth) as detail
        from (
          select seq, subject, version, row_number() over (partition by source, subject order by seq) as nth
          from audit.records
        ) r where version <> nth`,
      ),
  },
  {
    name: 'notification-consumes-each-event-once',
    says: 'notification consumed every event it subscribes to, and no others.',
    needs: ['notification.inbox', 'payment.events'],
    over: 'notification.inbox',
    find: (input) => {
      const { tx, quiescent, asOf } = input
      return firstFaults(
        tx,
        tx`
        select case when i.event_id is null then format('%s %s of %s was not consumed', e.source, e.type, e.stream)
          else format('%s was consumed but is not an event', i.event_id) end as detail
        from (${eventsOf(input, subscriptions.notification)}) e full join notification.inbox i on i.event_id = e.id
        where case
          when i.event_id is null then ${quiescent} or e.at < ${asOf}::timestamptz - make_interval(secs => ${graceS})
          else e.id is null end`,
      )
    },
  },
]
