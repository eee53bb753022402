// Three words about one side of a transaction: what each combination means.
import { describe, expect, it } from 'vitest'
import { match, netOf, type Finding, type Words } from './match.ts'

const facts = { amountPaise: 500_00, rrn: '632712000001' }
type Heard = 'nothing' | 'paid' | 'deemed' | 'returned'
type Booked = 'nothing' | 'posted' | 'given back'
type Status = 'none' | 'pending' | 'settled' | 'failed'

function words(side: 'DEBIT' | 'CREDIT', heard: Heard, booked: Booked, status: Status): Words {
  const back = `${side}-REVERSAL` as const
  const result = heard === 'deemed' ? ('DEEMED' as const) : ('SUCCESS' as const)
  return {
    side,
    network: [
      ...(heard === 'nothing' ? [] : [{ leg: side, result, ...facts }]),
      ...(heard === 'returned' ? [{ leg: back, result, ...facts }] : []),
    ],
    ledger: [
      ...(booked === 'nothing' ? [] : [{ leg: side, ...facts }]),
      ...(booked === 'given back' ? [{ leg: back, ...facts }] : []),
    ],
    ...(status === 'none' ? {} : { payment: { status, ...facts } }),
    isOurs: true,
    isComplete: true,
  }
}

const saying = (finding: Finding) =>
  finding.is === 'differs' ? finding.kind : finding.is === 'conclude' ? `→ ${finding.as}` : finding.is

describe.each(['DEBIT', 'CREDIT'] as const)('%s', (side) => {
  it.each<[Heard, Booked, Status, string]>([
    ['paid', 'posted', 'settled', 'matched'],
    ['paid', 'posted', 'pending', '→ settled'],
    ['paid', 'nothing', 'pending', side === 'DEBIT' ? '→ settled' : 'missing-here'],
    ['paid', 'nothing', 'failed', 'late-success'],
    ['paid', 'posted', 'failed', 'late-success'],
    ['paid', 'given back', 'failed', 'late-success'],
    ['paid', 'nothing', 'settled', 'missing-here'],
    ['paid', 'given back', 'settled', 'missing-here'],
    ['paid', 'nothing', 'none', 'missing-here'],
    ['paid', 'posted', 'none', 'missing-here'],
    ['deemed', 'nothing', 'pending', 'deemed-awaiting'],
    ['deemed', 'posted', 'settled', 'deemed-awaiting'],
    ['returned', 'nothing', 'pending', '→ failed'],
    ['returned', 'nothing', 'failed', 'matched'],
    ['returned', 'given back', 'failed', 'matched'],
    ['returned', 'posted', 'failed', 'reversal-pending'],
    ['returned', 'posted', 'settled', 'reversal-pending'],
    ['returned', 'nothing', 'settled', 'missing-there'],
    ['nothing', 'posted', 'settled', 'missing-there'],
    ['nothing', 'posted', 'pending', 'missing-there'],
    ['nothing', 'posted', 'none', 'missing-there'],
    ['nothing', 'posted', 'failed', 'reversal-pending'],
    ['nothing', 'nothing', 'pending', '→ failed'],
    ['nothing', 'given back', 'pending', '→ failed'],
    ['nothing', 'nothing', 'settled', 'missing-there'],
    ['nothing', 'nothing', 'failed', 'matched'],
    ['nothing', 'given back', 'failed', 'matched'],
  ])('network %s, ledger %s, payment %s: %s', (heard, booked, status, said) => {
    expect(saying(match(words(side, heard, booked, status)))).toBe(said)
  })

  it('what is too young for the report is not judged', () => {
    const young = { ...words(side, 'nothing', 'posted', 'settled'), isComplete: false }
    expect(match(young)).toEqual({ is: 'early' })
  })

  it.each(['network', 'ledger', 'payment'] as const)(
    'another amount or RRN in the %s is a difference',
    (who) => {
      for (const other of [{ amountPaise: 501_00 }, { rrn: '632712000002' }]) {
        const all = words(side, 'paid', 'posted', 'settled')
        if (who === 'payment') all.payment = { ...all.payment!, ...other }
        else Object.assign(all[who][0]!, other)
        expect(saying(match(all))).toBe('amount-differs')
      }
    },
  )
})

it('another app’s debit of an account at our bank has no payment here', () => {
  const theirs = { ...words('DEBIT', 'paid', 'posted', 'none'), isOurs: false }
  expect(match(theirs)).toEqual({ is: 'matched' })
})

it('the net is what is owed to us', () => {
  const amounts = { DEBIT: 100, CREDIT: 70, 'DEBIT-REVERSAL': 20, 'CREDIT-REVERSAL': 5 } as const
  const rows = Object.entries(amounts).map(([leg, amountPaise]) => ({ leg: leg as 'DEBIT', amountPaise }))
  expect(netOf(rows)).toBe(-100 + 70 + 20 - 5)
})
