// The three-way match: what each combination of records means.
import { describe, expect, it } from 'vitest'
import { matchSide, netOf, type Finding, type SideRecords } from './match.ts'

const facts = { amountPaise: 500_00, rrn: '632712000001' }
type Report = 'nothing' | 'paid' | 'deemed' | 'returned'
type Posted = 'nothing' | 'posted' | 'reversed'
type Status = 'none' | 'pending' | 'settled' | 'failed'

function records(side: 'DEBIT' | 'CREDIT', report: Report, posted: Posted, status: Status): SideRecords {
  const back = `${side}-REVERSAL` as const
  const result = report === 'deemed' ? ('DEEMED' as const) : ('SUCCESS' as const)
  return {
    side,
    network: [
      ...(report === 'nothing' ? [] : [{ leg: side, result, ...facts }]),
      ...(report === 'returned' ? [{ leg: back, result, ...facts }] : []),
    ],
    ledger: [
      ...(posted === 'nothing' ? [] : [{ leg: side, ...facts }]),
      ...(posted === 'reversed' ? [{ leg: back, ...facts }] : []),
    ],
    ...(status === 'none' ? {} : { payment: { status, ...facts } }),
    isOurs: true,
    isComplete: true,
  }
}

const summary = (finding: Finding) =>
  finding.is === 'differs' ? finding.kind : finding.is === 'complete' ? `→ ${finding.as}` : finding.is

describe.each(['DEBIT', 'CREDIT'] as const)('%s', (side) => {
  it.each<[Report, Posted, Status, string]>([
    ['paid', 'posted', 'settled', 'matched'],
    ['paid', 'posted', 'pending', '→ settled'],
    ['paid', 'nothing', 'pending', side === 'DEBIT' ? '→ settled' : 'missing-here'],
    ['paid', 'nothing', 'failed', 'late-success'],
    ['paid', 'posted', 'failed', 'late-success'],
    ['paid', 'reversed', 'failed', 'late-success'],
    ['paid', 'nothing', 'settled', 'missing-here'],
    ['paid', 'reversed', 'settled', 'missing-here'],
    ['paid', 'nothing', 'none', 'missing-here'],
    ['paid', 'posted', 'none', 'missing-here'],
    ['deemed', 'nothing', 'pending', 'deemed-awaiting'],
    ['deemed', 'posted', 'settled', 'deemed-awaiting'],
    ['returned', 'nothing', 'pending', '→ failed'],
    ['returned', 'nothing', 'failed', 'matched'],
    ['returned', 'reversed', 'failed', 'matched'],
    ['returned', 'posted', 'failed', 'reversal-pending'],
    ['returned', 'posted', 'settled', 'reversal-pending'],
    ['returned', 'nothing', 'settled', 'missing-there'],
    ['nothing', 'posted', 'settled', 'missing-there'],
    ['nothing', 'posted', 'pending', 'missing-there'],
    ['nothing', 'posted', 'none', 'missing-there'],
    ['nothing', 'posted', 'failed', 'reversal-pending'],
    ['nothing', 'nothing', 'pending', '→ failed'],
    ['nothing', 'reversed', 'pending', '→ failed'],
    ['nothing', 'nothing', 'settled', 'missing-there'],
    ['nothing', 'nothing', 'failed', 'matched'],
    ['nothing', 'reversed', 'failed', 'matched'],
  ])('network %s, ledger %s, payment %s: %s', (report, posted, status, expected) => {
    expect(summary(matchSide(records(side, report, posted, status)))).toBe(expected)
  })

  it('a transaction too recent for the report is skipped', () => {
    const young = { ...records(side, 'nothing', 'posted', 'settled'), isComplete: false }
    expect(matchSide(young)).toEqual({ is: 'early' })
  })

  it.each(['network', 'ledger', 'payment'] as const)(
    'another amount or RRN in the %s is a difference',
    (who) => {
      for (const other of [{ amountPaise: 501_00 }, { rrn: '632712000002' }]) {
        const all = records(side, 'paid', 'posted', 'settled')
        if (who === 'payment') all.payment = { ...all.payment!, ...other }
        else Object.assign(all[who][0]!, other)
        expect(summary(matchSide(all))).toBe('amount-differs')
      }
    },
  )
})

it('another app’s debit of an account at our bank has no payment here', () => {
  const theirs = { ...records('DEBIT', 'paid', 'posted', 'none'), isOurs: false }
  expect(matchSide(theirs)).toEqual({ is: 'matched' })
})

it('the net is what the network owes us', () => {
  const amounts = { DEBIT: 100, CREDIT: 70, 'DEBIT-REVERSAL': 20, 'CREDIT-REVERSAL': 5 } as const
  const rows = Object.entries(amounts).map(([leg, amountPaise]) => ({ leg: leg as 'DEBIT', amountPaise }))
  expect(netOf(rows)).toBe(-100 + 70 + 20 - 5)
})
